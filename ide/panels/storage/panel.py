"""The storage inspector: contract → key → field over the whole state, with a viewer for the chosen value."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from engine.errors import StorageError
from engine.facade import BlockFlushed, BlockProduced, EngineEvent, HeadMoved
from engine.values import StateChange
from ide import dialogs
from ide.panels.banner import Banner
from ide.panels.lazy_tree import LazyTree
from ide.panels.readable import group_digits, read_key
from ide.panels.storage import selection
from ide.panels.storage.delegate import GLOW_SECONDS, RowDelegate
from ide.panels.storage.editing import Editing
from ide.panels.storage.model import NODE_ROLE, Column, StorageModel
from ide.panels.storage.query import HELP
from ide.panels.storage.recent import RecentChanges
from ide.panels.storage.tree import Node, NodeKind
from ide.panels.storage.viewer import HISTORY, ValueViewer
from ide.panels.widgets import EmptyState, FilterBox, Switcher, tool_button
from ide.panels.workbench import Workbench
from ide.theme import icon
from ide.time.moment import Moment

_REPAINT_MS = 40
_LONGEST_WAY = 6
"""How many pages are fetched on the way to a key that is asked for."""


class StorageTree(LazyTree):
    """The tree; leaves out columns where there is no room. The standard key copies the selected entries."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the less important columns where there is no room."""
        super().resizeEvent(event)
        unit = self.fontMetrics().horizontalAdvance("m")
        for column, least in ((Column.SIZE, 62), (Column.PAYER, 52), (Column.TYPE, 44)):
            self.setColumnHidden(column, event.size().width() < unit * least)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, or what a tree does."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(selection.as_lines(self.chosen()))
        else:
            super().keyPressEvent(event)

    def chosen(self) -> list[Node]:
        """Return the selected entries in order."""
        rows = self.selectionModel().selectedRows()
        nodes = [index.data(NODE_ROLE) for index in rows]
        return [node for node in nodes if isinstance(node, Node) and node.kind is NodeKind.VALUE]


class StoragePanel(QWidget):
    """Tree, filter, what just changed, and viewer, at the moment one looks at."""

    def __init__(self, workbench: Workbench, moment: Moment) -> None:
        super().__init__()
        self._workbench = workbench
        self.moment = moment
        self._way_to = ""
        self._pages_left = 0
        self._finds_elsewhere = False
        self._glow_until = 0.0
        self.model = StorageModel(workbench, moment, self)
        self.editing = Editing(workbench, moment, self)
        self.filter = FilterBox("Filter: words, key: field: value: payer: type: contract:", "Filter of the storage")
        self.filter.setToolTip(HELP)
        self.filter.entered.connect(self.model.prepare)
        self.filter.filter_changed.connect(self.model.set_filter)
        self.found = QLabel()
        self.found.setProperty("muted", True)
        self.stop_button = tool_button("stop", "Stop searching", self.model.stop)
        self.past_banner = Banner()
        self.now_button = QPushButton(icon("chevron-right"), "Back to Now")
        self.now_button.setToolTip("Look at the newest state again")
        self.now_button.clicked.connect(lambda: moment.look_at(None))
        self.view = self._tree()
        self.viewer = ValueViewer(workbench)
        self.viewer.edit_requested.connect(self.editing.ask)
        self.viewer.history.look_requested.connect(moment.look_at)
        self.viewer.history.edit_requested.connect(lambda edit: self.editing.ask(edit.state_key, edit))
        self.viewer_switcher = Switcher(self.viewer, EmptyState("Choose a key to see its value."))
        self.recent = RecentChanges(workbench)
        self.recent.key_chosen.connect(self.show_key)
        self._lay_out()
        self._glow_timer = QTimer(self, interval=_REPAINT_MS)
        self._glow_timer.timeout.connect(self._fade)
        self.model.reloading.connect(self._keep_place)
        self.model.settled.connect(self._page_arrived)
        self.model.modelReset.connect(self._show_filled)
        self.model.modelReset.connect(lambda: self.viewer_switcher.show_view(False))
        self.model.dataChanged.connect(self._refresh_viewer)
        moment.changed.connect(self._show_moment)
        workbench.bridge.engine_changed.connect(self._begin)
        workbench.bridge.events.connect(self._take_events)
        workbench.key_requested.connect(self.show_key)
        workbench.contracts_changed.connect(self._names_changed)
        self._show_moment()
        self.model.reload()

    def _tree(self) -> StorageTree:
        view = StorageTree(self.model)
        view.setUniformRowHeights(True)
        view.setAlternatingRowColors(False)
        view.setAllColumnsShowFocus(True)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setItemDelegate(RowDelegate(self.model, view))
        view.setAccessibleName("Stored keys")
        view.selectionModel().currentRowChanged.connect(self._choose)
        view.expanded.connect(self.model.fetchMore)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._show_menu)
        header = view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(Column.VALUE, QHeaderView.ResizeMode.Stretch)
        metrics = QFontMetrics(self.font())
        for column, text in (
            (Column.KEY, "m" * 14),
            (Column.TYPE, "boolean"),
            (Column.PAYER, "contract"),
            (Column.SIZE, "99.9 KiB"),
            (Column.LAYER, "RocksDB"),
        ):
            header.resizeSection(column, metrics.horizontalAdvance(text) + 24)
        return view

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 4, 0)
        top.addWidget(self.filter, 1)
        top.addWidget(self.found)
        top.addWidget(self.stop_button)
        past = QHBoxLayout()
        past.setContentsMargins(0, 0, 4, 0)
        past.addWidget(self.past_banner, 1)
        past.addWidget(self.now_button)
        left = QWidget()
        column_layout = QVBoxLayout(left)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(0)
        column_layout.addLayout(top)
        column_layout.addLayout(past)
        self.switcher = Switcher(self.view, EmptyState(""))
        column_layout.addWidget(self.switcher, 1)
        column_layout.addWidget(self.recent)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(self.viewer_switcher)
        splitter.setSizes([3000, 2400])
        splitter.setStretchFactor(0, 5)
        splitter.setStretchFactor(1, 4)
        splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)

    # --- following -------------------------------------------------------------------------------

    def _begin(self) -> None:
        self.recent.dismiss()
        self.model.reload()

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        for event in events:
            match event:
                case BlockProduced(block=block, changes=changes):
                    self.model.take_changes(changes, block.number)
                    self.recent.take(changes, block.number)
                    self._glow_until = time.monotonic() + GLOW_SECONDS
                    self._glow_timer.start()
                    self._refresh_history(changes)
                case BlockFlushed(number=number):
                    self.model.take_flush(number)
                case HeadMoved():
                    self.model.reload()
        self._show_filled()

    def _refresh_history(self, changes: tuple[StateChange, ...]) -> None:
        node = self.viewer.node
        if node is None or self.viewer.tabs.currentIndex() != HISTORY:
            return
        if any(change.key == node.key for change in changes):
            self.viewer.history.show_key(node.key)

    def _fade(self) -> None:
        self.view.viewport().update()
        if time.monotonic() > self._glow_until:
            self._glow_timer.stop()

    def _names_changed(self) -> None:
        self.model.rename()
        self.view.viewport().update()

    def _show_moment(self) -> None:
        at = self.moment.at
        self.now_button.setVisible(at is not None)
        self.recent.set_allowed(at is None)
        if at is None:
            self.past_banner.hide()
        else:
            self.past_banner.say(f"As of block {group_digits(at)}: read-only", "info")
        self.viewer.edit.setEnabled(at is None)

    def _show_filled(self) -> None:
        self.switcher.show_view(self.model.rowCount() > 0)
        searches = bool(self.model.contains)
        self.view.setRootIsDecorated(not searches)
        self.stop_button.setVisible(searches and self.model.is_loading)
        self.found.setVisible(searches)
        if searches:
            examined = group_digits(self.model.examined_count)
            more = " so far" if self.model.is_loading else " and more" if self.model.has_more else ""
            self.found.setText(f"{group_digits(self.model.rowCount())} found{more} · {examined} keys looked at")
            sentence = "Looking …" if self.model.is_loading else f"No key or value matches “{self.model.contains}”."
        elif self._workbench.engine is None:
            sentence = "The chain is not open."
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

    @property
    def chosen(self) -> list[Node]:
        """The selected entries."""
        return self.view.chosen()

    def copy(self, text_of: Callable[[Sequence[Node]], str]) -> None:
        """Put the selected entries on the clipboard in a form of `selection`."""
        QGuiApplication.clipboard().setText(text_of(self.chosen))

    def export(self) -> None:
        """Ask for a file and write the selected entries there, as JSON or CSV by its name."""
        parent = self._workbench.window.dialog_parent()
        file = None if parent is None else dialogs.ask_save_file(parent, Path.home() / "storage.json")
        if file is None:
            return
        try:
            selection.write(self.chosen, file)
        except StorageError as error:
            self._workbench.bridge.request_failed.emit(error)
        else:
            self._workbench.window.status_message(f"{len(self.chosen)} entries were written to {file}.")

    def edit_chosen(self) -> None:
        """Open the dialog for the chosen entry."""
        if self.chosen:
            self.editing.ask(self.chosen[0].key)

    def show_history(self) -> None:
        """Show who wrote the chosen entry."""
        if self.chosen:
            self.viewer.tabs.setCurrentIndex(HISTORY)

    def focus_filter(self) -> None:
        """Go to the filter."""
        self._workbench.window.show_dock("storage")
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def _show_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        for name in (
            "storage.history",
            "storage.edit",
            "",
            "storage.copy",
            "storage.copy_key",
            "storage.copy_json",
            "storage.export",
        ):
            if not name:
                menu.addSeparator()
            else:
                action = self._workbench.window.commands.action(name)
                menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(position))

    # --- going to a key --------------------------------------------------------------------------

    def show_key(self, key: str) -> None:
        """Open the tree down to a state key, fetching pages on the way as far as is reasonable."""
        self._workbench.window.show_dock("storage")
        self.filter.clear()
        self.model.set_filter("")
        self._way_to, self._pages_left, self._finds_elsewhere = key, _LONGEST_WAY, True
        self._go_on()

    def _keep_place(self) -> None:
        """Go to the chosen key again when everything was loaded anew, if it is still there."""
        if self.chosen and not self.model.contains and not self._way_to:
            self._way_to, self._pages_left, self._finds_elsewhere = self.chosen[0].key, _LONGEST_WAY, False

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
        if self._pages_left and self.model.can_load(parent):
            self._pages_left -= 1
            self.model.fetchMore(parent)
        elif not self.model.is_loading:
            key = read_key(self._way_to)
            self._way_to = ""
            if self._finds_elsewhere:
                self.filter.setText(key.field or key.key)
