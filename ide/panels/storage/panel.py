"""The storage inspector: contract → key → field over the whole state, with a viewer for the chosen value."""

from __future__ import annotations

import time

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QSplitter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from engine.facade import BlockFlushed, BlockProduced, EngineEvent, HeadMoved
from ide.panels import style
from ide.panels.readable import read_key
from ide.panels.storage.model import NODE_ROLE, Column, StorageModel
from ide.panels.storage.tree import Node, NodeKind
from ide.panels.storage.viewer import ValueViewer
from ide.panels.widgets import EmptyState, FilterBox, Switcher
from ide.panels.workbench import Workbench

GLOW_SECONDS = 2.4
_REPAINT_MS = 40
_LONGEST_WAY = 6
"""How many pages are fetched on the way to a key that is asked for."""


class GlowDelegate(QStyledItemDelegate):
    """Lets rows glow that have just changed."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the glow under the cell."""
        node = index.data(NODE_ROLE)
        if isinstance(node, Node) and node.changed_at:
            age = time.monotonic() - node.changed_at
            if age < GLOW_SECONDS:
                painter.fillRect(option.rect, style.colour("search_current", 0.75 * (1 - age / GLOW_SECONDS)))
        super().paint(painter, option, index)


class StoragePanel(QWidget):
    """Tree, filter and viewer."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self._way_to = ""
        self._pages_left = 0
        self._glow_until = 0.0
        self.model = StorageModel(workbench, self)
        self.filter = FilterBox("Filter by key, field or value", "Filter of the storage")
        self.filter.filter_changed.connect(self.model.set_filter)
        self.view = QTreeView()
        self.view.setModel(self.model)
        self.view.setUniformRowHeights(True)
        self.view.setAlternatingRowColors(False)
        self.view.setAllColumnsShowFocus(True)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setItemDelegate(GlowDelegate(self.view))
        self.view.setAccessibleName("Stored keys")
        self.view.selectionModel().currentRowChanged.connect(self._choose)
        self.view.expanded.connect(self.model.fetchMore)
        header = self.view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(Column.VALUE, QHeaderView.ResizeMode.Stretch)
        metrics = QFontMetrics(self.font())
        for column, text in (
            (Column.KEY, "m" * 16),
            (Column.TYPE, "boolean"),
            (Column.PAYER, "contract"),
            (Column.LAYER, "RocksDB"),
        ):
            header.resizeSection(column, metrics.horizontalAdvance(text) + 24)
        self.viewer = ValueViewer()
        self.viewer.writer_requested.connect(self._show_writer)
        self.viewer_switcher = Switcher(self.viewer, EmptyState("Choose a key to see its value."))
        left = QWidget()
        column_layout = QVBoxLayout(left)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(0)
        column_layout.addWidget(self.filter)
        self.switcher = Switcher(self.view, EmptyState("Nothing is stored yet. Deploy a contract and call a method."))
        column_layout.addWidget(self.switcher, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(self.viewer_switcher)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self._glow_timer = QTimer(self, interval=_REPAINT_MS)
        self._glow_timer.timeout.connect(self._fade)
        self.model.settled.connect(self._page_arrived)
        self.model.modelReset.connect(self._show_filled)
        self.model.dataChanged.connect(self._refresh_viewer)
        workbench.bridge.engine_changed.connect(self.model.reload)
        workbench.bridge.events.connect(self._take_events)
        workbench.key_requested.connect(self.show_key)
        workbench.contracts_changed.connect(self._names_changed)
        self.model.reload()

    # --- following -------------------------------------------------------------------------------

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        for event in events:
            match event:
                case BlockProduced(block=block, changes=changes):
                    self.model.take_changes(changes, block.number)
                    self._glow_until = time.monotonic() + GLOW_SECONDS
                    self._glow_timer.start()
                case BlockFlushed(number=number):
                    self.model.take_flush(number)
                case HeadMoved():
                    self.model.reload()
        self._show_filled()

    def _fade(self) -> None:
        self.view.viewport().update()
        if time.monotonic() > self._glow_until:
            self._glow_timer.stop()

    def _names_changed(self) -> None:
        self.view.viewport().update()

    def _show_filled(self) -> None:
        self.switcher.show_view(self.model.rowCount() > 0)
        self.view.setRootIsDecorated(not self.model.contains)
        if self.model.contains:
            sentence = "Looking …" if self.model.is_loading else f"No key or value contains “{self.model.contains}”."
        else:
            sentence = "Nothing is stored yet. Deploy a contract and call a method."
        self.switcher.empty.set_sentence(sentence)

    def _page_arrived(self) -> None:
        self._show_filled()
        if self._way_to:
            self._go_on()

    # --- the chosen value ------------------------------------------------------------------------

    def _choose(self, current: QModelIndex, _previous: QModelIndex) -> None:
        node = current.data(NODE_ROLE)
        is_value = isinstance(node, Node) and node.kind is NodeKind.VALUE
        self.viewer_switcher.show_view(is_value)
        if isinstance(node, Node) and is_value:
            self.viewer.show_node(node, self._workbench.contract_name(node.contract))

    def _refresh_viewer(self, first: QModelIndex, _last: QModelIndex) -> None:
        if first.data(NODE_ROLE) is self.view.currentIndex().data(NODE_ROLE):
            self._choose(self.view.currentIndex(), first)

    def _show_writer(self, key: str) -> None:
        writer = self._workbench.writer_of(key)
        if writer is None:
            self._workbench.window.status_message("No transaction of this session wrote this key.")
        else:
            self._workbench.follow(False)
            self._workbench.select(writer)
            self._workbench.window.show_dock("transactions")

    # --- going to a key --------------------------------------------------------------------------

    def show_key(self, key: str) -> None:
        """Open the tree down to a state key, fetching pages on the way as far as is reasonable."""
        self._workbench.window.show_dock("storage")
        self.filter.clear()
        self.model.set_filter("")
        self._way_to, self._pages_left = key, _LONGEST_WAY
        self._go_on()

    def _go_on(self) -> None:
        index = self.model.index_of_key(self._way_to)
        if index.isValid():
            self._way_to = ""
            self.view.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            )
            self.view.scrollTo(index)
            return
        parent = self.model.index_of_parent(self._way_to)
        if parent.isValid():
            self.view.expand(parent)
        if self._pages_left and self.model.canFetchMore(parent):
            self._pages_left -= 1
            self.model.fetchMore(parent)
        elif not self.model.is_loading:
            key = read_key(self._way_to)
            self._way_to = ""
            self.filter.setText(key.field or key.key)
