"""What the tests of the window share: it must leave nothing behind, and dialogs are answered by the test."""

from __future__ import annotations

import threading

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from ide import dialogs
from ide.paths import Folders
from ide.settings import SettingsStore
from ide.window import MainWindow

DIALOGS = ("ask_save", "confirm", "choose", "ask_text", "ask_open_file", "ask_save_file", "ask_folder")


class Answers:
    """Answers dialogs: `answers["confirm"] = True`. Questions asked are in `asked`; an unexpected one fails."""

    def __init__(self):
        self.planned = {}
        self.asked = []

    def __setitem__(self, dialog, answer):
        assert dialog in DIALOGS
        self.planned[dialog] = answer

    def reply(self, dialog, arguments):
        self.asked.append((dialog, arguments))
        if dialog not in self.planned:
            pytest.fail(f"unexpected dialog {dialog}{arguments[1:]}")
        return self.planned[dialog]


@pytest.fixture(autouse=True)
def answers(monkeypatch):
    made = Answers()
    for name in DIALOGS:
        monkeypatch.setattr(
            dialogs, name, lambda *arguments, _name=name, **_named: made.reply(_name, arguments), raising=True
        )
    return made


@pytest.fixture
def leaves_nothing(qapp):
    """No thread, no top-level widget may be left when the test is over."""
    threads = set(threading.enumerate())
    widgets = set(map(shiboken6.getCppPointer, QApplication.topLevelWidgets()))
    yield
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        qapp.processEvents()
    left = [thread.name for thread in threading.enumerate() if thread not in threads and not thread.daemon]
    assert not left, f"threads were left running: {left}"
    remaining = [w for w in QApplication.topLevelWidgets() if shiboken6.getCppPointer(w) not in widgets]
    assert not remaining, f"top-level widgets were left: {remaining}"


@pytest.fixture
def folders(tmp_path):
    return Folders.below(tmp_path / "user")


@pytest.fixture
def project(tmp_path):
    """A small project: two contracts, a folder, and what must be left out."""
    folder = tmp_path / "project"
    (folder / "lib").mkdir(parents=True)
    (folder / "node_modules" / "x").mkdir(parents=True)
    (folder / "node_modules" / "x" / "index.js").write_text("needle")
    (folder / "token.js").write_text("class Token {\n  init() {\n    storage.put('a', '1');\n  }\n}\n")
    (folder / "auction.js").write_text("class Auction {\n  bid(amount) {\n    return amount;\n  }\n}\n")
    (folder / "lib" / "safe.js").write_text("exports.add = (a, b) => a + b;\n")
    return folder


@pytest.fixture
def window(leaves_nothing, qtbot, folders):
    """A shown window without panels; unsaved text in it does not ask when the test ends."""
    made = MainWindow(folders, SettingsStore(folders.settings))
    made.resize(1000, 700)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    for editor in made.editors.editors():
        editor.document().setModified(False)
    made.close()
    made.deleteLater()


@pytest.fixture
def full_window(leaves_nothing, qtbot, folders):
    """The window with all its panels, no engine."""
    from ide.program import Program

    program = Program(folders, SettingsStore(folders.settings))
    program.window.resize(1400, 900)
    program.window.show()
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow)
    yield program.window
    for editor in program.window.editors.editors():
        editor.document().setModified(False)
    program.window.close()
    program.window.deleteLater()
