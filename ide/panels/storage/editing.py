"""Edits by hand: asks in a dialog, has them made, and remembers them so that the last one can be undone."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from engine.errors import UserError
from engine.facade import Engine, EngineEvent, HeadMoved
from engine.values import BlockSummary, StateEdit, StateEntry
from ide.bridge import describe_error
from ide.panels.readable import read_key, read_value, shorten
from ide.panels.storage.edit_dialog import EditDialog
from ide.panels.storage.history import edit_of
from ide.panels.workbench import Workbench
from ide.time.moment import Moment


@dataclass(frozen=True)
class MadeEdit:
    """An edit that was made in a block, and the one that takes it back."""

    edit: StateEdit
    reverse: StateEdit
    block: int


class Editing(QObject):
    """One for the window. `changed` tells that `made` changed."""

    changed = Signal()

    def __init__(self, workbench: Workbench, moment: Moment, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._moment = moment
        self.made: list[MadeEdit] = []
        self.dialog: EditDialog | None = None
        workbench.bridge.engine_changed.connect(self._forget)
        workbench.bridge.events.connect(self._take_events)

    def cannot(self) -> str:
        """Return why nothing can be edited now, empty if it can."""
        engine = self._workbench.engine
        if engine is None:
            return "The chain is not open yet."
        if engine.is_read_only:
            return "The chain is open read-only."
        if not self._moment.is_now:
            return "The past cannot be edited. Go back to now first."
        return ""

    def ask(self, key: str, proposal: StateEdit | None = None) -> None:
        """Open the dialog for a state key, with its present value or a proposal."""
        engine, reason = self._workbench.engine, self.cannot()
        if engine is None or reason:
            self._workbench.window.status_message(reason)
            return
        self._workbench.bridge.request(engine.timeline.value(key), self, lambda entry: self._open(entry, proposal))

    def _open(self, entry: StateEntry, proposal: StateEdit | None) -> None:
        readable = read_key(entry.key)
        edit = proposal or edit_of(entry.key, entry.value)
        old = shorten(read_value(readable, entry.value).text, 400)
        dialog = EditDialog(
            edit, self._workbench.contract_name(readable.contract), old, self._workbench.window.dialog_parent()
        )
        dialog.edit_requested.connect(lambda wanted: self._make(wanted, entry.value))
        dialog.finished.connect(self._closed)
        self.dialog = dialog
        dialog.open()

    def _closed(self) -> None:
        self.dialog = None

    def _make(self, edit: StateEdit, old: str | None) -> None:
        engine = self._workbench.engine
        if engine is None:
            return

        def done(block: BlockSummary) -> None:
            self.made.append(MadeEdit(edit, edit_of(edit.state_key, old), block.number))
            self._say(edit, block.number)
            if self.dialog is not None:
                self.dialog.accept()

        def failed(error: Exception) -> None:
            if self.dialog is not None and isinstance(error, UserError):
                self.dialog.refuse(describe_error(error))
            else:
                self._workbench.bridge.request_failed.emit(error)

        self._workbench.bridge.request(engine.timeline.edit(edit), self, done, failed)

    # --- undoing ---------------------------------------------------------------------------------

    def cannot_undo(self) -> str:
        """Return why no edit can be undone now, empty if one can."""
        return self.cannot() or ("" if self.made else "Nothing was edited by hand.")

    def undo(self) -> None:
        """Give the entry edited last its value back, in a block of its own as well."""
        engine: Engine | None = self._workbench.engine
        if engine is None or not self.made:
            return
        last = self.made[-1]

        def done(block: BlockSummary) -> None:
            if last in self.made:
                self.made.remove(last)
            self._say(last.reverse, block.number)

        self._workbench.bridge.request(engine.timeline.edit(last.reverse), self, done)

    def _say(self, edit: StateEdit, block: int) -> None:
        name = edit.key if edit.field is None else f"{edit.key} · {edit.field}"
        self._workbench.window.status_message(f"{name} was edited by hand in block {block}.")
        self.changed.emit()

    def _forget(self) -> None:
        self.made = []
        self.changed.emit()

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        moved = [event.number for event in events if isinstance(event, HeadMoved)]
        if moved:
            self.made = [made for made in self.made if made.block <= moved[-1]]
            self.changed.emit()
