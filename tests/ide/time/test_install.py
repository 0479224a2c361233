"""Time travel in the whole window on the real engine, and what the window does with locked and damaged chains."""

import json

import pytest
from PySide6.QtWidgets import QAbstractButton

from engine.facade import Engine
from engine.state.verify import Problem, VerifyReport
from engine.values import Action, TransactionRequest
from ide.program import Program
from ide.settings import SettingsStore
from ide.time.damage import DamageDialog

PATIENCE = 60_000


@pytest.fixture
def program(leaves_nothing, qtbot, folders, project):
    made = Program(folders, SettingsStore(folders.settings))
    made.open_first_project(project)
    made.window.show()
    yield made
    for editor in made.window.editors.editors():
        editor.document().setModified(False)
    made.window.close()
    made.window.deleteLater()


@pytest.fixture
def see(qtbot):
    return lambda condition: qtbot.waitUntil(condition, timeout=PATIENCE)


@pytest.fixture
def engine(program, see):
    """The window's engine, on a chain of three blocks above genesis."""
    program.open_chain()
    see(lambda: program.panels.bridge.engine is not None)
    engine = program.panels.bridge.engine
    transfer = Action("token.iost", "transfer", json.dumps(["iost", "alice", "bobby", "5", ""]))
    engine.produce().result(60)
    engine.transact(TransactionRequest("alice", (transfer,))).result(60)
    engine.produce().result(60)
    see(lambda: program.panels.moment.head == 3)
    return engine


def run(program, command):
    program.window.commands.refresh_now()
    assert program.window.commands.run(command), program.window.commands.command(command).disabled_reason()


def press(window, text):
    next(button for button in window.findChildren(QAbstractButton) if button.text() == text).click()


def test_going_back_and_forward_with_commands(program, engine, answers, see):
    moment = program.panels.moment
    for command, at in (("time.back", 2), ("time.back", 1), ("time.forward", 2), ("time.now", None)):
        run(program, command)
        assert moment.at == at
    run(program, "time.back")
    run(program, "time.back")
    answers["ask_text"] = "early"
    run(program, "time.checkpoint")
    see(lambda: program.time.machine.at(1) == ("early",))
    see(lambda: [point.name for point in program.chain.checkpoints.known] == ["early"])
    answers["confirm"] = False
    run(program, "time.go_back")
    assert engine.head().result(60).number == 3
    answers["confirm"] = True
    run(program, "time.go_back")
    see(lambda: moment.head == 1 and moment.is_now)
    see(lambda: bool(program.time.machine.branches))
    run(program, "time.undo_going_back")
    see(lambda: moment.head == 3)
    assert program.window.commands.command("time.go_back").disabled_reason() != ""


def test_what_if_the_chosen_transaction_had_come_first(program, engine, see):
    (transfer,) = engine.transactions(0, 1).result(60)
    program.panels.workbench.select(transfer)
    program.time.panel.look_at(0)
    run(program, "time.what_if")
    see(lambda: program.time.panel.what_if.answer is not None)
    assert program.time.panel.what_if.answer.number == 0
    assert "It did succeed" in program.time.panel.what_if.outcome.text()


def test_old_history_is_dropped_when_asked(program, engine, answers, see):
    answers["ask_text"], answers["confirm"] = "many", True
    run(program, "time.retention")
    assert "Nothing was dropped" in program.window.notifications.visible()[-1].text
    answers["ask_text"] = "1"
    run(program, "time.retention")
    see(lambda: engine.timeline.retention().result(60).oldest == 2)
    see(lambda: program.time.panel.track.number_at(-100) == 2)
    program.time.panel.look_at(0)
    assert program.panels.moment.at == 2


def test_a_chain_that_is_open_elsewhere_can_be_looked_at(program, project, see):
    elsewhere = Engine.open(project / ".strata" / "chain")
    try:
        program.open_chain()
        see(lambda: bool(program.window.notifications.visible()))
        assert "Another Strata" in program.window.notifications.visible()[-1].text
        press(program.window, "Look only")
        see(lambda: program.panels.bridge.engine is not None and program.panels.moment.head == 0)
        assert program.panels.bridge.engine.is_read_only
        assert program.time.read_only_sign.isVisible()
        elsewhere.produce().result(60)
        see(lambda: program.panels.moment.head == 1)
        assert "read-only" in program.panels.storage.editing.cannot()
        assert "read-only" in program.time.machine.cannot_change()
    finally:
        elsewhere.close()


def test_another_folder_can_be_chosen(program, project, answers, tmp_path, see):
    elsewhere = Engine.open(project / ".strata" / "chain")
    try:
        program.open_chain()
        see(lambda: bool(program.window.notifications.visible()))
        answers["ask_folder"] = tmp_path / "other"
        press(program.window, "Another folder…")
        see(lambda: program.panels.bridge.engine is not None)
        assert (tmp_path / "other" / "CURRENT").exists()
        assert not program.panels.bridge.engine.is_read_only
    finally:
        elsewhere.close()


def test_what_is_wrong_with_a_chain_is_told(program, project, qtbot, see):
    chain = project / ".strata" / "chain"
    Engine.open(chain).close()
    (chain / "CURRENT").unlink()
    program.open_chain()
    see(lambda: bool(program.window.notifications.visible()))
    press(program.window, "What is wrong?")
    see(lambda: program.window.findChild(DamageDialog) is not None)
    dialog = program.window.findChild(DamageDialog)
    assert "CURRENT" in dialog.problems.toPlainText()
    program.window.notifications.dismiss_all()
    dialog.reject()
    see(lambda: bool(program.window.notifications.visible()))
    assert "damaged" in program.window.notifications.visible()[-1].text


def test_a_sound_database_says_so(qtbot, tmp_path, program):
    dialog = DamageDialog(tmp_path, VerifyReport((), 3, 1000, 12), program.window)
    assert dialog.problems.isHidden()
    wrong = DamageDialog(tmp_path, VerifyReport((Problem("000012.sst", "checksum"),), 3, 1000, 12), program.window)
    assert wrong.problems.toPlainText() == "000012.sst: checksum"
