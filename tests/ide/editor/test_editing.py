"""Line commands: what they do to text, selection and breakpoints; each is undone in one step."""

from pathlib import Path

import pytest

from ide.editor import editing
from ide.editor.code_editor import CodeEditor
from ide.editor.line_marks import Breakpoint
from ide.editor.text_file import TextFile
from ide.theme import code_font

SOURCE = "one();\n  two();\n\nthree();"


@pytest.fixture
def editor(qtbot):
    made = CodeEditor(TextFile(Path("/p/a.js"), SOURCE), code_font(11))
    qtbot.addWidget(made)
    return made


def select_lines(editor, first, last):
    editor.go_to(first)
    cursor = editor.textCursor()
    block = editor.document().findBlockByNumber(last - 1)
    cursor.setPosition(block.position() + block.length() - 1, cursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def test_comment_and_back(editor):
    select_lines(editor, 1, 4)
    editing.toggle_comment(editor)
    assert editor.text() == "// one();\n//   two();\n\n// three();"
    editing.toggle_comment(editor)
    assert editor.text() == SOURCE


def test_comment_stands_at_the_common_indentation(editor):
    editor.go_to(2)
    editing.toggle_comment(editor)
    assert editor.text().split("\n")[1] == "  // two();"


@pytest.mark.parametrize(
    ("line", "direction", "expected"),
    [
        (1, 1, "  two();\none();\n\nthree();"),
        (2, -1, "  two();\none();\n\nthree();"),
        (4, -1, "one();\n  two();\nthree();\n"),
        (1, -1, SOURCE),
        (4, 1, SOURCE),
    ],
)
def test_move(editor, line, direction, expected):
    editor.go_to(line, 2)
    editing.move_lines(editor, direction)
    assert editor.text() == expected
    if expected != SOURCE:
        assert editor.textCursor().blockNumber() + 1 == line + direction
        assert editor.textCursor().positionInBlock() == 2
        editor.undo()
    assert editor.text() == SOURCE


def test_breakpoints_move_with_moved_lines(editor):
    editor.set_breakpoints([Breakpoint(1)])
    editor.go_to(1)
    editing.move_lines(editor, 1)
    assert editor.breakpoint_lines() == (2,)


def test_copy_down_and_up(editor):
    editor.go_to(1)
    editing.copy_lines(editor, 1)
    assert editor.text().startswith("one();\none();\n") and editor.textCursor().blockNumber() == 1
    editor.undo()
    editing.copy_lines(editor, -1)
    assert editor.text().startswith("one();\none();\n") and editor.textCursor().blockNumber() == 0


def test_delete_lines(editor):
    select_lines(editor, 1, 2)
    editing.delete_lines(editor)
    assert editor.text() == "\nthree();"
    editor.undo()
    editor.go_to(4)
    editing.delete_lines(editor)
    assert editor.text() == "one();\n  two();\n"


def test_a_selection_that_ends_at_a_line_start_does_not_reach_into_it(editor):
    cursor = editor.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(len("one();\n"), cursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    editing.delete_lines(editor)
    assert editor.text() == "  two();\n\nthree();"


def test_indent_and_outdent(editor):
    select_lines(editor, 1, 4)
    editing.indent_lines(editor)
    assert editor.text() == "  one();\n    two();\n\n  three();"
    editing.outdent_lines(editor)
    assert editor.text() == SOURCE


def test_trim(editor):
    editor.replace_text("a;  \n\t\n  b;")
    editing.trim_trailing_blanks(editor)
    assert editor.text() == "a;\n\n  b;"
