"""The window's own commands, by menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide.actions.code import code_commands
from ide.actions.edit import edit_commands
from ide.actions.file import file_commands
from ide.actions.go import go_commands
from ide.actions.help import help_commands
from ide.actions.view import view_commands

if TYPE_CHECKING:
    from ide.window import MainWindow


def register_window_commands(window: MainWindow) -> None:
    """Register everything the window itself can do."""
    for commands in (file_commands, edit_commands, code_commands, view_commands, go_commands, help_commands):
        window.commands.register(*commands(window))
