"""npm packages that a project needs and has not got: those its code imports, and those its package.json names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from engine.errors import InvalidInput
from engine.values import Diagnostic, Value

__all__ = ["MANIFEST", "MISSING_MODULE", "Dependency", "missing_dependencies", "package_name"]

MANIFEST = "package.json"

MISSING_MODULE = "missing-module"
"""Code of a diagnostic about an import that leads nowhere."""

_NAME = re.compile(r"the module (\S+) is not installed")
_PACKAGE = re.compile(r"(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*", re.IGNORECASE)


class Dependency(Value, frozen=True):
    """A package that is missing; `wanted` is the range that package.json names, empty if it names none.

    `importer` and `line` tell who asks for it, empty and 0 if no code was seen to do so.
    """

    name: str
    wanted: str = ""
    importer: str = ""
    line: int = 0

    @property
    def is_declared(self) -> bool:
        """Whether the project's package.json names it."""
        return bool(self.wanted)


class _Manifest(msgspec.Struct):
    dependencies: dict[str, str] = {}


def missing_dependencies(folder: Path, diagnostics: Iterable[Diagnostic] = ()) -> tuple[Dependency, ...]:
    """Return the packages to install so that the project in `folder` can be packed, by name.

    `diagnostics` are those of a pack that failed.

    Raises:
        InvalidInput: package.json cannot be read.
    """
    declared = _declared(folder)
    found = {name: Dependency(name, wanted) for name, wanted in declared.items() if not _is_installed(folder, name)}
    for finding in diagnostics:
        name = package_name(finding) if finding.code == MISSING_MODULE else None
        if name is not None and not (name not in found and _is_installed(folder, name)):
            found.setdefault(name, Dependency(name, declared.get(name, "")))
            found[name] = msgspec.structs.replace(found[name], importer=finding.file, line=finding.line)
    return tuple(found[name] for name in sorted(found))


def package_name(finding: Diagnostic) -> str | None:
    """Return the package that a `missing-module` finding asks for, None if it is one of the project's own files."""
    match = _NAME.search(finding.message)
    package = _PACKAGE.match(match[1]) if match else None
    return package[0] if package else None


def _declared(folder: Path) -> dict[str, str]:
    path = folder / MANIFEST
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Manifest).dependencies
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InvalidInput(f"cannot be read ({error.strerror})", where=str(path)) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InvalidInput(f"is not a package description: {error}", where=str(path)) from error


def _is_installed(folder: Path, name: str) -> bool:
    """Whether Node would find the package from `folder`."""
    return any((place / "node_modules" / name).is_dir() for place in (folder, *folder.resolve().parents))
