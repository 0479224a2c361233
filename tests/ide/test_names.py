"""F12 and F2 on the real parser, in a window without an engine around it."""

from concurrent.futures import Future

import pytest
from PySide6.QtCore import Qt

from engine.compiler.compiler import Compiler
from engine.vm.toolchain_process import ToolchainProcess
from ide.bridge import EngineBridge
from ide.names import NameTools
from ide.search.panel import SearchPanel

SOURCE = """const LIMIT = 3;
class Token {
  init() {
    this._check(LIMIT);
  }
  _check(value) {
    for (let value = 0; value < LIMIT; value += 1) blockchain.event({ value });
    return add(value, LIMIT);
  }
}
"""


class Parser:
    """As much of an engine as is asked here."""

    def __init__(self, compiler):
        self.compiler = compiler

    def subscribe(self, _listener):
        return lambda: None

    def close(self):
        pass

    def occurrences(self, source, **place):
        future = Future()
        try:
            future.set_result(self.compiler.occurrences(source, **place))
        except Exception as error:
            future.set_exception(error)
        return future


@pytest.fixture(scope="module")
def compiler():
    process = ToolchainProcess()
    yield Compiler(process)
    process.close()


@pytest.fixture
def editor(window, project, compiler):
    bridge = EngineBridge(window)
    search = SearchPanel(window)
    window.add_dock("search", "Search", search)
    NameTools(window, bridge, search.show_references)
    bridge.attach(Parser(compiler))
    window.open_project(project)
    (project / "token.js").write_text(SOURCE)
    yield window.open_file(project / "token.js")
    bridge.close(wait=True)


def place(editor):
    cursor = editor.textCursor()
    return cursor.blockNumber() + 1, cursor.positionInBlock()


@pytest.mark.parametrize(
    ("line", "column", "declared"),
    [(4, 17, (1, 6)), (4, 11, (6, 2)), (7, 40, (7, 13)), (8, 16, (6, 9))],
)
def test_definition_by_meaning(window, editor, qtbot, line, column, declared):
    editor.go_to(line, column)
    window.commands.run("go.definition")
    qtbot.waitUntil(lambda: place(editor) == declared, timeout=30_000)


def test_a_click_with_ctrl_goes_to_the_definition(editor, qtbot):
    editor.go_to(4, 17)
    at = editor.cursorRect().center()
    editor.go_to(1)
    qtbot.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, at)
    qtbot.waitUntil(lambda: place(editor) == (1, 6), timeout=30_000)


def test_definition_in_another_file_and_in_text_that_does_not_parse(window, editor, project, qtbot):
    (project / "lib" / "safe.js").write_text("\nfunction add(a, b) {\n  return a + b;\n}\n")
    editor.go_to(8, 12)
    window.commands.run("go.definition")
    qtbot.waitUntil(lambda: window.current_editor().path.name == "safe.js", timeout=30_000)
    window.open_file(editor.path)
    editor.go_to(1)
    editor.insertPlainText("let = ;\n")
    editor.go_to(5, 11)
    window.commands.run("go.definition")
    qtbot.waitUntil(lambda: place(editor)[0] == 7, timeout=30_000)


def test_rename_follows_the_meaning_and_is_one_step_of_undo(window, editor, answers, qtbot):
    answers["ask_text"] = "number"
    editor.go_to(7, 13)
    window.commands.run("edit.rename")
    line = "    for (let number = 0; number < LIMIT; number += 1) blockchain.event({ value: number });"
    qtbot.waitUntil(lambda: editor.text().split("\n")[6] == line, timeout=30_000)
    assert editor.text().split("\n")[5] == "  _check(value) {"
    editor.undo()
    assert editor.text() == SOURCE


def test_rename_of_a_member(window, editor, answers, qtbot):
    answers["ask_text"] = "_examine"
    editor.go_to(4, 10)
    window.commands.run("edit.rename")
    qtbot.waitUntil(lambda: editor.text().count("_examine(") == 2, timeout=30_000)
    assert ".abi" not in window.message()


@pytest.mark.parametrize("new", ["value", "2x", "a-b", "class", "blockchain", "#LIMIT"])
def test_names_that_would_change_the_meaning_are_refused(window, editor, answers, qtbot, new):
    answers["ask_text"] = new
    editor.go_to(1, 7)
    window.commands.run("edit.rename")
    qtbot.waitUntil(lambda: "was not renamed" in window.message(), timeout=30_000)
    assert editor.text() == SOURCE


def test_what_cannot_be_renamed_is_said(window, editor, qtbot):
    editor.go_to(7, 55)
    window.commands.run("edit.rename")
    qtbot.waitUntil(lambda: "not declared in this file" in window.message(), timeout=30_000)
    editor.go_to(1)
    editor.insertPlainText("let = ;\n")
    window.commands.run("edit.rename")
    qtbot.waitUntil(lambda: "does not parse" in window.message(), timeout=30_000)


def references(window):
    """Return the lines that are listed, by file."""
    tree = window.dock("search").widget().tree
    listed = {}
    for row in range(tree.topLevelItemCount()):
        item = tree.topLevelItem(row)
        path = item.data(0, Qt.ItemDataRole.UserRole)[0]
        hits = [item.child(i).data(0, Qt.ItemDataRole.UserRole)[1] for i in range(item.childCount())]
        assert all(hit.text[hit.start : hit.end] for hit in hits)
        listed[path.name] = [hit.line for hit in hits]
    return listed


@pytest.mark.parametrize(
    ("line", "column", "places"),
    [
        (1, 7, {"token.js": [1, 4, 7, 8]}),
        (7, 13, {"token.js": [7, 7, 7, 7]}),
        (4, 11, {"token.js": [4, 6], "safe.js": [1]}),
        (8, 12, {"token.js": [8], "safe.js": [1]}),
    ],
)
def test_all_references(window, editor, project, qtbot, line, column, places):
    (project / "lib" / "safe.js").write_text("exports.add = (a) => a._check();\nexports.LIMIT = 1;\n")
    (project / "lib" / "notes.md").write_text("add _check\n")
    editor.go_to(line, column)
    window.commands.run("go.references")
    qtbot.waitUntil(lambda: references(window) == places, timeout=30_000)


def test_there_are_no_references_of_what_is_no_name(window, editor, qtbot):
    editor.go_to(1, 12)
    editor.select(1, 12, 1)
    assert editor.textCursor().selectedText() == "="
    window.commands.run("go.references")
    qtbot.waitUntil(lambda: "no name at the cursor" in window.message(), timeout=30_000)


def test_references_in_text_that_does_not_parse_go_by_their_look(window, editor, qtbot):
    editor.go_to(1)
    editor.insertPlainText("let = ;\n")
    editor.go_to(2, 7)
    window.commands.run("go.references")
    qtbot.waitUntil(lambda: references(window) == {"token.js": [2, 5, 8, 9]}, timeout=30_000)
