"""The fonts in force: the desktop's own for the window, the best fixed-width one there is for code."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase

_CODE_FAMILIES = (
    "JetBrains Mono",
    "Cascadia Code",
    "SF Mono",
    "Fira Code",
    "Source Code Pro",
    "Menlo",
    "Consolas",
    "Noto Sans Mono",
    "DejaVu Sans Mono",
    "Liberation Mono",
)


@lru_cache(maxsize=1)
def default_code_family() -> str:
    """Return the first family of a fixed list that is installed, else the desktop's fixed-width font."""
    installed = set(QFontDatabase.families())
    for family in _CODE_FAMILIES:
        if family in installed:
            return family
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()


def code_font(point_size: float, family: str = "") -> QFont:
    """Return the font for code, `point_size` in points; `family` overrides the default."""
    font = QFont(family or default_code_family())
    font.setPointSizeF(point_size)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFixedPitch(True)
    return font
