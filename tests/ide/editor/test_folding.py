"""Folding: what is hidden, where the cursor goes, and that nothing typed is ever hidden."""

import pytest
from PySide6.QtCore import QPoint, Qt

from tests.ide.editor.test_code_editor import make_editor, place

SOURCE = """\
class Token {
  init() {
    if (a) {
      b();
    }
  }

  mint() {
    return 1;
  }
}
module.exports = Token;
"""


@pytest.fixture
def editor(leaves_nothing, qtbot):
    return make_editor(qtbot, SOURCE)


def shown(editor):
    block, lines = editor.document().begin(), []
    while block.isValid():
        if block.isVisible():
            lines.append(block.blockNumber() + 1)
        block = block.next()
    return lines


def rows(editor):
    return [line for line, _ in editor.visible_rows(editor.viewport().rect())]


def test_a_fold_hides_what_is_deeper(editor):
    editor.folding.fold(2)
    assert shown(editor) == [1, 2, 6, 7, 8, 9, 10, 11, 12, 13]
    assert rows(editor) == shown(editor)
    editor.folding.unfold(2)
    assert rows(editor) == list(range(1, 14))


def test_a_line_within_folds_what_it_belongs_to(editor):
    editor.folding.fold(9)
    assert editor.folding.is_folded(8)
    editor.folding.fold(8)
    assert editor.folding.is_folded(1)
    editor.folding.fold(12)
    assert shown(editor) == [1, 11, 12, 13]


def test_all_are_folded_and_opened_one_by_one(editor):
    editor.folding.fold_all()
    assert shown(editor) == [1, 11, 12, 13]
    editor.folding.unfold(1)
    assert shown(editor) == [1, 2, 6, 7, 8, 10, 11, 12, 13]
    editor.folding.unfold_all()
    assert not editor.folding.active


def test_the_cursor_leaves_what_is_hidden_and_shows_what_it_goes_to(editor):
    place(editor, 4, 2)
    editor.folding.fold(2)
    assert editor.textCursor().blockNumber() + 1 == 2
    editor.go_to(4)
    assert shown(editor) == list(range(1, 14))


def test_keys_go_over_what_is_hidden(editor, qtbot):
    editor.folding.fold(2)
    place(editor, 2, 3)
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    assert editor.textCursor().blockNumber() + 1 == 6
    qtbot.keyClick(editor, Qt.Key.Key_Up)
    assert editor.textCursor().blockNumber() + 1 == 2
    assert editor.folding.is_folded(2)


def test_a_line_that_is_typed_is_seen(editor, qtbot):
    editor.folding.fold(2)
    place(editor, 2, 10)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "c();")
    assert shown(editor) == list(range(1, 15))


def test_folds_move_with_the_text(editor, qtbot):
    editor.folding.fold(8)
    place(editor, 1, 0)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.folding.is_folded(9)
    assert 10 not in shown(editor)
    assert 11 in shown(editor)
    editor.replace_text("class A {\n  b() {\n  }\n}\n")
    assert shown(editor) == [1, 2, 3, 4, 5]


def test_undo_shows_what_it_brings_back(editor, qtbot):
    place(editor, 4, 0)
    qtbot.keyClicks(editor, "x")
    editor.folding.fold(2)
    editor.undo()
    assert editor.text() == SOURCE
    assert 4 in shown(editor)


def test_the_arrow_in_the_gutter_and_the_dots(editor, qtbot):
    gutter = editor._gutter
    height = editor.fontMetrics().height()
    row = next(row for line, row in editor.visible_rows(editor.viewport().rect()) if line == 2)
    arrow = QPoint(gutter.width() - 4, row.top() + height // 2)
    qtbot.mouseClick(gutter, Qt.MouseButton.LeftButton, pos=arrow)
    assert editor.folding.is_folded(2)
    assert editor.breakpoint_lines() == ()
    dots = editor.folding._dots_of(2, row).center()
    editor.viewport().grab()
    qtbot.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=dots)
    assert not editor.folding.is_folded(2)
