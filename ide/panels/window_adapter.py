"""The main window as the panels use it (`WindowPort`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from engine.values import Diagnostic
from ide.editor.line_marks import Breakpoint
from ide.editor.text_file import read_text_file
from ide.window import MainWindow


class WindowAdapter:
    """Thin: names what panels want in terms of what `MainWindow` offers."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.commands = window.commands

    def open_file(self, path: Path, line: int = 0, column: int = 0) -> object:
        """Show a file in the editor, at a line from 1 and a column in UTF-16 units."""
        return self._window.open_file(path, line, column)

    def status_message(self, text: str) -> None:
        """Say something in passing."""
        self._window.status_message(text)

    def notify_error(self, text: str) -> None:
        """Say that something did not work, where it cannot be overlooked; the first line of `text` is the title."""
        self._window.notifications.error(text, text.partition("\n")[0])

    def show_diagnostics(self, path: Path, diagnostics: Sequence[Diagnostic]) -> None:
        """Show findings about a file in the editor and among the problems."""
        # The same findings that checking while typing has: they replace each other.
        self._window.show_diagnostics(path, diagnostics, source="check")

    def text_of(self, path: Path) -> str | None:
        """Return a file's text as the editor has it, or as it is on disk; None if there is none."""
        editor = self._window.editor_for(path)
        if editor is not None:
            return editor.text()
        try:
            return read_text_file(path).text
        except UserError:
            return None

    def save(self, path: Path) -> Path | None:
        """Write a file's text to disk if it is open and modified; returns where it is now, None if that failed."""
        editor = self._window.editor_for(path)
        if editor is None or not (editor.document().isModified() or editor.unsaved_name):
            return path
        return editor.path if self._window.editors.save(editor) else None

    def dialog_parent(self) -> QWidget | None:
        """Return the widget that dialogs belong to."""
        return self._window

    def show_dock(self, dock: str) -> None:
        """Bring a dock to the front by its id, without taking the focus."""
        self._window.show_dock(dock, focus=False)

    def show_execution(self, path: Path, line: int, *, read_only: bool) -> None:
        """Mark the line that runs next and bring it into view, without taking the focus."""
        editor = self._window.open_file(path, focus=False)
        for other in self._window.editors.editors():
            if other is not editor:
                other.set_execution_line(None)
        if editor is not None:
            if read_only:
                editor.setReadOnly(True)
            editor.set_execution_line(line)

    def hide_execution(self) -> None:
        """Take away the mark of the line that runs next."""
        self._window.editors.clear_execution_line()

    def breakpoints(self) -> tuple[tuple[str, Breakpoint], ...]:
        """Return all breakpoints, each with the absolute path of its file."""
        return tuple((str(path), one) for path, found in self._window.breakpoints.all().items() for one in found)
