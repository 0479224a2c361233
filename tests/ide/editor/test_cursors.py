"""Several cursors: typing, moving, selecting and the clipboard at all of them at once."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.ide.editor.test_code_editor import make_editor, place

SOURCE = "let sum = 0;\nsum = sum + 1;\nsummary(sum);\n"


@pytest.fixture
def editor(leaves_nothing, qtbot):
    return make_editor(qtbot, SOURCE)


def select_word(editor, count):
    place(editor, 1, 5)
    for _ in range(count):
        editor.cursors.add_next_occurrence()


def test_the_next_occurrences_of_a_word_are_typed_over_as_one_step(editor, qtbot):
    select_word(editor, 4)
    qtbot.keyClicks(editor, "total")
    assert editor.text() == "let total = 0;\ntotal = total + 1;\nsummary(total);\n"
    editor.undo()
    while editor.text() != SOURCE and editor.document().isUndoAvailable():
        editor.undo()
    assert editor.text() == SOURCE


def test_one_key_is_one_step_of_undo(editor, qtbot):
    select_word(editor, 3)
    qtbot.keyClick(editor, Qt.Key.Key_Delete)
    assert editor.text() == "let  = 0;\n =  + 1;\nsummary(sum);\n"
    editor.undo()
    assert editor.text() == SOURCE


def test_occurrences_go_round_and_end(editor):
    place(editor, 3, 9)
    for expected in (True, True, True, True, False):
        assert editor.cursors.add_next_occurrence() is expected
    assert len(editor.cursors.all()) == 4


def test_what_was_selected_by_hand_is_found_within_words(editor):
    editor.select(1, 4, 3)
    editor.cursors.select_all_occurrences()
    assert len(editor.cursors.all()) == 5


def test_cursors_below_type_move_and_pair(editor, qtbot):
    place(editor, 1, 0)
    editor.cursors.add_beside(1)
    editor.cursors.add_beside(1)
    qtbot.keyClicks(editor, "(")
    qtbot.keyClick(editor, Qt.Key.Key_Right)
    qtbot.keyClicks(editor, "x")
    assert [line[:3] for line in editor.text().split("\n")[:3]] == ["(lx", "(sx", "(sx"]
    qtbot.keyClick(editor, Qt.Key.Key_Home)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.document().blockCount() == 7
    assert len(editor.cursors.all()) == 3


def test_cursors_side_by_side_keep_their_order(qtbot):
    editor = make_editor(qtbot, "aa")
    editor.select(1, 0, 1)
    editor.cursors.select_all_occurrences()
    qtbot.keyClicks(editor, "xy")
    assert editor.text() == "xyxy"
    assert [cursor.position() for cursor in editor.cursors.all()] == [2, 4]


def test_cursors_that_meet_become_one(editor, qtbot):
    place(editor, 1, 3)
    editor.cursors.add_beside(1)
    qtbot.keyClick(editor, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert not editor.cursors.active


def test_the_clipboard_goes_line_by_line(editor):
    select_word(editor, 2)
    editor.copy()
    assert QApplication.clipboard().text() == "sum\nsum"
    QApplication.clipboard().setText("a\nb")
    editor.paste()
    assert editor.text().startswith("let a = 0;\nb = sum")
    editor.undo()
    assert editor.text() == SOURCE
    select_word(editor, 2)
    QApplication.clipboard().setText("z")
    editor.paste()
    assert editor.text().startswith("let z = 0;\nz = sum")


def test_a_click_with_alt_adds_and_takes_away_and_escape_ends(editor, qtbot):
    place(editor, 1, 0)
    second = editor.cursorRect(editor.cursors.all()[0]).center()
    second.setY(second.y() + editor.fontMetrics().lineSpacing())
    qtbot.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, second)
    assert len(editor.cursors.all()) == 2
    first = editor.cursorRect(editor.cursors.all()[0]).center()
    qtbot.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, first)
    assert not editor.cursors.active
    editor.cursors.add_beside(1)
    editor.viewport().grab()
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.cursors.active


def test_folded_lines_are_passed_over(qtbot):
    editor = make_editor(qtbot, "a() {\n  b;\n}\nc;\n")
    editor.folding.fold(1)
    place(editor, 1, 0)
    editor.cursors.add_beside(1)
    qtbot.keyClicks(editor, "x")
    assert editor.text() == "xa() {\n  b;\nx}\nc;\n"
    assert editor.folding.is_folded(1)
