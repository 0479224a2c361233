"""Counts starts that did not get far, so that what crashes us is not restored for ever."""

from __future__ import annotations

from pathlib import Path

from ide.files import write_atomically

UNCLEAN_BEFORE_OFFER = 2
HEALTHY_AFTER_MS = 5000


class StartCounter:
    """The number of starts in a row that ended before they were healthy, kept in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def begin(self) -> int:
        """Note that a start begins; return how many before it in a row did not become healthy."""
        try:
            unclean = int(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            unclean = 0
        write_atomically(self._path, str(unclean + 1).encode())
        return unclean

    def healthy(self) -> None:
        """Note that this start worked."""
        self._path.unlink(missing_ok=True)
