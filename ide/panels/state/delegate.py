"""Paints a row of the state stack: operation, key, old → new, payer and layer; what just changed glows."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engine.values import AccessKind, Layer
from ide.panels import style
from ide.panels.readable import ReadableValue, ValueKind, shorten
from ide.panels.state.model import ROW_ROLE
from ide.panels.state.rows import Fate, StackRow
from ide.theme import themes

GLOW_SECONDS = 2.4
"""How long a change takes to fade."""

OPERATION_BADGES = {
    AccessKind.READ: ("R", "info"),
    AccessKind.WRITE: ("W", "success"),
    AccessKind.DELETE: ("D", "error"),
}
LAYER_BADGES = {
    Layer.LOCAL: ("LOCAL", "layer_local"),
    Layer.MVCC: ("MVCC", "layer_mvcc"),
    Layer.ROCKSDB: ("ROCKSDB", "layer_rocksdb"),
    Layer.ABSENT: ("ABSENT", "text_muted"),
}
MOST_PICTURES = 300
"""So many painted rows are kept."""

_PADDING = 6
_GAP = 6


def glow_strength(row: StackRow, now: float) -> float:
    """Return how much a row glows, from 0 to 1; a glow may begin in the future."""
    age = now - row.glow_from
    if not row.glow_from or age < 0 or age >= GLOW_SECONDS:
        return 0.0
    return float((1 - age / GLOW_SECONDS) ** 1.5)


class StackDelegate(QStyledItemDelegate):
    """Two lines a row; for accesses with operation and answering layer, for held values with the block."""

    def __init__(self, contract_name: Callable[[str], str], parent: QObject) -> None:
        super().__init__(parent)
        self._contract_name = contract_name
        self._pictures: dict[Hashable, QPixmap] = {}
        themes().changed.connect(self._forget_pictures)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of two lines."""
        return QSize(160, 2 * QFontMetrics(option.font).height() + 2 * _PADDING + 2)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the row."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, StackRow):
            return
        _paint_background(painter, option, row)
        painter.drawPixmap(option.rect.topLeft(), self._picture(option, row, option.widget.devicePixelRatioF()))

    def _picture(self, option: QStyleOptionViewItem, row: StackRow, ratio: float) -> QPixmap:
        """Return what stands in a row, painted once: while rows glow they are shown thirty times a second."""
        name = self._contract_name(row.readable_key.contract)
        size = option.rect.size()
        facts = (row.key, row.kind, row.old, row.new, row.layer, row.fate, row.block, row.is_access, row.has_old)
        key = (*facts, name, size.width(), size.height(), ratio, option.font.key())
        picture = self._pictures.get(key)
        if picture is None:
            picture = QPixmap(size * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            _paint_row(painter, QRect(QPoint(0, 0), size), option.font, row, name)
            painter.end()
            while len(self._pictures) >= MOST_PICTURES:
                del self._pictures[next(iter(self._pictures))]
            self._pictures[key] = picture
        return picture

    def _forget_pictures(self) -> None:
        self._pictures.clear()


def _paint_background(painter: QPainter, option: QStyleOptionViewItem, row: StackRow) -> None:
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(option.rect, style.colour("selection"))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(option.rect, style.colour("hover"))
    if strength := glow_strength(row, time.monotonic()):
        painter.fillRect(option.rect, style.colour("search_current", 0.75 * strength))


def _paint_row(painter: QPainter, rect: QRect, font: QFont, row: StackRow, contract: str) -> None:
    stripe = QRect(rect.left(), rect.top() + 3, 3, rect.height() - 6)
    if row.fate is Fate.THROWN_AWAY:
        painter.fillRect(stripe, style.colour("error"))
    elif row.is_access and not row.is_change:
        painter.fillRect(stripe, style.colour("border"))
    else:
        tint = "layer_local" if row.is_access else LAYER_BADGES[row.layer][1]
        painter.fillRect(stripe, style.colour(tint, 1.0 if row.fate is Fate.HELD else 0.35))
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), style.colour("border", 0.5))
    if row.fate in (Fate.MOVED_DOWN, Fate.AHEAD):
        painter.setOpacity(0.5)
    inner = rect.adjusted(_PADDING + 5, _PADDING, -_PADDING - 2, -_PADDING)
    half = inner.height() // 2
    _paint_key(painter, QRect(inner.left(), inner.top(), inner.width(), half), font, row, contract)
    _paint_value(painter, QRect(inner.left(), inner.top() + half, inner.width(), half), font, row)


def _paint_key(painter: QPainter, box: QRect, font: QFont, row: StackRow, contract: str) -> None:
    small = style.scaled_font(font, 0.8)
    bold = style.scaled_font(font, 1.0, bold=True)
    middle = box.center().y() + 0.5
    room = QRect(box)
    if row.is_access:
        letter, tint = OPERATION_BADGES[row.kind]
        used = style.draw_badge(painter, QPointF(room.left(), middle), letter, tint, small, ends_there=False)
        room.setLeft(room.left() + used + _GAP)
        mark, tint = LAYER_BADGES[row.layer] if not row.is_change else ("", "")
    else:
        tint = LAYER_BADGES[row.layer][1]
        arrow = "↓ " if row.fate is Fate.MOVED_DOWN else ""
        mark = "" if row.block is None else f"{arrow}#{row.block}"
    if mark:
        used = style.draw_badge(painter, QPointF(room.right(), middle), mark, tint, small, ends_there=True)
        room.setRight(room.right() - used - _GAP)
    key = row.readable_key
    pieces = [(key.key, bold, "text_muted"), (" › ", font, "text_disabled"), (key.field, bold, "text")]
    if not key.field:
        pieces = [(key.label, bold, "text_muted" if key.is_bookkeeping else "text")]
    for text, piece_font, tint in pieces:
        room.setLeft(room.left() + style.draw_elided(painter, room, text, piece_font, tint))
    room.setLeft(room.left() + 8)
    if room.width() > 24 and contract:
        style.draw_elided(painter, room, contract, small, "text_muted")


def _paint_value(painter: QPainter, box: QRect, font: QFont, row: StackRow) -> None:
    small = style.scaled_font(font, 0.8)
    code = style.code_font(font)
    new, old = row.readable_value(row.new), row.readable_value(row.old)
    room = QRect(box)
    note = f"paid by {new.payer}" if new.payer else ""
    width = style.metrics_of(small).horizontalAdvance(note) + 2
    if note and width < box.width() // 3:
        place = QRect(box.right() - width, box.top(), width, box.height())
        style.draw_elided(painter, place, note, small, "text_disabled")
        room.setRight(place.left() - 8)
    if row.is_change and row.has_old:
        first = QRect(room.left(), room.top(), max(room.width() // 2 - 20, 20), room.height())
        room.setLeft(room.left() + style.draw_elided(painter, first, short_value(old), code, "text_muted") + _GAP)
        room.setLeft(room.left() + style.draw_elided(painter, room, "→", font, "text_muted") + _GAP)
    text = "deleted" if row.kind is AccessKind.DELETE else short_value(new)
    tint = "error" if row.fate is Fate.THROWN_AWAY or row.kind is AccessKind.DELETE else "text"
    if new.kind is ValueKind.ABSENT and not row.is_change:
        tint = "text_disabled"
    code.setStrikeOut(row.fate is Fate.THROWN_AWAY)
    style.draw_elided(painter, room, text, code, tint)


def short_value(value: ReadableValue) -> str:
    """Return a value in one line; an empty text is shown as such."""
    text = shorten(value.text, 200)
    return "“”" if value.kind is ValueKind.TEXT and not text else text
