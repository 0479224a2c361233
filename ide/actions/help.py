"""The Help menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide.commands import Command, Menu

if TYPE_CHECKING:
    from ide.window import MainWindow


def help_commands(window: MainWindow) -> list[Command]:
    """Return the commands of the Help menu."""

    def keyboard() -> None:
        from ide.commands.keyboard_help import KeyboardHelp

        KeyboardHelp(window.commands, window).open()

    def about() -> None:
        from ide.about import AboutDialog

        AboutDialog(window).open()

    return [
        Command(
            "help.keyboard",
            "Keyboard Shortcuts",
            "Help",
            keyboard,
            ("Ctrl+K, Ctrl+S",),
            "keyboard",
            menu=Menu.HELP,
            group=10,
        ),
        Command("help.about", "About Strata", "Help", about, icon="strata", menu=Menu.HELP, group=90),
    ]
