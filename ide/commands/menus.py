"""Menu bar and tool bar, made from the commands."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QWidget

from ide.commands.command import Command, Menu
from ide.commands.registry import CommandRegistry


class MenuBuilder:
    """Keeps menus and tool bar in step with the registry."""

    def __init__(self, commands: CommandRegistry, menu_bar: QMenuBar, tool_bar: QToolBar) -> None:
        self._commands = commands
        self._tool_bar = tool_bar
        self._menus: dict[Menu, QMenu] = {}
        for title in Menu:
            menu = menu_bar.addMenu(title.value)
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(commands.refresh_now)
            self._menus[title] = menu
        self._submenus: dict[Menu, list[tuple[int, QMenu]]] = {title: [] for title in Menu}
        self._made: dict[tuple[Menu, str], QMenu] = {}
        commands.added.connect(self.rebuild)

    def menu(self, title: Menu) -> QMenu:
        """Return one of the menus."""
        return self._menus[title]

    def add_submenu(self, title: Menu, group: int, submenu: QMenu) -> None:
        """Put a menu of its own (recent projects, …) into a group of a menu."""
        self._submenus[title].append((group, submenu))
        self.rebuild()

    def rebuild(self) -> None:
        """Fill menus and tool bar anew."""
        commands = self._commands.commands()
        for title, menu in self._menus.items():
            menu.clear()
            self._fill(menu, title, [command for command in commands if command.menu is title])
        self._tool_bar.clear()
        shown = sorted((command for command in commands if command.toolbar is not None), key=_tool_bar_group)
        previous: int | None = None
        for command in shown:
            if previous is not None and command.toolbar != previous:
                self._tool_bar.addSeparator()
            previous = command.toolbar
            action = self._commands.action(command.id)
            self._tool_bar.addAction(action)
            button = self._tool_bar.widgetForAction(action)
            if isinstance(button, QWidget):
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                button.setAccessibleName(command.title)

    def _fill(self, menu: QMenu, title: Menu, commands: Sequence[Command]) -> None:
        entries: list[tuple[int, Command | QMenu]] = []
        named: dict[tuple[int, str], QMenu] = {}
        for command in commands:
            if not command.submenu:
                entries.append((command.group, command))
                continue
            place = (command.group, command.submenu)
            if place not in named:
                named[place] = self._new_submenu(title, command.submenu)
                entries.append((command.group, named[place]))
            named[place].addAction(self._commands.action(command.id))
        entries += list(self._submenus[title])
        previous: int | None = None
        for group, entry in sorted(entries, key=lambda pair: pair[0]):
            if previous is not None and group != previous:
                menu.addSeparator()
            previous = group
            if isinstance(entry, QMenu):
                menu.addMenu(entry)
            else:
                menu.addAction(self._commands.action(entry.id))

    def _new_submenu(self, title: Menu, name: str) -> QMenu:
        submenu = self._made.setdefault((title, name), QMenu(name, self._menus[title]))
        submenu.clear()
        submenu.setToolTipsVisible(True)
        return submenu


def _tool_bar_group(command: Command) -> int:
    return command.toolbar or 0
