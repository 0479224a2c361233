"""Themes: complete, readable, and the only place with colours."""

import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon

from engine.errors import InternalError
from ide.paths import PROGRAM
from ide.theme import available_themes, icon, themes
from ide.theme.icons import ICON_FOLDER
from ide.theme.palette import style_sheet_of
from ide.theme.theme import load_theme

SOURCES = sorted((PROGRAM / "ide").rglob("*.py"))


def luminance(colour):
    def linear(value):
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(first, second):
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


SURFACES = ("window", "surface", "raised", "editor")
TEXTS = ("text", "text_muted", "success", "warning", "error", "info", "layer_local", "layer_mvcc", "layer_rocksdb")
SYNTAX = ("keyword", "string", "number", "comment", "function", "type", "constant", "operator", "regex", "error")
PAIRS = [(text, surface) for text in TEXTS for surface in SURFACES]
PAIRS += [(f"syntax_{name}", "editor") for name in SYNTAX]
PAIRS += [("text", soft) for soft in ("success_soft", "warning_soft", "error_soft", "info_soft", "selection")]
PAIRS += [("text", f"{name}_soft") for name in ("layer_local", "layer_mvcc", "layer_rocksdb")]
PAIRS += [("text", "execution_line"), ("text", "search_current"), ("accent_text", "accent"), ("text", "bracket_match")]


@pytest.mark.parametrize("name", sorted(available_themes()))
def test_every_pair_of_text_and_background_is_readable(name):
    theme = load_theme(available_themes()[name])
    poor = {
        f"{text} on {surface}": round(contrast(getattr(theme, text), getattr(theme, surface)), 2)
        for text, surface in PAIRS
        if contrast(getattr(theme, text), getattr(theme, surface)) < 4.5
    }
    assert not poor


@pytest.mark.parametrize("name", sorted(available_themes()))
def test_the_style_sheet_is_complete(name, qapp):
    theme = load_theme(available_themes()[name])
    sheet = style_sheet_of(theme)
    assert "@" not in sheet
    for path in re.findall(r"url\(([^)]*)\)", sheet):
        assert (PROGRAM / path).is_file()


def test_a_broken_theme_is_refused(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"name": "x", "title": "X", "dark": true, "colours": {"window": "#000000", "odd": "#fff"}}')
    with pytest.raises(InternalError, match="odd"):
        load_theme(path)


def test_there_are_no_colours_outside_the_themes():
    found = [
        f"{path.name}: {line.strip()}"
        for path in SOURCES
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"[\"']#(?:[0-9a-fA-F]{3}){1,2}[\"']|QColor\(\s*\d|GlobalColor\.(?!transparent)", line)
    ]
    assert not found


def test_every_icon_that_is_used_exists_and_can_be_drawn(qapp):
    used = set()
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"icon(?:_pixmap)?\(\s*[\"']([a-z-]+)[\"']", text))
        used |= set(re.findall(r"icon(?:_name)?=[\"']([a-z-]+)[\"']", text))
    missing = sorted(name for name in used if not (ICON_FOLDER / f"{name}.svg").is_file())
    assert used and not missing
    for path in ICON_FOLDER.glob("*.svg"):
        image = icon(path.stem).pixmap(QSize(16, 16)).toImage()
        assert any(image.pixelColor(x, y).alpha() > 100 for x in range(16) for y in range(16)), path.name
        assert "currentColor" in path.read_text(encoding="utf-8")


def test_icons_follow_the_theme_and_the_disabled_state(qapp):
    def first_colour(mode=QIcon.Mode.Normal):
        image = icon("breakpoint", "text").pixmap(QSize(16, 16), mode).toImage()
        return image.pixelColor(8, 8).name()

    themes().select("dark")
    dark = first_colour()
    assert dark == themes().current.text.name()
    assert first_colour(QIcon.Mode.Disabled) == themes().current.text_disabled.name()
    themes().select("light")
    assert first_colour() == themes().current.text.name() != dark


def test_a_missing_icon_is_an_error():
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")


def test_icons_are_sharp_on_dense_screens(qapp):
    pixmap = icon("save").pixmap(QSize(16, 16), 2.0)
    assert pixmap.size() == QSize(32, 32) and pixmap.devicePixelRatio() == 2.0
