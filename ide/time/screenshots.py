"""The states of storage and time for `main.py screenshot`."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.errors import InternalError
from ide.screenshots import Stage, State, account_names, call


def time_states() -> list[State]:
    """Return the states in order; they begin after the sample was deployed and called."""
    return [
        State("storage", _storage),
        State("storage-history", _storage_history),
        State("storage-edit", _storage_edit),
        State("storage-filter", _storage_filter),
        State("time", _time),
        State("storage-past", _storage_past),
        State("what-if", _what_if),
        State("branches", _now),
    ]


def _storage(stage: Stage) -> None:
    _, second = account_names(stage)
    call(stage, "mint", [second, "12"])
    stage.window.show_dock("storage", focus=False)
    storage = stage.program.panels.storage
    stage.wait(lambda: storage.recent.model.rows, "the list of changes")
    storage.show_key(storage.recent.model.rows[0].change.key)
    stage.wait(lambda: storage.chosen, "the stored key")


def _storage_history(stage: Stage) -> None:
    storage = stage.program.panels.storage
    storage.show_history()
    stage.wait(lambda: storage.viewer.history.model.writes, "the key's history")


def _storage_edit(stage: Stage) -> QWidget:
    editing = stage.program.panels.storage.editing
    stage.program.panels.storage.edit_chosen()
    stage.wait(lambda: editing.dialog is not None, "the dialog")
    if editing.dialog is None:
        raise InternalError("screenshot: the dialog was closed")
    return editing.dialog


def _storage_filter(stage: Stage) -> None:
    storage = stage.program.panels.storage
    storage.filter.setText("type:number payer:token")
    stage.wait(lambda: storage.model.contains and not storage.model.is_loading, "the hits")


def _time(stage: Stage) -> None:
    time_panels = stage.program.time
    stage.program.panels.storage.filter.clear()
    first = time_panels.panel.position - 2
    time_panels.machine.set_checkpoint("before minting", first)
    stage.wait(lambda: time_panels.machine.checkpoints, "the checkpoint")
    time_panels.show()
    time_panels.panel.look_at(first)
    time_panels.panel.compare_with(first)
    time_panels.panel.look_at(first + 1)
    stage.wait(lambda: time_panels.panel.difference.model.count, "the changes")


def _storage_past(stage: Stage) -> None:
    stage.window.show_dock("storage", focus=False)
    stage.wait(lambda: not stage.program.panels.storage.model.is_loading, "the state of the past")


def _what_if(stage: Stage) -> None:
    time_panels = stage.program.time
    time_panels.panel.compare_with(None)
    time_panels.panel.look_at(time_panels.panel.position - 1)
    time_panels.what_if()
    stage.wait(lambda: time_panels.panel.what_if.answer, "the what-if")


def _now(stage: Stage) -> None:
    stage.program.time.now()
    stage.window.show_dock("time", focus=False)
    panel = stage.program.time.panel
    panel.tabs.setCurrentWidget(panel.branches)
