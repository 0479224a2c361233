"""The session comes back; a broken one survives beside the new one; unclean starts are counted."""

from ide.editor.line_marks import Breakpoint
from ide.session.session import SessionKeeper
from ide.session.starts import StartCounter


def make(window, folders):
    return SessionKeeper(window, folders.state / "sessions")


def test_tabs_cursor_and_breakpoints_come_back(window, folders, project):
    keeper = make(window, folders)
    window.open_project(project)
    keeper.restore(project)
    window.open_file(project / "token.js", 3, 4)
    window.open_file(project / "auction.js", 2, 1).toggle_breakpoint(2)
    window.open_file(project / "token.js")
    keeper.leave()
    window.editors.close_all()
    window.breakpoints.clear()
    assert make(window, folders).restore(project)
    assert [editor.path.name for editor in window.editors.editors()] == ["token.js", "auction.js"]
    cursor = window.current_editor().textCursor()
    assert window.current_editor().path.name == "token.js"
    assert (cursor.blockNumber() + 1, cursor.positionInBlock()) == (3, 4)
    assert window.breakpoints.all() == {project / "auction.js": (Breakpoint(2),)}
    assert window.editor_for(project / "auction.js").breakpoint_lines() == (2,)


def test_files_that_are_gone_are_left_out(window, folders, project):
    keeper = make(window, folders)
    keeper.restore(project)
    window.open_file(project / "token.js")
    window.open_file(project / "auction.js")
    keeper.save()
    window.editors.close_all()
    (project / "token.js").unlink()
    (project / "auction.js").write_bytes(b"\0")
    assert not make(window, folders).restore(project)


def test_a_broken_session_is_kept_and_said(window, folders, project):
    keeper = make(window, folders)
    path = keeper.path_of(project)
    path.parent.mkdir(parents=True)
    for content in (b"{", b'{"format": 99}', b"\xff", b'{"project": "\xff"}'):
        path.write_bytes(content)
        assert not keeper.restore(project)
        assert path.with_suffix(".broken.json").read_bytes() == content
        assert "cannot be used" in keeper.problem


def test_nothing_is_written_before_a_session_was_restored(window, folders, project):
    keeper = make(window, folders)
    window.open_file(project / "token.js")
    keeper.save()
    assert not (folders.state / "sessions").exists()


def test_a_safe_start_opens_no_tabs(window, folders, project):
    keeper = make(window, folders)
    keeper.restore(project)
    window.open_file(project / "token.js")
    keeper.save()
    window.editors.close_all()
    assert not make(window, folders).restore(project, open_tabs=False)
    assert not window.editors.editors()


def test_starts_in_a_row_that_ended_early(tmp_path):
    path = tmp_path / "state" / "starts"
    assert [StartCounter(path).begin() for _ in range(3)] == [0, 1, 2]
    StartCounter(path).healthy()
    assert StartCounter(path).begin() == 0
    path.write_text("nonsense")
    assert StartCounter(path).begin() == 0


def test_conditions_and_logpoints_come_back(window, folders, project):
    keeper = SessionKeeper(window, folders.state / "sessions")
    keeper.restore(project)
    kept = (Breakpoint(1), Breakpoint(2, "amount > 3"), Breakpoint(3, "", "was {amount}"))
    window.breakpoints.set(project / "auction.js", kept)
    keeper.save()
    window.breakpoints.clear()
    keeper.restore(project)
    assert window.breakpoints.of(project / "auction.js") == kept


def test_the_session_is_kept_while_one_works_and_never_by_an_older_one(window, folders, project, qtbot, monkeypatch):
    monkeypatch.setattr("ide.session.session.SAVE_AFTER_MS", 10)
    keeper = SessionKeeper(window, folders.state / "sessions")
    keeper.restore(project)
    older = keeper._writer(project)
    window.breakpoints.set(project / "auction.js", [Breakpoint(2)])
    qtbot.waitUntil(lambda: b"auction.js" in _content(keeper.path_of(project)), timeout=30_000)
    older()
    assert b"auction.js" in _content(keeper.path_of(project))


def _content(path):
    return path.read_bytes() if path.exists() else b""
