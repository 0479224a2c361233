"""The live plot: workers, queue and memory over the last five minutes, one strip each."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ide.monitor.history import SPAN_SECONDS, LoadHistory, Sample
from ide.panels import style
from ide.panels.readable import byte_size

_MARGIN = 8
_LEAST_MEMORY = 64 * 1024 * 1024


@dataclass(frozen=True)
class Line:
    """One curve; `filled` shades what is below it."""

    name: str
    tint: str
    value: Callable[[Sample], float]
    filled: bool = False


@dataclass(frozen=True)
class Strip:
    """Curves over one scale; `top` rounds the greatest value up to where the scale ends."""

    lines: tuple[Line, ...]
    text: Callable[[float], str]
    top: Callable[[float], float]


def _count(value: float) -> str:
    return f"{value:.0f}" if value == round(value) else f"{value:.1f}"


def _whole_top(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, …"""
    if value <= 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


def _memory_top(value: float) -> float:
    top = float(_LEAST_MEMORY)
    while top < value:
        top *= 2
    return top


STRIPS = (
    Strip(
        (
            Line("workers", "info", lambda sample: sample.workers),
            Line("busy", "warning", lambda sample: sample.busy, filled=True),
        ),
        _count,
        lambda value: max(2.0, math.ceil(value)),
    ),
    Strip((Line("waiting", "text_muted", lambda sample: sample.waiting, filled=True),), _count, _whole_top),
    Strip(
        (Line("memory", "success", lambda sample: sample.memory_bytes, filled=True),),
        lambda value: byte_size(round(value)),
        _memory_top,
    ),
)


class LoadPlot(QWidget):
    """Paints a history; `update` after a sample was added."""

    def __init__(self, history: LoadHistory) -> None:
        super().__init__()
        self._history = history
        self.setAccessibleName("Load of the last five minutes")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        """Return what three strips need to be told apart."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance("0") * 28, (metrics.height() + 22) * len(STRIPS))

    def describe(self) -> str:
        """Return the newest values in words."""
        sample = self._history.last
        if sample is None:
            return "nothing measured yet"
        return ", ".join(f"{line.name} {strip.text(line.value(sample))}" for strip in STRIPS for line in strip.lines)

    def show_newest(self) -> None:
        """Paint again, with the newest sample at the right edge."""
        self.setAccessibleDescription(self.describe())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the strips."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(style.scaled_font(self.font(), 0.9))
        height = self.height() / len(STRIPS)
        stretches = self._history.stretches()
        for number, strip in enumerate(STRIPS):
            self._paint_strip(painter, strip, stretches, QRectF(0, number * height, self.width(), height))

    def _paint_strip(self, painter: QPainter, strip: Strip, stretches: list[list[Sample]], box: QRectF) -> None:
        metrics = painter.fontMetrics()
        plot = box.adjusted(_MARGIN, metrics.height() + 6, -_MARGIN, -4)
        values = [line.value(sample) for line in strip.lines for stretch in stretches for sample in stretch]
        top = strip.top(max(values, default=0.0))
        painter.setPen(QPen(style.colour("border"), 1))
        for y in (plot.top(), plot.bottom()):
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        self._paint_words(painter, strip, box, top)
        newest = self._history.last
        if newest is None:
            return
        for line in strip.lines:
            for stretch in stretches:
                points = QPolygonF(
                    [
                        QPointF(
                            plot.right() - (newest.moment - sample.moment) / SPAN_SECONDS * plot.width(),
                            plot.bottom() - line.value(sample) / top * plot.height(),
                        )
                        for sample in stretch
                    ]
                )
                self._paint_curve(painter, line, points, plot.bottom())

    def _paint_curve(self, painter: QPainter, line: Line, points: QPolygonF, ground: float) -> None:
        first, last = points.first(), points.last()
        if line.filled:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour(line.tint, 0.15))
            painter.drawPolygon(QPolygonF([QPointF(first.x(), ground), *points.toList(), QPointF(last.x(), ground)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(style.colour(line.tint), 1.5))
        painter.drawPolyline(points)

    def _paint_words(self, painter: QPainter, strip: Strip, box: QRectF, top: float) -> None:
        """Write names and newest values at the left, the end of the scale at the right."""
        metrics, newest = painter.fontMetrics(), self._history.last
        line_box = QRectF(box.left() + _MARGIN, box.top() + 3, box.width() - 2 * _MARGIN, metrics.height())
        painter.setPen(style.colour("text_muted"))
        painter.drawText(line_box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, strip.text(top))
        for line in strip.lines:
            words = line.name if newest is None else f"{line.name} {strip.text(line.value(newest))}"
            painter.setPen(style.colour(line.tint))
            painter.drawText(line_box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
            line_box.setLeft(line_box.left() + metrics.horizontalAdvance(words) + 14)
