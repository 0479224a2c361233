"""A lazy tree loads what comes into view, whatever Qt asks for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from ide.panels.lazy_tree import LazyTree, PagedModel

PAGE, MOST, INNER = 100, 1000, 60


class Numbers(PagedModel):
    """Numbers to `MOST`; each has `INNER` complete children. Pages arrive when `arrive` is called."""

    def __init__(self, parent):
        super().__init__(parent)
        self.rows, self.asked = 0, False

    def can_load(self, parent):
        return not parent.isValid() and not self.asked and self.rows < MOST

    def fetchMore(self, parent):
        self.asked = self.asked or self.can_load(parent)

    def arrive(self):
        self.beginInsertRows(QModelIndex(), self.rows, self.rows + PAGE - 1)
        self.rows += PAGE
        self.endInsertRows()
        self.asked = False
        self.settled.emit()

    def rowCount(self, parent=QModelIndex()):  # noqa: B008
        return self.rows if not parent.isValid() else INNER if parent.internalId() == 0 else 0

    def columnCount(self, _parent=QModelIndex()):  # noqa: B008
        return 1

    def index(self, row, column, parent=QModelIndex()):  # noqa: B008
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index):
        inner = index.internalId()
        return self.createIndex(inner - 1, 0, 0) if inner else QModelIndex()

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        return str(index.row()) if role == Qt.ItemDataRole.DisplayRole else None


@pytest.fixture
def tree(qtbot):
    model = Numbers(None)
    view = LazyTree(model)
    model.setParent(view)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.show()
    qtbot.waitUntil(lambda: model.asked)
    model.arrive()
    view.doItemsLayout()
    return view


def settle(tree, qtbot):
    """Let the view ask for what it wants; answers at once."""
    for _ in range(30):
        qtbot.wait(1)
        if tree.model().asked:
            tree.model().arrive()


def test_nothing_is_loaded_that_nobody_looks_at(tree, qtbot):
    for _ in range(3):
        tree.doItemsLayout()  # in which Qt asks for more
        settle(tree, qtbot)
    assert tree.model().rows == PAGE


def test_scrolling_to_the_end_loads_a_page(tree, qtbot):
    settle(tree, qtbot)
    tree.scrollToBottom()
    settle(tree, qtbot)
    assert tree.model().rows == 2 * PAGE


def test_the_end_of_the_last_nodes_children_is_an_end_too(tree, qtbot):
    settle(tree, qtbot)
    tree.expand(tree.model().index(PAGE - 1, 0))
    tree.scrollToBottom()
    settle(tree, qtbot)
    assert tree.model().rows == 2 * PAGE
