"""The one object between the engine's threads and the window's thread.

The engine answers with futures and events on threads of its own; widgets may only be touched on the
window's thread. `EngineBridge` carries both across: results of futures are handed to callbacks on the window's
thread, events are collected and delivered in order, at most once a frame, so that a burst of transactions
never floods the event loop. The window's thread never waits.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QElapsedTimer, QObject, Qt, QThread, QTimer, Signal

from engine.errors import StrataError
from engine.facade import Engine, EngineEvent

FRAME_MS = 16
"""Events are delivered at most this often, in milliseconds."""

MOST_EVENTS, FEWEST_EVENTS = 250, 8
"""So many events are delivered in one turn of the event loop: fewer, the longer the window takes for them."""

CLOSE_TIMEOUT_SECONDS = 3.0
"""How long `close` waits for the thread that closes the engine before it leaves it behind."""

UNFLUSHED_BLOCKS = 1
"""So many of the newest blocks stay in MVCC; they are safe there, a crash loses none."""

Result = TypeVar("Result")


class Request(Generic[Result]):
    """A future whose outcome is awaited for a receiver; `drop` makes sure nothing arrives any more."""

    def __init__(
        self,
        future: Future[Result],
        receiver: QObject,
        success: Callable[[Result], None],
        failure: Callable[[Exception], None],
    ) -> None:
        self._future = future
        self._receiver = receiver
        self._success = success
        self._failure = failure
        self._dropped = False

    @property
    def is_pending(self) -> bool:
        """Whether the outcome is still to come."""
        return not self._dropped and not self._future.done()

    def drop(self) -> None:
        """Forget about the outcome; the work itself is not stopped (`Engine.cancel` does that)."""
        self._dropped = True
        self._future.cancel()

    def deliver(self) -> None:
        """Call back on the window's thread, unless dropped or the receiver's Qt object is gone."""
        if self._dropped or not shiboken6.isValid(self._receiver):
            return
        self._dropped = True
        try:
            result = self._future.result(timeout=0)
        except CancelledError:
            return
        except Exception as error:
            self._failure(error)
        else:
            self._success(result)


class EngineBridge(QObject):
    """Owns the engine of a window and speaks with it; lives on the window's thread."""

    engine_changed = Signal()
    """An engine was attached or released; `engine` tells which."""

    repaired = Signal(object)
    """A damaged chain was repaired before it was opened (`RepairReport`)."""

    opening_failed = Signal(object)
    """The engine could not be opened (`Exception`, mostly a `StorageError`)."""

    events = Signal(object)
    """`tuple[EngineEvent, ...]` in the engine's order."""

    request_failed = Signal(object)
    """A request whose caller has no answer to failure failed (`Exception`)."""

    _wake = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine: Engine | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._opening: tuple[Future[Engine], Request[Engine]] | None = None
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._incoming: deque[EngineEvent] = deque()
        self._finished: deque[Request[Any]] = deque()
        self._awake = False
        self._most = MOST_EVENTS
        self._rest_ms = FRAME_MS
        self._clock = QElapsedTimer()
        self._pause = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._pause.timeout.connect(self._deliver)
        self._wake.connect(self._schedule, Qt.ConnectionType.QueuedConnection)

    # --- the engine's life -----------------------------------------------------------------------

    @property
    def engine(self) -> Engine | None:
        """The engine, or None until it is open."""
        return self._engine

    def open(self, directory: Path, *, repair: bool = False, read_only: bool = False) -> None:
        """Open the engine in `directory` on another thread; `engine_changed` or `opening_failed` follows.

        The newest block stays in MVCC until the next one comes, so that people see it there. An engine that is
        being closed is waited for first: it may hold the same folder. With `repair` a damaged chain is repaired first;
        with `read_only` one that another program has open is only looked at.
        """
        self._abandon_opening()
        opened: Future[Engine] = Future()
        earlier = tuple(self._threads)

        def work() -> None:
            for thread in earlier:
                thread.join()
            try:
                if repair:
                    self.repaired.emit(Engine.repair(directory))
                engine = Engine.open(directory, unflushed_blocks=UNFLUSHED_BLOCKS, read_only=read_only)
            except Exception as error:
                if opened.set_running_or_notify_cancel():
                    opened.set_exception(error)
                return
            if opened.set_running_or_notify_cancel():
                opened.set_result(engine)
            else:
                engine.close()

        self._opening = opened, self.request(opened, self, self._opened, self._not_opened)
        self._start_thread("engine-open", work)

    def _opened(self, engine: Engine) -> None:
        self._opening = None
        self.attach(engine)

    def _not_opened(self, error: Exception) -> None:
        self._opening = None
        self.opening_failed.emit(error)

    def attach(self, engine: Engine) -> None:
        """Take over an open engine, in place of the present one."""
        self._close_soon(self._release())
        self._engine = engine
        self._unsubscribe = engine.subscribe(self._receive)
        self.engine_changed.emit()

    def close(self, *, wait: bool = False) -> None:
        """Release the engine and close it on another thread; `wait` returns when that is done or takes too long."""
        self._abandon_opening()
        engine = self._release()
        if engine is not None:
            self.engine_changed.emit()
            self._close_soon(engine)
        if wait:
            for thread in self._threads:
                thread.join(CLOSE_TIMEOUT_SECONDS)

    def _abandon_opening(self) -> None:
        """Nobody wants the engine that is being opened; it is closed as soon as it is there."""
        if self._opening is None:
            return
        future, request = self._opening
        self._opening = None
        request.drop()
        if not future.cancelled() and future.exception() is None:
            self._close_soon(future.result())

    def _close_soon(self, engine: Engine | None) -> None:
        if engine is not None:
            self._start_thread("engine-close", engine.close)

    def _start_thread(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
        self._threads = [*(other for other in self._threads if other.is_alive()), thread]

    def _release(self) -> Engine | None:
        engine, self._engine = self._engine, None
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        with self._lock:
            self._incoming.clear()
        return engine

    # --- requests --------------------------------------------------------------------------------

    def request(
        self,
        future: Future[Result],
        receiver: QObject,
        success: Callable[[Result], None],
        failure: Callable[[Exception], None] | None = None,
    ) -> Request[Result]:
        """Call `success` or `failure` on the window's thread when `future` is done.

        Nothing is called once `receiver` was destroyed. Without `failure` the error goes to `request_failed`.
        """
        request = Request(future, receiver, success, failure or self.request_failed.emit)

        def finished(_: Future[Result]) -> None:
            with self._lock:
                self._finished.append(request)
            self._rouse()

        future.add_done_callback(finished)
        return request

    # --- crossing threads ------------------------------------------------------------------------

    def _receive(self, event: EngineEvent) -> None:
        """Take an event on an engine thread."""
        with self._lock:
            self._incoming.append(event)
        self._rouse()

    def _rouse(self) -> None:
        with self._lock:
            if self._awake or not shiboken6.isValid(self):
                return
            self._awake = True
            self._wake.emit()

    def _schedule(self) -> None:
        if self._clock.isValid() and self._clock.elapsed() < self._rest_ms and not self._finished:
            self._pause.start(self._rest_ms)
        else:
            self._deliver()

    def _deliver(self) -> None:
        """Hand over what has arrived: events first, so that an answer never overtakes what led to it."""
        assert QThread.currentThread() is self.thread(), "engine results must be delivered on the window's thread"
        self._pause.stop()
        self._clock.start()
        finished: tuple[Request[Any], ...] = ()
        with self._lock:
            events = tuple(self._incoming.popleft() for _ in range(min(len(self._incoming), self._most)))
            if not self._incoming:
                finished, self._finished = tuple(self._finished), deque()
            self._awake = bool(self._incoming)
            if self._awake:
                self._wake.emit()
        if events:
            self.events.emit(events)
            self._pace(len(events))
        for request in finished:
            request.deliver()

    def _pace(self, delivered: int) -> None:
        """Fit the next delivery into a frame, and leave people at least as much time as this one has taken."""
        took = self._clock.elapsed()
        self._rest_ms = max(FRAME_MS, 2 * took)
        if took > FRAME_MS:
            self._most = max(FEWEST_EVENTS, min(self._most, delivered) * FRAME_MS // took)
        else:
            self._most = min(MOST_EVENTS, 2 * self._most)


def describe_error(error: Exception) -> str:
    """Return text for people: the error's own words, or the name of a fault nobody foresaw."""
    if isinstance(error, StrataError):
        return str(error)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
