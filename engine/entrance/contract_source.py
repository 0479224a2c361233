"""Finds the text and interface of a contract that a scenario names by `source`, `file` or `project`."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec

from engine.compiler.abi import read_abi
from engine.compiler.pack import Pack, Packer
from engine.entrance.project import PROJECT_FILE, ProjectContract, load_project
from engine.entrance.scenario_file import AbiSource, SourceEntry
from engine.errors import PackError, ScenarioError
from engine.values import Abi, Profile, Value


class ContractSource(Value, frozen=True):
    """A contract's text; `file` is for messages, `abi` None derives the interface, `pack` is what a project became."""

    text: str
    file: str
    abi: Abi | None
    profile: Profile
    pack: Pack | None = None


def read_source(entry: SourceEntry, path: Path, profile: Profile | None) -> ContractSource:
    """Read what `entry` of the scenario file `path` names; `profile` is the scenario's, used if the entry names none.

    If neither does, a project has the profile that `main.py pack` gives it, and anything else is `iost`.

    Raises:
        ScenarioError: a file is missing or not UTF-8.
        InvalidInput: an `.abi` file is not an interface.
        PackError: the project cannot be packed.
    """
    profile = entry.profile or profile
    pack: Pack | None = None
    if entry.source is not None:
        text, file = entry.source, f"{getattr(entry, 'name', 'contract')}.js"
    elif entry.file is not None:
        text, file = _read_text(path.parent / entry.file, path), entry.file
    else:
        assert entry.project is not None
        folder = path.parent / entry.project
        pack = pack_project(folder)
        text, file = pack.code, pack.entry
        profile = profile or project_profile(folder)
    return ContractSource(text, file, _interface(entry.abi, path), profile or Profile.IOST, pack)


def _interface(abi: AbiSource | None, path: Path) -> Abi | None:
    """Return the interface given as an object, a list of methods or a path."""
    if isinstance(abi, tuple):
        return Abi(abi=abi)
    if isinstance(abi, str):
        return read_abi(_read_text(path.parent / abi, path), file=str(path.parent / abi))
    return abi


def pack_project(folder: Path) -> Pack:
    """Pack a project folder into one script; raises `PackError`.

    The entry is the file of its only contract in `strata.json`, else `main` of its `package.json`, else `index.js`.
    """
    contracts = load_project(folder).contracts
    only = contracts[0] if len(contracts) == 1 else ProjectContract("", main_module(folder), pack=True)
    with contextlib.closing(Packer()) as packer:
        pack = packer.pack(folder, only.file, only.minify)
        pack.origin()  # it is lost with the packer
    return pack


def project_profile(folder: Path) -> Profile:
    """Return the profile that a project's settings name, `modern` for a folder without settings."""
    if not (folder / PROJECT_FILE).exists():
        return Profile.MODERN
    project = load_project(folder)
    own = project.contracts[0].profile if len(project.contracts) == 1 else None
    return own or project.profile


class _Package(msgspec.Struct):
    main: str = "index.js"


def main_module(folder: Path) -> str:
    """Return the entry that a folder's `package.json` names, else `index.js`."""
    path = folder / "package.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Package).main
    except OSError:
        return _Package().main
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise PackError(f"is not a package description: {error}", (), where=str(path)) from error


def _read_text(file: Path, scenario: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ScenarioError(f"{file} cannot be read ({error.strerror})", where=str(scenario)) from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{file} is not UTF-8", where=str(scenario)) from error
