"""The moment of the chain that one looks at: now, or after a block of the past."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.facade import BlockProduced, EngineEvent, HeadMoved
from engine.values import BlockSummary
from ide.panels.workbench import Workbench


class Moment(QObject):
    """`at` is a block's number, None for now. Looking never changes the chain."""

    changed = Signal()
    """`at` changed."""

    head_changed = Signal()
    """`head` changed."""

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self.at: int | None = None
        self.head: int | None = None
        workbench.bridge.engine_changed.connect(self._begin)
        workbench.bridge.events.connect(self._take_events)
        self._begin()

    @property
    def is_now(self) -> bool:
        """Whether the newest state is looked at, which can be changed."""
        return self.at is None

    def look_at(self, number: int | None) -> None:
        """Look at the state after a block, or at the newest one."""
        if number is not None and self.head is not None and number > self.head:
            number = None
        if number != self.at:
            self.at = number
            self.changed.emit()

    def _begin(self) -> None:
        self.look_at(None)
        self.head = None
        engine = self._workbench.engine
        if engine is None:
            self.head_changed.emit()
        else:
            self._workbench.bridge.request(engine.head(), self, self._take_first)

    def _take_first(self, block: BlockSummary) -> None:
        """Take the answer to what was asked at the beginning; events that came in between know better."""
        if self.head is None:
            self._take_head(block.number)

    def _take_head(self, number: int) -> None:
        self.head = number
        if self.at is not None and self.at > number:
            self.look_at(None)
        self.head_changed.emit()

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        numbers = [
            event.block.number if isinstance(event, BlockProduced) else event.number
            for event in events
            if isinstance(event, BlockProduced | HeadMoved)
        ]
        if numbers:
            self._take_head(numbers[-1])
