"""The slider over a whole execution: depth as a skyline, gas as a line, writes as marks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QToolTip, QWidget

from ide.debugger.landmarks import Sample, WriteMarks, sample_steps
from ide.panels import style
from ide.panels.readable import group_digits
from ide.theme import themes

if TYPE_CHECKING:
    from engine.facade import DebugSession

_MARGIN = 8
_MARKS_HEIGHT = 9


class Timeline(QAbstractSlider):
    """`moved` carries a position and whether it is the end of the movement.

    Left and right go a step, with Ctrl a statement at this depth, Home and End to the ends, Page Up and
    Page Down to the previous and next write. It is a `QAbstractSlider` so that screen readers know it as one.
    """

    moved = Signal(object, bool)
    statement_requested = Signal(bool)
    """A statement at this depth, forwards if True."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: DebugSession | None = None
        self._samples: tuple[Sample, ...] = ()
        self._writes: WriteMarks | None = None
        self._write_columns: tuple[int, ...] = ()
        self._describe: Callable[[int], str] = str
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Position in the execution")
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        themes().changed.connect(self._recolour)

    def show_session(self, session: DebugSession | None, describe: Callable[[int], str]) -> None:
        """Draw a recording; `describe` writes a position for tool tip and screen reader."""
        self._session, self._describe = session, describe
        self._writes = WriteMarks(session, session.result.accesses) if session is not None else None
        self._samples = ()
        self.setRange(0, session.step_count - 1 if session is not None else 0)
        self.update()

    def show_position(self, position: int) -> None:
        """Put the cursor on a position, without telling anybody."""
        self.blockSignals(True)
        self.setValue(position)
        self.blockSignals(False)
        self.setAccessibleDescription(self._describe(position))
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for three lines of text."""
        return QSize(300, self.fontMetrics().height() * 3 + _MARKS_HEIGHT)

    # --- geometry --------------------------------------------------------------------------------

    def _track(self) -> QRectF:
        return QRectF(_MARGIN, 4, max(self.width() - 2 * _MARGIN, 1), max(self.height() - 8 - _MARKS_HEIGHT, 1))

    def x_of(self, position: int) -> float:
        """Return where a position is drawn, in pixels from the left."""
        track = self._track()
        return track.left() + track.width() * position / max(self.maximum(), 1)

    def position_at(self, x: float) -> int:
        """Return the position under a pixel."""
        track = self._track()
        part = (x - track.left()) / track.width()
        return round(max(0.0, min(part, 1.0)) * self.maximum())

    # --- drawing ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint skyline, gas, marks and cursor."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = self._track()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.colour("surface"))
        painter.drawRoundedRect(track, 4, 4)
        if self._session is not None:
            if not self._samples:
                self._samples = sample_steps(self._session, max(int(track.width()), 2))
                self._write_columns = self._writes.columns(self._samples) if self._writes is not None else ()
            self._paint_skyline(painter, track)
            self._paint_gas(painter, track)
            self._paint_marks(painter, track)
            self._paint_cursor(painter, track)
        painter.setPen(QPen(style.colour("focus" if self.hasFocus() else "border"), 1.5 if self.hasFocus() else 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(track, 4, 4)

    def _paint_skyline(self, painter: QPainter, track: QRectF) -> None:
        deepest = max(sample.depth for sample in self._samples)
        unit = (track.height() - 6) / (deepest + 0.5)
        for reached in (False, True):
            path = QPainterPath(QPointF(track.left(), track.bottom()))
            for number, sample in enumerate(self._samples):
                x = track.left() + number
                y = track.bottom() - sample.depth * unit
                path.lineTo(x, y)
                path.lineTo(x + 1, y)
            path.lineTo(track.left() + len(self._samples), track.bottom())
            path.closeSubpath()
            painter.save()
            cursor = self.x_of(self.value())
            part = QRectF(track.left(), track.top(), cursor - track.left(), track.height())
            if not reached:
                part = QRectF(cursor, track.top(), track.right() - cursor, track.height())
            painter.setClipRect(part)
            painter.fillPath(path, style.colour("accent", 0.42 if reached else 0.18))
            painter.restore()

    def _paint_gas(self, painter: QPainter, track: QRectF) -> None:
        most = self._samples[-1].gas
        if most <= 0:
            return
        line = QPolygonF(
            [
                QPointF(track.left() + number, track.bottom() - 2 - (track.height() - 6) * min(sample.gas / most, 1.0))
                for number, sample in enumerate(self._samples)
            ]
        )
        painter.setPen(QPen(style.colour("warning", 0.9), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(line)

    def _paint_marks(self, painter: QPainter, track: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        cursor = self.x_of(self.value())
        for column in self._write_columns:
            x = track.left() + column
            reached = x < cursor
            painter.setBrush(style.colour("layer_local", 1.0 if reached else 0.55))
            top = track.bottom() + 2
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(x, top),
                        QPointF(x - 3.5, top + _MARKS_HEIGHT - 3),
                        QPointF(x + 3.5, top + _MARKS_HEIGHT - 3),
                    ]
                )
            )
        session = self._session
        if session is not None and not session.result.succeeded:
            painter.setPen(QPen(style.colour("error"), 2.2))
            x = track.right() - 1
            painter.drawLine(QPointF(x, track.top() + 1), QPointF(x, track.bottom() - 1))

    def _paint_cursor(self, painter: QPainter, track: QRectF) -> None:
        x = self.x_of(self.value())
        painter.setPen(QPen(style.colour("execution_marker"), 2.0))
        painter.drawLine(QPointF(x, track.top() - 2), QPointF(x, track.bottom() + 2))
        painter.setPen(QPen(style.colour("surface"), 1.0))
        painter.setBrush(style.colour("execution_marker"))
        painter.drawEllipse(QPointF(x, track.top() + 1), 5, 5)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Sample anew for another width."""
        self._samples = ()
        super().resizeEvent(event)

    def _recolour(self) -> None:
        self.update()

    # --- mouse and keys --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where the mouse is pressed."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._tell(self.position_at(event.position().x()), resting=False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._tell(self.position_at(event.position().x()), resting=False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Rest where the drag ended."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._tell(self.position_at(event.position().x()), resting=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by keys."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right if control:
                self.statement_requested.emit(event.key() == Qt.Key.Key_Right)
            case Qt.Key.Key_Left:
                self._tell(self.value() - 1, resting=True)
            case Qt.Key.Key_Right:
                self._tell(self.value() + 1, resting=True)
            case Qt.Key.Key_Home:
                self._tell(0, resting=True)
            case Qt.Key.Key_End:
                self._tell(self.maximum(), resting=True)
            case Qt.Key.Key_PageUp:
                earlier = self._writes.before(self.value()) if self._writes is not None else None
                self._tell(0 if earlier is None else earlier, resting=True)
            case Qt.Key.Key_PageDown:
                later = self._writes.after(self.value()) if self._writes is not None else None
                self._tell(self.maximum() if later is None else later, resting=True)
            case _:
                event.ignore()

    def event(self, event: QEvent) -> bool:
        """Describe the position under the mouse in a tool tip."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._session is not None:
            QToolTip.showText(event.globalPos(), self._describe(self.position_at(event.pos().x())), self)
            return True
        return super().event(event)

    def _tell(self, position: int, *, resting: bool) -> None:
        if self._session is not None:
            self.moved.emit(max(0, min(position, self.maximum())), resting)


def describe_position(session: DebugSession, position: int) -> str:
    """Return a position in words: where it is, how deep, how much gas was used."""
    step = session.step(position)
    file = step.file.replace("\\", "/").rsplit("/", 1)[-1]
    return (
        f"Step {group_digits(position + 1)} of {group_digits(session.step_count)}: {step.function or 'top level'}, "
        f"{file} line {step.line}, depth {step.depth}, {group_digits(step.gas)} gas, {step.accesses} storage accesses"
    )
