"""What the panels need from the window they live in; the main window offers it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ide.commands import CommandRegistry


class WindowPort(Protocol):
    """The window as the panels see it."""

    commands: CommandRegistry

    def open_file(self, path: Path, line: int = 0, column: int = 0) -> object:
        """Show a file in the editor, at a line from 1 and a column in UTF-16 units."""
        ...

    def status_message(self, text: str) -> None:
        """Say something in passing."""
        ...
