from concurrent.futures import Future
from types import SimpleNamespace

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from engine.errors import StorageLocked
from engine.facade import BlockFlushed, ContractDeployed, HeadMoved
from ide.chain.checkpoints import Checkpoints
from ide.panels.accounts import AccountsPanel, Column
from ide.panels.memory import PanelMemory, load_memory, save_memory
from ide.panels.output import KEPT_LINES, OutputLine, OutputPanel
from ide.panels.status import EngineStatus
from tests.ide.panels import examples
from tests.ide.panels.fake_engine import done


def shown(qtbot, widget):
    qtbot.addWidget(widget)
    widget.resize(500, 300)
    widget.show()
    return widget


def row(model, number):
    return [str(model.index(number, column).data()).replace("\N{NARROW NO-BREAK SPACE}", " ") for column in range(5)]


def test_accounts_are_listed_with_what_they_own(workbench, engine, qtbot):
    panel = shown(qtbot, AccountsPanel(workbench))
    QAbstractItemModelTester(panel.model, QAbstractItemModelTester.FailureReportingMode.Warning, panel)
    assert row(panel.model, 1) == ["alice", "1 000 000", "3 000 000", "9.8 KiB", "12.5 usd"]
    engine.account_list = engine.account_list[:1]
    with qtbot.waitSignal(workbench.accounts_changed):
        engine.emit(examples.block_of(examples.transfer()))
    assert panel.model.rowCount() == 1
    assert panel.model.index(0, Column.NAME).data() == "admin"


def printed(panel):
    return "\n".join(panel.model.index(line, 0).data() for line in range(panel.model.rowCount()))


def test_output_lists_prints_events_and_outcomes_in_order(workbench, engine, qtbot, qapp):
    panel = shown(qtbot, OutputPanel(workbench))
    good, bad = examples.transfer(1), examples.transfer(2, fails=True)
    with qtbot.waitSignal(workbench.bridge.events):
        engine.emit(
            examples.executed(good),
            examples.block_of(good),
            BlockFlushed(12),
            examples.executed(bad),
            ContractDeployed(msgspec.structs.replace(examples.deployed_token("other"), id="ContractOther")),
            HeadMoved(3),
        )
    text = printed(panel)
    parts = ["moving 58", '{"moved":58}', "token.transfer", "#12, 1 transaction", "flushed", "failed"]
    parts += ["other as", "#3"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    panel.view.selectAll()
    qtbot.keyClick(panel.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert qapp.clipboard().text() == text
    panel.clear()
    assert printed(panel) == ""


def test_output_keeps_the_newest_lines(workbench, qtbot):
    panel = shown(qtbot, OutputPanel(workbench))
    QAbstractItemModelTester(panel.model, QAbstractItemModelTester.FailureReportingMode.Warning, panel)
    for start in range(0, KEPT_LINES + 3000, 5000):
        panel.model.add([OutputLine("n", str(number)) for number in range(start, start + 5000)])
    assert panel.model.rowCount() == KEPT_LINES
    assert printed(panel).splitlines()[-1] == f"n  {KEPT_LINES + 4999}"


def test_output_shows_markup_as_text(workbench, engine, qtbot):
    panel = shown(qtbot, OutputPanel(workbench))
    line = msgspec.structs.replace(examples.transfer().console[0], text="<b>bold</b>")
    with qtbot.waitSignal(workbench.bridge.events):
        engine.emit(examples.executed(msgspec.structs.replace(examples.transfer(), console=(line,))))
    assert "<b>bold</b>" in printed(panel)
    assert not panel.grab().isNull()


@pytest.fixture
def status(bridge, qtbot):
    return shown(qtbot, EngineStatus(bridge))


def test_the_status_tells_state_and_head(status, bridge, engine, qtbot):
    assert status.words.text() == "Engine is starting"
    bridge.attach(engine)
    qtbot.waitUntil(lambda: status.words.text() == "Block 11")
    engine.emit(examples.block_of(examples.transfer(block=12)))
    qtbot.waitUntil(lambda: status.words.text() == "Block 12")
    engine.emit(HeadMoved(4))
    qtbot.waitUntil(lambda: status.words.text() == "Block 4")


@pytest.fixture
def late(engine, monkeypatch):
    """The answer about the head, which comes when a test gives it."""
    answer = Future()
    answer.set_running_or_notify_cancel()  # the engine is about to answer: it cannot be stopped
    monkeypatch.setattr(engine, "head", lambda: answer)
    monkeypatch.setattr(engine, "explorer", lambda: SimpleNamespace(checkpoints=lambda: done(())), raising=False)
    return answer


def answered(late, number, bridge, qtbot):
    """Give the late answer, and wait until what was asked after it is answered, too."""
    late.set_result(examples.block_of(examples.transfer(block=number)).block)
    seen = []
    bridge.request(done(True), bridge, seen.append)
    qtbot.waitUntil(lambda: bool(seen))


def test_a_late_answer_about_the_head_does_not_undo_a_newer_event(status, bridge, engine, late, qtbot):
    bridge.attach(engine)
    engine.emit(examples.block_of(examples.transfer(block=12)))
    qtbot.waitUntil(lambda: status.words.text() == "Block 12")
    answered(late, 11, bridge, qtbot)
    assert status.words.text() == "Block 12"


@pytest.mark.parametrize("event", [True, False])
def test_checkpoints_know_the_newest_head(bridge, engine, late, qtbot, event):
    checkpoints = Checkpoints(bridge, bridge)
    bridge.attach(engine)
    if event:
        engine.emit(examples.block_of(examples.transfer(block=12)))
        qtbot.waitUntil(lambda: checkpoints.head == 12)
    answered(late, 11, bridge, qtbot)
    assert checkpoints.head == (12 if event else 11)


def test_the_status_tells_why_there_is_no_engine(status, bridge):
    bridge.opening_failed.emit(StorageLocked("another instance has it open"))
    assert status.words.text() == "Engine not available"
    assert "another instance" in status.toolTip()


def test_memory_comes_back(tmp_path):
    memory = PanelMemory(arguments={"token/issue": ["alice", "7"]}, watches=("amount",))
    save_memory(tmp_path / "state" / "panels.json", memory)
    assert load_memory(tmp_path / "state" / "panels.json") == memory


@pytest.mark.parametrize("content", [b"", b"{", b'{"format": 99}', b'{"watches": 1}', b"\xff"])
def test_a_broken_memory_is_set_aside(tmp_path, content):
    path = tmp_path / "panels.json"
    path.write_bytes(content)
    assert load_memory(path) == PanelMemory()


def test_a_broken_memory_is_kept(tmp_path):
    path = tmp_path / "panels.json"
    path.write_bytes(b"{broken")
    load_memory(path)
    assert (tmp_path / "panels.broken.json").read_bytes() == b"{broken"
