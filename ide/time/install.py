"""Puts the time dock and its commands into the main window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QLabel

from engine.state.retention import PruneReport
from engine.values import TransactionResult
from ide import dialogs
from ide.bridge import Request
from ide.panels.commands import NO_ENGINE
from ide.panels.install import EnginePanels
from ide.panels.readable import group_digits
from ide.time.commands import time_commands
from ide.time.machine import TimeMachine
from ide.time.panel import TimePanel
from ide.window import MainWindow

FOLLOW_MS = 1000
"""How often a read-only view looks for what was done elsewhere."""


class TimePanels(QObject):
    """Time travel in a window; shares bridge, workbench and moment with `EnginePanels`."""

    def __init__(self, window: MainWindow, panels: EnginePanels) -> None:
        super().__init__(window)
        self._window, self._panels = window, panels
        self._workbench, self.moment = panels.workbench, panels.moment
        self.machine = TimeMachine(self._workbench, self)
        window.commands.register(*time_commands(self))
        self.panel = TimePanel(self._workbench, self.moment, self.machine)
        self.panel.branches.go_requested.connect(self._go_to)
        self.panel.branches.rename_requested.connect(self._rename)
        area = Qt.DockWidgetArea.BottomDockWidgetArea
        window.add_dock("time", "Time", self.panel, area, icon_name="clock", beside="state")
        window.show_dock("state", focus=False)
        self.read_only_sign = QLabel("Read-only view")
        self.read_only_sign.setProperty("tone", "warning")
        self.read_only_sign.setToolTip("Another Strata has this chain open; it is only looked at here")
        window.add_status_sign(self.read_only_sign)
        self._follow = QTimer(self, interval=FOLLOW_MS)
        self._follow.timeout.connect(self._catch_up)
        self._catching_up: Request[int] | None = None
        self._workbench.bridge.engine_changed.connect(self._show_read_only)
        self._show_read_only()
        for changed in (self.moment.changed, self.moment.head_changed, self.machine.changed):
            changed.connect(window.commands.refresh)

    def _show_read_only(self) -> None:
        engine = self._workbench.engine
        read_only = engine is not None and engine.is_read_only
        self.read_only_sign.setVisible(read_only)
        self._catching_up = None
        if read_only:
            self._follow.start()
        else:
            self._follow.stop()

    def _catch_up(self) -> None:
        engine = self._workbench.engine
        if engine is not None and (self._catching_up is None or not self._catching_up.is_pending):
            self._catching_up = self._workbench.bridge.request(engine.catch_up(), self, lambda _: None)

    # --- why not ---------------------------------------------------------------------------------

    def cannot_look(self) -> str:
        """Return why nothing can be looked at."""
        return NO_ENGINE if self._workbench.engine is None or self.moment.head is None else ""

    def cannot_look_back(self) -> str:
        """Return why one cannot look further back."""
        return self.cannot_look() or ("" if self.panel.position > 0 else "This is the first block.")

    def is_now(self) -> str:
        """Return that now is looked at, empty if a block of the past is."""
        return self.cannot_look() or ("You look at now." if self.moment.is_now else "")

    def cannot_change(self) -> str:
        """Return why the chain cannot be changed."""
        return self.cannot_look() or self.machine.cannot_change()

    def cannot_go_back(self) -> str:
        """Return why the chain cannot go back to what is looked at."""
        return self.cannot_change() or ("Choose an earlier block in the Time dock first." if self.moment.is_now else "")

    def cannot_undo(self) -> str:
        """Return why going back cannot be undone."""
        return self.cannot_look() or self.machine.cannot_undo()

    def cannot_ask(self) -> str:
        """Return why no what-if can be asked."""
        if self.cannot_look():
            return self.cannot_look()
        if self._workbench.selected is None and not self._workbench.contracts:
            return "Choose a transaction, or deploy a contract and fill in the call form."
        return ""

    # --- looking ---------------------------------------------------------------------------------

    def show(self) -> None:
        """Bring the dock to the front."""
        self._window.show_dock("time", focus=False)

    def back(self) -> None:
        """Look one block back."""
        self.panel.step(-1)

    def forward(self) -> None:
        """Look one block forward."""
        self.panel.step(1)

    def now(self) -> None:
        """Look at the newest state."""
        self.moment.look_at(None)

    def compare(self) -> None:
        """Compare what is chosen next with what is looked at now."""
        self.show()
        self.panel.compare_with(self.panel.position)
        self._window.status_message(f"Choose a block to compare with block {group_digits(self.panel.position)}.")

    def what_if(self) -> None:
        """Run the selected transaction, or else the form's call, right after what is looked at."""
        self.show()
        selected: TransactionResult | None = self._workbench.selected
        if selected is not None and self._workbench.selected_is_kept and selected.block_number > self.panel.position:
            self.panel.ask_what_if(selected.request, selected)
            return
        request = self._panels.contracts.form.request()
        if request is None and selected is not None:
            request = selected.request
        if request is None:
            self._window.status_message("Fill in the call form, or choose a transaction that came later.")
        else:
            self.panel.ask_what_if(request, None)

    # --- moving ----------------------------------------------------------------------------------

    def checkpoint(self) -> None:
        """Ask for a name for what is looked at."""
        number = self.panel.position
        name = dialogs.ask_text(
            self._window,
            "Name This State",
            f"Name of the state after block {group_digits(number)}:",
            self.machine.suggestion(number),
        )
        if name:
            self.machine.set_checkpoint(name, number)

    def go_back(self) -> None:
        """Make what is looked at the head, after asking."""
        at = self.moment.at
        if at is not None:
            self._go_to(at)

    def undo_going_back(self) -> None:
        """Return to the branch that was left last."""
        self.machine.undo()

    def _go_to(self, point: object) -> None:
        if not isinstance(point, int | str):
            return
        head = self.moment.head
        if isinstance(point, int) and head is not None and point < head:
            later = head - point
            blocks = "1 later block leaves" if later == 1 else f"{group_digits(later)} later blocks leave"
            question = f"Go back to block {group_digits(point)}?"
            detail = f"{blocks} the chain, and is kept as a branch: “Undo Going Back” returns there."
            if not dialogs.confirm(self._window, "Go Back", question, "Go Back", detail=detail):
                return
        self.moment.look_at(None)
        self.machine.go_to(point)

    def _rename(self, name: str) -> None:
        new = dialogs.ask_text(self._window, "Rename Checkpoint", "New name:", name)
        if new and new != name:
            self.machine.rename_checkpoint(name, new)

    # --- keeping ---------------------------------------------------------------------------------

    def retention(self) -> None:
        """Ask how many blocks are to stay reachable, and drop what is older."""
        text = dialogs.ask_text(
            self._window, "How Far Back to Keep", "Blocks below the head that can be returned to, or all:", "all"
        )
        engine = self._workbench.engine
        if engine is None or not text:
            return
        if text != "all" and not (text.isascii() and text.isdecimal()):
            self._window.notifications.warning("Nothing was dropped\nGive a number of blocks, or “all”.")
            return
        blocks = None if text == "all" else int(text)
        if blocks is not None and not dialogs.confirm(
            self._window,
            "Drop History",
            f"Drop what is needed to go back further than {group_digits(blocks)} blocks?",
            "Drop",
            detail="Blocks and transactions stay. States and branches that are older cannot be returned to any more.",
        ):
            return

        def done(report: PruneReport) -> None:
            held = f" Checkpoint “{report.held_by}” keeps what is above it." if report.held_by else ""
            self._window.status_message(f"The history of {group_digits(report.blocks)} blocks was dropped.{held}")
            self.panel.refresh_retention()

        self._workbench.bridge.request(engine.timeline.set_retention(blocks), self, done)

    def export(self) -> None:
        """Ask for a file and write the chain there."""
        engine = self._workbench.engine
        file = dialogs.ask_save_file(self._window, (self._window.project or Path.home()) / "chain.jsonl")
        if engine is None or file is None:
            return
        self._window.status_message("Exporting the chain …")
        self._workbench.bridge.request(
            engine.timeline.export(file),
            self,
            lambda lines: self._window.status_message(f"{group_digits(lines)} lines were written to {file}."),
        )
