"""The gutter: line numbers, breakpoints, the line that is executed, marks of diagnostics, and arrows that fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from engine.values import Severity
from ide.editor.line_marks import Breakpoint
from ide.editor.line_notes import LineNote
from ide.theme import theme

if TYPE_CHECKING:
    from ide.editor.code_editor import CodeEditor


class Gutter(QWidget):
    """The strip to the left of the text.

    A click toggles the breakpoint of its line, one on an arrow folds it, the other button has a menu.
    """

    def __init__(self, editor: CodeEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._hovered = 0
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleName("Gutter")
        self.setAccessibleDescription("Line numbers and breakpoints; F9 toggles the breakpoint of the current line")

    def preferred_width(self) -> int:
        """Return the width that the number of lines needs, in pixels."""
        metrics = self._editor.fontMetrics()
        digits = max(3, len(str(self._editor.blockCount())))
        return self._mark_width() + metrics.horizontalAdvance("9") * digits + self._fold_width()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(self.preferred_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        colours = theme()
        painter = QPainter(self)
        painter.fillRect(event.rect(), colours.editor)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._editor.font())
        current = self._editor.textCursor().blockNumber() + 1
        breakpoints = {one.line: one for one in self._editor.breakpoints()}
        execution_line = self._editor.execution_line
        right = self.width() - self._fold_width()
        folding = self._editor.folding
        for line, row in self._editor.visible_rows(event.rect()):
            if line == execution_line:
                painter.fillRect(row, colours.execution_line)
            note = self._editor.line_notes.get(line)
            if note is not None:
                self._draw_note(painter, row, note)
            if line in breakpoints:
                self._draw_breakpoint(painter, row, breakpoints[line])
            elif line == self._hovered:
                faint = QColor(colours.breakpoint)
                faint.setAlphaF(0.35)
                self._draw_dot(painter, row, faint)
            if line == execution_line:
                self._draw_arrow(painter, row)
            severity = self._editor.severity_of_line(line)
            if severity is not None:
                self._draw_severity(painter, row, severity)
            is_hot = note is not None and note.heat > 0
            painter.setPen(colours.line_number_current if line == current or is_hot else colours.line_number)
            number_row = QRect(0, row.top(), right, self._editor.fontMetrics().height())
            painter.drawText(number_row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(line))
            if folding.is_folded(line) or (self._hovered and folding.can_fold(line)):
                self._draw_fold(painter, row, folded=folding.is_folded(line))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Act on a click."""
        line = self._editor.line_at(event.position().toPoint().y())
        self._editor.setFocus()
        if line and event.button() is Qt.MouseButton.LeftButton and self._is_on_fold(event.position().toPoint()):
            self._editor.folding.toggle(line)
        elif line and event.button() is Qt.MouseButton.LeftButton:
            self._editor.toggle_breakpoint(line)
        elif line and event.button() is Qt.MouseButton.RightButton:
            self._editor.go_to(line)
            self._editor.gutter_menu_requested.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the end of a click."""
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        self._hover(self._editor.line_at(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the mouse."""
        self._hover(0)

    def event(self, event: QEvent) -> bool:
        """Answer requests for a tool tip: the note of the line."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            line = self._editor.line_at(event.pos().y())
            note, stop = self._editor.line_notes.get(line), self._editor.breakpoint_at(line) if line else None
            texts = [stop.describe()] if stop is not None else []
            texts += [note.text] if note is not None and note.text else []
            if line and self._is_on_fold(event.pos()):
                texts = ["Unfold" if self._editor.folding.is_folded(line) else "Fold"]
            if texts:
                QToolTip.showText(event.globalPos(), "\n".join(texts), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom while Ctrl is held, else scroll."""
        self._editor.wheelEvent(event)

    def _hover(self, line: int) -> None:
        if line != self._hovered:
            self._hovered = line
            self.update()

    def _fold_width(self) -> int:
        return self._editor.fontMetrics().horizontalAdvance("9") * 2

    def _is_on_fold(self, point: QPoint) -> bool:
        line = self._editor.line_at(point.y())
        folding = self._editor.folding
        at_arrow = point.x() >= self.width() - self._fold_width()
        return at_arrow and (folding.is_folded(line) or folding.can_fold(line))

    def _draw_fold(self, painter: QPainter, row: QRect, *, folded: bool) -> None:
        """Draw an arrow: to the right where lines are hidden, else down."""
        side = self._editor.fontMetrics().height() * 0.22
        middle = QPointF(self.width() - self._fold_width() / 2, row.top() + self._editor.fontMetrics().height() / 2)
        long, short = QPointF(side, 0), QPointF(0, side / 2)
        if folded:
            long, short = QPointF(0, side), QPointF(side / 2, 0)
        pen = QPen(theme().text_muted, 1.4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline([middle - long - short, middle + short, middle + long - short])

    def _mark_width(self) -> int:
        return self._editor.fontMetrics().height() + 4

    def _mark_box(self, row: QRect) -> QRectF:
        side = self._editor.fontMetrics().height() * 0.68
        centre = QPointF(self._mark_width() / 2, row.top() + self._editor.fontMetrics().height() / 2)
        return QRectF(centre.x() - side / 2, centre.y() - side / 2, side, side)

    def _draw_dot(self, painter: QPainter, row: QRect, colour: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(self._mark_box(row))

    def _draw_breakpoint(self, painter: QPainter, row: QRect, stop: Breakpoint) -> None:
        """Draw a disc, with two bars if it has a condition; a logpoint is a diamond."""
        colours, box = theme(), self._mark_box(row)
        if stop.message:
            middle = box.center()
            corners = [
                QPointF(middle.x(), box.top()),
                QPointF(box.right(), middle.y()),
                QPointF(middle.x(), box.bottom()),
                QPointF(box.left(), middle.y()),
            ]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.breakpoint)
            painter.drawPolygon(QPolygonF(corners))
        else:
            self._draw_dot(painter, row, colours.breakpoint)
        if stop.condition:
            bar = QRectF(box.left() + box.width() * 0.28, 0, box.width() * 0.44, max(box.height() * 0.12, 1.0))
            for height in (0.36, 0.56):
                bar.moveTop(box.top() + box.height() * height)
                painter.fillRect(bar, colours.editor)

    def _draw_arrow(self, painter: QPainter, row: QRect) -> None:
        box = self._mark_box(row)
        middle = box.center().y()
        painter.setPen(theme().editor)
        painter.setBrush(theme().execution_marker)
        half, notch = box.height() * 0.28, box.center().x()
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(box.left(), middle - half),
                    QPointF(notch, middle - half),
                    QPointF(notch, box.top()),
                    QPointF(box.right() + 1, middle),
                    QPointF(notch, box.bottom()),
                    QPointF(notch, middle + half),
                    QPointF(box.left(), middle + half),
                ]
            )
        )

    def _draw_note(self, painter: QPainter, row: QRect, note: LineNote) -> None:
        colours = theme()
        if note.heat > 0:
            # The root keeps lines of a hundredth of the hottest visible.
            heat = QColor(colours.error)
            heat.setAlphaF(0.08 + 0.55 * note.heat**0.5)
            painter.fillRect(
                QRect(self._mark_width(), row.top(), self.width() - self._mark_width(), row.height()), heat
            )
        if note.ran is not None:
            colour = colours.success if note.ran else colours.error
            painter.fillRect(QRect(QPoint(0, row.top()), QSize(3, row.height())), colour)

    def _draw_severity(self, painter: QPainter, row: QRect, severity: Severity) -> None:
        colours = theme()
        colour = {
            Severity.ERROR: colours.error,
            Severity.WARNING: colours.warning,
            Severity.HINT: colours.info,
        }[severity]
        painter.fillRect(QRect(QPoint(self.width() - 3, row.top()), QSize(3, row.height())), colour)
