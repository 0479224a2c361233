"""The panels in the real window on the real engine, used as people use them."""

import os
import shutil
import signal
import sys

import pytest
from PySide6.QtCore import Qt

from engine.compiler.pack.dependencies import missing_dependencies
from engine.compiler.pack.installation import Installation
from engine.facade import Engine
from ide.panels.install import EnginePanels
from ide.panels.state.rows import Fate
from ide.paths import SAMPLES, Folders
from ide.settings import SettingsStore
from ide.window import MainWindow

PATIENCE = 30_000
CONTRACT = """class Counter {
  init() {
    storage.put('count', '0');
  }

  add(amount, fails) {
    const before = Number(storage.get('count'));
    storage.put('count', (before + amount).toString());
    if (fails) {
      throw new Error('asked to fail');
    }
    return (before + amount).toString();
  }

  spin() {
    while (true) {}
  }

  burst() {
    return "a".repeat(2 ** 29 - 25).split("").length;
  }
}

module.exports = Counter;
"""


class User:
    """A person at the window: presses keys and buttons, waits until something is seen."""

    def __init__(self, window, panels, qtbot):
        self.window, self.panels, self.qtbot = window, panels, qtbot

    def run(self, command):
        self.window.commands.refresh_now()
        assert self.window.commands.run(command), self.window.commands.command(command).disabled_reason()

    def see(self, condition):
        self.qtbot.waitUntil(condition, timeout=PATIENCE)

    def click(self, button):
        self.see(lambda: button.isVisible() and button.isEnabled())
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def deploy(self, file):
        self.window.open_file(file)
        self.run("deploy.deploy")
        self.see(lambda: self.panels.deployer.dialog is not None)
        known = set(self.panels.workbench.contracts)
        self.qtbot.mouseClick(self.panels.deployer.dialog.deploy_button, Qt.MouseButton.LeftButton)
        self.see(lambda: bool(set(self.panels.workbench.contracts) - known))

    def call(self, method, *texts, command="run.call"):
        form = self.panels.contracts.form
        assert form.choose_method(method)
        for field, text in zip(form.inputs, texts, strict=True):
            field.set_text(text)
        self.run(command)
        self.see(lambda: not self.panels.caller.is_running)
        return self.panels.contracts.result.toPlainText()

    def local(self):
        self.see(lambda: not self.panels.state.is_due)
        return [row for row in self.panels.state.local.model.rows if row.is_change]


@pytest.fixture
def user(qtbot, tmp_path):
    folders = Folders.below(tmp_path / "user")
    window = MainWindow(folders, SettingsStore(folders.settings))
    panels = EnginePanels(window)
    window.resize(1300, 850)
    window.show()
    panels.open(tmp_path / "chain")
    made = User(window, panels, qtbot)
    made.see(lambda: bool(panels.workbench.accounts))
    yield made
    for editor in window.editors.editors():
        editor.document().setModified(False)
    panels.close()
    window.close()
    window.deleteLater()


@pytest.fixture
def counter(user, tmp_path):
    file = tmp_path / "counter.js"
    file.write_text(CONTRACT, encoding="utf-8")
    methods = '{"name":"add","args":["number","bool"]},{"name":"spin"},{"name":"burst"}'
    abi = f'{{"lang":"javascript","version":"1.0.0","abi":[{methods}]}}'
    (tmp_path / "counter.js.abi").write_text(abi, encoding="utf-8")
    (tmp_path / "strata.json").write_text(
        '{"format":1,"contracts":[{"name":"counter","file":"counter.js","abi":"counter.js.abi"}]}', encoding="utf-8"
    )
    user.deploy(file)
    return file


def test_deploy_call_and_watch_the_state_fall(user, counter):
    text = user.call("add", "5", "false")
    assert "Success" in text
    assert [(row.readable_key.key, row.new[:2], row.fate) for row in user.local()] == [("count", "s5", Fate.HELD)]
    key = user.local()[0].key
    user.see(lambda: key in [row.key for row in user.panels.state.mvcc.model.rows if row.fate is Fate.HELD])
    user.call("add", "2", "false")
    rocksdb = user.panels.state.rocksdb.model
    user.see(lambda: [row.new[:2] for row in rocksdb.rows if row.key == key] == ["s5"])


def test_a_failing_call_is_seen_to_roll_back(user, counter):
    user.call("add", "5", "false")
    user.see(lambda: not user.panels.state.is_due)
    below = [(row.key, row.new) for row in user.panels.state.mvcc.model.rows]
    text = user.call("add", "7", "true")
    assert "asked to fail" in text
    assert "counter.js, line 10" in text
    assert [row.fate for row in user.local()] == [Fate.THROWN_AWAY]
    assert user.panels.state.banner.text().startswith("Rolled back: nothing below changed")
    assert {pair for pair in below if "count" in pair[0]} == {
        (row.key, row.new) for row in user.panels.state.mvcc.model.rows if "count" in row.key
    }
    assert "Success" in user.call("add", "1", "false")


def test_a_query_keeps_nothing(user, counter):
    user.call("add", "5", "false", command="run.query")
    assert "nothing kept" in user.panels.contracts.result.toPlainText()
    user.call("add", "1", "false")
    assert user.local()[0].new.startswith("s1@")


def test_step_forwards_and_back_with_a_breakpoint(user, counter):
    user.window.editor_for(counter).toggle_breakpoint(8)
    user.call("add", "5", "false", command="debug.start")
    controller = user.panels.controller
    user.see(lambda: controller.view is not None)
    assert controller.step.line == 8
    variables = user.panels.debugger.variables
    shown = {variables.index(row, 0).data(): variables.index(row, 1).data() for row in range(variables.rowCount())}
    assert shown["amount"] == "5"
    assert user.window.editor_for(counter).execution_line == 8
    assert {row.fate for row in user.local()} == {Fate.AHEAD}
    user.run("debug.over")
    user.see(lambda: controller.view is not None)
    assert controller.step.line > 8
    assert {row.fate for row in user.local()} == {Fate.HELD}
    user.run("debug.back_over")
    assert controller.step.line == 8
    assert {row.fate for row in user.local()} == {Fate.AHEAD}
    controller.move(controller.last)
    user.see(lambda: controller.view is not None)
    user.run("run.stop")
    assert controller.session is None
    assert user.window.editor_for(counter).execution_line is None


def test_from_a_value_in_storage_to_the_line_and_the_step_that_wrote_it(user, counter):
    user.call("add", "5", "false")
    key = user.local()[0].key
    user.call("add", "2", "false")
    storage, controller = user.panels.storage, user.panels.controller
    user.panels.workbench.key_requested.emit(key)
    user.see(lambda: storage.view.currentIndex().data() == "count")
    user.click(storage.viewer.writer)
    history = storage.viewer.history
    user.see(lambda: [write.new[:2] for write in history.model.writes] == ["s7", "s5", "s0"])
    place = history.table.visualRect(history.model.index(1, 1)).center()
    user.qtbot.mouseClick(history.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    editor = user.window.editor_for(counter)
    editor.go_to(1)
    user.click(history.line)
    user.see(lambda: editor.textCursor().blockNumber() + 1 == 8)
    user.click(history.debugger)
    user.see(lambda: controller.view is not None and controller.step.line == 8)
    assert controller.session.result.hash == history.chosen.author.transaction.hash
    assert editor.execution_line == 8


def test_an_endless_loop_ends_as_a_failure_and_the_next_call_works(user, counter):
    assert "Success" not in user.call("spin")
    assert "Success" in user.call("add", "1", "false")


def test_what_would_bring_v8_down_fails_and_the_next_call_works(user, counter):
    assert "Success" not in user.call("burst")
    assert "Success" in user.call("add", "1", "false")


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_call_after_all_workers_were_killed_works(user, counter):
    assert "Success" in user.call("add", "1", "false")
    pids = {worker.pid for worker in user.panels.bridge.engine.workers()}
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    texts = [user.call("add", "1", "false") for _ in range(2)]
    assert "Success" in texts[1]
    assert "Success" in texts[0] or "died" in texts[0]


def test_an_error_in_the_file_is_shown_at_its_line(user, tmp_path):
    file = tmp_path / "broken.js"
    file.write_text("class A {\n  init() {}\n  f() { return ); }\n}\nmodule.exports = A;\n", encoding="utf-8")
    user.window.open_file(file)
    user.run("deploy.deploy")
    user.see(lambda: not user.panels.deployer.is_busy)
    assert user.panels.deployer.dialog is None
    assert user.window.editor_for(file).textCursor().blockNumber() == 2


def test_a_changed_file_says_redeploy(user, counter, qtbot):
    editor = user.window.editor_for(counter)
    qtbot.keyClicks(editor, "// more")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    user.see(lambda: user.panels.contracts.model.rows[0].is_changed)
    user.run("deploy.redeploy")
    user.see(lambda: len(user.panels.workbench.contracts) == 2)
    assert not user.panels.contracts.model.rows[0].is_changed


def test_the_storage_inspector_finds_what_was_written(user, counter):
    user.call("add", "5", "false")
    user.panels.workbench.key_requested.emit(user.local()[0].key)
    user.see(lambda: user.panels.storage.view.currentIndex().data() == "count")
    assert user.panels.storage.viewer.text.toPlainText() == "5"


@pytest.mark.parametrize("sample", ["fungible-token/token.js", "npm-dependency/airdrop.js"])
def test_samples_deploy(user, tmp_path, sample):
    folder, _, name = sample.partition("/")
    copy = shutil.copytree(SAMPLES / folder, tmp_path / folder)
    if (copy / "package.json").exists() and (missing := missing_dependencies(copy)):
        Installation(copy, missing).run()
    user.deploy(tmp_path / folder / name)


def test_arguments_and_watches_come_back(user, counter, tmp_path):
    user.call("add", "5", "false")
    user.panels.debugger.watches.add("amount")
    user.panels.close()
    again = EnginePanels(MainWindow(user.window.folders, SettingsStore(user.window.folders.settings)))
    assert again.debugger.watches.expressions == ("amount",)
    assert again.contracts.form.remembered() == {"counter/add": ["5", "false"]}
    again.close()
    again._window.deleteLater()


def test_every_command_says_what_it_does_and_why_it_cannot(user):
    commands = user.window.commands
    for command in commands.commands():
        assert commands.tool_tip(command.id), command.id
    for command_id in ("run.call", "run.stop", "debug.over", "deploy.deploy", "transactions.resend"):
        assert commands.command(command_id).disabled_reason()


def test_a_folder_in_use_is_told(qtbot, tmp_path, user):
    with pytest.raises(Exception, match=r".") as caught:
        Engine.open(tmp_path / "chain").close()
    assert "open" in str(caught.value).lower()


def test_a_condition_and_a_logpoint_on_the_real_recording(user, counter, answers):
    user.window.editor_for(counter).go_to(9)
    answers["ask_text"] = "before {before} plus {amount}"
    user.run("debug.logpoint")
    user.window.editor_for(counter).go_to(8)
    answers["ask_text"] = "before > 3"
    user.run("debug.condition")
    written = []
    user.panels.controller.logged.connect(lambda _, text: written.append(text))
    user.call("add", "5", "false", command="debug.start")
    user.see(lambda: user.panels.controller.view is not None and len(written) == 1)
    assert user.panels.controller.step.line != 8, "before is 0"
    assert written == ["before 0 plus 5"]
    user.run("run.stop")
    user.call("add", "1", "false", command="debug.start")
    user.see(lambda: user.panels.controller.step is not None and user.panels.controller.step.line == 8)
    user.see(lambda: len(written) == 2)
    assert written[1] == "before 5 plus 1"
    assert "before 5 plus 1" in user.panels.debugger.console.output.toPlainText()
    user.run("run.stop")
