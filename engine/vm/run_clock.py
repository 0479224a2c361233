"""The time that a sandbox's run has left, and the reason for which it is given up."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

__all__ = ["RunClock"]

_NEVER = float("inf")


class RunClock:
    """Runs from the start of a program to its end. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.aborting: Exception | None = None
        """Why the run in progress is given up; None while it is not."""
        self.deadline: float | None = None
        """When the run has to end (`time.monotonic`); None between two runs."""

    def start(self, seconds: float) -> None:
        """A run begins that may take so long."""
        with self._lock:
            self.aborting = None
            self.deadline = time.monotonic() + seconds

    def end(self) -> bool:
        """The run ends by itself; False if it was given up before."""
        with self._lock:
            if self.aborting is not None:
                return False
            self.deadline = None
            return True

    def abort(self, reason: Exception, deadline: float | None = None) -> bool:
        """Give up the run in progress; False if there is none, or it was given up before.

        `deadline` tells which run is meant, if it is not whichever is in progress.
        """
        with self._lock:
            current = self.deadline
            if current is None or self.aborting is not None or (deadline is not None and deadline != current):
                return False
            self.aborting = reason
            return True

    def clear(self) -> None:
        """The run that was given up is over."""
        with self._lock:
            self.aborting = self.deadline = None

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Let no time pass for the run, while something is done that it is not to pay for."""
        began = time.monotonic()
        with self._lock:
            before, self.deadline = self.deadline, _NEVER
        try:
            yield
        finally:
            with self._lock:
                self.deadline = None if before is None else before + time.monotonic() - began
