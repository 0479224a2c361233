"""Paints the rows of the inspector: what just changed glows, layers are badges.

A row is painted from its node at once. Qt's own way asks the model for eight roles a cell, which in Python takes longer
than a frame has.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from engine.values import Layer
from ide.panels import style
from ide.panels.storage.model import LAYER_NAMES, Column, StorageModel
from ide.theme import themes

GLOW_SECONDS = 2.4
_PADDING = 4
_TINTS = {
    LAYER_NAMES[Layer.LOCAL]: "layer_local",
    LAYER_NAMES[Layer.MVCC]: "layer_mvcc",
    LAYER_NAMES[Layer.ROCKSDB]: "layer_rocksdb",
}
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


class RowDelegate(QStyledItemDelegate):
    """Paints the cells of a `StorageModel`."""

    def __init__(self, model: StorageModel, view: QTreeView) -> None:
        super().__init__(view)
        self._model, self._view = model, view
        self._choose_look()
        themes().changed.connect(self._choose_look)

    def _choose_look(self) -> None:
        self._text, self._muted = style.colour("text"), style.colour("text_muted")
        self._badge_font: QFont = style.scaled_font(self._view.font(), 0.85)
        self._metrics = QFontMetrics(self._view.font())
        self._badges: dict[tuple[str, int, float], QPixmap] = {}

    def _badge(self, text: str, height: int, ratio: float) -> QPixmap:
        """Return a badge for rows of that height; drawn once, for drawing it takes longer than the rest of a row."""
        known = self._badges.get((text, height, ratio))
        if known is not None:
            return known
        width = style.metrics_of(self._badge_font).horizontalAdvance(text) + height
        made = QPixmap(round(width * ratio), round(height * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        style.draw_badge(painter, QPointF(0, height / 2), text, _TINTS[text], self._badge_font, ends_there=False)
        painter.end()
        self._badges[text, height, ratio] = made
        return made

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a cell: glow, selection, icon and text, or a badge."""
        node, column = self._model.node_of(index), index.column()
        box: QRect = option.rect
        if node.changed_at:
            age = time.monotonic() - node.changed_at
            if age < GLOW_SECONDS:
                painter.fillRect(box, style.colour("search_current", 0.75 * (1 - age / GLOW_SECONDS)))
        state = option.state
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            self._view.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, self._view)
        text = self._model.cells(node)[column]
        if not text:
            return
        if column == Column.LAYER:
            badge = self._badge(text, box.height(), painter.device().devicePixelRatio())
            painter.drawPixmap(box.left() + 6, box.top(), badge)
            return
        inner = box.adjusted(_PADDING, 0, -_PADDING, 0)
        if column == Column.KEY:
            side = min(16, box.height())
            self._model.sign(node).paint(painter, inner.left(), box.top() + (box.height() - side) // 2, side, side)
            inner.setLeft(inner.left() + side + 6)
        painter.setPen(self._text if column in (Column.KEY, Column.VALUE) else self._muted)
        painter.setFont(self._view.font())
        shown = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, _RIGHT if column == Column.SIZE else _LEFT, shown)
