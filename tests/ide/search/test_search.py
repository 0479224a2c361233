"""Search in files: what is found, in order, cancelled when asked."""

import threading

import pytest
from PySide6.QtCore import Qt

from engine.errors import InvalidInput, RunCancelled
from ide.search import panel as search_panel
from ide.search.panel import SearchPanel
from ide.search.searcher import Query, search_files, search_text
from ide.tasks import Progress


def hits(query, text):
    return [(hit.line, hit.column, hit.text[hit.start : hit.end]) for hit in search_text(query.pattern(), text)]


def test_lines_and_utf16_columns():
    assert hits(Query("token"), "a\n 😀 Token token") == [(2, 4, "Token"), (2, 10, "token")]
    assert hits(Query("token", match_case=True), "Token token") == [(1, 6, "token")]
    assert hits(Query("to", whole_word=True), "token to") == [(1, 6, "to")]
    assert hits(Query(r"t\w", regex=True), "to ta") == [(1, 0, "to"), (1, 3, "ta")]
    assert hits(Query("x*", regex=True), "ab") == []


def test_a_hit_in_a_very_long_line_is_shown_around():
    (hit,) = search_text(Query("needle").pattern(), "a" * 100_000 + "needle" + "b" * 100_000)
    assert len(hit.text) <= 300 and hit.text[hit.start : hit.end] == "needle" and hit.column == 100_000


def test_a_bad_expression():
    with pytest.raises(InvalidInput, match="not a regular expression"):
        Query("(", regex=True).pattern()


def run(query, folder, texts=None, progress=None):
    found = {}
    progress = progress or Progress(lambda *_: None)
    outcome = search_files(query, folder, texts or {}, lambda path, many: found.update({path: many}), progress)
    return {path.name: len(many) for path, many in found.items()}, outcome


def test_open_files_are_searched_as_they_are_in_the_editor(project):
    (project / "binary.dat").write_bytes(b"\0storage")
    assert run(Query("storage"), project) == ({"token.js": 1}, (1, False))
    texts = {project / "token.js": "nothing", project / "auction.js": "storage storage"}
    assert run(Query("storage"), project, texts) == ({"auction.js": 2}, (2, False))
    assert run(Query("needle"), project) == ({}, (0, False)), "installed packages are left out"


def test_cancelling(project):
    progress = Progress(lambda *_: None)
    progress.cancel()
    found = []
    with pytest.raises(RunCancelled):
        progress.check()
    search_files(Query("storage"), project, {}, lambda path, _hits: found.append(path), progress)
    assert not found


@pytest.fixture
def panel(window, project):
    made = SearchPanel(window)
    window.add_dock("search", "Search", made, Qt.DockWidgetArea.LeftDockWidgetArea)
    window.open_project(project)
    return made


def search(panel, qtbot, text):
    panel.needle.setText(text)
    qtbot.keyClick(panel.needle, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "hit" in panel.summary.text() or "Nothing" in panel.summary.text())


def test_results_lead_to_their_places(window, panel, project, qtbot):
    search(panel, qtbot, "amount")
    assert panel.summary.text() == "2 hits in 1 file"
    panel.tree.itemActivated.emit(panel.tree.topLevelItem(0).child(1), 0)
    editor = window.current_editor()
    assert editor.path == project / "auction.js" and editor.textCursor().selectedText() == "amount"
    assert editor.textCursor().blockNumber() == 2


def test_nothing_found(panel, qtbot):
    search(panel, qtbot, "zebra")
    assert panel.summary.text() == "Nothing was found."


def test_replace_opens_the_files_unsaved(window, panel, project, qtbot, answers):
    search(panel, qtbot, "amount")
    panel.replacement.setText("price")
    answers["confirm"] = True
    panel.replace.click()
    editor = window.editor_for(project / "auction.js")
    assert editor.text().count("price") == 2 and editor.document().isModified()
    assert "amount" in (project / "auction.js").read_text()
    editor.undo()
    assert editor.text().count("amount") == 2


def test_a_stopped_search_delivers_nothing_any_more(panel, qtbot, monkeypatch):
    go_on = threading.Event()

    def slow(query, folder, texts, found, progress):
        go_on.wait(10)
        found(folder / "late.js", [])
        return 1, False

    monkeypatch.setattr(search_panel, "search_files", slow)
    panel.needle.setText("x")
    panel.search()
    qtbot.waitUntil(panel.stop.isVisible)
    panel.stop.click()
    go_on.set()
    task_gone = lambda: not panel._window.tasks.tasks  # noqa: E731
    qtbot.waitUntil(task_gone)
    assert panel.tree.topLevelItemCount() == 0 and panel.summary.text() == "The search was stopped."
