"""Differences between two texts."""

from hypothesis import given
from hypothesis import strategies as st

from ide.editor.text_changes import MOST_LINES, text_changes

texts = st.lists(st.sampled_from(["a\n", "b\n", "bb\n", "한😀\n", "\r", "x"]), max_size=12).map("".join)


def applied(old, changes):
    for start, end, text in changes:
        old = old[:start] + text + old[end:]
    return old


@given(texts, texts)
def test_the_changes_make_the_new_text(old, new):
    assert applied(old, text_changes(old, new)) == new


@given(texts)
def test_equal_texts_have_no_changes(text):
    assert text_changes(text, text) == []


def test_changes_in_two_places_leave_what_is_between():
    assert text_changes("one\ntwo\nthree\n", "One\ntwo\nthree!\n") == [(13, 13, "!"), (0, 1, "O")]


def test_texts_that_have_little_in_common_are_replaced_as_one():
    old = "".join(f"{number}\n" for number in range(MOST_LINES + 2))
    assert len(text_changes(f"a{old}b", f"b{old[::-1]}c")) == 1
