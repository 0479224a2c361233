"""The Edit menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QPlainTextEdit, QTextEdit

from ide.actions.conditions import in_editor, needs_editor
from ide.commands import Command, Menu, Scope
from ide.editor.code_editor import CodeEditor

if TYPE_CHECKING:
    from ide.window import MainWindow

TextWidget = QLineEdit | QPlainTextEdit | QTextEdit


def edit_commands(window: MainWindow) -> list[Command]:
    """Return the commands of the Edit menu."""

    def text_widget() -> TextWidget | None:
        focused = QApplication.focusWidget()
        return focused if isinstance(focused, TextWidget) else window.current_editor()

    def on_text(action: Callable[[TextWidget], object]) -> Callable[[], None]:
        def run() -> None:
            widget = text_widget()
            if widget is not None:
                action(widget)

        return run

    def copy() -> None:
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractItemView):
            indexes = focused.selectedIndexes()
            QApplication.clipboard().setText("\t".join(str(index.data()) for index in indexes if index.data()))
        elif widget := text_widget():
            widget.copy()

    def no_text() -> str:
        return "" if text_widget() is not None else "No text has the focus"

    def text_command(
        name: str, title: str, key: str, action: Callable[[TextWidget], object], icon: str = "", group: int = 10
    ) -> Command:
        return Command(
            f"edit.{name}",
            title,
            "Edit",
            on_text(action),
            tuple(key.split("; ")),
            icon,
            disabled_reason=no_text,
            menu=Menu.EDIT,
            group=group,
        )

    def find(*, replace: bool) -> Callable[[], None]:
        def run() -> None:
            page = window.editors.current_page()
            if page is not None:
                page.find_bar.open(replace=replace)

        return run

    def find_step(step: int) -> Callable[[], None]:
        def run() -> None:
            page = window.editors.current_page()
            if page is None:
                return
            if not page.find_bar.needle.text():
                page.find_bar.open()
            page.find_bar.go(step)

        return run

    return [
        text_command("undo", "Undo", "Ctrl+Z", lambda widget: widget.undo(), "undo"),
        text_command("redo", "Redo", "Ctrl+Shift+Z; Ctrl+Y", lambda widget: widget.redo(), "redo"),
        text_command("cut", "Cut", "Ctrl+X", lambda widget: widget.cut(), group=20),
        Command("edit.copy", "Copy", "Edit", copy, ("Ctrl+C",), "copy", menu=Menu.EDIT, group=20),
        text_command("paste", "Paste", "Ctrl+V", lambda widget: widget.paste(), group=20),
        text_command("select_all", "Select All", "Ctrl+A", lambda widget: widget.selectAll(), group=20),
        Command(
            "edit.find",
            "Find…",
            "Edit",
            find(replace=False),
            ("Ctrl+F",),
            "search",
            disabled_reason=needs_editor(window),
            menu=Menu.EDIT,
            group=30,
        ),
        Command(
            "edit.replace",
            "Replace…",
            "Edit",
            find(replace=True),
            ("Ctrl+H",),
            "replace",
            disabled_reason=needs_editor(window),
            menu=Menu.EDIT,
            group=30,
        ),
        Command(
            "edit.find_next",
            "Find Next",
            "Edit",
            find_step(1),
            ("F3",),
            disabled_reason=needs_editor(window),
            menu=Menu.EDIT,
            group=30,
        ),
        Command(
            "edit.find_previous",
            "Find Previous",
            "Edit",
            find_step(-1),
            ("Shift+F3",),
            disabled_reason=needs_editor(window),
            menu=Menu.EDIT,
            group=30,
        ),
        Command(
            "edit.tab_moves_focus",
            "Tab Key Moves Focus",
            "Edit",
            in_editor(window, CodeEditor.toggle_tab_moves_focus),
            ("Ctrl+M",),
            tip="Let Tab leave the editor instead of indenting",
            disabled_reason=needs_editor(window),
            checked=lambda: bool((editor := window.current_editor()) and editor.tab_moves_focus),
            menu=Menu.EDIT,
            group=50,
            scope=Scope.EDITOR,
        ),
    ]
