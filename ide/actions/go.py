"""The Go menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ide.actions.conditions import in_editor, needs_editor, needs_project
from ide.commands import Command, Menu, Scope
from ide.editor.code_editor import CodeEditor

if TYPE_CHECKING:
    from ide.window import MainWindow


def go_commands(window: MainWindow) -> list[Command]:
    """Return the commands of the Go menu, and breakpoints in the Run menu."""
    history = window.history
    return [
        Command(
            "go.file",
            "Go to File…",
            "Go",
            partial(window.open_palette, ""),
            ("Ctrl+P",),
            "file",
            disabled_reason=needs_project(window),
            menu=Menu.GO,
            group=10,
        ),
        Command(
            "go.line",
            "Go to Line…",
            "Go",
            partial(window.open_palette, ":"),
            ("Ctrl+G",),
            "go-to",
            disabled_reason=needs_editor(window),
            menu=Menu.GO,
            group=10,
        ),
        Command(
            "go.symbol",
            "Go to Symbol in File…",
            "Go",
            partial(window.open_palette, "@"),
            ("Ctrl+Shift+O",),
            disabled_reason=needs_editor(window),
            menu=Menu.GO,
            group=10,
        ),
        Command(
            "go.back",
            "Back",
            "Go",
            history.back,
            ("Alt+Left",),
            "arrow-left",
            disabled_reason=lambda: "" if history.can_go_back() else "There is no earlier place",
            menu=Menu.GO,
            group=20,
        ),
        Command(
            "go.forward",
            "Forward",
            "Go",
            history.forward,
            ("Alt+Right",),
            "arrow-right",
            disabled_reason=lambda: "" if history.can_go_forward() else "There is no later place",
            menu=Menu.GO,
            group=20,
        ),
        Command(
            "go.next_tab",
            "Next Tab",
            "Go",
            partial(window.editors.cycle, 1),
            ("Ctrl+PgDown", "Ctrl+Tab"),
            disabled_reason=needs_editor(window),
            menu=Menu.GO,
            group=30,
        ),
        Command(
            "go.previous_tab",
            "Previous Tab",
            "Go",
            partial(window.editors.cycle, -1),
            ("Ctrl+PgUp", "Ctrl+Shift+Tab"),
            disabled_reason=needs_editor(window),
            menu=Menu.GO,
            group=30,
        ),
        Command(
            "debug.toggle_breakpoint",
            "Toggle Breakpoint",
            "Debug",
            in_editor(window, CodeEditor.toggle_breakpoint),
            ("F9",),
            "breakpoint",
            "breakpoint",
            tip="Stop there when a call is debugged",
            disabled_reason=needs_editor(window),
            menu=Menu.RUN,
            group=80,
            scope=Scope.EDITOR,
        ),
        Command(
            "debug.clear_breakpoints",
            "Remove All Breakpoints",
            "Debug",
            window.breakpoints.clear,
            disabled_reason=lambda: "" if window.breakpoints.all() else "There are no breakpoints",
            menu=Menu.RUN,
            group=80,
        ),
    ]
