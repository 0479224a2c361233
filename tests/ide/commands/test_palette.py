"""The palette, as a person types into it."""

import pytest
from PySide6.QtCore import Qt

from ide.commands.matching import best_matches, match_score


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("save", "File: Save"),
        ("sa", "File: Save All"),
        ("tb", "Debug: Toggle Breakpoint"),
        ("toggle br", "Debug: Toggle Breakpoint"),
        ("fsa", "File: Save All"),
    ],
)
def test_ranking(query, best):
    titles = ["View: Side Bar", "File: Save All", "File: Save", "Debug: Toggle Breakpoint", "Edit: Sort And Keep"]
    found = best_matches(query, titles, str)
    assert best in found[:2]


def test_letters_far_apart_do_not_fit():
    assert match_score("xyz", "File: Save") is None
    assert match_score("fle", "Find something that is terribly long and ends in e") is None


@pytest.fixture
def palette(window, project):
    window.open_project(project)
    window.open_file(project / "token.js")
    window.open_palette(">")
    return window._palette


def titles(palette):
    return [item.title for item in palette.items()]


def test_run_a_command(window, palette, qtbot):
    qtbot.keyClicks(palette.box, "theme dark")
    assert titles(palette)[0] == "View: Theme: Dark"
    qtbot.keyClick(palette.box, Qt.Key.Key_Return)
    assert window.settings.value.theme == "dark" and not palette.isVisible()
    window.open_palette(">")
    assert titles(palette)[0] == "View: Theme: Dark", "the last command stands first"


def test_a_disabled_command_stays_and_says_why(window, palette, qtbot):
    window.editors.close_all()
    window.open_palette(">go to line")
    assert palette.items()[0].reason == "No file is open"
    qtbot.keyClick(palette.box, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_open_a_file(window, project, palette, qtbot):
    window.open_palette("")
    assert "index.js" not in titles(palette)
    qtbot.keyClicks(palette.box, "safe")
    qtbot.keyClick(palette.box, Qt.Key.Key_Return)
    assert window.current_editor().path == project / "lib" / "safe.js"


def test_go_to_a_symbol_and_a_line(window, palette, qtbot):
    window.open_palette("@")
    assert titles(palette) == ["Token", "init"]
    qtbot.keyClick(palette.box, Qt.Key.Key_Down)
    qtbot.keyClick(palette.box, Qt.Key.Key_Return)
    assert window.current_editor().textCursor().blockNumber() == 1
    window.open_palette(":")
    qtbot.keyClicks(palette.box, "3:5")
    qtbot.keyClick(palette.box, Qt.Key.Key_Return)
    cursor = window.current_editor().textCursor()
    assert (cursor.blockNumber(), cursor.positionInBlock()) == (2, 4)


def test_escape_gives_the_focus_back(window, palette, qtbot):
    qtbot.keyClick(palette.box, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert window.focusWidget() is window.current_editor()


def test_up_from_the_first_entry_is_the_last(palette, qtbot):
    qtbot.keyClick(palette.box, Qt.Key.Key_Up)
    assert palette._list.currentIndex().row() == len(palette.items()) - 1


def test_the_prefix_can_be_typed_away(window, palette, qtbot):
    qtbot.keyClick(palette.box, Qt.Key.Key_Backspace)
    assert set(titles(palette)) == {"token.js", "auction.js", "safe.js"}
