"""The chain dock: a tree of blocks and transactions, and the details of what is chosen."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, QUrl
from PySide6.QtGui import QFontMetrics, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QSplitter,
    QStackedWidget,
    QTextBrowser,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from engine.details import BlockDetails
from engine.facade import BlockFlushed, BlockProduced, EngineEvent, HeadMoved
from engine.values import SourceLocation, TransactionResult
from ide.bridge import Request
from ide.chain.blocks.block_view import block_page
from ide.chain.blocks.filter import EXAMPLES, parse_filter
from ide.chain.blocks.model import ITEM_ROLE, BlockRow, ChainModel, Column
from ide.pacing import Throttle
from ide.panels.contracts.inputs import ProblemLabel
from ide.panels.lazy_tree import LazyTree
from ide.panels.result_view import ResultView
from ide.panels.widgets import ActionToolButton, EmptyState, FilterBox, Switcher, make_plain
from ide.panels.workbench import Workbench
from ide.theme import themes

ALL_HERE = "Every block of this chain is listed here, newest first. Deploy a contract, or produce a block."
NOTHING_FOUND = "No block or transaction fits the filter."
LOOKING = "Looking through the blocks…"
TRANSACTION_COMMANDS = (
    "chain.debug",
    "chain.resend",
    "chain.edit",
    "chain.source",
    "chain.copy_hash",
    "chain.save_step",
)


class BlockView(QTextBrowser):
    """Shows one block; looks it up when it is chosen."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self._block: BlockDetails | None = None
        self._request: Request[BlockDetails] | None = None
        self._is_stale = False
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.setAccessibleName("Block")
        make_plain(self)
        self.document().setDocumentMargin(10)
        themes().changed.connect(self._repaint)

    @property
    def block(self) -> BlockDetails | None:
        """The block that is shown."""
        return self._block

    def show_block(self, number: int) -> None:
        """Look a block up and show it."""
        engine = self._workbench.engine
        if engine is None:
            return
        if self._request is not None:
            self._request.drop()
        bridge = self._workbench.bridge
        self._request = bridge.request(engine.explorer().block(number), self, self._take, self._gone)

    def say(self, text: str) -> None:
        """Show a sentence instead of a block."""
        self._block = None
        self.setPlainText(text)

    def showEvent(self, event: QShowEvent) -> None:
        """Write the page that was not written while nobody looked."""
        super().showEvent(event)
        if self._is_stale:
            self._repaint()

    def _take(self, block: BlockDetails) -> None:
        self._block = block
        self._repaint()

    def _gone(self, error: Exception) -> None:
        self.say(str(error))

    def _repaint(self) -> None:
        self._is_stale = not self.isVisible()
        if self._block is not None and not self._is_stale:
            self.setHtml(block_page(self._block, self._workbench))


class ChainPanel(QWidget):
    """Tree and details."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self._shows_empty = True
        self._filter = parse_filter("")
        self.model = ChainModel(workbench, self)
        self.filter = FilterBox(EXAMPLES, "Filter of blocks and transactions")
        self.filter.filter_changed.connect(self._filter_changed)
        self.problem = ProblemLabel()
        self.problem.setContentsMargins(8, 2, 8, 2)
        self.view = self._make_view()
        self.list_switcher = Switcher(self.view, EmptyState(ALL_HERE))
        self.transaction = ResultView(workbench)
        self.block = BlockView(workbench)
        self.block.anchorClicked.connect(self._follow_link)
        self.details = QStackedWidget()
        self.nothing = EmptyState("Choose a block or a transaction.")
        for widget in (self.nothing, self.block, self.transaction):
            self.details.addWidget(widget)
        self._lay_out()
        self._untaken: list[EngineEvent] = []
        self._follow = Throttle(self._catch_up, self)
        self.model.rowsInserted.connect(self._rows_inserted)
        self.model.modelReset.connect(self._filled)
        self.model.layoutChanged.connect(self._filled)
        workbench.bridge.engine_changed.connect(self._begin)
        workbench.bridge.events.connect(self._take_events)
        workbench.contracts_changed.connect(self.view.viewport().update)
        self.model.reload()

    def _make_view(self) -> QTreeView:
        view = LazyTree(self.model)
        view.setUniformRowHeights(True)
        view.setAllColumnsShowFocus(True)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setAccessibleName("Blocks and transactions")
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._show_menu)
        view.selectionModel().currentChanged.connect(self._choose)
        view.activated.connect(lambda _: self.debug())
        header = view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(Column.WHAT, QHeaderView.ResizeMode.Stretch)
        metrics = QFontMetrics(self.font())
        for column, text in (
            (Column.GAS, "1 000 000.00"),
            (Column.WHO, "contract_own"),
            (Column.TIME, "00:00:00.000"),
        ):
            header.resizeSection(column, metrics.horizontalAdvance(text) + 18)
        return view

    def _lay_out(self) -> None:
        commands = self._workbench.window.commands
        bar = QHBoxLayout()
        bar.setContentsMargins(0, 0, 4, 0)
        bar.setSpacing(0)
        bar.addWidget(self.filter, 1)
        for command in ("chain.empty_blocks", "chain.produce"):
            bar.addWidget(ActionToolButton(commands.action(command)))
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.problem)
        column.addWidget(self.list_switcher, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(self.details)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self.setFocusProxy(self.view)

    # --- following -------------------------------------------------------------------------------

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        self._untaken += events
        self._follow.request()

    def _begin(self) -> None:
        self._untaken.clear()
        self.model.reload()

    def _catch_up(self) -> None:
        events, self._untaken = self._untaken, []
        self.model.take_events(events)
        if any(isinstance(event, HeadMoved) for event in events):
            self.details.setCurrentWidget(self.nothing)
        shown = self.chosen_block
        if shown is None:
            return
        touched = {event.block.number for event in events if isinstance(event, BlockProduced)}
        touched |= {event.number for event in events if isinstance(event, BlockFlushed)}
        if shown.number in touched and shown.summary is not None:
            self.block.show_block(shown.number)

    def _filled(self) -> None:
        filled = bool(self.model.rows)
        self.list_switcher.show_view(filled)
        if not filled:
            looking = self.model.is_loading or self.model.can_load(QModelIndex())
            sentence = NOTHING_FOUND if self.model.is_filtered else ALL_HERE
            self.list_switcher.empty.set_sentence(LOOKING if looking and self._workbench.engine else sentence)

    def _rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        """Open the blocks in which the filter found something."""
        if not parent.isValid() and not self._filter.is_empty:
            for row in range(first, last + 1):
                self.view.expand(self.model.index(row, 0))
        self._filled()

    def _filter_changed(self, text: str) -> None:
        self._filter = parse_filter(text)
        self.problem.say(self._filter.problem)
        self.model.set_filter(self._filter, empty_blocks=self._shows_empty)

    @property
    def shows_empty(self) -> bool:
        """Whether blocks without transactions are listed."""
        return self._shows_empty

    def toggle_empty(self) -> None:
        """List blocks without transactions, or leave them out."""
        self._shows_empty = not self._shows_empty
        self.model.set_filter(self._filter, empty_blocks=self._shows_empty)

    # --- what people choose ----------------------------------------------------------------------

    @property
    def chosen(self) -> TransactionResult | None:
        """The transaction that the keyboard is on."""
        item = self.view.currentIndex().data(ITEM_ROLE)
        return item if isinstance(item, TransactionResult) else None

    @property
    def chosen_block(self) -> BlockRow | None:
        """The block that the keyboard is on."""
        item = self.view.currentIndex().data(ITEM_ROLE)
        return item if isinstance(item, BlockRow) else None

    def _choose(self, current: QModelIndex, _previous: QModelIndex) -> None:
        item = current.data(ITEM_ROLE)
        if isinstance(item, BlockRow):
            self.details.setCurrentWidget(self.block)
            if item.summary is None:
                self.block.say("This block is open: transactions still come in. Produce it to make it final.")
            else:
                self.block.show_block(item.number)
        elif isinstance(item, TransactionResult):
            self.details.setCurrentWidget(self.transaction)
            self.transaction.show_result(item)
            self._workbench.follow(current.row() == 0 and current.parent().row() == 0)
            self._workbench.select(item)
        self._workbench.window.commands.refresh()

    def _follow_link(self, url: QUrl) -> None:
        target = url.path()
        if url.scheme() == "block":
            self.go_to_block(int(target))
        elif url.scheme() == "transaction" and self.block.block is not None:
            for result in self.block.block.results:
                if result.hash == target:
                    self.go_to(result)

    def go_to_block(self, number: int) -> None:
        """Choose a block; one that is not listed is shown beside the list."""
        position = self.model.position_of(number)
        if position >= 0:
            self._set_current(self.model.index(position, 0))
        else:
            self.details.setCurrentWidget(self.block)
            self.block.show_block(number)

    def go_to(self, result: TransactionResult) -> None:
        """Choose a transaction; one that is not listed is shown beside the list."""
        index = self.model.find(result)
        if index.isValid():
            self._set_current(index)
        else:
            self.details.setCurrentWidget(self.transaction)
            self.transaction.show_result(result)

    def _set_current(self, index: QModelIndex) -> None:
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.view.selectionModel().setCurrentIndex(index, flags)
        self.view.scrollTo(index)

    # --- what people do --------------------------------------------------------------------------

    def debug(self) -> None:
        """Step through the chosen transaction."""
        if self.chosen is not None:
            self._workbench.debug_requested.emit(self.chosen)

    def resend(self) -> None:
        """Send the chosen transaction's request once more."""
        if self.chosen is not None:
            self._workbench.resend_requested.emit(self.chosen.request)

    def show_source(self) -> None:
        """Open the editor where the chosen transaction failed, else at its contract."""
        result = self.chosen
        if result is None:
            return
        if result.failure is not None and result.failure.location is not None:
            self._workbench.show_source(result.failure.location)
        elif result.request.actions:
            self._workbench.show_source(SourceLocation(result.request.actions[0].contract, "", 1))

    def copy_hash(self) -> None:
        """Put the chosen block's or transaction's hash on the clipboard."""
        item = self.chosen or self.chosen_block
        if item is not None:
            QGuiApplication.clipboard().setText(hash_of(item))

    def _show_menu(self, at: QPoint) -> None:
        if self.chosen is None and self.chosen_block is None:
            return
        commands = self._workbench.window.commands
        commands.refresh_now()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for command in TRANSACTION_COMMANDS if self.chosen is not None else ("chain.copy_hash", "chain.validate"):
            menu.addAction(commands.action(command))
        menu.popup(self.view.viewport().mapToGlobal(at))


def hash_of(item: object) -> str:
    """Return the hash of a block or transaction row, empty for an open block."""
    if isinstance(item, BlockRow):
        return item.summary.hash if item.summary is not None else ""
    return item.hash if isinstance(item, TransactionResult) else ""
