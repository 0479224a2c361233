import threading
from concurrent.futures import Future

import pytest
from PySide6.QtCore import QObject, QThread

from engine.errors import InvalidInput, StorageLocked
from engine.facade import BlockFlushed, Engine
from ide.bridge import MOST_EVENTS, EngineBridge, describe_error
from tests.ide.panels.fake_engine import FakeEngine


@pytest.fixture
def bridge(qtbot):
    made = EngineBridge()
    yield made
    made.close(wait=True)


def from_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_a_result_arrives_on_the_windows_thread(bridge, qtbot):
    arrived = []
    future = Future()
    bridge.request(future, bridge, lambda value: arrived.append((value, QThread.currentThread())))
    from_thread(lambda: future.set_result(2**63))
    assert arrived == []
    qtbot.waitUntil(lambda: bool(arrived))
    assert arrived == [(2**63, bridge.thread())]


def test_an_error_goes_to_its_own_handler_or_to_request_failed(bridge, qtbot):
    own, common = [], []
    bridge.request_failed.connect(common.append)
    for handler in (own.append, None):
        future = Future()
        bridge.request(future, bridge, pytest.fail, handler)
        future.set_exception(InvalidInput("no"))
    qtbot.waitUntil(lambda: bool(own and common))
    assert len(own) == len(common) == 1


def test_nothing_arrives_after_drop(bridge, qtbot):
    arrived, last = [], []
    dropped, other = Future(), Future()
    bridge.request(dropped, bridge, arrived.append).drop()
    bridge.request(other, bridge, last.append)
    dropped.cancel()
    other.set_result(1)
    qtbot.waitUntil(lambda: bool(last))
    assert arrived == []


def test_nothing_arrives_at_a_destroyed_receiver(bridge, qtbot):
    arrived, last = [], []
    receiver, future, other = QObject(), Future(), Future()
    bridge.request(future, receiver, arrived.append)
    bridge.request(other, bridge, last.append)
    import shiboken6

    shiboken6.delete(receiver)
    future.set_result(1)
    other.set_result(2)
    qtbot.waitUntil(lambda: bool(last))
    assert arrived == []


def test_a_burst_of_events_arrives_whole_in_order_and_in_few_turns(bridge, qtbot):
    engine, batches = FakeEngine(), []
    bridge.attach(engine)
    bridge.events.connect(batches.append)
    engine.emit(*(BlockFlushed(number) for number in range(10_000)))
    qtbot.waitUntil(lambda: sum(map(len, batches)) == 10_000)
    assert [event.number for batch in batches for event in batch] == list(range(10_000))
    assert max(map(len, batches)) <= MOST_EVENTS
    assert len(batches) < 10_000 / MOST_EVENTS + 10


def test_events_come_before_the_answer_they_led_to(bridge, qtbot):
    engine, order = FakeEngine(), []
    bridge.attach(engine)
    bridge.events.connect(lambda _: order.append("event"))
    future = Future()
    bridge.request(future, bridge, lambda _: order.append("answer"))

    def work():
        engine.listeners[0](BlockFlushed(1))
        future.set_result(1)

    from_thread(work)
    qtbot.waitUntil(lambda: len(order) == 2)
    assert order == ["event", "answer"]


def test_opening_happens_elsewhere_and_is_told(bridge, qtbot, monkeypatch, tmp_path):
    engine, threads = FakeEngine(), []

    def open_engine(directory, **_options):
        threads.append((directory, threading.current_thread()))
        return engine

    monkeypatch.setattr(Engine, "open", open_engine)
    with qtbot.waitSignal(bridge.engine_changed):
        bridge.open(tmp_path)
    assert bridge.engine is engine
    assert threads[0][0] == tmp_path
    assert threads[0][1] is not threading.main_thread()


def test_a_chain_that_cannot_be_opened_is_told(bridge, qtbot, monkeypatch, tmp_path):
    def refuse(_directory, **_options):
        raise StorageLocked("another instance has it open", advice="Close the other window.")

    monkeypatch.setattr(Engine, "open", refuse)
    with qtbot.waitSignal(bridge.opening_failed) as failed:
        bridge.open(tmp_path)
    assert "Close the other window." in describe_error(failed.args[0])
    assert bridge.engine is None


def test_closing_ends_the_engine_and_its_events(bridge):
    engine = FakeEngine()
    bridge.attach(engine)
    bridge.close(wait=True)
    assert engine.closed
    assert engine.listeners == []
    assert bridge.engine is None


def test_errors_nobody_foresaw_are_named():
    assert describe_error(ValueError("odd")) == "ValueError: odd"
    assert describe_error(KeyError()) == "KeyError"


def test_an_engine_that_nobody_wants_any_more_is_closed(bridge, qtbot, monkeypatch, tmp_path):
    first, second, gate = FakeEngine(), FakeEngine(), threading.Event()
    answers = iter([first, second])

    def open_engine(_directory, **_options):
        engine = next(answers)
        if engine is first:
            gate.wait()
        return engine

    monkeypatch.setattr(Engine, "open", open_engine)
    bridge.open(tmp_path / "a")
    bridge.open(tmp_path / "b")
    with qtbot.waitSignal(bridge.engine_changed):
        gate.set()
    assert bridge.engine is second
    assert first.closed


def test_a_folder_is_opened_again_only_when_it_was_closed(bridge, qtbot, monkeypatch, tmp_path):
    order = []
    first, second = FakeEngine(), FakeEngine()
    monkeypatch.setattr(first, "close", lambda: order.append("closed"))

    def open_engine(_directory, **_options):
        order.append("opened")
        return second

    monkeypatch.setattr(Engine, "open", open_engine)
    bridge.attach(first)
    bridge.close()
    with qtbot.waitSignal(bridge.engine_changed):
        bridge.open(tmp_path)
    assert order == ["closed", "opened"]


def test_an_engine_that_was_opened_but_not_taken_over_is_closed(bridge, qtbot, monkeypatch, tmp_path):
    first, second = FakeEngine(), FakeEngine()
    answers = iter([first, second])
    monkeypatch.setattr(Engine, "open", lambda _directory, **_options: next(answers))
    bridge.open(tmp_path / "a")
    bridge._threads[-1].join()
    with qtbot.waitSignal(bridge.engine_changed):
        bridge.open(tmp_path / "b")
    qtbot.waitUntil(lambda: first.closed)
    assert bridge.engine is second
