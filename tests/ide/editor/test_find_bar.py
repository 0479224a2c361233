"""Find and replace, as a person types into the bar."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from ide.editor.page import EditorPage
from ide.editor.text_file import TextFile
from ide.theme import code_font

TEXT = "let token = 1; // 😀 token\nlet Token = 2;\nfoo(token, tokens);\n"


@pytest.fixture
def page(leaves_nothing, qtbot):
    made = EditorPage(TextFile(Path("/p/a.js"), TEXT), code_font(11))
    qtbot.addWidget(made)
    made.resize(800, 500)
    made.show()
    qtbot.waitExposed(made)
    return made


def search(qtbot, page, text, *, replace=False):
    page.find_bar.open(replace=replace)
    page.find_bar.needle.clear()
    qtbot.keyClicks(page.find_bar.needle, text)
    return page.find_bar


def selected(page):
    cursor = page.editor.textCursor()
    return cursor.blockNumber() + 1, cursor.selectedText()


def test_enter_goes_from_hit_to_hit_and_around(page, qtbot):
    bar = search(qtbot, page, "token")
    seen = []
    for _ in range(6):
        qtbot.keyClick(bar.needle, Qt.Key.Key_Return)
        seen.append(selected(page))
    assert seen == [(1, "token"), (1, "token"), (2, "Token"), (3, "token"), (3, "token"), (1, "token")]
    assert bar.count.text() == "1 of 5"
    qtbot.keyClick(bar.needle, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert bar.count.text() == "5 of 5"


def test_case_word_and_expression(page, qtbot):
    bar = search(qtbot, page, "token")
    bar.case.click()
    bar.word.click()
    qtbot.keyClick(bar.needle, Qt.Key.Key_Return)
    assert bar.count.text().endswith("of 3")
    bar.word.click()
    bar.regex.click()
    bar.needle.setText(r"to\w+s")
    qtbot.keyClick(bar.needle, Qt.Key.Key_Return)
    assert selected(page) == (3, "tokens")


def test_an_error_of_the_expression_is_said_in_place(page, qtbot):
    bar = search(qtbot, page, "")
    bar.regex.click()
    bar.needle.setText("(")
    bar.go(1)
    assert "unterminated" in bar.count.text()
    assert bar.needle.property("invalid") is True


def test_nothing_found(page, qtbot):
    bar = search(qtbot, page, "zebra")
    qtbot.keyClick(bar.needle, Qt.Key.Key_Return)
    assert bar.count.text() == "No results"


def test_escape_returns_to_the_text(page, qtbot):
    bar = search(qtbot, page, "token")
    qtbot.keyClick(bar.needle, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert page.editor.hasFocus() or page.focusWidget() is page.editor


def test_the_selection_seeds_the_search(page):
    page.editor.select(3, 0, 3)
    page.find_bar.open()
    assert page.find_bar.needle.text() == "foo"


def test_replace_one_by_one(page, qtbot):
    bar = search(qtbot, page, "token", replace=True)
    bar.replacement.setText("coin")
    qtbot.keyClick(bar.replacement, Qt.Key.Key_Return)
    qtbot.keyClick(bar.replacement, Qt.Key.Key_Return)
    assert page.editor.text().startswith("let coin = 1; // 😀 token")


def test_replace_all_is_one_step_of_undo(page, qtbot):
    bar = search(qtbot, page, "token", replace=True)
    bar.replacement.setText(r"c\1")
    assert bar.replace_all() == 5
    assert page.editor.text().count(r"c\1") == 5
    page.editor.undo()
    assert page.editor.text() == TEXT


def test_replace_with_groups(page, qtbot):
    bar = search(qtbot, page, "", replace=True)
    bar.regex.click()
    bar.needle.setText(r"let (\w+) = (\d)")
    bar.replacement.setText("const $1 = $2$2")
    assert bar.replace_all() == 2
    assert page.editor.text().startswith("const token = 11; // 😀")
