"""Unsaved text survives a killed program, and is offered by the next start."""

import os
import signal
import subprocess
import sys

import pytest

from ide.dialogs import SaveChoice
from ide.program import Program
from ide.session import recovery_dialog
from ide.session.recovery import Leftovers, RecoveryKeeper
from ide.session.recovery_dialog import RecoveryChoice, RecoveryDialog
from ide.settings import SettingsStore

KILLED = """
import os, sys, signal
from pathlib import Path
from PySide6.QtWidgets import QApplication
from ide.paths import Folders
from ide.settings import SettingsStore
from ide.window import MainWindow
from ide.session.recovery import RecoveryKeeper
base, file = Path(sys.argv[1]), Path(sys.argv[2])
application = QApplication([])
folders = Folders.below(base)
window = MainWindow(folders, SettingsStore(folders.settings))
keeper = RecoveryKeeper(window.editors, window.tasks, folders.state / "recovery", 0.01)
editor = window.editors.open(file)
editor.insertPlainText("// 한😀 unsaved\\n")
window.editors.new_file(file.parent).insertPlainText("never saved")
while len(list(keeper.folder.glob("*.json"))) < 2:
    application.processEvents()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def killed(tmp_path, project):
    """A program that was killed with unsaved text in token.js and in a file that was never saved."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    arguments = [sys.executable, "-c", KILLED, str(tmp_path / "user"), str(project / "token.js")]
    ended = subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    return project / "token.js"


def test_the_texts_are_found_with_their_difference(killed, folders):
    texts = {text.file.name: text for text in Leftovers(folders.state / "recovery").find()}
    assert set(texts) == {"token.js", "untitled-1.js"}
    assert "+// 한😀 unsaved" in texts["token.js"].difference()
    assert texts["untitled-1.js"].text == "never saved"


@pytest.fixture
def program(leaves_nothing, qtbot, folders):
    made = Program(folders, SettingsStore(folders.settings))
    made.window.show()
    yield made
    for editor in made.window.editors.editors():
        editor.document().setModified(False)
    made.window.close()
    made.window.deleteLater()


def answer(monkeypatch, choice):
    """Press a button of the recovery dialog as soon as it opens."""

    def execute(dialog):
        {
            RecoveryChoice.RESTORE: dialog.restore,
            RecoveryChoice.LATER: dialog.later,
            RecoveryChoice.DISCARD: dialog.discard,
        }[choice].click()

    monkeypatch.setattr(recovery_dialog.RecoveryDialog, "exec", execute)


def test_restoring_opens_the_texts_unsaved_and_keeps_them_safe(killed, program, folders, monkeypatch, qtbot):
    before = killed.read_text()
    answer(monkeypatch, RecoveryChoice.RESTORE)
    program.offer_recovery()
    modified = {editor.path.name: editor.text() for editor in program.window.editors.modified()}
    assert modified == {"token.js": "// 한😀 unsaved\n" + before, "untitled-1.js": "never saved"}
    assert killed.read_text() == before
    qtbot.waitUntil(lambda: len(list(program.recovery.folder.glob("*.json"))) == 2)
    qtbot.waitUntil(lambda: not Leftovers(folders.state / "recovery").find())


def test_asking_later_offers_again(killed, program, folders, monkeypatch):
    answer(monkeypatch, RecoveryChoice.LATER)
    program.offer_recovery()
    assert not program.window.editors.editors()
    assert len(Leftovers(folders.state / "recovery").find()) == 2


def test_throwing_away(killed, program, folders, monkeypatch):
    answer(monkeypatch, RecoveryChoice.DISCARD)
    program.offer_recovery()
    assert not Leftovers(folders.state / "recovery").find()


def test_a_text_that_is_on_disk_by_now_is_not_offered(killed, folders):
    killed.write_text("// 한😀 unsaved\n" + killed.read_text())
    assert [text.file.name for text in Leftovers(folders.state / "recovery").find()] == ["untitled-1.js"]


def test_a_broken_recovery_file_is_kept_and_the_rest_is_found(killed, folders):
    (folder,) = (folders.state / "recovery").iterdir()
    (folder / "broken.json").write_text("{")
    leftovers = Leftovers(folders.state / "recovery")
    assert len(leftovers.find()) == 2
    leftovers.forget()
    assert [path.name for path in folder.iterdir()] == ["broken.json"]


@pytest.fixture
def keeper(window, folders):
    return RecoveryKeeper(window.editors, window.tasks, folders.state / "recovery", 0.01)


def kept(keeper):
    return sorted(path.name for path in keeper.folder.glob("*.json")) if keeper.folder.is_dir() else []


def test_a_running_program_is_not_taken_for_a_dead_one(window, keeper, project, folders, qtbot):
    window.editors.open(project / "token.js").insertPlainText("x")
    qtbot.waitUntil(lambda: len(kept(keeper)) == 1)
    assert Leftovers(folders.state / "recovery").find() == []


def test_saving_and_closing_forget_the_text(window, keeper, project, qtbot, answers):
    editor = window.editors.open(project / "token.js")
    editor.insertPlainText("x")
    qtbot.waitUntil(lambda: len(kept(keeper)) == 1)
    window.editors.save(editor)
    assert not kept(keeper)
    editor.insertPlainText("y")
    qtbot.waitUntil(lambda: len(kept(keeper)) == 1)
    answers["ask_save"] = SaveChoice.DISCARD
    window.editors.close_page(editor)
    assert not kept(keeper)


def test_a_text_saved_while_it_is_being_kept_does_not_come_back(window, keeper, project, qtbot):
    editor = window.editors.open(project / "token.js")
    editor.insertPlainText("x")
    keeping = keeper.keep()
    window.editors.save(editor)
    qtbot.waitSignal(keeping.finished).wait()
    assert not kept(keeper)


def test_a_clean_end_leaves_nothing(window, keeper, project, folders, qtbot):
    window.editors.open(project / "token.js").insertPlainText("x")
    qtbot.waitUntil(lambda: len(kept(keeper)) == 1)
    keeper.close()
    assert not keeper.folder.exists()


def test_the_dialog_shows_what_would_change(killed, folders, qtbot):
    dialog = RecoveryDialog(Leftovers(folders.state / "recovery").find())
    qtbot.addWidget(dialog)
    assert dialog.list.count() == 2 and len(dialog.checked()) == 2
    shown = set()
    for row in range(2):
        dialog.list.setCurrentRow(row)
        shown |= set(dialog.difference.toPlainText().splitlines())
    assert {"+// 한😀 unsaved", "+never saved"} <= shown
