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

CLOSE_TIMEOUT_SECONDS = 3.0
"""How long `close` waits for the thread that closes the engine before it leaves it behind."""

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
        self._lock = threading.Lock()
        self._incoming: deque[EngineEvent] = deque()
        self._finished: deque[Request[Any]] = deque()
        self._awake = False
        self._clock = QElapsedTimer()
        self._pause = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._pause.timeout.connect(self._deliver)
        self._wake.connect(self._schedule, Qt.ConnectionType.QueuedConnection)

    # --- the engine's life -----------------------------------------------------------------------

    @property
    def engine(self) -> Engine | None:
        """The engine, or None until it is open."""
        return self._engine

    def open(self, directory: Path) -> None:
        """Open the engine in `directory` on another thread; `engine_changed` or `opening_failed` follows."""
        opened: Future[Engine] = Future()

        def work() -> None:
            try:
                opened.set_result(Engine.open(directory))
            except Exception as error:
                opened.set_exception(error)

        threading.Thread(target=work, name="engine-open", daemon=True).start()
        self.request(opened, self, self.attach, self.opening_failed.emit)

    def attach(self, engine: Engine) -> None:
        """Take over an open engine, in place of the present one."""
        self._release()
        self._engine = engine
        self._unsubscribe = engine.subscribe(self._receive)
        self.engine_changed.emit()

    def close(self) -> None:
        """Release the engine and close it; returns when it is closed or has taken too long."""
        engine = self._release()
        if engine is None:
            return
        self.engine_changed.emit()
        closing = threading.Thread(target=engine.close, name="engine-close", daemon=True)
        closing.start()
        closing.join(CLOSE_TIMEOUT_SECONDS)

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
        if self._clock.isValid() and self._clock.elapsed() < FRAME_MS and not self._finished:
            self._pause.start()
        else:
            self._deliver()

    def _deliver(self) -> None:
        """Hand over what has arrived: events first, so that an answer never overtakes what led to it."""
        assert QThread.currentThread() is self.thread(), "engine results must be delivered on the window's thread"
        self._pause.stop()
        self._clock.start()
        with self._lock:
            self._awake = False
            events, self._incoming = tuple(self._incoming), deque()
            finished, self._finished = tuple(self._finished), deque()
        if events:
            self.events.emit(events)
        for request in finished:
            request.deliver()


def describe_error(error: Exception) -> str:
    """Return text for people: the error's own words, or the name of a fault nobody foresaw."""
    if isinstance(error, StrataError):
        return str(error)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
