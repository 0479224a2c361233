"""The incremental highlighter agrees with its slow twin, which lexes the whole text anew."""

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor, QTextDocument

from ide.editor.document_layout import EditorLayout
from ide.editor.highlighter import LONGEST_LINE, Highlighter
from ide.editor.lexer import JavaScriptLineLexer
from ide.theme import themes

LINES = st.sampled_from(
    ["foo(1);", "/* open", "close */", "x = `a", "` + 'b'", "${c}", "}", "// c", "", "  if (a) {", "'😀' + 2"]
)


def make(text, visible=(0, 30)):
    document = QTextDocument()
    document.setDocumentLayout(EditorLayout(document))
    document.setPlainText(text)
    return document, Highlighter(document, lambda: visible)


def finish(highlighter, qapp):
    while not highlighter.complete:
        qapp.processEvents()


def colours(document):
    block, result = document.begin(), []
    while block.isValid():
        result.append([(f.start, f.length, f.format.foreground().color().name()) for f in block.layout().formats()])
        block = block.next()
    return result


def expected(document, highlighter):
    lexer, state, result = JavaScriptLineLexer(), JavaScriptLineLexer.START, []
    block = document.begin()
    while block.isValid():
        spans, state = lexer.lex(block.text(), state)
        result.append([(s.start, s.length, highlighter.format_of(s.kind).foreground().color().name()) for s in spans])
        block = block.next()
    return result


def test_a_whole_file_is_coloured(qapp):
    document, highlighter = make("\n".join(["a(1);", "/*", "b", "*/ `x", "${y}`"] * 200))
    finish(highlighter, qapp)
    assert colours(document) == expected(document, highlighter)


EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.floats(0, 0.2), st.lists(LINES, max_size=3).map("\n".join)), min_size=1, max_size=6
)


@settings(max_examples=60)
@given(st.lists(LINES, max_size=25).map("\n".join), EDITS, st.booleans())
def test_after_any_edits_the_colours_are_those_of_the_whole_text(text, edits, wait_between):
    from PySide6.QtWidgets import QApplication

    document, highlighter = make(text, visible=(0, 3))
    for where, length, new in edits:
        if wait_between:
            finish(highlighter, QApplication.instance())
        size = document.characterCount() - 1
        cursor = QTextCursor(document)
        cursor.setPosition(int(where * size))
        cursor.setPosition(min(int((where + length) * size), size), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(new)
    finish(highlighter, QApplication.instance())
    assert colours(document) == expected(document, highlighter)


def test_undo_brings_the_colours_back(qapp):
    document, highlighter = make("\n".join(["foo(1);"] * 50))
    finish(highlighter, qapp)
    before = colours(document)
    cursor = QTextCursor(document)
    cursor.insertText("/*")
    finish(highlighter, qapp)
    assert colours(document) != before
    document.undo()
    finish(highlighter, qapp)
    assert colours(document) == before


def test_only_what_is_seen_is_coloured_at_once(qapp):
    document, highlighter = make("\n".join(["foo(1);"] * 5000), visible=(0, 40))
    finish(highlighter, qapp)
    QTextCursor(document).insertText("`")
    assert not highlighter.complete
    assert document.findBlockByNumber(30).layout().formats()[0].length == len("foo(1);")
    assert document.findBlockByNumber(4000).layout().formats()[0].length == len("foo")
    finish(highlighter, qapp)
    assert document.findBlockByNumber(4000).layout().formats()[0].length == len("foo(1);")


def test_a_jump_below_the_front_is_coloured_before_the_front_arrives(qapp):
    visible = [(0, 40)]
    document = QTextDocument()
    document.setDocumentLayout(EditorLayout(document))
    document.setPlainText("\n".join(["foo(1);"] * 9000))
    highlighter = Highlighter(document, lambda: visible[0])
    visible[0] = (8000, 8040)
    highlighter.show()
    assert document.findBlockByNumber(8010).layout().formats()
    assert not highlighter.complete
    finish(highlighter, qapp)


def test_lines_too_long_stay_uncoloured(qapp):
    document, highlighter = make("foo();\n" + "a(1);" * LONGEST_LINE + "\nfoo();")
    finish(highlighter, qapp)
    assert [bool(one) for one in colours(document)] == [True, False, True]


def colour_of(document, number):
    ranges = document.findBlockByNumber(number).layout().formats()
    return ranges[0].format.foreground().color().name()


def test_another_theme_reaches_the_lines_on_screen_at_once(qapp):
    document, highlighter = make("\n".join(["const a = 1;"] * 5000), visible=(4000, 4030))
    finish(highlighter, qapp)
    before = colour_of(document, 4010)
    themes().select("dark")
    try:
        after = colour_of(document, 4010)
        assert after != before
        assert not highlighter.complete
        finish(highlighter, qapp)
        assert colour_of(document, 1) == after
    finally:
        themes().select("light")
