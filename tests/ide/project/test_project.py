"""The project panel, as a person uses it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from engine.errors import StorageError
from ide.editor.line_marks import Breakpoint
from ide.project.files import project_files
from ide.project.model import ProjectModel
from ide.project.panel import ProjectPanel
from ide.project.recent import RecentProjects
from ide.project.samples import working_copy


@pytest.fixture
def panel(window, project):
    made = ProjectPanel(window)
    window.add_dock("project", "Project", made, Qt.DockWidgetArea.LeftDockWidgetArea)
    window.open_project(project)
    return made


def names(model, parent=None):
    index = parent if parent is not None else model.index_of(model.path(model.index(-1, 0)))
    return [model.index(row, 0, index).data() for row in range(model.rowCount(index))]


def test_files_leave_out_what_is_installed(project):
    assert [p.relative_to(project).as_posix() for p in project_files(project)] == [
        "auction.js",
        "token.js",
        "lib/safe.js",
    ]


def test_the_tree_reads_folders_when_they_are_opened(qtbot, project):
    model = ProjectModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_folder(project)
    assert names(model) == ["lib", "auction.js", "token.js"]
    library = model.index_of(project / "lib")
    assert model.hasChildren(library)
    assert names(model, model.index_of(project / "lib" / "safe.js").parent()) == ["safe.js"]


def test_the_tree_follows_the_disk(qtbot, project):
    model = ProjectModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_folder(project)
    model.index_of(project / "lib" / "safe.js")
    (project / "bank.js").write_text("")
    (project / "token.js").unlink()
    (project / "lib" / "more.js").write_text("")
    (project / "zoo").mkdir()
    qtbot.waitUntil(lambda: names(model) == ["lib", "zoo", "auction.js", "bank.js"])
    qtbot.waitUntil(lambda: names(model, model.index_of(project / "lib")) == ["more.js", "safe.js"])


def test_enter_opens_a_file(window, panel, project, qtbot):
    panel.reveal(project / "auction.js")
    qtbot.keyClick(panel.tree, Qt.Key.Key_Return)
    assert window.current_editor().path == project / "auction.js"


def test_a_click_opens_a_file_and_keeps_the_focus(window, panel, project, qtbot):
    panel.reveal(project / "auction.js")
    box = panel.tree.visualRect(panel.model.index_of(project / "auction.js"))
    qtbot.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert window.current_editor().path == project / "auction.js"


def test_the_open_file_is_shown_in_the_tree(window, panel, project):
    window.open_file(project / "lib" / "safe.js")
    assert panel.selected() == project / "lib" / "safe.js"


def test_new_file(window, panel, project, answers):
    answers["ask_text"] = "bank.js"
    panel.new_file()
    assert (project / "bank.js").is_file() and window.current_editor().path == project / "bank.js"


@pytest.mark.parametrize(("name", "said"), [("token.js", "exists"), ("a/b.js", "file name"), ("..", "file name")])
def test_names_that_cannot_be(window, panel, project, answers, name, said):
    answers["ask_text"] = name
    panel.new_file()
    assert said in window.notifications.visible()[-1].text
    assert sorted(path.name for path in project.iterdir()) == ["auction.js", "lib", "node_modules", "token.js"]


def test_rename_takes_the_open_tab_along(window, panel, project, answers, qtbot):
    editor = window.open_file(project / "token.js")
    editor.toggle_breakpoint(3)
    answers["ask_text"] = "coin.js"
    qtbot.keyClick(panel.tree, Qt.Key.Key_F2)
    assert editor.path == project / "coin.js" and (project / "coin.js").is_file()
    assert window.breakpoints.of(project / "coin.js") == (Breakpoint(3),)
    assert panel.selected() == project / "coin.js"


def test_rename_never_overwrites(window, panel, project, answers):
    panel.reveal(project / "token.js")
    answers["ask_text"] = "auction.js"
    panel.rename()
    assert "taken" in window.notifications.visible()[-1].text
    assert (project / "auction.js").read_text().startswith("class Auction")


def test_delete_asks(window, panel, project, answers, monkeypatch, qtbot):
    monkeypatch.setattr("ide.project.panel.move_to_trash", lambda _path: False)
    panel.reveal(project / "auction.js")
    answers["confirm"] = False
    qtbot.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert (project / "auction.js").exists()
    answers["confirm"] = True
    qtbot.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert not (project / "auction.js").exists()
    assert "for good" in answers.asked[-1][1][2]


def test_opening_another_folder_closes_the_tabs(window, panel, project, tmp_path):
    window.open_file(project / "token.js").toggle_breakpoint(1)
    other = tmp_path / "other"
    other.mkdir()
    window.open_project(other)
    assert not window.editors.editors() and not window.breakpoints.all()
    assert panel.selected() == other


def test_recent_projects(tmp_path):
    recent = RecentProjects(tmp_path / "state" / "recent.json")
    for name in ("a", "b", "a"):
        (tmp_path / name).mkdir(exist_ok=True)
        recent.add(tmp_path / name)
    assert [path.name for path in recent.list()] == ["a", "b"]
    (tmp_path / "a").rmdir()
    assert [path.name for path in recent.list()] == ["b"]
    (tmp_path / "state" / "recent.json").write_text("{")
    assert recent.list() == []


def test_samples_are_copied_once_and_stay_edited(tmp_path, project):
    copy = working_copy(tmp_path, "project", tmp_path / "data")
    assert (copy / "lib" / "safe.js").is_file() and not (copy / "node_modules").exists()
    (copy / "token.js").write_text("mine")
    assert (working_copy(tmp_path, "project", tmp_path / "data") / "token.js").read_text() == "mine"
    assert (project / "token.js").read_text().startswith("class Token")


def test_a_sample_that_cannot_be_copied(tmp_path):
    with pytest.raises(StorageError, match="cannot be copied"):
        working_copy(tmp_path, "missing", tmp_path / "data")
    assert not (tmp_path / "data" / "projects" / "missing").exists()
