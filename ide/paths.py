"""Where things are: the program's own files, and the user's settings, state and data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path(__file__).resolve().parent.parent
RESOURCES = PROGRAM / "resources"
SAMPLES = PROGRAM / "projects"


@dataclass(frozen=True)
class Folders:
    """The user's folders; nothing is written anywhere else except into an open project.

    `settings` holds what a person may edit, `state` what may be deleted without losing work except
    unsaved text, `data` working copies of the samples and chains of read-only projects.
    """

    settings: Path
    state: Path
    data: Path

    @classmethod
    def standard(cls) -> Folders:
        """Return the folders the desktop prescribes (XDG on Linux)."""
        from PySide6.QtCore import QStandardPaths as Paths

        def folder(location: Paths.StandardLocation) -> Path:
            return Path(Paths.writableLocation(location)) / "strata"

        return cls(
            settings=folder(Paths.StandardLocation.GenericConfigLocation),
            state=folder(Paths.StandardLocation.GenericStateLocation),
            data=folder(Paths.StandardLocation.GenericDataLocation),
        )

    @classmethod
    def below(cls, base: Path) -> Folders:
        """Return folders inside `base`, for tests and `--base`."""
        return cls(settings=base / "settings", state=base / "state", data=base / "data")
