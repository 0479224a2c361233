"""A contract project: a folder with `strata.json` and contracts.

    {"format": 1, "name": "English auction", "profile": "iost",
     "contracts": [{"name": "auction", "file": "auction.js", "abi": "auction.js.abi"}]}

Paths are relative to the folder. `tests/*.scenario.json` are the project's scenarios.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.compiler.pack import Minify
from engine.errors import EnvironmentProblem, InvalidInput
from engine.interface import VmSettings, problem_of
from engine.values import Profile

PROJECT_FILE = "strata.json"
FORMAT = 1


class ProjectContract(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A contract of a project.

    `name` is what people and scenarios call it, `file` its entry module. `abi` is the path of an `.abi` file (derived
    from the source if absent). `pack` bundles the file with everything it requires; `minify` says when the script is
    made smaller. `profile` is the project's if absent.
    """

    name: str
    file: str
    abi: str | None = None
    profile: Profile | None = None
    pack: bool = False
    minify: Minify = Minify.LARGE


class ProjectLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Bounds of a transaction that are not this program's defaults: its time, an isolate's heap, a whole worker."""

    seconds: float | None = None
    heap_bytes: int | None = None
    worker_bytes: int | None = None

    def applied(self, settings: VmSettings) -> VmSettings:
        """Return `settings` with these bounds in place of its own."""
        return msgspec.structs.replace(
            settings,
            time_limit=self.seconds or settings.time_limit,
            heap_bytes=self.heap_bytes or settings.heap_bytes,
            process_bytes=self.worker_bytes or settings.process_bytes,
        )


NO_LIMITS = ProjectLimits()
"""The limits of a project that sets none."""


class Project(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The settings of a project, as they stand in its `strata.json`."""

    format: int
    name: str = ""
    profile: Profile = Profile.IOST
    contracts: tuple[ProjectContract, ...] = ()
    limits: ProjectLimits | None = None


def load_project(folder: Path) -> Project:
    """Read a project's settings; a folder without `strata.json` is a project with defaults.

    Raises:
        InvalidInput: the file cannot be read, does not follow the format, or names a file that is not there.
    """
    path = folder / PROJECT_FILE
    try:
        project = msgspec.json.decode(path.read_bytes(), type=Project)
    except FileNotFoundError:
        return Project(format=FORMAT, name=folder.name)
    except OSError as error:
        raise InvalidInput(f"cannot be read ({error.strerror})", where=str(path)) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InvalidInput(str(error), where=str(path), advice="Compare it with a sample in projects/.") from error
    if project.format != FORMAT:
        advice = f"This version of Strata reads format {FORMAT}."
        raise InvalidInput(f"format {project.format} is not known", where=str(path), advice=advice)
    for contract in project.contracts:
        for name in filter(None, (contract.file, contract.abi)):
            if not (folder / name).is_file():
                raise InvalidInput(f"contract {contract.name}: there is no file {name}", where=str(path))
    return project


def project_folder(file: Path) -> Path:
    """Return the nearest folder above `file` with project settings, else the file's own folder."""
    return next((folder for folder in file.parents if (folder / PROJECT_FILE).is_file()), file.parent)


def limits_for(file: Path) -> ProjectLimits:
    """Return the bounds that the project of a file sets.

    Raises:
        InvalidInput: the project's settings cannot be read, or a bound is out of its range.
    """
    folder = project_folder(file.absolute())
    limits = load_project(folder).limits or NO_LIMITS
    problem = problem_of(limits.applied(VmSettings()))
    if problem:
        raise InvalidInput(problem, where=str(folder / PROJECT_FILE), advice="Choose a number within the range.")
    return limits


def save_project(folder: Path, project: Project) -> None:
    """Write a project's settings; raises `EnvironmentProblem` if the file cannot be written."""
    text = msgspec.json.format(msgspec.json.encode(project), indent=2)
    path = folder / PROJECT_FILE
    try:
        path.write_bytes(text + b"\n")
    except OSError as error:
        raise EnvironmentProblem(f"cannot be written ({error.strerror})", where=str(path)) from error


def scenarios(folder: Path) -> list[Path]:
    """Return the project's scenario files in order."""
    return sorted((folder / "tests").glob("*.scenario.json"))
