"""The View menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget

from ide.commands import Command, Menu
from ide.theme import SYSTEM, available_themes, themes

if TYPE_CHECKING:
    from ide.window import MainWindow

SMALLEST_FONT, LARGEST_FONT, USUAL_FONT = 6.0, 40.0, 11.0


def view_commands(window: MainWindow) -> list[Command]:
    """Return the commands of the View menu."""
    settings = window.settings

    def zoom(step: int) -> None:
        size = settings.value.code_font_size + step if step else USUAL_FONT
        settings.update(code_font_size=min(max(size, SMALLEST_FONT), LARGEST_FONT))

    window.editors.zoom_requested.connect(zoom)

    def use_theme(name: str) -> None:
        settings.update(theme=name)

    def toggle_theme() -> None:
        settings.update(theme="light" if themes().current.dark else "dark")

    def in_force(name: str) -> Callable[[], bool]:
        return lambda: settings.value.theme == name

    def toggle_area(area: Qt.DockWidgetArea) -> None:
        docks = [dock for dock in window.docks() if window.dockWidgetArea(dock) is area and not dock.isFloating()]
        shown = [dock for dock in docks if dock.isVisible()]
        for dock in shown or window.last_hidden(area) or docks[:1]:
            dock.setVisible(not shown)
        window.remember_hidden(area, shown)

    def cycle_panes(step: int) -> None:
        panes = [window.editors, *(dock for dock in window.docks() if not dock.visibleRegion().isEmpty())]
        focused = QApplication.focusWidget()
        current = next((i for i, pane in enumerate(panes) if focused and pane.isAncestorOf(focused)), 0)
        pane = panes[(current + step) % len(panes)]
        target = pane.widget() if isinstance(pane, QDockWidget) else window.current_editor() or pane
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            if not target.hasFocus() and not target.isAncestorOf(QApplication.focusWidget() or target):
                target.focusNextChild()

    def full_screen() -> None:
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)

    theme_titles = {
        SYSTEM: "Follow the Desktop",
        **{name: name.replace("-", " ").title() for name in available_themes()},
    }
    return [
        Command(
            "view.command_palette",
            "Command Palette…",
            "View",
            partial(window.open_palette, ">"),
            ("Ctrl+Shift+P",),
            "command",
            tip="Everything that can be done, by name",
            menu=Menu.VIEW,
            group=10,
            toolbar=90,
        ),
        *(
            Command(
                f"view.theme.{name}",
                f"Theme: {title}",
                "View",
                partial(use_theme, name),
                icon="theme",
                checked=in_force(name),
                menu=Menu.VIEW,
                group=20,
                submenu="Theme",
            )
            for name, title in theme_titles.items()
        ),
        Command(
            "view.toggle_theme",
            "Switch Between Light and Dark",
            "View",
            toggle_theme,
            ("Ctrl+K, Ctrl+T",),
            "theme",
            toolbar=90,
        ),
        Command(
            "view.zoom_in",
            "Larger Text",
            "View",
            partial(zoom, 1),
            ("Ctrl+=", "Ctrl++"),
            menu=Menu.VIEW,
            group=30,
        ),
        Command("view.zoom_out", "Smaller Text", "View", partial(zoom, -1), ("Ctrl+-",), menu=Menu.VIEW, group=30),
        Command("view.zoom_reset", "Usual Text Size", "View", partial(zoom, 0), ("Ctrl+0",), menu=Menu.VIEW, group=30),
        Command("view.full_screen", "Full Screen", "View", full_screen, menu=Menu.VIEW, group=30),
        Command(
            "view.side_bar",
            "Side Bar",
            "View",
            partial(toggle_area, Qt.DockWidgetArea.LeftDockWidgetArea),
            ("Ctrl+B",),
            "panel-left",
            menu=Menu.VIEW,
            group=40,
            toolbar=95,
        ),
        Command(
            "view.bottom_panel",
            "Bottom Panel",
            "View",
            partial(toggle_area, Qt.DockWidgetArea.BottomDockWidgetArea),
            ("Ctrl+J",),
            "panel-bottom",
            menu=Menu.VIEW,
            group=40,
            toolbar=95,
        ),
        Command("view.next_pane", "Next Pane", "View", partial(cycle_panes, 1), ("Ctrl+F6",), menu=Menu.VIEW, group=40),
        Command(
            "view.previous_pane",
            "Previous Pane",
            "View",
            partial(cycle_panes, -1),
            ("Ctrl+Shift+F6",),
            menu=Menu.VIEW,
            group=40,
        ),
        Command(
            "view.reset_layout",
            "Reset Layout",
            "View",
            window.reset_layout,
            icon="restore",
            tip="Put all panels back to where they were at first",
            menu=Menu.VIEW,
            group=60,
        ),
    ]
