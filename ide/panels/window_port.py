"""What the panels need from the window they live in; the main window offers it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QWidget

from engine.values import Diagnostic
from ide.commands import CommandRegistry
from ide.editor.line_marks import Breakpoint


class WindowPort(Protocol):
    """The window as the panels see it."""

    commands: CommandRegistry

    def open_file(self, path: Path, line: int = 0, column: int = 0) -> object:
        """Show a file in the editor, at a line from 1 and a column in UTF-16 units."""
        ...

    def status_message(self, text: str) -> None:
        """Say something in passing."""
        ...

    def notify_error(self, text: str) -> None:
        """Say that something did not work, where it cannot be overlooked; the first line of `text` is the title."""
        ...

    def show_diagnostics(self, path: Path, diagnostics: Sequence[Diagnostic]) -> None:
        """Show findings about a file in the editor and among the problems."""
        ...

    def text_of(self, path: Path) -> str | None:
        """Return a file's text as the editor has it, or as it is on disk; None if there is none."""
        ...

    def save(self, path: Path) -> Path | None:
        """Write a file's text to disk if it is open and modified.

        Returns where it is now (a new file is asked for its name), None if that failed, which was said.
        """
        ...

    def dialog_parent(self) -> QWidget | None:
        """Return the widget that dialogs belong to."""
        ...

    def show_dock(self, dock: str) -> None:
        """Bring a dock to the front by its id, without taking the focus."""
        ...

    def show_execution(self, path: Path, line: int, *, read_only: bool) -> None:
        """Mark the line that runs next and bring it into view, without taking the focus."""
        ...

    def hide_execution(self) -> None:
        """Take away the mark of the line that runs next."""
        ...

    def breakpoints(self) -> tuple[tuple[str, Breakpoint], ...]:
        """Return all breakpoints, each with the absolute path of its file."""
        ...
