"""Colours, fonts and small painted things that all panels share.

Colours come from the theme by name, so that a switch of theme reaches everything that is painted.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from ide import theme

_ONE_LINE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine


def colour(name: str, alpha: float = 1.0) -> QColor:
    """Return the theme's colour `name`, with `alpha` from 0 (invisible) to 1."""
    result = QColor(getattr(theme.theme(), name))
    if alpha < 1.0:
        result.setAlphaF(alpha)
    return result


def code_font(base: QFont) -> QFont:
    """Return the font for code in the size of `base`."""
    return theme.code_font(base.pointSizeF())


def scaled_font(base: QFont, factor: float, *, bold: bool = False) -> QFont:
    """Return `base` in another size."""
    return QFont(_scaled(base.toString(), factor, bold))


def metrics_of(font: QFont) -> QFontMetrics:
    """Return the measures of a font, which take long to look up anew for every piece of text."""
    return _metrics(font.key())


@lru_cache(maxsize=64)
def _scaled(description: str, factor: float, bold: bool) -> QFont:
    base = QFont()
    base.fromString(description)
    font = QFont(base)
    font.setPointSizeF(base.pointSizeF() * factor)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


@lru_cache(maxsize=64)
def _metrics(key: str) -> QFontMetrics:
    font = QFont()
    font.fromString(key)
    return QFontMetrics(font)


def draw_badge(painter: QPainter, anchor: QPointF, text: str, tint: str, font: QFont, *, ends_there: bool) -> int:
    """Draw a rounded badge in theme colour `tint`, centred at the anchor's height; returns its width.

    The badge ends at the anchor's x if `ends_there`, else begins there.
    """
    metrics = metrics_of(font)
    height = metrics.height() + 2
    width = max(metrics.horizontalAdvance(text) + 10, height)
    x = anchor.x() - width if ends_there else anchor.x()
    box = QRectF(x, anchor.y() - height / 2, width, height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(tint, 0.15))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(colour(tint))
    painter.setFont(font)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
    return width


def draw_elided(painter: QPainter, box: QRect, text: str, font: QFont, tint: str) -> int:
    """Draw one line of text in theme colour `tint`, cut off with an ellipsis; returns the width it took."""
    metrics = metrics_of(font)
    room, width = max(box.width(), 0), metrics.horizontalAdvance(text)
    if width > room:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        width = min(metrics.horizontalAdvance(text), box.width())
    painter.setFont(font)
    painter.setPen(colour(tint))
    painter.drawText(box, _ONE_LINE, text)
    return width
