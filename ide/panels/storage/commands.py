"""The commands of the storage inspector."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ide.commands import Command, Menu
from ide.commands.command import always
from ide.panels.storage import selection
from ide.panels.storage.panel import StoragePanel


def storage_commands(panel: StoragePanel) -> list[Command]:
    """Return what can be done with stored entries."""

    def none_chosen() -> str:
        return "" if panel.chosen else "No stored entry is chosen."

    def cannot_edit() -> str:
        return panel.editing.cannot() or none_chosen()

    def command(
        name: str,
        title: str,
        run: Callable[[], object],
        icon: str,
        tip: str,
        cannot: Callable[[], str] = none_chosen,
        keys: tuple[str, ...] = (),
    ) -> Command:
        return Command(
            id=f"storage.{name}",
            title=title,
            category="Storage",
            run=run,
            shortcuts=keys,
            icon=icon,
            tip=tip,
            disabled_reason=cannot,
            menu=Menu.RUN,
            group=7,
            submenu="Storage",
        )

    return [
        command(
            "filter",
            "Filter Storage",
            panel.focus_filter,
            "filter",
            "Find keys and values of the whole state as you type",
            always,
            ("Ctrl+Alt+F",),
        ),
        command("history", "Who Wrote This?", panel.show_history, "transactions", "Every value of the chosen entry"),
        command(
            "edit",
            "Edit Value by Hand…",
            panel.edit_chosen,
            "rename",
            "A recorded step that can be undone",
            cannot_edit,
        ),
        command(
            "undo_edit",
            "Undo Edit by Hand",
            panel.editing.undo,
            "undo",
            "Give the entry edited last its value back",
            panel.editing.cannot_undo,
        ),
        command("copy", "Copy Entries", partial(panel.copy, selection.as_lines), "copy", "Keys and values as lines"),
        command("copy_key", "Copy State Keys", partial(panel.copy, selection.as_keys), "key", "The chain's own keys"),
        command(
            "copy_json", "Copy as JSON", partial(panel.copy, selection.as_json), "file-json", "Entries with all facts"
        ),
        command("export", "Export Entries…", panel.export, "save", "Write the chosen entries as JSON or CSV"),
    ]
