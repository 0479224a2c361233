"""A treemap: every module a rectangle, as large as its part of the script, next to those of its package."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from ide.pack.graph import ModuleNode
from ide.panels import style

__all__ = ["Tile", "Treemap", "squarified"]

_TINTS = ("accent", "success", "warning", "error", "text_muted")
_LEAST_TEXT_WIDTH, _PADDING = 40, 4


class Tile(NamedTuple):
    """A module and its rectangle."""

    node: ModuleNode
    box: QRectF


def squarified(sizes: Sequence[float], box: QRectF) -> list[QRectF]:
    """Divide a rectangle among sizes in falling order, keeping the parts as square as possible (Bruls et al., 2000)."""
    boxes: list[QRectF] = []
    total = sum(sizes)
    if total <= 0 or box.width() <= 0 or box.height() <= 0:
        return [QRectF(box.topLeft(), box.topLeft()) for _ in sizes]
    scale = box.width() * box.height() / total
    areas = [size * scale for size in sizes]
    left = QRectF(box)
    first = 0
    while first < len(areas):
        side = min(left.width(), left.height())
        end = first + 1
        while end < len(areas) and _worst(areas[first : end + 1], side) <= _worst(areas[first:end], side):
            end += 1
        boxes += _row(areas[first:end], left)
        first = end
    return boxes


def _worst(areas: Sequence[float], side: float) -> float:
    """Return the worst ratio of sides in a row of rectangles along `side`."""
    total = sum(areas)
    if total <= 0 or side <= 0:
        return float("inf")
    return max(side * side * max(areas) / total**2, total**2 / (side * side * max(min(areas), 1e-9)))


def _row(areas: Sequence[float], left: QRectF) -> list[QRectF]:
    """Lay a row along the shorter side of what is left, and take it away from there."""
    total = sum(areas)
    is_wide = left.width() >= left.height()
    thickness = total / (left.height() if is_wide else left.width()) if total > 0 else 0.0
    boxes: list[QRectF] = []
    at = left.top() if is_wide else left.left()
    for area in areas:
        length = area / thickness if thickness > 0 else 0.0
        if is_wide:
            boxes.append(QRectF(left.left(), at, thickness, length))
        else:
            boxes.append(QRectF(at, left.top(), length, thickness))
        at += length
    if is_wide:
        left.setLeft(left.left() + thickness)
    else:
        left.setTop(left.top() + thickness)
    return boxes


class Treemap(QWidget):
    """Paints the modules; a click tells `chosen` with the path of the module under the pointer."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Sizes of the modules")
        self.setMouseTracking(True)
        self._groups: list[list[ModuleNode]] = []
        self._total = 0
        self._current = ""

    def sizeHint(self) -> QSize:
        """Return a size in which a dozen modules can be told apart."""
        return QSize(360, 220)

    def set_tree(self, root: ModuleNode) -> None:
        """Show the modules of a tree, grouped by package."""
        groups: dict[str, list[ModuleNode]] = {}
        order = [root]
        for node in order:
            order.extend(node.children)
            if node.packed_size > 0:
                groups.setdefault(node.package, []).append(node)
        for nodes in groups.values():
            nodes.sort(key=lambda node: -node.packed_size)
        self._groups = sorted(groups.values(), key=lambda nodes: -sum(node.packed_size for node in nodes))
        self._total = sum(node.packed_size for nodes in self._groups for node in nodes)
        self.update()

    def select(self, path: str) -> None:
        """Mark a module."""
        self._current = path
        self.update()

    def tiles(self) -> list[Tile]:
        """Return the rectangles as they are painted now."""
        tiles: list[Tile] = []
        sizes = [sum(node.packed_size for node in nodes) for nodes in self._groups]
        for nodes, box in zip(self._groups, squarified(sizes, QRectF(self.rect())), strict=True):
            boxes = squarified([node.packed_size for node in nodes], box)
            tiles += [Tile(node, part) for node, part in zip(nodes, boxes, strict=True)]
        return tiles

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all tiles, each in the colour of its package."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = style.scaled_font(self.font(), 0.9)
        tints = {nodes[0].package: _TINTS[i % len(_TINTS)] for i, nodes in enumerate(self._groups)}
        for node, box in self.tiles():
            inner = box.adjusted(0.5, 0.5, -0.5, -0.5)
            is_current = node.path == self._current
            painter.setPen(style.colour("focus" if is_current else "border"))
            painter.setBrush(style.colour(tints[node.package], 0.45 if is_current else 0.2))
            painter.drawRect(inner)
            text_box = inner.adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING).toRect()
            if text_box.width() < _LEAST_TEXT_WIDTH or text_box.height() < painter.fontMetrics().height():
                continue
            text_box.setHeight(painter.fontMetrics().height())
            style.draw_elided(painter, text_box, node.name, font, "text")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the module under the pointer."""
        if event.button() is Qt.MouseButton.LeftButton and (node := self._at(event.position().toPoint())):
            self.select(node.path)
            self.chosen.emit(node.path)

    def event(self, event: QEvent) -> bool:
        """Tell about the module under the pointer when it rests."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            node = self._at(event.pos())
            QToolTip.showText(event.globalPos(), "" if node is None else self._told(node), self)
            return True
        return super().event(event)

    def _told(self, node: ModuleNode) -> str:
        share = f"{node.packed_size / self._total:.1%}"
        return f"{node.name}\n{node.packed_size:,} bytes, {share} of all modules"

    def _at(self, point: QPoint) -> ModuleNode | None:
        return next((node for node, box in self.tiles() if box.contains(point.toPointF())), None)
