"""What the panels share: engine and window, known contracts and accounts, the transaction one looks at.

Panels never call each other. One says "this transaction" or "debug it" here, and the others follow.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.facade import BlockProduced, ContractDeployed, Engine, EngineEvent, HeadMoved, TransactionExecuted
from engine.values import (
    AccessKind,
    AccountSummary,
    Action,
    DeployedContract,
    SourceLocation,
    TransactionRequest,
    TransactionResult,
)
from ide.bridge import EngineBridge
from ide.chain.source_lines import SourceLines
from ide.pacing import Throttle
from ide.panels.readable import call_text
from ide.panels.window_port import WindowPort

REMEMBERED_WRITES = 50_000
"""Of how many keys the last writer is remembered."""


class Workbench(QObject):
    """The state that panels have in common; lives on the window's thread."""

    transaction_selected = Signal(object)
    """The transaction all panels show: `TransactionResult`, or None."""

    contracts_changed = Signal()
    """`contracts` changed."""

    accounts_changed = Signal()
    """`accounts` changed."""

    debug_requested = Signal(object)
    """Somebody wants to step through a `TransactionResult`."""

    rejected = Signal(object, object)
    """A `TransactionRequest` was refused before it ran, with the `RejectedTransaction`."""

    resend_requested = Signal(object)
    """Somebody wants to send a `TransactionRequest` again."""

    edit_requested = Signal(object)
    """Somebody wants to change a `TransactionRequest` before sending it again."""

    accesses_reached = Signal(object)
    """How many accesses of the selected transaction the debugger has passed (int), None if not debugging."""

    key_requested = Signal(str)
    """Somebody wants to see a state key in the storage inspector."""

    access_requested = Signal(int)
    """While debugging: somebody wants to be at the step that made an access (its number)."""

    books_toggled = Signal()
    """`shows_books` changed."""

    def __init__(self, window: WindowPort, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.window = window
        self.bridge = bridge
        self.contracts: dict[str, DeployedContract] = {}
        self.accounts: tuple[AccountSummary, ...] = ()
        self.selected: TransactionResult | None = None
        self.selected_is_kept = True
        self.is_following = True
        self.shows_books = False
        self.source_lines = SourceLines(self)
        self._deployments: dict[str, tuple[str, Path]] = {}
        self._writers: dict[str, TransactionResult] = {}
        self._accounts_asked = False
        self._accounts_stale = False
        self._newest: TransactionResult | None = None
        self._following = Throttle(self._select_newest, self)
        bridge.engine_changed.connect(self._engine_changed)
        bridge.events.connect(self._take_events)
        if bridge.engine is not None:
            self._engine_changed()

    @property
    def engine(self) -> Engine | None:
        """The engine, or None until it is open."""
        return self.bridge.engine

    # --- the transaction one looks at ------------------------------------------------------------

    def select(self, result: TransactionResult | None, *, kept: bool = True) -> None:
        """Let all panels show a transaction; `kept` is False for a dry run."""
        shown = self.selected
        if kept and self.selected_is_kept and result is not None and shown is not None and result.hash == shown.hash:
            return
        self._following.cancel()
        self.selected = result
        self.selected_is_kept = kept
        self.transaction_selected.emit(result)

    def follow(self, following: bool) -> None:
        """Select every new transaction from now on, or keep the present one (while it is being studied)."""
        self.is_following = following

    def toggle_books(self) -> None:
        """Show or hide what the chain itself reads and writes: fees, permissions, code, lists of map fields."""
        self.shows_books = not self.shows_books
        self.books_toggled.emit()

    def writer_of(self, key: str) -> TransactionResult | None:
        """Return the transaction that wrote a state key last, as far as this session has seen."""
        return self._writers.get(key)

    # --- names and places ------------------------------------------------------------------------

    def contract_name(self, contract: str) -> str:
        """Return what people call a contract; its id if it has no name."""
        known = self.contracts.get(contract)
        if known is not None and known.name:
            return known.name
        return self._deployments[contract][0] if contract in self._deployments else contract

    def remember_deployment(self, contract: str, name: str, file: Path) -> None:
        """Keep name and source file of a contract whose deployment was tried: a failed one is not on the chain."""
        self._deployments[contract] = name, file

    def describe_request(self, request: TransactionRequest, transaction_hash: str = "") -> str:
        """Return a transaction's actions as calls; a deployment as what was deployed."""
        actions = request.actions
        if len(actions) == 1 and (actions[0].contract, actions[0].action_name) == ("system.iost", "setCode"):
            return f"deploy {self.contract_name(f'Contract{transaction_hash}')}"
        return "; ".join(self.describe(action) for action in actions)

    def describe(self, action: Action) -> str:
        """Return an action as a call with the contract's name."""
        return call_text(self.contract_name(action.contract), action.action_name, action.data)

    def source_path(self, contract: str, file: str) -> Path | None:
        """Return the file on disk that a contract's source came from, if it is still there."""
        known = self.contracts.get(contract)
        candidates = [Path(file)] if file else []
        if contract in self._deployments:
            candidates.append(self._deployments[contract][1])
        if known is not None and known.file:
            candidates += [Path(known.file), Path(known.file).parent / file]
        return next((path for path in candidates if path.is_absolute() and path.is_file()), None)

    def show_source(self, location: SourceLocation) -> bool:
        """Open the editor at a place of a contract; False if its file is not known."""
        path = self.source_path(location.contract, location.file)
        if path is None:
            name = self.contract_name(location.contract)
            self.window.status_message(f"The source file of {name} is not on this machine.")
            return False
        self.window.open_file(path, location.line, location.column)
        return True

    # --- following the engine --------------------------------------------------------------------

    def _engine_changed(self) -> None:
        self.contracts, self.accounts, self._writers = {}, (), {}
        self._accounts_asked = False
        self.select(None)
        self.contracts_changed.emit()
        self.accounts_changed.emit()
        self.refresh_contracts()
        self.refresh_accounts()

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        deployed = [event.contract for event in events if isinstance(event, ContractDeployed)]
        for contract in deployed:
            self.contracts[contract.id] = contract
        if deployed:
            self.contracts_changed.emit()
        if any(isinstance(event, HeadMoved) for event in events):
            self.refresh_contracts()
        if any(isinstance(event, BlockProduced | HeadMoved) for event in events):
            self.refresh_accounts()
        executed = [event.result for event in events if isinstance(event, TransactionExecuted)]
        for result in executed:
            self._remember_writes(result)
        if executed and self.is_following:
            self._newest = executed[-1]
            self._following.request()

    def _select_newest(self) -> None:
        if self.is_following:
            self.select(self._newest)

    def _remember_writes(self, result: TransactionResult) -> None:
        if not result.succeeded:
            return
        for access in result.accesses:
            if access.kind is not AccessKind.READ:
                self._writers.pop(access.key, None)
                self._writers[access.key] = result
        while len(self._writers) > REMEMBERED_WRITES:
            del self._writers[next(iter(self._writers))]

    def refresh_contracts(self) -> None:
        """Ask the engine for all contracts."""
        if self.engine is not None:
            self.bridge.request(self.engine.contracts(), self, self._take_contracts)

    def _take_contracts(self, contracts: tuple[DeployedContract, ...]) -> None:
        self.contracts = {contract.id: contract for contract in contracts}
        self.contracts_changed.emit()

    def refresh_accounts(self) -> None:
        """Ask the engine for the accounts; one question at a time, however many blocks come."""
        if self.engine is None:
            return
        if self._accounts_asked:
            self._accounts_stale = True
            return
        self._accounts_asked, self._accounts_stale = True, False
        self.bridge.request(self.engine.accounts(), self, self._take_accounts, self._accounts_failed)

    def _take_accounts(self, accounts: tuple[AccountSummary, ...]) -> None:
        self._accounts_asked = False
        if accounts != self.accounts:
            self.accounts = accounts
            self.accounts_changed.emit()
        if self._accounts_stale:
            self.refresh_accounts()

    def _accounts_failed(self, error: Exception) -> None:
        self._accounts_asked = False
        self.bridge.request_failed.emit(error)
