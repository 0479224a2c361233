"""Open files: opening, saving and closing never lose text."""

import threading

import pytest
from PySide6.QtCore import Qt

from engine.errors import InvalidInput
from ide.dialogs import SaveChoice
from ide.editor import saving
from ide.editor.line_marks import Breakpoint
from ide.editor.text_file import read_text_file, write_text_file


@pytest.fixture
def area(window):
    return window.editors


def type_into(qtbot, editor, text):
    qtbot.keyClicks(editor, text)


def test_open_edit_save(area, project, qtbot):
    editor = area.open(project / "token.js")
    type_into(qtbot, editor, "// new ")
    assert area.modified() == [editor]
    with qtbot.waitSignal(area.saved):
        assert area.save(editor)
    assert (project / "token.js").read_text().startswith("// new class Token")
    assert not area.modified()


def test_the_same_file_opens_once(area, project):
    assert area.open(project / "token.js") is area.open(project / "token.js", 2)
    assert len(area.editors()) == 1


def test_two_files_of_one_name_are_told_apart(area, project):
    (project / "lib" / "token.js").write_text("x")
    area.open(project / "token.js")
    area.open(project / "lib" / "token.js")
    assert [area._tabs.tabText(i) for i in range(2)] == ["token.js — project", "token.js — lib"]


@pytest.mark.parametrize(
    ("choice", "closed", "content"),
    [
        (SaveChoice.SAVE, True, "xclass"),
        (SaveChoice.DISCARD, True, "class"),
        (SaveChoice.CANCEL, False, "class"),
    ],
)
def test_close_asks_about_unsaved_text(area, project, qtbot, answers, choice, closed, content):
    editor = area.open(project / "token.js")
    type_into(qtbot, editor, "x")
    answers["ask_save"] = choice
    assert area.close_page(editor) is closed
    assert (area.editor_for(project / "token.js") is None) is closed
    assert (project / "token.js").read_text().startswith(content)


def test_close_without_changes_does_not_ask(area, project):
    assert area.close_page(area.open(project / "token.js"))
    assert not area.editors()


def test_closing_all_asks_once_for_all(area, project, qtbot, answers):
    for name in ("token.js", "auction.js"):
        type_into(qtbot, area.open(project / name), "x")
    answers["ask_save"] = SaveChoice.SAVE
    assert area.close_all()
    ((_, (_, names)),) = answers.asked
    assert names == ["token.js", "auction.js"]
    assert (project / "auction.js").read_text().startswith("xclass")


def test_reopen_a_closed_tab_where_it_was(area, project):
    area.close_page(area.open(project / "token.js", 3, 4))
    area.reopen_closed()
    cursor = area.current().textCursor()
    assert (cursor.blockNumber() + 1, cursor.positionInBlock()) == (3, 4)
    assert not area.can_reopen()


def test_a_file_that_cannot_be_written_keeps_its_text(area, project, qtbot, monkeypatch):
    editor = area.open(project / "token.js")
    type_into(qtbot, editor, "x")
    monkeypatch.setattr("ide.files.os.access", lambda *_: False)
    with qtbot.waitSignal(area.failed) as failed:
        assert not area.save(editor)
    assert "write-protected" in str(failed.args[0])
    assert editor.text().startswith("xclass") and area.modified() == [editor]
    assert (project / "token.js").read_text().startswith("class")


def test_a_new_file_asks_where(area, project, answers):
    editor = area.new_file(project)
    editor.insertPlainText("let a;")
    answers["ask_save_file"] = None
    assert not area.save(editor)
    answers["ask_save_file"] = project / "new.js"
    assert area.save(editor)
    assert (project / "new.js").read_text() == "let a;" and editor.path == project / "new.js"
    editor.insertPlainText("b")
    assert area.save(editor)
    assert len(answers.asked) == 2


def test_save_as_never_makes_two_tabs_of_one_file(area, project, answers, qtbot):
    area.open(project / "token.js")
    editor = area.open(project / "auction.js")
    answers["ask_save_file"] = project / "token.js"
    with qtbot.waitSignal(area.failed):
        assert not area.save_as(editor)
    assert (project / "token.js").read_text().startswith("class Token")


def test_not_utf8_opens_read_only_and_offers_a_choice(area, project, qtbot):
    path = project / "old.js"
    path.write_bytes(b"// caf\xe9\nlet a = 1;\n")
    editor = area.open(path)
    assert editor.isReadOnly() and "�" in editor.text()
    banner = area.current_page().banner("encoding")
    assert "not UTF-8" in banner.label.text()
    qtbot.mouseClick(banner.buttons["Reopen as Latin-1"], Qt.MouseButton.LeftButton)
    assert editor.text() == "// café\nlet a = 1;\n" and not editor.isReadOnly() and not area.modified()
    editor.go_to(2)
    type_into(qtbot, editor, "b;")
    assert area.save(editor)
    assert path.read_bytes() == b"// caf\xe9\nb;let a = 1;\n"


def test_convert_to_utf8(area, project, qtbot):
    path = project / "old.js"
    path.write_bytes(b"// caf\xe9\n")
    editor = area.open(path)
    area.current_page().banner("encoding").buttons["Convert to UTF-8"].click()
    assert area.modified() == [editor] and path.read_bytes() == b"// caf\xe9\n"
    assert area.save(editor)
    assert path.read_bytes() == "// café\n".encode()


def test_a_bundle_with_long_lines_opens_read_only(area, project):
    (project / "bundle.js").write_text("a();" * 5000)
    editor = area.open(project / "bundle.js")
    assert editor.isReadOnly()
    area.current_page().banner("long-lines").buttons["Edit anyway"].click()
    assert not editor.isReadOnly()


def test_binary_and_missing_files_are_refused(area, project):
    (project / "x.bin").write_bytes(b"\0\1")
    for name in ("x.bin", "missing.js"):
        with pytest.raises(InvalidInput):
            area.open(project / name)
    assert not area.editors()


def change_outside(area, path, text):
    path.write_text(text)
    area.check_files()


def test_a_clean_file_follows_changes_by_other_programs(area, project):
    editor = area.open(project / "token.js")
    editor.set_breakpoints([Breakpoint(3)])
    change_outside(area, project / "token.js", "// first\n" + (project / "token.js").read_text())
    assert editor.text().startswith("// first") and not area.modified()
    assert editor.breakpoint_lines() == (4,)


def test_a_modified_file_asks_before_following(area, project, qtbot):
    path = project / "token.js"
    editor = area.open(path)
    type_into(qtbot, editor, "mine ")
    change_outside(area, path, "theirs")
    banner = area.current_page().banner("outside")
    assert editor.text().startswith("mine ")
    banner.buttons["Load the other version"].click()
    assert editor.text() == "theirs" and not area.modified()


def test_keeping_mine_overwrites_only_when_saved(area, project, qtbot):
    path = project / "token.js"
    editor = area.open(path)
    type_into(qtbot, editor, "mine ")
    change_outside(area, path, "theirs")
    area.current_page().banner("outside").buttons["Keep mine"].click()
    assert path.read_text() == "theirs"
    assert area.save(editor)
    assert path.read_text().startswith("mine ")


def test_a_deleted_file_keeps_its_text(area, project):
    path = project / "token.js"
    editor = area.open(path)
    path.unlink()
    area.check_files()
    assert area.modified() == [editor]
    area.current_page().banner("outside").buttons["Save it again"].click()
    assert path.read_text().startswith("class Token")


def test_the_watcher_notices_an_atomic_replacement(area, project, qtbot):
    path = project / "token.js"
    editor = area.open(path)
    for text in ("one", "two"):
        replacement = project / ".new"
        replacement.write_text(text)
        replacement.replace(path)
        qtbot.waitUntil(lambda text=text: editor.text() == text)


def test_our_own_saving_is_no_change_by_others(area, project, qtbot):
    editor = area.open(project / "token.js")
    type_into(qtbot, editor, "x")
    area.save(editor)
    area.check_files()
    assert area.current_page().banner("outside") is None
    assert editor.document().isUndoAvailable()


def test_breakpoints_are_kept_for_closed_files(area, window, project):
    editor = area.open(project / "token.js")
    editor.toggle_breakpoint(3)
    assert window.breakpoints.of(project / "token.js") == (Breakpoint(3),)
    area.close_page(editor)
    assert area.open(project / "token.js").breakpoint_lines() == (3,)
    window.breakpoints.clear()
    assert area.current().breakpoint_lines() == ()


def test_renaming_takes_tab_and_breakpoints_along(area, window, project):
    editor = area.open(project / "lib" / "safe.js")
    editor.toggle_breakpoint(1)
    (project / "lib").rename(project / "library")
    area.moved(project / "lib", project / "library")
    assert editor.path == project / "library" / "safe.js"
    assert window.breakpoints.all() == {project / "library" / "safe.js": (Breakpoint(1),)}
    assert read_text_file(editor.path).text == editor.text()


def test_blanks_are_trimmed_on_saving_where_that_is_wanted(area, window, project):
    editor = area.open(project / "token.js")
    editor.replace_text("a;  \nb;\n")
    window.settings.update(trim_on_save=True)
    assert area.save(editor)
    assert (project / "token.js").read_text() == "a;\nb;\n"


@pytest.fixture
def slow_disk(monkeypatch):
    """A disk that has nothing before `go` is set; a save that is waited for is not held up."""
    go = threading.Event()

    def write(file):
        if threading.current_thread() is not threading.main_thread():
            assert go.wait(30)
        return write_text_file(file)

    monkeypatch.setattr(saving, "write_text_file", write)
    yield go
    go.set()


def test_the_window_does_not_wait_for_the_disk(area, project, qtbot, slow_disk):
    path = project / "token.js"
    editor = area.open(path)
    type_into(qtbot, editor, "// a ")
    area.save_soon(editor)
    assert area.modified() == [editor]
    assert path.read_text().startswith("class")
    type_into(qtbot, editor, "b ")
    with qtbot.waitSignal(area.saved, timeout=30_000):
        slow_disk.set()
    assert path.read_text().startswith("// a class")
    assert area.modified() == [editor], "what was typed meanwhile is not saved"


def test_saving_twice_writes_the_last_text(area, project, qtbot, slow_disk):
    editor = area.open(project / "token.js")
    type_into(qtbot, editor, "// a ")
    area.save_soon(editor)
    type_into(qtbot, editor, "b ")
    area.save_soon(editor)
    slow_disk.set()
    qtbot.waitUntil(lambda: not area.modified(), timeout=30_000)
    area.settle()
    assert (project / "token.js").read_text().startswith("// a b class")


def test_closing_waits_for_what_is_being_saved_and_does_not_ask(area, project, qtbot, slow_disk):
    editor = area.open(project / "token.js")
    type_into(qtbot, editor, "// a ")
    area.save_soon(editor)
    threading.Timer(0.05, slow_disk.set).start()
    assert area.close_page(editor)
    assert (project / "token.js").read_text().startswith("// a class")


def test_a_save_in_the_background_that_fails_is_told_and_the_text_stays(area, project, qtbot):
    editor = area.open(project / "lib" / "safe.js")
    type_into(qtbot, editor, "// a ")
    (project / "lib" / "safe.js").unlink()
    (project / "lib").rmdir()
    (project / "lib").write_text("no folder")
    with qtbot.waitSignal(area.failed, timeout=30_000):
        area.save_soon(editor)
    assert area.modified() == [editor]


def test_tabs_of_deleted_files_close_unless_their_text_is_not_saved(area, project, qtbot):
    area.open(project / "lib" / "safe.js")
    editor = area.open(project / "token.js")
    type_into(qtbot, editor, "x")
    for path in (project / "lib", project / "token.js"):
        area.deleted(path)
    assert area.editors() == [editor]
