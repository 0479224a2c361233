"""The one door to the chain: every request that executes transactions waits here, and one is let in at a time.

Requests are served by the door's own thread. Whoever would wait for the answer anyway can ask with `serve`: if nobody
is before him, he does the work himself, which saves two changes of thread.

Calls, queries, transactions and blocks to validate come in order, with one exception: what somebody waits for at the
window (`Errand.INTERACTIVE`) passes `BULK` work that came before it, also while that is being done, between two blocks.
Nothing passes `ORDERED` work, so that a block is closed after what was sent before it.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from enum import IntEnum
from typing import Any, TypeVar

import msgspec

from engine.errors import RejectedTransaction
from engine.interface import EntranceStatus

__all__ = ["MOST_WAITING", "Door", "Errand"]

MOST_WAITING = 20_000
"""More requests than this do not wait: they are refused, so that whoever sends them slows down."""

Result = TypeVar("Result")


class Errand(IntEnum):
    """What a request is, as far as its turn is concerned."""

    INTERACTIVE = 0
    ORDERED = 1
    BULK = 2


class _Request(msgspec.Struct, eq=False):
    """Something that waits for its turn."""

    errand: Errand
    work: Callable[[], Any]
    future: Future[Any]

    def serve(self) -> None:
        """Do it, unless nobody wants it any more."""
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self.work()
        except BaseException as error:
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class Door:
    """Serves requests one by one; any thread may ask."""

    def __init__(self, name: str, *, most_waiting: int = MOST_WAITING) -> None:
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        """Held by the thread that does a request."""
        self._waiting: deque[_Request] = deque()
        self._arrivals: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._most_waiting = most_waiting
        self._closed = False
        self._busy = False
        self._progress = (0, 0)
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[], Result], errand: Errand = Errand.ORDERED) -> Future[Result]:
        """Have `work` done in its turn.

        The future raises what `work` raises, and `RejectedTransaction` if too many requests wait already.
        """
        future: Future[Result] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the engine is closed")
            is_full = len(self._waiting) >= self._most_waiting
            if not is_full:
                self._waiting.append(_Request(errand, work, future))
        if is_full:
            advice = "Wait for answers before you send more."
            future.set_exception(RejectedTransaction(f"{self._most_waiting:,} requests wait already", advice=advice))
        else:
            self._arrivals.put(None)
        return future

    def serve(self, work: Callable[[], Result], errand: Errand = Errand.ORDERED) -> Result:
        """Have `work` done in its turn and return its result: on this thread, if nobody else is at the door.

        Raises what `work` raises, and what the future of `submit` would.
        """
        if self._closed or self._waiting or not self._turn.acquire(blocking=False):
            return self.submit(work, errand).result()
        try:
            self._busy = True
            return work()
        finally:
            self._busy = False
            self._turn.release()

    def let_pass(self, done: int, total: int) -> None:
        """Serve what may pass the bulk work that is being done; called by that work where the chain is consistent.

        `done` of `total` is how far it has come.
        """
        self._progress = (done, total)
        while (request := self._take(passing=True)) is not None:
            request.serve()

    def status(self) -> EntranceStatus:
        """Return what waits and how far bulk work has come."""
        with self._lock:
            interactive = sum(request.errand is Errand.INTERACTIVE for request in self._waiting)
            done, total = self._progress
            return EntranceStatus(self._busy, interactive, len(self._waiting) - interactive, done, total)

    def close(self) -> None:
        """Take nothing more, and forget what waits; what is being done goes on."""
        with self._lock:
            self._closed = True
            forgotten = list(self._waiting)
            self._waiting.clear()
        for request in forgotten:
            request.future.cancel()
        self._arrivals.put(None)

    def _take(self, *, passing: bool = False) -> _Request | None:
        """Remove and return whose turn it is; `passing`: only what may pass bulk work."""
        with self._lock:
            for position, request in enumerate(self._waiting):
                if request.errand is Errand.BULK:
                    continue
                if request.errand is Errand.INTERACTIVE or (position == 0 and not passing):
                    del self._waiting[position]
                    return request
                break
            return None if passing or not self._waiting else self._waiting.popleft()

    def _serve(self) -> None:
        while True:
            self._arrivals.get()
            with self._turn:
                request = self._take()
                if request is not None:
                    self._busy = True
                    request.serve()
                    self._busy, self._progress = False, (0, 0)
            if request is None and self._closed:
                return
            request = None  # what it holds must not outlive its turn
