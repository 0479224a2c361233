"""The code editor, as a person clicks and types."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor

from engine.values import Diagnostic, Severity, TextEdit
from ide.editor.code_editor import CodeEditor
from ide.editor.decorations import DecorationLayer
from ide.editor.line_marks import Breakpoint
from ide.editor.text_file import TextFile
from ide.theme import code_font

SOURCE = "class Token {\n  init() {\n    return 1;\n  }\n}\n"


@pytest.fixture
def editor(leaves_nothing, qtbot):
    return make_editor(qtbot, SOURCE)


def make_editor(qtbot, text, name="token.js"):
    made = CodeEditor(TextFile(Path(f"/p/{name}"), text), code_font(11))
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def place(editor, line, column=0):
    editor.go_to(line, column)


def test_text_is_kept_exactly(qtbot):
    text = "a\u00a0b\u2028c\td\n\n"
    assert make_editor(qtbot, text).text() == text


def test_a_text_the_document_cannot_keep_is_noticed(qtbot):
    assert make_editor(qtbot, "a\nb").lossless
    assert not make_editor(qtbot, "a\u2029b").lossless


def test_enter_keeps_the_indentation_and_opens_a_block(editor, qtbot):
    place(editor, 3, 13)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "x")
    assert editor.text().split("\n")[3] == "    x"
    place(editor, 2, 10)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "y")
    assert editor.text().split("\n")[2] == "    y"


def test_enter_between_braces(qtbot):
    editor = make_editor(qtbot, "")
    qtbot.keyClicks(editor, "f() {")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "a;")
    assert editor.text() == "f() {\n  a;\n}"


@pytest.mark.parametrize(
    ("text", "typed", "becomes"),
    [
        (
            "  add(a, b = 1) {\n  }\n",
            "  /**\nSum.",
            "  /**\n   * Sum.\n   * @param {string} a\n   * @param {string} b\n   */\n",
        ),
        ("", "/**\none\ntwo", "/**\n * one\n * two\n */\n"),
        ("/** a\n * b\n */\n", "", "\n/** a\n * b\n */\n"),
        ("", "  /**\n", "  /**\n   * \n   */\n"),
        ("", "x = 2 * 3\ny", "x = 2 * 3\ny\n"),
    ],
)
def test_a_doc_comment_goes_on_is_closed_and_names_parameters(qtbot, text, typed, becomes):
    editor = make_editor(qtbot, "\n" + text)
    for line in typed.splitlines(keepends=True):
        qtbot.keyClicks(editor, line.rstrip("\n"))
        if line.endswith("\n"):
            qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.text() == becomes + (text if typed else "")


def test_enter_within_and_behind_a_doc_comment(qtbot):
    editor = make_editor(qtbot, "  /** a\n   * b\n   */")
    place(editor, 1, 7)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    place(editor, 4, 5)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.text() == "  /** a\n   * \n   * b\n   */\n  "


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("(", "()"),
        ("()", "()"),
        ("'a'", "'a'"),
        ("don't", "don't"),
        ("[{", "[{}]"),
        ("x = `", "x = ``"),
    ],
)
def test_pairs(qtbot, typed, text):
    editor = make_editor(qtbot, "")
    qtbot.keyClicks(editor, typed)
    assert editor.text() == text


def test_backspace_takes_an_empty_pair_and_an_indent(qtbot):
    editor = make_editor(qtbot, "")
    qtbot.keyClicks(editor, "(")
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    assert editor.text() == ""
    editor = make_editor(qtbot, "a\n  b\n    c\n")
    place(editor, 3, 4)
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    assert editor.text() == "a\n  b\n  c\n"


def test_a_bracket_around_a_selection(editor, qtbot):
    editor.select(3, 4, 6)
    qtbot.keyClicks(editor, "(")
    assert editor.text().split("\n")[2] == "    (return) 1;"


def test_tab_and_backtab(editor, qtbot):
    editor.selectAll()
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text().startswith("  class Token {\n    init")
    qtbot.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert editor.text() == SOURCE


def test_home_goes_to_the_first_character_then_to_the_margin(editor, qtbot):
    place(editor, 3, 8)
    qtbot.keyClick(editor, Qt.Key.Key_Home)
    assert editor.textCursor().positionInBlock() == 4
    qtbot.keyClick(editor, Qt.Key.Key_Home)
    assert editor.textCursor().positionInBlock() == 0


def test_a_click_in_the_gutter_sets_and_removes_a_breakpoint(editor, qtbot):
    gutter = editor.findChild(type(editor._gutter))
    row = dict(editor.visible_rows(editor.viewport().rect()))[3]
    with qtbot.waitSignal(editor.breakpoints_changed):
        qtbot.mouseClick(gutter, Qt.MouseButton.LeftButton, pos=QPoint(8, row.center().y()))
    assert editor.breakpoint_lines() == (3,)
    qtbot.mouseClick(gutter, Qt.MouseButton.LeftButton, pos=QPoint(8, row.center().y()))
    assert editor.breakpoint_lines() == ()


def test_breakpoints_stay_with_their_line(editor, qtbot):
    editor.set_breakpoints([Breakpoint(3)])
    place(editor, 3, 0)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.breakpoint_lines() == (4,)
    place(editor, 1, 0)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.breakpoint_lines() == (5,)
    editor.undo()
    editor.undo()
    assert editor.breakpoint_lines() == (3,)


def test_the_execution_line_is_shown(editor):
    editor.set_execution_line(4)
    assert editor.textCursor().blockNumber() == 3
    assert [s.cursor.blockNumber() for s in editor.decorations.layer(DecorationLayer.EXECUTION_LINE)] == [3]
    editor.set_execution_line(None)
    assert not editor.decorations.layer(DecorationLayer.EXECUTION_LINE)


def problem(line, column, end_column, severity=Severity.ERROR, message="wrong"):
    return Diagnostic(severity, "code", message, line=line, column=column, end_line=line, end_column=end_column)


def test_diagnostics_are_underlined_and_move_with_their_text(editor, qtbot):
    editor.set_diagnostics([problem(3, 4, 10), problem(3, 11, 12, Severity.WARNING)])
    (mark, _) = editor.decorations.layer(DecorationLayer.DIAGNOSTICS)
    assert mark.cursor.selectedText() == "return"
    assert editor.severity_of_line(3) is Severity.ERROR
    place(editor, 1, 0)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.severity_of_line(3) is None and editor.severity_of_line(4) is Severity.ERROR


def test_a_diagnostic_outside_the_text_does_no_harm(editor):
    editor.set_diagnostics([problem(99, 99, 120), problem(0, -1, 0), problem(5, 1, 1)])
    assert len(editor.decorations.layer(DecorationLayer.DIAGNOSTICS)) == 3


def test_diagnostic_columns_are_utf16(qtbot):
    editor = make_editor(qtbot, "f('😀', bad);")
    editor.set_diagnostics([problem(1, 8, 11)])
    assert editor.decorations.layer(DecorationLayer.DIAGNOSTICS)[0].cursor.selectedText() == "bad"


def test_matching_brackets(editor):
    place(editor, 1, 12)
    positions = [s.cursor.selectionStart() for s in editor.decorations.layer(DecorationLayer.BRACKETS)]
    assert positions == [12, SOURCE.rindex("}")]
    place(editor, 3, 6)
    assert not editor.decorations.layer(DecorationLayer.BRACKETS)


def test_matching_brackets_after_an_emoji(qtbot):
    editor = make_editor(qtbot, "'😀'(a)")
    place(editor, 1, 4)
    assert [s.cursor.selectedText() for s in editor.decorations.layer(DecorationLayer.BRACKETS)] == ["(", ")"]


def test_replace_text_leaves_breakpoints_between_two_changes(editor):
    editor.set_breakpoints([Breakpoint(3)])
    editor.replace_text("// first\n" + SOURCE.replace("Token", "Coin") + "// last\n")
    assert editor.breakpoint_lines() == (4,)
    editor.undo()
    assert editor.text() == SOURCE
    assert editor.breakpoint_lines() == (3,)


def test_replace_text_is_one_step_and_keeps_what_did_not_change(editor):
    editor.set_breakpoints([Breakpoint(2)])
    editor.replace_text(SOURCE.replace("return 1", "return 한😀"))
    assert "한😀" in editor.text() and editor.breakpoint_lines() == (2,)
    editor.undo()
    assert editor.text() == SOURCE


def test_a_fix_is_applied_as_one_step(editor):
    editor.apply_edit(TextEdit(3, 11, 3, 12, "42"))
    assert "return 42;" in editor.text()
    editor.undo()
    assert editor.text() == SOURCE


def test_ctrl_and_wheel_ask_for_zoom(editor, qtbot):
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    with qtbot.waitSignal(editor.zoom_requested) as zoom:
        QApplication.sendEvent(editor.viewport(), event)
    assert zoom.args == [1]


def test_long_lines_are_wrapped(qtbot):
    assert make_editor(qtbot, "a;" * 6000).has_long_lines
    assert not make_editor(qtbot, "a;\n" * 6000).has_long_lines


def test_the_cursor_survives_a_jump_outside(editor):
    editor.go_to(10_000, 10_000)
    assert editor.textCursor().blockNumber() == editor.blockCount() - 1
    editor.go_to(-3, -3)
    assert editor.textCursor().position() == 0
    assert isinstance(editor.textCursor(), QTextCursor)


def test_conditions_and_messages_stay_with_their_line(editor):
    editor.put_breakpoint(Breakpoint(3, "amount > 1"))
    editor.put_breakpoint(Breakpoint(3, "amount > 2", "now {amount}"))
    editor.go_to(1)
    editor.insertPlainText("\n\n")
    assert editor.breakpoints() == (Breakpoint(5, "amount > 2", "now {amount}"),)
    assert editor.breakpoint_at(5).describe() == "Writes “now {amount}” where amount > 2"
    assert not editor.grab().isNull()
    editor.toggle_breakpoint(5)
    assert editor.breakpoints() == ()
