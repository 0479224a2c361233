"""The File menu."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ide import dialogs
from ide.actions.conditions import in_editor, needs_editor
from ide.commands import Command, Menu

if TYPE_CHECKING:
    from ide.window import MainWindow


def file_commands(window: MainWindow) -> list[Command]:
    """Return the commands of the File menu."""
    editors = window.editors

    def open_file() -> None:
        if path := dialogs.ask_open_file(window, window.project or Path.home()):
            window.open_file(path)

    def open_folder() -> None:
        if folder := dialogs.ask_folder(window, window.project.parent if window.project else Path.home()):
            window.open_project(folder)

    def new_file() -> None:
        editors.new_file(window.project or Path.home())

    return [
        Command(
            "file.new", "New File", "File", new_file, ("Ctrl+N",), "new-file", menu=Menu.FILE, group=10, toolbar=10
        ),
        Command("file.open", "Open File…", "File", open_file, ("Ctrl+O",), "file", menu=Menu.FILE, group=20),
        Command(
            "file.open_folder",
            "Open Folder…",
            "File",
            open_folder,
            ("Ctrl+K, Ctrl+O",),
            "folder-open",
            tip="Open a contract project",
            menu=Menu.FILE,
            group=20,
            toolbar=10,
        ),
        Command(
            "file.save",
            "Save",
            "File",
            in_editor(window, editors.save_soon),
            ("Ctrl+S",),
            "save",
            disabled_reason=needs_editor(window),
            menu=Menu.FILE,
            group=30,
            toolbar=10,
        ),
        Command(
            "file.save_as",
            "Save As…",
            "File",
            in_editor(window, editors.save_as),
            ("Ctrl+Shift+S",),
            disabled_reason=needs_editor(window),
            menu=Menu.FILE,
            group=30,
        ),
        Command(
            "file.save_all",
            "Save All",
            "File",
            editors.save_all,
            ("Ctrl+K, S",),
            "save-all",
            disabled_reason=lambda: "" if editors.modified() else "Nothing has unsaved changes",
            menu=Menu.FILE,
            group=30,
        ),
        Command(
            "file.close",
            "Close Tab",
            "File",
            in_editor(window, editors.close_page),
            ("Ctrl+W",),
            disabled_reason=needs_editor(window),
            menu=Menu.FILE,
            group=40,
        ),
        Command(
            "file.close_all",
            "Close All Tabs",
            "File",
            editors.close_all,
            ("Ctrl+K, Ctrl+W",),
            disabled_reason=needs_editor(window),
            menu=Menu.FILE,
            group=40,
        ),
        Command(
            "file.reopen",
            "Reopen Closed Tab",
            "File",
            editors.reopen_closed,
            ("Ctrl+Shift+T",),
            "restore",
            disabled_reason=lambda: "" if editors.can_reopen() else "No tab was closed yet",
            menu=Menu.FILE,
            group=40,
        ),
        Command(
            "file.settings",
            "Settings…",
            "File",
            window.show_settings,
            ("Ctrl+,",),
            "settings",
            menu=Menu.FILE,
            group=80,
        ),
        Command("file.quit", "Quit", "File", window.close, ("Ctrl+Q",), menu=Menu.FILE, group=90),
    ]
