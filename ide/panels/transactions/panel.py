"""The transactions dock: every transaction newest first, with details of the chosen one."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QHeaderView, QMenu, QSplitter, QVBoxLayout, QWidget

from engine.facade import EngineEvent, HeadMoved, TransactionExecuted, TransactionRejected
from engine.values import SourceLocation, TransactionResult
from ide.panels.result_view import ResultView
from ide.panels.transactions.filter import EXAMPLES
from ide.panels.transactions.model import ROW_ROLE, Column, TransactionModel, TransactionRow
from ide.panels.widgets import EmptyState, FilterBox, FlatTable, Switcher
from ide.panels.workbench import Workbench

_WIDEST = {
    Column.GAS: "1 000 000.00",
    Column.SIGNER: "contract_owner",
    Column.BLOCK: "#1000000",
    Column.TIME: "00:00:00.000",
}


class TransactionsPanel(QWidget):
    """List and details."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self.model = TransactionModel(workbench, self)
        self.filter = FilterBox(EXAMPLES, "Filter of transactions")
        self.filter.filter_changed.connect(self._filter_changed)
        self.view = FlatTable("Transactions")
        self.view.setModel(self.model)
        self.view.setSelectionMode(FlatTable.SelectionMode.SingleSelection)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.view.activated.connect(self._activate)
        self.view.selectionModel().currentRowChanged.connect(self._choose)
        self._size_columns()
        self.details = ResultView(workbench)
        self.detail_switcher = Switcher(self.details, EmptyState("Choose a transaction to see its receipt."))
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filter)
        column.addWidget(self.view, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(self.detail_switcher)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setChildrenCollapsible(False)
        self.switcher = Switcher(
            splitter, EmptyState("Every transaction of this chain is listed here. Deploy a contract and call a method.")
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.switcher)
        self.model.rowsInserted.connect(self._show_filled)
        self.model.modelReset.connect(self._show_filled)
        workbench.bridge.engine_changed.connect(self.model.reload)
        workbench.bridge.events.connect(self._take_events)
        workbench.rejected.connect(self.model.add_rejected)
        workbench.transaction_selected.connect(self._show_selected)
        workbench.contracts_changed.connect(self._names_changed)
        self.model.reload()

    def _size_columns(self) -> None:
        header = self.view.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(Column.CALL, QHeaderView.ResizeMode.Stretch)
        metrics = QFontMetrics(self.font())
        for column, text in _WIDEST.items():
            header.resizeSection(column, metrics.horizontalAdvance(text) + 16)

    # --- following -------------------------------------------------------------------------------

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        if any(isinstance(event, HeadMoved) for event in events):
            self.model.reload()
            return
        results = [event.result for event in events if isinstance(event, TransactionExecuted)]
        refused = [event for event in events if isinstance(event, TransactionRejected)]
        if results:
            self.model.add_results(results)
        for event in refused:
            self.model.add_refused(event.request, event.reason)
        if results or refused:
            self._mark(self._workbench.selected)

    def _names_changed(self) -> None:
        self.view.viewport().update()

    def _show_filled(self) -> None:
        self.switcher.show_view(not self.model.is_empty)

    def _filter_changed(self, text: str) -> None:
        self.model.set_filter(text)
        self._mark(self._workbench.selected)

    def _show_selected(self, result: TransactionResult | None) -> None:
        self.details.show_result(result, kept=self._workbench.selected_is_kept)
        self.detail_switcher.show_view(result is not None)
        self._mark(result)

    def _mark(self, result: TransactionResult | None) -> None:
        """Put the cursor on the selected transaction's row, if it is shown."""
        kept = self._workbench.selected_is_kept
        position = self.model.position_of(result.hash) if result is not None and kept else -1
        selection = self.view.selectionModel()
        if position < 0:
            selection.clear()
        elif position != self.view.currentIndex().row():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            selection.setCurrentIndex(self.model.index(position, 0), flags)

    # --- what people do --------------------------------------------------------------------------

    @property
    def chosen(self) -> TransactionRow | None:
        """The row that the keyboard is on."""
        row = self.view.currentIndex().data(ROW_ROLE)
        return row if isinstance(row, TransactionRow) else None

    def _choose(self, current: QModelIndex, _previous: QModelIndex) -> None:
        row = current.data(ROW_ROLE)
        if not isinstance(row, TransactionRow):
            return
        if row.result is None:
            self.detail_switcher.show_view(True)
            self.details.show_problem("Refused before it ran", row.refusal)
            return
        self._workbench.follow(current.row() == 0)
        self._workbench.select(row.result)

    def _activate(self, _index: QModelIndex) -> None:
        self.debug()

    def debug(self) -> None:
        """Step through the chosen transaction."""
        if self.chosen is not None and self.chosen.result is not None:
            self._workbench.debug_requested.emit(self.chosen.result)

    def resend(self) -> None:
        """Send the chosen transaction's request once more."""
        if self.chosen is not None:
            self._workbench.resend_requested.emit(self.chosen.request)

    def edit(self) -> None:
        """Open the chosen transaction's request in the composer."""
        if self.chosen is not None:
            self._workbench.edit_requested.emit(self.chosen.request)

    def show_source(self) -> None:
        """Open the editor where the chosen transaction failed, else at its contract."""
        row = self.chosen
        if row is None:
            return
        failure = row.result.failure if row.result is not None else None
        if failure is not None and failure.location is not None:
            self._workbench.show_source(failure.location)
        elif row.request.actions:
            self._workbench.show_source(SourceLocation(row.request.actions[0].contract, "", 1))

    def copy_hash(self) -> None:
        """Put the chosen transaction's hash on the clipboard."""
        if self.chosen is not None and self.chosen.result is not None:
            QGuiApplication.clipboard().setText(self.chosen.result.hash)

    def _show_menu(self, at: QPoint) -> None:
        if self.chosen is None:
            return
        commands = self._workbench.window.commands
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for command in ("debug", "resend", "edit", "source", "copy_hash"):
            menu.addAction(commands.action(f"transactions.{command}"))
        menu.popup(self.view.viewport().mapToGlobal(at))
