"""Puts the chain's docks, status and commands into the main window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from engine.values import TransactionRequest, TransactionResult
from ide import dialogs
from ide.chain.accounts.panel import AccountsDock
from ide.chain.accounts.requests import AccountForm
from ide.chain.blocks.panel import ChainPanel, hash_of
from ide.chain.checkpoints import Checkpoints, CheckpointsDialog
from ide.chain.commands import (
    account_commands,
    composer_commands,
    dock_commands,
    listing_commands,
    node_commands,
    production_commands,
    validation_command,
)
from ide.chain.composer.panel import ComposerPanel
from ide.chain.composer.scenario_writer import SUFFIX, Step
from ide.chain.memory import ChainMemoryKeeper
from ide.chain.node import NodeSwitch
from ide.chain.node_panel import NodePanel
from ide.chain.production import (
    ProductionControl,
    TimeProblem,
    read_moment,
    read_seconds,
    read_step,
    time_text,
)
from ide.chain.status import ChainStatus
from ide.chain.validation import ChainValidation
from ide.commands import Menu
from ide.notifications import Notice
from ide.panels.commands import NO_ENGINE
from ide.panels.install import EnginePanels
from ide.panels.readable import group_digits
from ide.theme import icon
from ide.window import MainWindow


class ChainPanels(QObject):
    """Everything in a window that is about the chain as a whole; shares bridge and workbench with `EnginePanels`."""

    def __init__(self, window: MainWindow, panels: EnginePanels) -> None:
        super().__init__(window)
        self._window = window
        self._panels = panels
        self.workbench = panels.workbench
        self.control = ProductionControl(panels.bridge, self)
        self.node = NodeSwitch(panels.bridge, self)
        self.memory = ChainMemoryKeeper(window, panels.bridge, self.control, self.node, self)
        self.checkpoints = Checkpoints(panels.bridge, self)
        self.checkpoints_dialog: CheckpointsDialog | None = None
        self._register_commands()
        self.chain = ChainPanel(self.workbench)
        self._validation = ChainValidation(window, self.workbench, self.chain.go_to_block)
        self._register_dock_commands()
        self.composer = ComposerPanel(self.workbench, panels.caller)
        self.accounts = AccountsDock(self.workbench, panels.accounts)
        self.node_panel = NodePanel(self.workbench, self.node)
        self._add_docks()
        self._add_checkpoint_menu()
        window.add_status_widget(ChainStatus(window.commands, self.control, self.node))
        for changed in (
            self.control.changed,
            self.node.changed,
            self.checkpoints.changed,
            panels.bridge.engine_changed,
        ):
            changed.connect(window.commands.refresh)
        self.control.stopped.connect(self._production_stopped)
        self.control.produced.connect(
            lambda block: window.status_message(
                f"Block {group_digits(block.number)} was produced with {len(block.transactions) - 1} transactions"
            )
        )
        self.checkpoints.said.connect(window.status_message)
        self.workbench.edit_requested.connect(self.edit)
        self.node.arrived.connect(self._debug_incoming)
        self.node.started.connect(lambda url: window.status_message(f"The local node answers at {url}"))

    def _add_docks(self) -> None:
        right, bottom = Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
        window = self._window
        window.dock("accounts").setWidget(self.accounts)
        window.add_dock(
            "composer", "Composer", self.composer, right, icon_name="compose", beside="contracts", visible=False
        )
        window.add_dock("chain", "Chain", self.chain, bottom, icon_name="chain", beside="state")
        window.add_dock("node", "Node", self.node_panel, bottom, icon_name="node", beside="state", visible=False)
        for dock in ("contracts", "state"):
            window.show_dock(dock, focus=False)

    def _add_checkpoint_menu(self) -> None:
        self._restore_menu = QMenu("&Go Back To", self._window)
        self._restore_menu.setIcon(icon("restore"))
        self._restore_menu.setToolTipsVisible(True)
        self._restore_menu.aboutToShow.connect(self._fill_restore_menu)
        self._window.add_submenu(Menu.CHAIN, 3, self._restore_menu)

    def _fill_restore_menu(self) -> None:
        self._restore_menu.clear()
        for point in self.checkpoints.known:
            action = self._restore_menu.addAction(f"{point.name}  (block {group_digits(point.number)})")
            action.setToolTip(f"Made {time_text(point.created)} UTC")
            action.triggered.connect(partial(self.restore, point.name))
        if not self.checkpoints.known:
            self._restore_menu.addAction("There is no checkpoint yet").setEnabled(False)

    def _register_commands(self) -> None:
        self._window.commands.register(
            *production_commands(self.control, self),
            *node_commands(self.node, self),
            *composer_commands(self._cannot_send, self),
            *account_commands(self._cannot_account, self),
            *listing_commands(self),
        )

    def _register_dock_commands(self) -> None:
        """Register what looks at the chain dock to know whether it can be done."""
        self._window.commands.register(
            *dock_commands(self._no_transaction, self._nothing_chosen, self._cannot_validate, self),
            validation_command(self._cannot_validate_all, self.validate_all),
        )

    # --- why not ---------------------------------------------------------------------------------

    def _cannot_send(self) -> str:
        if self.workbench.engine is None:
            return NO_ENGINE
        return "A call is running; stop it first." if self._panels.caller.is_running else ""

    def _cannot_account(self) -> str:
        if self.workbench.engine is None:
            return NO_ENGINE
        return "" if self.workbench.accounts else "No account is known yet."

    def _no_transaction(self) -> str:
        return "" if self.chain.chosen is not None else "No transaction is chosen in the chain."

    def _nothing_chosen(self) -> str:
        item = self.chain.chosen or self.chain.chosen_block
        return "" if hash_of(item) else "Nothing that has a hash is chosen in the chain."

    def _cannot_validate(self) -> str:
        block = self.chain.chosen_block
        if block is None or block.summary is None:
            return "No closed block is chosen in the chain."
        if not block.number:
            return "Block 0 is where everything begins; there is nothing to compare it with."
        return self._validation.cannot()

    def _cannot_validate_all(self) -> str:
        return NO_ENGINE if self.workbench.engine is None else self._validation.cannot()

    # --- production and clock ----------------------------------------------------------------------

    def produce(self) -> None:
        """Close the open block, or produce an empty one."""
        self.control.produce()

    def ask_seconds(self) -> None:
        """Ask for the interval, and produce blocks by the clock."""
        text = dialogs.ask_text(
            self._window, "Blocks by the Clock", "Seconds between blocks:", f"{self.control.seconds:g}"
        )
        if text:
            self._try(lambda: self.control.set_interval(read_seconds(text)))

    def ask_step(self) -> None:
        """Ask how far to move the clock."""
        text = dialogs.ask_text(self._window, "Advance Clock", "By how much (30s, 5m, 3h, 7d):", "1d")
        if text:
            self._try(lambda: self.control.advance(read_step(text)))

    def ask_moment(self) -> None:
        """Ask for the chain's time."""
        now = self.control.now
        if now is not None:
            text = dialogs.ask_text(self._window, "Set Clock", "The chain's time (UTC):", time_text(now))
            if text:
                self._try(lambda: self.control.set_time(read_moment(text)))

    def _try(self, change: Callable[[], None]) -> None:
        try:
            change()
        except TimeProblem as problem:
            self._window.notifications.warning(f"The clock was not changed\n{problem}")

    def _production_stopped(self, reason: str) -> None:
        text = f"Blocks are produced by hand now, because one could not be\n{reason}"
        self._window.notifications.show(Notice("error", text, "production", lasting=True))

    # --- checkpoints -----------------------------------------------------------------------------

    def new_checkpoint(self) -> None:
        """Ask for a name and make a checkpoint."""
        name = dialogs.ask_text(
            self._window, "New Checkpoint", "Name of the state as it is now:", self.checkpoints.suggestion()
        )
        if not name:
            return
        known = self.checkpoints.find(name)
        if known is not None and not dialogs.confirm(
            self._window,
            "New Checkpoint",
            f"“{name}” is the state after block {group_digits(known.number)}. Move the name here?",
            "Move",
        ):
            return
        self.checkpoints.create(name)

    def show_checkpoints(self) -> None:
        """List the checkpoints."""
        if self.checkpoints_dialog is None:
            dialog = CheckpointsDialog(self.checkpoints, self._window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.new_asked.connect(self.new_checkpoint)
            dialog.restore_asked.connect(self.restore)
            dialog.delete_asked.connect(self.checkpoints.delete)
            dialog.finished.connect(self._checkpoints_closed)
            self.checkpoints_dialog = dialog
        self.checkpoints_dialog.open()

    def _checkpoints_closed(self) -> None:
        self.checkpoints_dialog = None

    def restore(self, name: str) -> None:
        """Go back to a checkpoint, after asking if blocks would leave the chain."""
        point = self.checkpoints.find(name)
        if point is None:
            return
        later = self.checkpoints.head - point.number if point.is_on_chain else 0
        detail = f"{group_digits(later)} later blocks leave the chain." if later > 0 else ""
        waiting = self.control.waiting
        if waiting:
            detail += f" {group_digits(waiting)} waiting transactions are dropped."
        question = f"Go back to “{name}”, the state after block {group_digits(point.number)}?"
        if not (later > 0 or waiting) or dialogs.confirm(
            self._window, "Go Back", question, "Go Back", detail=detail.strip()
        ):
            self.checkpoints.restore(name)

    # --- node ------------------------------------------------------------------------------------

    def ask_port(self) -> None:
        """Ask for a port and start the node there."""
        text = dialogs.ask_text(
            self._window, "Serve on Port", "Port of this machine (0 takes a free one):", str(self.node.port)
        )
        if not text:
            return
        if not text.isascii() or not text.isdigit() or int(text) > 65_535:
            self._window.notifications.warning("The node was not started\nA port is a number from 0 to 65535.")
            return
        self.node.start(int(text))

    def copy_address(self) -> None:
        """Put the node's address on the clipboard."""
        QGuiApplication.clipboard().setText(self.node.url)
        self._window.status_message(f"{self.node.url} is on the clipboard")

    def show_node(self) -> None:
        """Show what the node was asked."""
        self._window.show_dock("node")

    def _debug_incoming(self, result: TransactionResult) -> None:
        controller = self._panels.controller
        if self.node.debugs_incoming and controller.session is None and not controller.is_opening:
            self.workbench.debug_requested.emit(result)

    # --- composer --------------------------------------------------------------------------------

    def compose(self) -> None:
        """Bring the composer to the front."""
        self._window.show_dock("composer", focus=False)
        self.composer.form.actions_shown[0].contracts.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def send(self) -> None:
        """Send the composed transaction."""
        self.composer.send()

    def estimate(self) -> None:
        """Say what the composed transaction would cost."""
        self.composer.estimate_now()

    def debug_composed(self) -> None:
        """Send the composed transaction and step through it."""
        self.composer.debug()

    def add_action(self) -> None:
        """Add an action to the composed transaction, and show it."""
        self._window.show_dock("composer", focus=False)
        self.composer.form.add_action().contracts.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def edit_chosen(self) -> None:
        """Open the transaction chosen in the chain in the composer."""
        if self.chain.chosen is not None:
            self.workbench.edit_requested.emit(self.chain.chosen.request)

    def edit(self, request: TransactionRequest) -> None:
        """Open a transaction in the composer, without what was only true at its time."""
        self._window.show_dock("composer", focus=False)
        self.composer.load(Step(request).anew())

    def save_scenario(self) -> None:
        """Ask for a file and save the composed transaction as a scenario."""
        if self.composer.request() is not None:
            self._save(None)

    def save_chosen(self) -> None:
        """Save the transaction chosen in the chain as a scenario."""
        if self.chain.chosen is not None:
            self._save(Step(self.chain.chosen.request, self.chain.chosen))

    def _save(self, step: Step | None) -> None:
        path = dialogs.ask_save_file(self._window, self._folder() / f"transaction{SUFFIX}")
        if path is not None:
            self.composer.save(path if path.suffix else path.with_name(path.name + SUFFIX), step)

    def append_scenario(self) -> None:
        """Ask for a scenario and add the composed transaction to it."""
        if self.composer.request() is None:
            return
        path = dialogs.ask_open_file(self._window, self._folder())
        if path is not None:
            self.composer.save(path, append=True)

    def _folder(self) -> Path:
        return self._window.project or Path.home()

    # --- the chain dock ----------------------------------------------------------------------------

    def debug_chosen(self) -> None:
        """Step through the transaction chosen in the chain."""
        self.chain.debug()

    def resend_chosen(self) -> None:
        """Send the transaction chosen in the chain once more."""
        self.chain.resend()

    def show_source(self) -> None:
        """Open the editor where the transaction chosen in the chain failed, else at its contract."""
        self.chain.show_source()

    def copy_hash(self) -> None:
        """Put the hash of what is chosen in the chain on the clipboard."""
        self.chain.copy_hash()

    @property
    def shows_empty(self) -> bool:
        """Whether the chain lists blocks without transactions."""
        return self.chain.shows_empty

    def toggle_empty(self) -> None:
        """List blocks without transactions, or leave them out."""
        self.chain.toggle_empty()

    def validate_chosen(self) -> None:
        """Execute the chosen block again, compare, and say what came of it."""
        block = self.chain.chosen_block
        if block is not None:
            self._validation.validate(block.number, block.number)

    def validate_all(self) -> None:
        """Execute all blocks again, until one is not what was recorded."""
        self._validation.validate(1)

    # --- accounts --------------------------------------------------------------------------------

    def open_permissions(self) -> None:
        """Show the forms that change who may act for the account chosen in the accounts dock."""
        self._window.show_dock("accounts", focus=False)
        self.accounts.open_permissions()

    def open_form(self, form: AccountForm) -> None:
        """Open one of the accounts' forms."""
        self._window.show_dock("accounts", focus=False)
        self.accounts.open_form(form)

    def import_key(self) -> None:
        """Ask for a key to sign with."""
        self.accounts.import_key()

    def export_keys(self) -> None:
        """Show the keys."""
        self.accounts.export_keys()
