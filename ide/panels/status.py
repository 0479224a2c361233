"""The engine's part of the status bar: its state and the head block."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from engine.facade import BlockProduced, EngineEvent, HeadMoved
from engine.values import BlockSummary
from ide.bridge import EngineBridge, Request, describe_error
from ide.pacing import Throttle
from ide.panels import style
from ide.panels.readable import clock_time, group_digits
from ide.theme import themes


class EngineStatus(QWidget):
    """A dot in a meaning's colour and a few words; the dot never says anything that the words do not."""

    def __init__(self, bridge: EngineBridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._tint = ""
        self._head: BlockSummary | int = 0
        self._asked: Request[BlockSummary] | None = None
        self._telling = Throttle(self._show_head, self)
        self.dot = QLabel()
        self.words = QLabel()
        self.setAccessibleName("Engine")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(0)
        layout.addWidget(self.dot)
        layout.addWidget(self.words)
        bridge.engine_changed.connect(self._engine_changed)
        bridge.opening_failed.connect(self._failed)
        bridge.events.connect(self._take_events)
        themes().changed.connect(self._recolour)
        self._engine_changed()

    def _engine_changed(self) -> None:
        engine = self._bridge.engine
        self._forget_answer()
        if engine is None:
            self._say("Engine is starting", "text_muted")
            return
        self._say("Engine ready", "success")
        self._asked = self._bridge.request(engine.head(), self, self._take_head)

    def _forget_answer(self) -> None:
        """Whatever was asked before is older than what is known now."""
        if self._asked is not None:
            self._asked.drop()
            self._asked = None

    def _failed(self, error: Exception) -> None:
        self._say("Engine not available", "error")
        self.setToolTip(describe_error(error))

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        for event in reversed(events):
            match event:
                case BlockProduced(block=head) | HeadMoved(number=head):
                    self._forget_answer()
                    self._take_head(head)
                    return

    def _take_head(self, head: BlockSummary | int) -> None:
        self._head = head
        self._telling.request()

    def _show_head(self) -> None:
        head = self._head
        if isinstance(head, int):
            self._say(f"Block {group_digits(head)}", "success")
            return
        self._say(f"Block {group_digits(head.number)}", "success")
        self.setToolTip(f"Head block {head.number}\n{head.hash}\nproduced at {clock_time(head.time)} by {head.witness}")

    def _say(self, words: str, tint: str) -> None:
        self._telling.cancel()
        self.words.setText(words)
        self.setAccessibleDescription(words)
        if tint != self._tint:
            self._tint = tint
            self._recolour()

    def _recolour(self) -> None:
        self.dot.setPixmap(_dot(self._tint, self.fontMetrics().height() // 2, self.devicePixelRatioF()))


def _dot(tint: str, side: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour(tint))
    painter.drawEllipse(QRectF(0.5, 0.5, side - 1, side - 1))
    painter.end()
    return pixmap
