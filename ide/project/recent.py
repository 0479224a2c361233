"""Recently opened folders."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ide.files import write_atomically

LONGEST = 12


class RecentProjects:
    """The folders opened lately, the newest first; a broken list is simply begun anew."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def list(self) -> list[Path]:
        """Return the folders that still exist."""
        try:
            names = msgspec.json.decode(self._path.read_bytes(), type=list[str])
        except (OSError, msgspec.DecodeError):
            return []
        return [Path(name) for name in names if Path(name).is_dir()]

    def add(self, folder: Path) -> None:
        """Put a folder first; `StorageError` if the list cannot be kept."""
        folders = [folder, *(other for other in self.list() if other != folder)][:LONGEST]
        write_atomically(self._path, msgspec.json.encode([str(one) for one in folders]))
