"""A thread that has the chain do what is due by the clock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future

Beat = Callable[[], "Future[float | None]"]
"""Does what is due on the chain's thread; its result is the seconds until something will be."""


class Pacemaker:
    """Calls `beat` whenever it is woken and when it said something would be due; close it when done."""

    def __init__(self, beat: Beat) -> None:
        self._beat = beat
        self._woken = threading.Event()
        self._closed = False
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Beat as soon as possible; from any thread."""
        with self._lock:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="engine-pace", daemon=True)
                self._thread.start()
        self._woken.set()

    def close(self) -> None:
        """End the thread after the beat it is in."""
        with self._lock:
            self._closed = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        delay: float | None = None
        while True:
            self._woken.wait(delay)
            self._woken.clear()
            if self._closed:
                return
            try:
                beating = self._beat()
            except RuntimeError:  # the chain's thread takes no more work: the engine is closing
                return
            try:
                delay = beating.result()
            except CancelledError:
                return
