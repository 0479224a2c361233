"""A theme: every colour the window uses, by name, read from one data file in `resources/themes`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import msgspec
from PySide6.QtGui import QColor

from engine.errors import InternalError
from ide.paths import RESOURCES

THEME_FOLDER = RESOURCES / "themes"


class ThemeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The format of a theme file; colours are `#rrggbb` or `#aarrggbb`."""

    name: str
    title: str
    dark: bool
    colours: dict[str, str]


@dataclass(frozen=True)
class Theme:
    """All colours by name.

    `*_soft` are quiet backgrounds for text in the colour of the same name or in `text`;
    `layer_*` mark the three layers of the state stack everywhere they appear.
    """

    name: str
    title: str
    dark: bool
    # surfaces, from the back to the front
    window: QColor
    surface: QColor
    raised: QColor
    hover: QColor
    border: QColor
    focus: QColor
    # text
    text: QColor
    text_muted: QColor
    text_disabled: QColor
    # emphasis
    accent: QColor
    accent_hover: QColor
    accent_text: QColor
    selection: QColor
    selection_inactive: QColor
    # meaning
    success: QColor
    success_soft: QColor
    warning: QColor
    warning_soft: QColor
    error: QColor
    error_soft: QColor
    info: QColor
    info_soft: QColor
    # layers of the state
    layer_local: QColor
    layer_local_soft: QColor
    layer_mvcc: QColor
    layer_mvcc_soft: QColor
    layer_rocksdb: QColor
    layer_rocksdb_soft: QColor
    # editor
    editor: QColor
    current_line: QColor
    line_number: QColor
    line_number_current: QColor
    indent_guide: QColor
    bracket_match: QColor
    search_match: QColor
    search_current: QColor
    execution_line: QColor
    execution_marker: QColor
    breakpoint: QColor
    # syntax
    syntax_keyword: QColor
    syntax_string: QColor
    syntax_number: QColor
    syntax_comment: QColor
    syntax_function: QColor
    syntax_type: QColor
    syntax_constant: QColor
    syntax_operator: QColor
    syntax_regex: QColor
    syntax_error: QColor


COLOUR_NAMES = tuple(field.name for field in fields(Theme) if field.name not in {"name", "title", "dark"})


def load_theme(path: Path) -> Theme:
    """Read a theme file; a missing, unknown or malformed colour is our own mistake (`InternalError`)."""
    file = msgspec.json.decode(path.read_bytes(), type=ThemeFile)
    missing = set(COLOUR_NAMES) - set(file.colours)
    unknown = set(file.colours) - set(COLOUR_NAMES)
    if missing or unknown:
        raise InternalError(f"theme {path.name}: missing {sorted(missing)}, unknown {sorted(unknown)}")
    colours = {name: QColor(value) for name, value in file.colours.items()}
    invalid = sorted(name for name, colour in colours.items() if not colour.isValid())
    if invalid:
        raise InternalError(f"theme {path.name}: not a colour: {invalid}")
    return Theme(name=file.name, title=file.title, dark=file.dark, **colours)


def available_themes() -> dict[str, Path]:
    """Return the themes that are shipped, by name."""
    return {path.stem: path for path in sorted(THEME_FOLDER.glob("*.json"))}
