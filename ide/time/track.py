"""The track: all blocks from the oldest to the head as a line, with checkpoints, and where one looks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.timeline.values import NamedState
from ide.panels import style
from ide.panels.readable import group_digits
from ide.theme import themes

_MARGIN = 14
_HEIGHT = 46
_LINE = 16
_NEAR = 7
_PAGE = 10


class TimeTrack(QWidget):
    """A slider over block numbers; `chosen` tells that somebody went to one."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._oldest, self._head = 0, 0
        self._at: int | None = None
        self._base: int | None = None
        self._checkpoints: tuple[NamedState, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Timeline of blocks")
        self.setToolTip("Click a block, or move with the arrow keys; Home and End go to both ends")
        themes().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(400, _HEIGHT)

    @property
    def position(self) -> int:
        """The block that is looked at; the head if it is now."""
        return self._head if self._at is None else self._at

    def show_range(self, oldest: int, head: int) -> None:
        """Show blocks from `oldest` to `head`."""
        self._oldest, self._head = min(oldest, head), head
        self.update()

    def show_marks(self, at: int | None, base: int | None, checkpoints: Sequence[NamedState]) -> None:
        """Mark what is looked at (None: now), what it is compared with, and the checkpoints."""
        self._at, self._base = at, base
        self._checkpoints = tuple(state for state in checkpoints if state.is_on_chain)
        self.setAccessibleDescription(f"Block {self.position} of {self._head}")
        self.update()

    # --- geometry --------------------------------------------------------------------------------

    def x_of(self, number: int) -> float:
        """Return where a block stands."""
        span = max(self._head - self._oldest, 1)
        return _MARGIN + (self.width() - 2 * _MARGIN) * (number - self._oldest) / span

    def number_at(self, x: float) -> int:
        """Return the block at a place; a checkpoint draws what is near to it."""
        near = [state.number for state in self._checkpoints if abs(self.x_of(state.number) - x) <= _NEAR]
        if near:
            return min(near, key=lambda number: abs(self.x_of(number) - x))
        share = (x - _MARGIN) / max(self.width() - 2 * _MARGIN, 1)
        number = self._oldest + round(share * (self._head - self._oldest))
        return max(self._oldest, min(self._head, number))

    # --- painting --------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint line, range, checkpoints and thumb."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        left, right = self.x_of(self._oldest), self.x_of(self._head)
        painter.setBrush(style.colour("border"))
        painter.drawRoundedRect(QRectF(left, _LINE - 2, max(right - left, 1), 4), 2, 2)
        here = self.x_of(self.position)
        painter.setBrush(style.colour("accent", 0.55))
        start = left if self._base is None else min(self.x_of(self._base), here)
        end = here if self._base is None else max(self.x_of(self._base), here)
        painter.drawRoundedRect(QRectF(start, _LINE - 2, max(end - start, 1), 4), 2, 2)
        self._paint_ticks(painter)
        self._paint_checkpoints(painter)
        if self._base is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour("warning"))
            painter.drawEllipse(QPointF(self.x_of(self._base), _LINE), 5, 5)
        painter.setPen(style.colour("surface"))
        painter.setBrush(style.colour("accent"))
        painter.drawEllipse(QPointF(here, _LINE), 7, 7)
        if self.hasFocus():
            painter.setPen(style.colour("focus"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(here, _LINE), 10, 10)

    def _paint_ticks(self, painter: QPainter) -> None:
        font = style.scaled_font(self.font(), 0.85)
        painter.setFont(font)
        painter.setPen(style.colour("text_muted"))
        metrics = painter.fontMetrics()
        base = self.height() - metrics.descent() - 2
        painter.drawText(QPointF(self.x_of(self._oldest) - 4, base), group_digits(self._oldest))
        head = f"{group_digits(self._head)} now"
        painter.drawText(QPointF(self.width() - _MARGIN - metrics.horizontalAdvance(head) + 8, base), head)

    def _paint_checkpoints(self, painter: QPainter) -> None:
        font = style.scaled_font(self.font(), 0.85)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        base = self.height() - metrics.descent() - 2
        free = self.x_of(self._oldest) + metrics.horizontalAdvance(group_digits(self._oldest)) + 8
        limit = self.width() - _MARGIN - metrics.horizontalAdvance(f"{group_digits(self._head)} now") - 4
        for state in self._checkpoints:
            x = self.x_of(state.number)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour("success"))
            painter.drawPolygon(
                QPolygonF([QPointF(x, _LINE + 4), QPointF(x - 4.5, _LINE + 12), QPointF(x + 4.5, _LINE + 12)])
            )
            width = metrics.horizontalAdvance(state.name)
            place = x - width / 2
            if free < place and place + width < limit:
                painter.setPen(style.colour("success"))
                painter.drawText(QPointF(place, base), state.name)
                free = place + width + 8

    # --- mouse and keys --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the block under the mouse."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.chosen.emit(self.number_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            number = self.number_at(event.position().x())
            if number != self.position:
                self.chosen.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by a block, by ten, or to an end."""
        step = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_PageDown: -_PAGE,
            Qt.Key.Key_PageUp: _PAGE,
            Qt.Key.Key_Home: self._oldest - self.position,
            Qt.Key.Key_End: self._head - self.position,
        }.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.chosen.emit(max(self._oldest, min(self._head, self.position + step)))

    def event(self, event: QEvent) -> bool:
        """Tell the block under the mouse in the tool tip."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            number = self.number_at(event.pos().x())
            names = ", ".join(state.name for state in self._checkpoints if state.number == number)
            text = f"Block {group_digits(number)}" + (f": {names}" if names else "")
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus."""
        super().focusOutEvent(event)
        self.update()
