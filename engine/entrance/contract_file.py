"""What deploying a file means: the settings of the project it belongs to, its text, packed if they say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.compiler.abi import read_abi
from engine.compiler.pack import Minify, Pack
from engine.entrance.project import Project, ProjectContract, load_project, project_folder
from engine.errors import InvalidInput
from engine.interface import DeployRequest

PackProject = Callable[[Path, str, Minify], Pack]
"""Packs (folder, entry) into one script, made smaller when the last argument says; raises `PackError`."""


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """The request that deploys a file, with the publisher left open; `pack` if its project says that it is packed."""

    request: DeployRequest
    pack: Pack | None = None


def prepare_file(file: Path, pack: PackProject) -> PreparedFile:
    """Return what deploying `file` means.

    A file that its project does not name is a contract of the project's profile, named after the file, with the
    interface of the `.abi` file beside it if there is one.

    Raises:
        InvalidInput: the file, the project's settings or the interface file cannot be used.
        PackError: the project cannot be packed.
    """
    file = file.absolute()
    folder = project_folder(file)
    project = load_project(folder)
    contract = _contract_of(project, folder, file)
    packed = pack(folder, file.relative_to(folder).as_posix(), contract.minify) if contract.pack else None
    request = DeployRequest(
        name=contract.name,
        source=packed.code if packed is not None else _read(file),
        publisher="",
        file=str(file),
        profile=contract.profile or project.profile,
        abi=read_abi(_read(folder / contract.abi), file=contract.abi) if contract.abi is not None else None,
    )
    return PreparedFile(request, packed)


def _contract_of(project: Project, folder: Path, file: Path) -> ProjectContract:
    for contract in project.contracts:
        if (folder / contract.file).absolute() == file:
            return contract
    interface = file.with_name(f"{file.name}.abi")
    return ProjectContract(
        name=file.stem,
        file=file.relative_to(folder).as_posix(),
        abi=interface.relative_to(folder).as_posix() if interface.is_file() else None,
    )


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"cannot be read ({error.strerror})", where=str(file)) from error
    except UnicodeDecodeError as error:
        raise InvalidInput("is not UTF-8", where=str(file), advice="Convert it in the editor.") from error
