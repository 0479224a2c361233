"""The time dock: a track of all blocks, the list of them, what changed, what would have been, branches."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from engine.timeline.values import Retention
from engine.values import TransactionRequest, TransactionResult
from ide.pacing import Refresh
from ide.panels.widgets import ActionToolButton, EmptyState, FlatTable, Switcher
from ide.panels.workbench import Workbench
from ide.time.blocks import BlocksModel, Column
from ide.time.branches_view import BranchesView
from ide.time.difference_view import DifferenceView
from ide.time.machine import TimeMachine
from ide.time.moment import Moment
from ide.time.track import TimeTrack
from ide.time.what_if_view import WhatIfView

BUTTONS = (
    "time.back",
    "time.forward",
    "time.now",
    "time.compare",
    "time.checkpoint",
    "time.go_back",
    "time.undo_going_back",
    "time.what_if",
)
"""Commands beside the track."""


class TimePanel(QWidget):
    """Choosing a block looks at its state (the inspector follows) and shows what it changed."""

    def __init__(self, workbench: Workbench, moment: Moment, machine: TimeMachine) -> None:
        super().__init__()
        self._workbench, self._moment, self._machine = workbench, moment, machine
        self._oldest = 0
        self.base: int | None = None
        """The block that others are compared with, None for the one before each."""
        self.track = TimeTrack()
        self.track.chosen.connect(self.look_at)
        self.model = BlocksModel(workbench, machine, moment, self)
        self.table = FlatTable("Blocks, newest first")
        self.table.setModel(self.model)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(Column.MARKS, QHeaderView.ResizeMode.Stretch)
        width = self.fontMetrics().horizontalAdvance("0")
        for column, count in ((Column.NUMBER, 11), (Column.TRANSACTIONS, 13), (Column.TIME, 15)):
            header.resizeSection(column, width * count)
        self.table.selectionModel().currentRowChanged.connect(self._choose_row)
        self.difference = DifferenceView(workbench)
        self.difference.single_requested.connect(lambda: self.compare_with(None))
        self.what_if = WhatIfView(workbench)
        self.branches = BranchesView(machine)
        self.branches.look_requested.connect(self.look_at)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.difference, "Changes")
        self.tabs.addTab(self.what_if, "What If")
        self.tabs.addTab(self.branches, "Checkpoints and Branches")
        self.switcher = Switcher(self._content(), EmptyState("The chain is not open."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.switcher)
        moment.changed.connect(self._show_moment)
        self._following = Refresh(self, self._show_head)
        moment.head_changed.connect(self._following.request)
        machine.changed.connect(self._show_moment)
        workbench.bridge.engine_changed.connect(self._begin)
        self._begin()

    def _content(self) -> QWidget:
        commands = self._workbench.window.commands
        top = QHBoxLayout()
        top.setContentsMargins(4, 2, 4, 0)
        top.setSpacing(2)
        for name in BUTTONS:
            top.addWidget(ActionToolButton(commands.action(name)), 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.track, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.table)
        splitter.addWidget(self.tabs)
        splitter.setSizes([2000, 2800])
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        splitter.setChildrenCollapsible(False)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(splitter, 1)
        return content

    # --- what is shown ---------------------------------------------------------------------------

    @property
    def position(self) -> int:
        """The block that is looked at, the head if it is now."""
        head = -1 if self._moment.head is None else self._moment.head
        return head if self._moment.at is None else self._moment.at

    def look_at(self, number: int) -> None:
        """Look at the state after a block; the head means now."""
        head = self._moment.head
        self._moment.look_at(None if head is not None and number >= head else max(number, self._oldest))

    def step(self, count: int) -> None:
        """Look at a block so many further on."""
        self.look_at(self.position + count)

    def compare_with(self, number: int | None) -> None:
        """Compare what is looked at with a block, None with the one before."""
        self.base = number
        self._show_moment()

    def ask_what_if(self, request: TransactionRequest, moved: TransactionResult | None) -> None:
        """Run a call right after the block that is looked at; `moved` is the transaction that it is."""
        self.tabs.setCurrentWidget(self.what_if)
        self.what_if.ask(request, self.position, moved)

    def _begin(self) -> None:
        self.base, self._oldest = None, 0
        self.refresh_retention()
        self._show_head()

    def refresh_retention(self) -> None:
        """Ask how far back one can go."""
        engine = self._workbench.engine
        if engine is not None:
            self._workbench.bridge.request(engine.timeline.retention(), self, self._take_retention)

    def _take_retention(self, retention: Retention) -> None:
        self._oldest = retention.oldest
        self._show_head()

    def _show_head(self) -> None:
        head = self._moment.head
        self.switcher.show_view(head is not None)
        if head is not None:
            if self.base is not None and self.base > head:
                self.base = None
            self.track.show_range(self._oldest, head)
            self._show_moment()

    def _show_moment(self) -> None:
        self.track.show_marks(self._moment.at, self.base, self._machine.checkpoints)
        here = self.position
        row = self.model.row_of(here)
        if row is not None and self.table.currentIndex().row() != row:
            with QSignalBlocker(self.table.selectionModel()):
                self.table.selectRow(row)
            self.table.scrollTo(self.model.index(row, 0))
            self.table.viewport().update()
        before = here - 1 if self.base is None else self.base
        if before >= self._oldest and before != here:
            self.difference.compare(before, here)
        else:
            self.difference.clear()

    def _choose_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        number = self.model.number_at(current.row())
        if number is not None:
            self.look_at(number)
