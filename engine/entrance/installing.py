"""Installing a project's missing npm packages from the command line (`--install`)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from engine.compiler.pack import Installation, missing_dependencies
from engine.compiler.pack.dependencies import MANIFEST
from engine.values import Diagnostic

__all__ = ["install_missing", "package_folder"]


def install_missing(folder: Path, stream: TextIO, diagnostics: Iterable[Diagnostic] = ()) -> bool:
    """Install what the project in `folder` lacks, telling it line by line; return whether there was something.

    `diagnostics` are those of a pack that failed. An interruption stops npm as well.

    Raises:
        UserError: it cannot be installed.
    """
    missing = missing_dependencies(folder, diagnostics)
    if not missing:
        return False
    wanted = ", ".join(f"{one.name} {one.wanted}".rstrip() for one in missing)
    print(f"{folder}: installing {wanted}", file=stream, flush=True)
    installation = Installation(folder, missing)
    try:
        installation.run(lambda line: print(f"  {line}", file=stream, flush=True))
    except KeyboardInterrupt:
        installation.cancel()
        raise
    return True


def package_folder(path: Path) -> Path | None:
    """Return the nearest folder from `path` upwards that is an npm package, None if there is none."""
    folders = (path, *path.parents) if path.is_dir() else path.parents
    return next((folder for folder in folders if (folder / MANIFEST).is_file()), None)
