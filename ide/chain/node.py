"""The local node's switch: serves IOST's HTTP API for this chain, on this machine only, and notes the requests."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QObject, Signal

from engine.facade import Engine, EngineEvent, NodeAnswered, TransactionExecuted, TransactionReceived
from ide.bridge import EngineBridge

DEFAULT_PORT = 30001
MOST_REQUESTS = 2000


class NodeSwitch(QObject):
    """Starts and stops the node. `changed` tells that it did, `answered` that requests came in."""

    changed = Signal()
    started = Signal(str)
    """The node answers at this address."""
    answered = Signal(object)
    """`tuple[NodeAnswered, ...]`, oldest first."""

    arrived = Signal(object)
    """A transaction that came in through the node was executed (`TransactionResult`)."""

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.url = ""
        self.is_busy = False
        self.port = DEFAULT_PORT
        self.count = 0
        self.debugs_incoming = False
        self._incoming: dict[str, None] = {}
        self.requests: deque[NodeAnswered] = deque(maxlen=MOST_REQUESTS)
        bridge.engine_changed.connect(self._engine_changed)
        bridge.events.connect(self._take_events)

    @property
    def is_running(self) -> bool:
        """Whether the node answers."""
        return bool(self.url)

    @property
    def engine(self) -> Engine | None:
        """The engine, or None until it is open."""
        return self._bridge.engine

    def toggle(self) -> None:
        """Start the node, or stop it."""
        if self.is_running:
            self.stop()
        else:
            self.start(self.port)

    def start(self, port: int) -> None:
        """Serve on a port of this machine, 0 for a free one."""
        if self.engine is None or self.is_busy or self.is_running:
            return
        self.port = port
        self._set_busy(True)
        self._bridge.request(self.engine.start_node(port=port), self, self._started, self._failed)

    def stop(self) -> None:
        """Serve no longer."""
        if self.engine is None or self.is_busy or not self.is_running:
            return
        self._set_busy(True)
        self._bridge.request(self.engine.stop_node(), self, lambda _: self._stopped(), self._failed)

    def toggle_debugging(self) -> None:
        """Step through transactions that come in, or let them pass."""
        self.debugs_incoming = not self.debugs_incoming
        self.changed.emit()

    def clear(self) -> None:
        """Forget the requests that were noted."""
        self.requests.clear()
        self.count = 0
        self.changed.emit()

    def _started(self, url: str) -> None:
        self.url = url
        self._set_busy(False)
        self.started.emit(url)

    def _stopped(self) -> None:
        self.url = ""
        self._set_busy(False)

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        self._bridge.request_failed.emit(error)

    def _set_busy(self, busy: bool) -> None:
        self.is_busy = busy
        self.changed.emit()

    def _engine_changed(self) -> None:
        self.url, self.is_busy = "", False
        self._incoming.clear()
        self.clear()

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        for event in events:
            if isinstance(event, TransactionReceived):
                self._incoming[event.hash] = None
                if len(self._incoming) > MOST_REQUESTS:
                    del self._incoming[next(iter(self._incoming))]
            elif isinstance(event, TransactionExecuted) and event.result.hash in self._incoming:
                del self._incoming[event.result.hash]
                self.arrived.emit(event.result)
        answered = tuple(event for event in events if isinstance(event, NodeAnswered))
        if answered:
            self.requests.extend(answered)
            self.count += len(answered)
            self.answered.emit(answered)
