"""Appearance: themes, icons, fonts. `theme()` is the theme in force, `themes().changed` tells of a switch."""

from ide.theme.fonts import code_font, default_code_family
from ide.theme.icon_label import IconLabel
from ide.theme.icons import icon, icon_pixmap
from ide.theme.manager import SYSTEM, ThemeManager, theme, themes
from ide.theme.theme import Theme, available_themes

__all__ = [
    "SYSTEM",
    "IconLabel",
    "Theme",
    "ThemeManager",
    "available_themes",
    "code_font",
    "default_code_family",
    "icon",
    "icon_pixmap",
    "theme",
    "themes",
]
