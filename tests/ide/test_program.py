"""A whole run of the window: which project it opens, and what it says when the chain cannot be opened."""

import pytest
from PySide6.QtWidgets import QAbstractButton

from engine.errors import InternalError, StorageDamaged, StorageError, StorageLocked
from engine.values import Severity
from ide import program as program_module
from ide.editor.line_marks import Breakpoint
from ide.program import Program
from ide.settings import SettingsStore


@pytest.fixture
def program(leaves_nothing, qtbot, folders):
    made = Program(folders, SettingsStore(folders.settings))
    yield made
    close(made)


def close(program):
    for editor in program.window.editors.editors():
        editor.document().setModified(False)
    program.window.close()
    program.window.deleteLater()


def opened_file(program):
    editor = program.window.current_editor()
    return editor.path if editor else None


def test_the_first_start_opens_a_copy_of_the_first_sample(program, folders):
    program.open_first_project(None)
    copy = folders.data / "projects" / "fungible-token"
    assert program.window.project == copy.resolve()
    assert opened_file(program) == copy.resolve() / "token.js"


def test_the_next_start_opens_the_last_project(program, folders, project, qtbot):
    program.open_first_project(project)
    again = Program(folders, SettingsStore(folders.settings))
    again.open_first_project(None)
    assert again.window.project == project
    close(again)


def test_a_file_opens_its_folder(program, project):
    program.open_first_project(project / "auction.js")
    assert program.window.project == project and opened_file(program) == project / "auction.js"


def test_a_folder_that_is_not_there(program, project):
    program.open_first_project(project / "missing")
    assert "no such folder" in program.window.notifications.visible()[-1].text


def test_the_session_comes_back_unless_the_start_is_safe(program, folders, project):
    program.open_first_project(project)
    program.window.open_file(project / "auction.js").toggle_breakpoint(2)
    program.session.save()
    again = Program(folders, SettingsStore(folders.settings))
    again.open_first_project(project)
    assert opened_file(again) == project / "auction.js"
    assert again.window.breakpoints.of(project / "auction.js") == (Breakpoint(2),)
    close(again)
    safe = Program(folders, SettingsStore(folders.settings), safe=True)
    safe.open_first_project(project)
    assert opened_file(safe) is None
    close(safe)


@pytest.fixture
def chain(program, project, monkeypatch):
    """Opening chains fails as the test says; `opened` holds the folders that were tried."""
    opened = []
    monkeypatch.setattr(program.panels, "open", lambda folder, **_options: opened.append(folder))
    program.open_first_project(project)
    program.window.show()
    return opened


def press(window, text):
    next(button for button in window.findChildren(QAbstractButton) if button.text() == text).click()


def test_the_chain_lives_in_the_project(program, chain, project):
    program.open_chain()
    assert chain == [project / ".strata" / "chain"]


def test_the_chain_of_a_project_that_cannot_be_written(program, chain, folders, monkeypatch):
    monkeypatch.setattr("ide.program.os.access", lambda *_: False)
    program.open_chain()
    assert chain[0].is_relative_to(folders.data / "chains")


def test_a_locked_chain_offers_a_temporary_one(program, chain, project):
    program.panels.bridge.opening_failed.emit(StorageLocked("locked", where="chain"))
    assert "Another Strata" in program.window.notifications.visible()[-1].text
    press(program.window, "Use a temporary chain")
    (temporary,) = chain
    assert temporary.is_dir() and not temporary.is_relative_to(project)
    program.window.close()
    assert not temporary.exists()


def test_trying_again(program, chain, project):
    program.panels.bridge.opening_failed.emit(StorageError("no permission", where="chain"))
    press(program.window, "Try again")
    assert chain == [project / ".strata" / "chain"]


def test_a_damaged_chain_is_set_aside(program, chain, project):
    folder = project / ".strata" / "chain"
    folder.mkdir(parents=True)
    (folder / "CURRENT").write_text("garbage")
    program.panels.bridge.opening_failed.emit(StorageDamaged("torn", where=str(folder)))
    press(program.window, "Begin anew")
    assert chain == [folder] and not folder.exists()
    (kept,) = (project / ".strata").iterdir()
    assert (kept / "CURRENT").read_text() == "garbage"


def test_a_damaged_chain_is_repaired(program, project, qtbot):
    """With the real engine: a file of the database is cut off, Repair brings the blocks back."""
    program.open_first_project(project)
    program.window.show()
    program.open_chain()
    bridge = program.panels.bridge
    qtbot.waitUntil(lambda: bridge.engine is not None, timeout=60_000)
    bridge.engine.produce().result(60)
    bridge.close(wait=True)
    chain = project / ".strata" / "chain"
    (chain / "CURRENT").unlink()
    program.open_chain()
    qtbot.waitUntil(lambda: bool(program.window.notifications.visible()), timeout=60_000)
    assert "The chain of this project is damaged" in program.window.notifications.visible()[-1].text
    press(program.window, "Repair")
    qtbot.waitUntil(lambda: bridge.engine is not None, timeout=60_000)
    assert bridge.engine.head().result(60).number == 1
    text = program.window.notifications.visible()[-1].text
    assert text.startswith("The chain was repaired\n2 blocks could be read")
    assert (project / ".strata" / "chain.damaged-1").is_dir()


def test_damage_found_while_working_offers_the_same(program, chain, project):
    program.panels.bridge.request_failed.emit(StorageDamaged("torn", where="000014.sst"))
    (notice,) = program.window.notifications.visible()
    assert "damaged" in notice.text and list(notice.actions) == ["What is wrong?", "Repair", "Begin anew", "Try again"]


def test_our_own_faults_are_not_dressed_up(program, chain, qtbot):
    with qtbot.captureExceptions() as raised:
        program.panels.bridge.opening_failed.emit(InternalError("bug"))
    assert raised[0][0] is InternalError


def test_two_starts_that_ended_early_offer_a_safe_one(answers):
    answers["confirm"] = True
    assert program_module.offer_safe_start()
    assert "ended early" in answers.asked[0][1][2]


def test_mistakes_appear_while_one_types(program, project, qtbot):
    """With the real engine: the finding stands in the editor and among the problems, and goes when it is mended."""
    program.open_first_project(project)
    program.window.show()
    program.open_chain()
    editor = program.window.open_file(project / "token.js")
    problems = program.window.problems
    qtbot.waitUntil(lambda: program.panels.bridge.engine is not None, timeout=60_000)
    editor.go_to(3, 4)
    qtbot.keyClicks(editor, "let = ;")

    def errors():
        return [p.diagnostic for p in problems.all() if p.diagnostic.severity is Severity.ERROR]

    qtbot.waitUntil(lambda: any(one.line == 3 for one in errors()), timeout=60_000)
    assert editor.severity_of_line(3) is Severity.ERROR
    for _ in range(7):
        editor.undo()
    editor.replace_text((project / "token.js").read_text() + "module.exports = Token;\n")
    qtbot.waitUntil(lambda: not errors(), timeout=60_000)
    assert editor.severity_of_line(3) is None


def test_a_contract_begun_beside_those_of_the_project_is_checked_and_a_module_only_parsed(program, project, qtbot):
    (project / "strata.json").write_text(
        '{"format": 1, "name": "P", "profile": "iost", "contracts": [{"name": "token", "file": "token.js"}]}'
    )
    (project / "begun.js").write_text("class Begun {\n  init() {}\n  add(a) { return b; }\n}\n")
    (project / "module.js").write_text("exports.add = (a) => a?.b;\nwindow.x = 1;\n")
    (project / "broken.js").write_text("exports.add = (a => 1;\n")
    (project / "tool.js").write_text("import x from 'y';\nx();\n")
    program.open_first_project(project)
    program.window.show()
    for name in ("begun", "module", "tool", "broken"):
        program.window.open_file(project / f"{name}.js")
    program.open_chain()

    def found(name):
        in_file = program.window.problems.in_file(project / f"{name}.js")
        return {one.code for one in in_file}

    qtbot.waitUntil(lambda: bool(found("broken") and found("begun")), timeout=60_000)
    assert found("broken") == {"syntax"}
    assert "no-export" in found("begun")
    assert not found("module")
    assert not found("tool")
