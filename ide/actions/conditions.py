"""Why a command cannot run now: reasons that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ide.editor.code_editor import CodeEditor
    from ide.window import MainWindow


def needs_editor(window: MainWindow) -> Callable[[], str]:
    """Return a condition: a file must be open."""
    return lambda: "" if window.current_editor() is not None else "No file is open"


def needs_writable_editor(window: MainWindow) -> Callable[[], str]:
    """Return a condition: a file must be open that can be edited."""

    def reason() -> str:
        editor = window.current_editor()
        if editor is None:
            return "No file is open"
        return "This file is shown read-only" if editor.isReadOnly() else ""

    return reason


def needs_project(window: MainWindow) -> Callable[[], str]:
    """Return a condition: a folder must be open."""
    return lambda: "" if window.project is not None else "No folder is open"


def in_editor(window: MainWindow, action: Callable[[CodeEditor], object]) -> Callable[[], None]:
    """Return a function that does `action` with the editor in front, if there is one."""

    def run() -> None:
        editor = window.current_editor()
        if editor is not None:
            action(editor)

    return run
