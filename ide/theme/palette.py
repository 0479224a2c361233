"""From a theme to what Qt draws with: the palette, and the one style sheet."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor, QPalette

from ide.theme.theme import THEME_FOLDER, Theme

_PLACEHOLDER = re.compile(r"@(\w+)")


def palette_of(theme: Theme) -> QPalette:
    """Return the palette that makes Fusion look like `theme`."""
    role = QPalette.ColorRole
    palette = QPalette()
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.surface,
        role.AlternateBase: theme.hover,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.text_muted,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.Light: theme.hover,
        role.Midlight: theme.raised,
        role.Mid: theme.border,
        role.Dark: theme.border,
        role.Shadow: theme.border,
        role.Highlight: theme.selection,
        role.HighlightedText: theme.text,
        role.Accent: theme.accent,
        role.Link: theme.info,
        role.LinkVisited: theme.info,
    }
    for colour_role, colour in colours.items():
        palette.setColor(colour_role, colour)
    for text_role in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, text_role, theme.text_disabled)
    palette.setColor(QPalette.ColorGroup.Inactive, role.Highlight, theme.selection_inactive)
    return palette


def style_sheet_of(theme: Theme) -> str:
    """Return `resources/themes/style.qss` with each `@name` replaced by what the theme has for it."""

    def replacement(match: re.Match[str]) -> str:
        if match.group(1) == "assets":
            return (THEME_FOLDER / "assets" / ("dark" if theme.dark else "light")).as_posix()
        colour: QColor = getattr(theme, match.group(1))
        return colour.name(QColor.NameFormat.HexArgb)

    return _PLACEHOLDER.sub(replacement, (THEME_FOLDER / "style.qss").read_text(encoding="utf-8"))
