"""The chain's clock: the machine's, shifted, or one that only moves when it is told to."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Tells nanoseconds since the epoch. With `start` it stands there until it is advanced."""

    def __init__(self, start: int | None = None, *, offset: int = 0, machine: Callable[[], int] = time.time_ns) -> None:
        self._start = start
        self._offset = offset
        self._machine = machine

    @property
    def start(self) -> int | None:
        """Where a standing clock started, None if it follows the machine's."""
        return self._start

    @property
    def offset(self) -> int:
        """How far the clock was advanced, in nanoseconds."""
        return self._offset

    def now(self) -> int:
        """Return the time."""
        return (self._machine() if self._start is None else self._start) + self._offset

    def advance(self, nanoseconds: int) -> int:
        """Move the clock forward and return the time."""
        self._offset += nanoseconds
        return self.now()
