"""Columns survive the way from code points to UTF-16 units and back."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor, QTextDocument

from ide.editor.columns import from_utf16, to_utf16, utf16_length

TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]) | st.sampled_from("😀한글é𝔸a "), max_size=40)


@given(TEXTS)
def test_length_is_what_utf16_encoding_says(text):
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2


@given(TEXTS, st.data())
def test_index_comes_back(text, data):
    index = data.draw(st.integers(0, len(text)))
    assert from_utf16(text, to_utf16(text, index)) == index


def test_inside_a_pair_counts_as_its_start():
    assert from_utf16("a😀b", 2) == 1


def test_past_the_end_counts_as_the_end():
    assert from_utf16("a😀", 99) == 2
    assert from_utf16("ab", 99) == 2


@given(st.text(st.sampled_from("ab😀한𝔸 "), max_size=30))
def test_agrees_with_qt(text):
    document = QTextDocument(text)
    cursor = QTextCursor(document)
    cursor.movePosition(QTextCursor.MoveOperation.End)
    assert cursor.position() == utf16_length(text)
