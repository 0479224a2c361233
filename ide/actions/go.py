"""The Go menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ide import dialogs
from ide.actions.conditions import in_editor, needs_editor, needs_project
from ide.commands import Command, Menu, Scope
from ide.editor.code_editor import CodeEditor
from ide.editor.line_marks import Breakpoint

if TYPE_CHECKING:
    from ide.window import MainWindow


def go_commands(window: MainWindow) -> list[Command]:
    """Return the commands of the Go menu, and breakpoints in the Debug menu."""
    history = window.history

    def ask_condition(editor: CodeEditor) -> None:
        line, text = editor.textCursor().blockNumber() + 1, editor.textCursor().block().text().strip()
        known = editor.breakpoint_at(line) or Breakpoint(line)
        question = f"Stop at line {line} ({text[:60]}) only where this expression holds, for example amount > 100:"
        if condition := dialogs.ask_text(window, "Breakpoint with a condition", question, known.condition):
            editor.put_breakpoint(Breakpoint(line, condition))

    def ask_message(editor: CodeEditor) -> None:
        line = editor.textCursor().blockNumber() + 1
        known = editor.breakpoint_at(line) or Breakpoint(line)
        question = f"Write this each time line {line} runs, with values of {{expressions}}, for example from {{from}}:"
        if message := dialogs.ask_text(window, "Logpoint", question, known.message):
            editor.put_breakpoint(Breakpoint(line, known.condition, message))

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
            menu=Menu.DEBUG,
            group=80,
            scope=Scope.EDITOR,
        ),
        Command(
            "debug.condition",
            "Breakpoint with a Condition…",
            "Debug",
            in_editor(window, ask_condition),
            ("Shift+F9",),
            tip="Stop there only where an expression holds",
            disabled_reason=needs_editor(window),
            menu=Menu.DEBUG,
            group=80,
            scope=Scope.EDITOR,
        ),
        Command(
            "debug.logpoint",
            "Logpoint…",
            "Debug",
            in_editor(window, ask_message),
            ("Ctrl+F9",),
            tip="Write values to the debugger's console each time the line runs, without stopping",
            disabled_reason=needs_editor(window),
            menu=Menu.DEBUG,
            group=80,
            scope=Scope.EDITOR,
        ),
        Command(
            "debug.clear_breakpoints",
            "Remove All Breakpoints",
            "Debug",
            window.breakpoints.clear,
            disabled_reason=lambda: "" if window.breakpoints.all() else "There are no breakpoints",
            menu=Menu.DEBUG,
            group=80,
        ),
    ]
