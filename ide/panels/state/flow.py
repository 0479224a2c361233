"""The arrow between two panes of the state stack: says and shows what moved from one to the next."""

from __future__ import annotations

from PySide6.QtCore import Property, QEasingCurve, QPointF, QPropertyAnimation, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ide.panels import style

FLOW_MS = 900
"""How long the falling dots take, in milliseconds."""

_DOTS = 4


class FlowArrow(QWidget):
    """An arrow with a word over it; `play` lets dots run along it, or break off in the middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._tint = "text_muted"
        self._broken = False
        self._phase = 1.0
        self._animation = QPropertyAnimation(self, b"phase", self)
        self._animation.setDuration(FLOW_MS)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Between the layers")

    def _read_phase(self) -> float:
        return self._phase

    def _write_phase(self, value: float) -> None:
        self._phase = value
        self.update()

    phase = Property(float, _read_phase, _write_phase)

    @property
    def text(self) -> str:
        """What happened last."""
        return self._text

    def set_text(self, text: str, tint: str, *, broken: bool) -> None:
        """Say what happened; a `broken` arrow lets nothing through."""
        self._text, self._tint, self._broken = text, tint, broken
        self.setAccessibleDescription(text)
        self.setToolTip(text)
        self.update()

    def play(self, delay_ms: int = 0) -> None:
        """Let dots run along the arrow, from now or a little later."""
        self._animation.stop()
        self._animation.setDuration(FLOW_MS + delay_ms)
        self._animation.setKeyValueAt(delay_ms / (FLOW_MS + delay_ms), 0.0)
        self._animation.start()

    def sizeHint(self) -> QSize:
        """Return room for a short word of two lines."""
        return QSize(self.fontMetrics().horizontalAdvance("committed") + 10, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the arrow, its words and the dots on their way."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tint = style.colour(self._tint)
        middle = self.height() * 0.45
        left, right = 6.0, self.width() - 6.0
        stop = (left + right) / 2 if self._broken else right
        painter.setPen(QPen(tint, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(left, middle), QPointF(stop - (0 if self._broken else 3), middle))
        if self._broken:
            painter.setPen(QPen(tint, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            for sign in (1, -1):
                painter.drawLine(QPointF(stop - 5, middle - 5 * sign), QPointF(stop + 5, middle + 5 * sign))
            painter.setPen(QPen(style.colour("border"), 2.0, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(stop + 9, middle), QPointF(right, middle))
        else:
            painter.setBrush(tint)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawPolygon(
                QPolygonF([QPointF(right, middle), QPointF(right - 9, middle - 6), QPointF(right - 9, middle + 6)])
            )
        self._paint_dots(painter, left, stop, middle, tint)
        painter.setPen(tint if self._text else style.colour("text_muted"))
        painter.setFont(style.scaled_font(self.font(), 0.85))
        words = QRectF(0, middle + 10, self.width(), self.height() - middle - 10)
        painter.drawText(
            words, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, self._text
        )

    def _paint_dots(self, painter: QPainter, left: float, right: float, middle: float, tint: QColor) -> None:
        if self._phase >= 1.0:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        for number in range(_DOTS):
            part = self._phase * 1.6 - number * 0.18
            if 0.0 < part < 1.0:
                tint.setAlphaF(1.0 - 0.6 * part if self._broken else 1.0)
                painter.setBrush(tint)
                painter.drawEllipse(
                    QPointF(left + (right - left) * part, middle), 4.5 - number * 0.6, 4.5 - number * 0.6
                )
        tint.setAlphaF(1.0)
