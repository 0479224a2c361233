"""Puts the panels, the debugger and their commands into the main window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.errors import StorageDamaged, UserError
from ide.bridge import EngineBridge
from ide.debugger.commands import debug_commands
from ide.debugger.controller import DebugController
from ide.debugger.panel import DebuggerPanel
from ide.debugger.timeline_bar import TimelineBar
from ide.monitor.install import VmTools
from ide.panels.accounts import AccountsPanel
from ide.panels.commands import NO_ENGINE, deploy_commands, run_commands, state_commands, transaction_commands
from ide.panels.contracts.caller import Caller
from ide.panels.contracts.deploy import Deployer
from ide.panels.contracts.panel import ContractsPanel
from ide.panels.memory import PanelMemory, load_memory, save_memory
from ide.panels.output import OutputPanel
from ide.panels.state.panel import StateStackPanel
from ide.panels.status import EngineStatus
from ide.panels.storage.commands import storage_commands
from ide.panels.storage.panel import StoragePanel
from ide.panels.transactions.panel import TransactionsPanel
from ide.panels.window_adapter import WindowAdapter
from ide.panels.workbench import Workbench
from ide.time.moment import Moment
from ide.window import MainWindow

_EDIT_REST_MS = 500


class EnginePanels(QObject):
    """Everything in a window that shows the engine. `open` starts it; it is closed with the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._memory_path = window.folders.state / "panels.json"
        self.bridge = EngineBridge(self)
        self.bridge.request_failed.connect(self._report)
        self.workbench = Workbench(WindowAdapter(window), self.bridge, self)
        self.deployer = Deployer(self.workbench, self)
        self.caller = Caller(self.workbench, self)
        self.controller = DebugController(self.workbench, window.folders.state / "deployed", self)
        self.transactions = TransactionsPanel(self.workbench)
        self._register_commands()
        self.contracts = ContractsPanel(self.workbench, self.deployer, self.caller)
        self.debugger = DebuggerPanel(self.workbench, self.controller)
        self.accounts = AccountsPanel(self.workbench)
        self.state = StateStackPanel(self.workbench)
        self.timeline = TimelineBar(self.workbench, self.controller)
        self.moment = Moment(self.workbench, self)
        self.storage = StoragePanel(self.workbench, self.moment)
        window.commands.register(*storage_commands(self.storage))
        self.output = OutputPanel(self.workbench)
        self.monitor = VmTools(window, self.workbench)
        self.workers = self.monitor.panel
        self._add_docks()
        self._edit_rest = QTimer(self, singleShot=True, interval=_EDIT_REST_MS)
        self._edit_rest.timeout.connect(self.contracts.refresh_changed)
        window.editors.edited.connect(self._edit_rest.start)
        window.editors.current_changed.connect(window.commands.refresh)
        window.closing.connect(self.close)
        for changed in (
            self.bridge.engine_changed,
            self.workbench.contracts_changed,
            self.workbench.transaction_selected,
            self.deployer.busy_changed,
            self.caller.running_changed,
            self.controller.session_changed,
            self.controller.position_changed,
            self.moment.changed,
            self.storage.editing.changed,
            self.storage.view.selectionModel().selectionChanged,
        ):
            changed.connect(window.commands.refresh)
        self.controller.session_changed.connect(self._show_debugging)
        self._recall()

    def open(self, directory: Path, *, repair: bool = False, read_only: bool = False) -> None:
        """Open the private chain in `directory`; the panels fill themselves when it is there."""
        self.bridge.open(directory, repair=repair, read_only=read_only)

    def close(self) -> None:
        """Remember what is to be remembered, end debugging, close the engine."""
        self._remember()
        self.controller.stop()
        self.bridge.close(wait=True)

    # --- docks -----------------------------------------------------------------------------------

    def _add_docks(self) -> None:
        right, bottom = Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
        stack = QWidget()
        layout = QVBoxLayout(stack)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.timeline)
        layout.addWidget(self.state, 1)
        window = self._window
        # The form and the debugger need height more than the panels below need width.
        window.setCorner(Qt.Corner.BottomRightCorner, right)
        window.add_dock("contracts", "Contracts", self.contracts, right, icon_name="contract")
        window.add_dock("debugger", "Debugger", self.debugger, right, icon_name="debug", beside="contracts")
        window.add_dock("accounts", "Accounts", self.accounts, right, icon_name="account", beside="contracts")
        window.add_dock("state", "State Stack", stack, bottom, icon_name="layers")
        for dock, title, widget, icon_name in (
            ("transactions", "Transactions", self.transactions, "transactions"),
            ("storage", "Storage", self.storage, "storage"),
            ("output", "Output", self.output, "console"),
            ("workers", "VM Monitor", self.workers, "worker"),
        ):
            window.add_dock(dock, title, widget, bottom, icon_name=icon_name, beside="state")
        for dock in ("contracts", "state"):
            window.show_dock(dock, focus=False)
        window.add_status_widget(EngineStatus(self.bridge))

    def _show_debugging(self) -> None:
        if self.controller.session is not None or self.controller.is_opening:
            self._window.show_dock("debugger", focus=False)
            self._window.show_dock("state", focus=False)

    # --- commands --------------------------------------------------------------------------------

    def _register_commands(self) -> None:
        commands = self._window.commands
        commands.register(
            *deploy_commands(self.workbench, self.deployer, self._current_file),
            *run_commands(self.workbench, self._call, self._query, self._debug, self._is_running),
            *debug_commands(
                self.controller, self._debug, self._cannot_debug, self._stop, self._cannot_stop, self._run_to_cursor
            ),
            *transaction_commands(
                self._no_transaction, self._debug_chosen, self._resend, self._edit, self._show_source, self._copy_hash
            ),
            *state_commands(self.workbench),
        )

    def _current_file(self) -> Path | None:
        editor = self._window.current_editor()
        return None if editor is None else editor.path

    def _call(self) -> None:
        self._window.show_dock("contracts", focus=False)
        self.contracts.call()

    def _query(self) -> None:
        self._window.show_dock("contracts", focus=False)
        self.contracts.query()

    def _debug(self) -> None:
        self.contracts.debug()

    def _is_running(self) -> bool:
        return self.caller.is_running

    def _cannot_debug(self) -> str:
        if self.workbench.engine is None:
            return NO_ENGINE
        return "" if self.workbench.contracts else "No contract is deployed. Deploy one first."

    def _stop(self) -> None:
        if self.caller.is_running:
            self.caller.stop()
        else:
            self.controller.stop()

    def _cannot_stop(self) -> str:
        busy = self.caller.is_running or self.controller.session is not None or self.controller.is_opening
        return "" if busy else "Nothing is running."

    def _run_to_cursor(self) -> None:
        editor = self._window.current_editor()
        if editor is None:
            return
        line = editor.textCursor().blockNumber() + 1
        if not self.controller.run_to(str(editor.path), line):
            self._window.status_message(f"Line {line} does not run in this execution.")

    def _no_transaction(self) -> str:
        return "" if self.transactions.chosen is not None else "No transaction is chosen."

    def _debug_chosen(self) -> None:
        self.transactions.debug()

    def _resend(self) -> None:
        self.transactions.resend()

    def _edit(self) -> None:
        self.transactions.edit()

    def _show_source(self) -> None:
        self.transactions.show_source()

    def _copy_hash(self) -> None:
        self.transactions.copy_hash()

    # --- memory and errors -----------------------------------------------------------------------

    def _recall(self) -> None:
        memory = load_memory(self._memory_path)
        self.contracts.form.restore(memory.arguments)
        for expression in memory.watches:
            self.debugger.watches.add(expression)

    def _remember(self) -> None:
        memory = PanelMemory(arguments=self.contracts.form.remembered(), watches=self.debugger.watches.expressions)
        try:
            save_memory(self._memory_path, memory)
        except UserError as error:
            self._report(error)

    def _report(self, error: Exception) -> None:
        # Who opened the chain says that it is damaged, and what can be done.
        if not isinstance(error, StorageDamaged):
            self._window.report(error)
