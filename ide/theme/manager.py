"""The theme in force: one for the application, switched at once."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from ide.theme.palette import palette_of, style_sheet_of
from ide.theme.theme import Theme, available_themes, load_theme

SYSTEM = "system"


class ThemeManager(QObject):
    """Holds the current theme; `changed` carries the new `Theme` after palette and style are in force."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._themes: dict[str, Theme] = {}
        self._current = self._load("light")
        self._choice = SYSTEM

    @property
    def current(self) -> Theme:
        """The theme in force."""
        return self._current

    def select(self, choice: str) -> None:
        """Use the theme named `choice`, or follow the desktop with `system`; unknown names follow the desktop."""
        self._choice = choice if choice in available_themes() else SYSTEM
        self._apply()

    def follow_system(self) -> None:
        """Start following changes of the desktop's light or dark preference."""
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)

    def _system_changed(self) -> None:
        if self._choice == SYSTEM:
            self._apply()

    def _apply(self) -> None:
        name = self._choice
        if name == SYSTEM:
            dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
            name = "dark" if dark else "light"
        self._current = self._load(name)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setPalette(palette_of(self._current))
            application.setStyleSheet(style_sheet_of(self._current))
        self.changed.emit(self._current)

    def _load(self, name: str) -> Theme:
        if name not in self._themes:
            self._themes[name] = load_theme(available_themes()[name])
        return self._themes[name]


@cache
def themes() -> ThemeManager:
    """Return the application's theme manager (appearance is global, like `QApplication.palette`)."""
    return ThemeManager()


def theme() -> Theme:
    """Return the theme in force; widgets that paint read it in each `paintEvent`."""
    return themes().current
