"""The contracts dock: what is deployed, a form to call it, and what came of the last call."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QSplitter, QVBoxLayout, QWidget

from engine.facade import DeployResult
from engine.values import DeployedContract, SourceLocation, TransactionResult
from ide.bridge import describe_error
from ide.panels.contracts.call_form import CallForm
from ide.panels.contracts.caller import Caller
from ide.panels.contracts.deploy import Deployer
from ide.panels.contracts.list import CONTRACT_ROLE, ContractDelegate, ContractModel, ContractRow
from ide.panels.result_view import ResultView
from ide.panels.widgets import EmptyState, Switcher
from ide.panels.workbench import Workbench

PATIENCE_MS = 300
"""A call that takes longer is shown as running."""

FULL_HEIGHT = 10_000
"""Larger than any screen; given to both parts, each gets half of what there is."""

MOST_ROWS = 4
"""So many contracts are listed before the list scrolls."""


class ContractsPanel(QWidget):
    """List, form and result."""

    def __init__(self, workbench: Workbench, deployer: Deployer, caller: Caller) -> None:
        super().__init__()
        self._workbench = workbench
        self._deployer = deployer
        self._caller = caller
        self._wanted = ""
        commands = workbench.window.commands
        self.model = ContractModel(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(ContractDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setAccessibleName("Deployed contracts")
        self.list.activated.connect(self._open_source)
        self.form = CallForm(commands.action("run.call"), commands.action("run.query"), commands.action("run.debug"))
        self.result = ResultView(workbench)
        self.result_switcher = Switcher(
            self.result,
            EmptyState("What the call returned, used and printed appears here. Fill in the form and press Call."),
        )
        contract = QWidget()
        rows = QVBoxLayout(contract)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.list)
        rows.addWidget(self.form, 1)
        self.switcher = Switcher(
            contract,
            EmptyState(
                "No contract is deployed yet. Open a contract file and deploy it; its methods can be called here.",
                commands.action("deploy.deploy"),
            ),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        splitter = QSplitter(Qt.Orientation.Vertical)
        for widget in (self.switcher, self.result_switcher):
            splitter.addWidget(widget)
        for place in range(splitter.count()):
            splitter.setStretchFactor(place, 1)
        splitter.setSizes([FULL_HEIGHT, FULL_HEIGHT])
        splitter.setChildrenCollapsible(False)
        layout.addWidget(splitter)
        self.list.selectionModel().currentChanged.connect(self._show_contract)
        workbench.contracts_changed.connect(self._show_contracts)
        workbench.accounts_changed.connect(self._show_accounts)
        caller.answered.connect(self._show_result)
        caller.failed.connect(self._show_failure)
        caller.running_changed.connect(self._running_changed)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._show_running)
        deployer.deployed.connect(self._show_deployed)
        self._show_contracts()
        self._show_accounts()

    # --- what is shown ---------------------------------------------------------------------------

    @property
    def contract(self) -> DeployedContract | None:
        """The chosen contract."""
        row = self.list.currentIndex().data(CONTRACT_ROLE)
        return row.contract if isinstance(row, ContractRow) else None

    def refresh_changed(self) -> None:
        """Look again which contracts' sources have changed since they were deployed."""
        self._show_contracts()

    def _show_contracts(self) -> None:
        before = self.contract
        contracts = list(self._workbench.contracts.values())
        self.model.show(contracts, self._is_changed)
        self.switcher.show_view(bool(contracts))
        shown = min(max(len(contracts), 1), MOST_ROWS)
        self.list.setFixedHeight(shown * max(self.list.sizeHintForRow(0), 1) + 2)
        position = max(self.model.position(self._wanted or (before.id if before else "")), 0)
        if contracts and position != self.list.currentIndex().row():
            self.list.selectionModel().setCurrentIndex(
                self.model.index(position), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
        if not contracts:
            self.form.show_contract(None, "")

    def _is_changed(self, contract: DeployedContract) -> bool:
        text = self._deployer.deployed_text(contract)
        current = self._workbench.window.text_of(Path(contract.file)) if contract.file else None
        return text is not None and current is not None and text != current

    def _show_contract(self, current: QModelIndex, _previous: QModelIndex) -> None:
        contract = self.contract
        self._wanted = contract.id if contract else ""
        source = self._workbench.window.text_of(Path(contract.file)) if contract and contract.file else None
        self.form.show_contract(contract, source or "")

    def _show_accounts(self) -> None:
        self.form.set_accounts(self._workbench.accounts)

    def _show_deployed(self, result: DeployResult) -> None:
        self._workbench.window.show_dock("contracts")
        self._show_result(result.transaction, True)
        if result.contract is not None:
            self._wanted = result.contract.id
            self._show_contracts()

    def _open_source(self, index: QModelIndex) -> None:
        row = index.data(CONTRACT_ROLE)
        if isinstance(row, ContractRow):
            self._workbench.show_source(SourceLocation(row.contract.id, row.contract.file, 1))

    # --- calling ---------------------------------------------------------------------------------

    def call(self) -> None:
        """Send the form's transaction."""
        if (request := self.form.request()) is not None:
            self._caller.call(request)

    def query(self) -> None:
        """Run the form's transaction on the present state and keep nothing."""
        if (request := self.form.request()) is not None:
            self._caller.query(request)

    def debug(self) -> None:
        """Send the form's transaction and step through what it did."""
        if (request := self.form.request()) is not None:
            self._caller.debug(request)

    def _running_changed(self) -> None:
        if self._caller.is_running:
            self._patience.start()
        else:
            self._patience.stop()

    def _show_running(self) -> None:
        self.result_switcher.show_view(True)
        key = self._workbench.window.commands.key_text("run.stop")
        self.result.show_note("Running …", f"The call is under way. Stop ends it ({key}).")

    def _show_failure(self, error: Exception) -> None:
        self.result_switcher.show_view(True)
        self.result.show_problem("Not executed", describe_error(error))

    def _show_result(self, result: TransactionResult, kept: bool) -> None:
        self.result_switcher.show_view(True)
        self.result.show_result(result, kept=kept)
        self._workbench.follow(True)
        self._workbench.select(result, kept=kept)
