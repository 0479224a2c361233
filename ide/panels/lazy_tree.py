"""A tree that loads page by page: the next one when the end of a node comes into view, and no sooner."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QPoint, QTimer, Signal
from PySide6.QtWidgets import QTreeView

_NEAR_END = 40
"""More is loaded when so few rows are left below what is in view."""

Index = QModelIndex | QPersistentModelIndex


class PagedModel(QAbstractItemModel):
    """A model that gets its rows in pages: `fetchMore` asks for a node's next one."""

    settled = Signal()
    """A page has arrived."""

    def can_load(self, parent: Index) -> bool:
        """Whether a node may have more children, and none are awaited."""
        raise NotImplementedError

    def canFetchMore(self, parent: Index) -> bool:
        """Whether a node's first children are to be loaded.

        Only those: a tree view asks with every layout, and would load all of a node of millions.
        """
        return self.can_load(parent) and self.rowCount(parent) == 0


class LazyTree(QTreeView):
    """A view of a `PagedModel`."""

    def __init__(self, model: PagedModel) -> None:
        super().__init__()
        self._paged = model
        self.setModel(model)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._load_on)
        bar = self.verticalScrollBar()
        for changed in (bar.valueChanged, bar.rangeChanged, model.settled, self.expanded):
            changed.connect(self._load_soon)

    def _load_soon(self, *_: object) -> None:
        """Look once everything has its place; whatever a signal carries is not the timer's business."""
        self._soon.start()

    def _load_on(self) -> None:
        """Load the next page of every node whose last rows are in view, or nearly."""
        index = self.indexAt(QPoint(1, 1))
        height = self.viewport().height()
        ends: dict[int, QModelIndex] = {}
        while index.isValid() and self.visualRect(index).top() <= height:
            end = self._end_at(index)
            if end is not None:
                ends[end.internalId() if end.isValid() else 0] = end
            index = self.indexBelow(index)
        for parent in ends.values():
            self._paged.fetchMore(parent)

    def _end_at(self, index: QModelIndex) -> QModelIndex | None:
        """Return the node that ends soon after a row and has more to load, None if there is none."""
        while index.isValid():
            parent = index.parent()
            if index.row() + _NEAR_END < self._paged.rowCount(parent):
                return None
            if self._paged.can_load(parent):
                return parent
            index = parent  # what lies below the row is complete: the parent's next page comes after it
        return None
