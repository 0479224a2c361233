"""The Code menu: lines, cursors and folds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ide.actions.conditions import in_editor, needs_editor, needs_writable_editor
from ide.commands import Command, Menu, Scope
from ide.editor import editing
from ide.editor.code_editor import CodeEditor

if TYPE_CHECKING:
    from ide.window import MainWindow

_CURSOR_TIP = "What is typed then happens at each of them; a click with Alt held adds one, Esc leaves one"


def code_commands(window: MainWindow) -> list[Command]:
    """Return the commands of the Code menu."""

    def command(
        name: str,
        title: str,
        keys: str,
        action: Callable[[CodeEditor], object],
        *,
        group: int,
        icon: str = "",
        tip: str = "",
        reason: Callable[[], str] | None = None,
    ) -> Command:
        return Command(
            f"code.{name}",
            title,
            "Code",
            in_editor(window, action),
            (keys,) if keys else (),
            icon,
            tip=tip,
            disabled_reason=reason or needs_writable_editor(window),
            menu=Menu.CODE,
            group=group,
            scope=Scope.EDITOR,
        )

    def lines(name: str, title: str, keys: str, action: Callable[[CodeEditor], object], icon: str = "") -> Command:
        def at_main_cursor(editor: CodeEditor) -> None:
            editor.cursors.clear()
            action(editor)

        return command(name, title, keys, at_main_cursor, group=10, icon=icon)

    def fold(name: str, title: str, keys: str, action: Callable[[CodeEditor], object], tip: str = "") -> Command:
        return command(name, title, keys, action, group=30, tip=tip, reason=needs_editor(window))

    def add_next(editor: CodeEditor) -> None:
        if not editor.cursors.add_next_occurrence():
            window.status_message("There is no other occurrence of what is selected.")

    return [
        lines("comment", "Toggle Comment", "Ctrl+/", editing.toggle_comment, "comment"),
        lines("move_up", "Move Line Up", "Alt+Up", lambda editor: editing.move_lines(editor, -1)),
        lines("move_down", "Move Line Down", "Alt+Down", lambda editor: editing.move_lines(editor, 1)),
        lines("copy_up", "Copy Line Up", "Shift+Alt+Up", lambda editor: editing.copy_lines(editor, -1)),
        lines("copy_down", "Copy Line Down", "Shift+Alt+Down", lambda editor: editing.copy_lines(editor, 1)),
        lines("delete_line", "Delete Line", "Ctrl+Shift+K", editing.delete_lines),
        lines("indent", "Indent Line", "Ctrl+]", editing.indent_lines),
        lines("outdent", "Outdent Line", "Ctrl+[", editing.outdent_lines),
        lines("trim", "Trim Trailing Blanks", "", editing.trim_trailing_blanks),
        command(
            "next_occurrence",
            "Select Next Occurrence",
            "Ctrl+D",
            add_next,
            group=20,
            tip="Select the word at the cursor; each time after that its next occurrence, too",
        ),
        command(
            "all_occurrences",
            "Select All Occurrences",
            "Ctrl+Shift+L",
            lambda editor: editor.cursors.select_all_occurrences(),
            group=20,
            tip="Change every occurrence of what is selected at once",
        ),
        command(
            "cursor_above",
            "Add Cursor Above",
            "Ctrl+Alt+Up",
            lambda editor: editor.cursors.add_beside(-1),
            group=20,
            tip=_CURSOR_TIP,
        ),
        command(
            "cursor_below",
            "Add Cursor Below",
            "Ctrl+Alt+Down",
            lambda editor: editor.cursors.add_beside(1),
            group=20,
            tip=_CURSOR_TIP,
        ),
        fold(
            "fold",
            "Fold",
            "Ctrl+Shift+[",
            lambda editor: editor.folding.fold(editor.textCursor().blockNumber() + 1),
            "Hide the lines that belong to this one; so does a click on the arrow in the gutter",
        ),
        fold(
            "unfold",
            "Unfold",
            "Ctrl+Shift+]",
            lambda editor: editor.folding.unfold(editor.textCursor().blockNumber() + 1),
        ),
        fold("fold_all", "Fold All", "Ctrl+K, Ctrl+0", lambda editor: editor.folding.fold_all()),
        fold("unfold_all", "Unfold All", "Ctrl+K, Ctrl+J", lambda editor: editor.folding.unfold_all()),
    ]
