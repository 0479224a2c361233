"""Whose turn it is at the door of the chain."""

from __future__ import annotations

import threading
import time
from concurrent.futures import CancelledError

import pytest

from engine.entrance.door import Door, Errand
from engine.errors import InvalidInput, RejectedTransaction

LETTERS = {"i": Errand.INTERACTIVE, "o": Errand.ORDERED, "b": Errand.BULK}


@pytest.fixture
def door():
    made = Door("door of a test", most_waiting=6)
    yield made
    made.close()


def hold(door):
    """Keep the door busy until the returned event is set."""
    begun, released = threading.Event(), threading.Event()

    def work():
        begun.set()
        assert released.wait(20)

    door.submit(work)
    assert begun.wait(20)
    return released


def fail():
    raise InvalidInput("no")


@pytest.mark.parametrize(
    ("coming", "served"),
    [
        ("i1 o1 b1 i2", "i1 o1 i2 b1"),
        ("b1 b2 i1 i2", "i1 i2 b1 b2"),
        ("b1 o1 i1", "b1 o1 i1"),
        ("b1 i1 o1 i2", "i1 b1 o1 i2"),
        ("o1 o2 b1 b2", "o1 o2 b1 b2"),
    ],
)
def test_interactive_passes_bulk_and_nothing_passes_ordered(door, coming, served):
    released = hold(door)
    order = []
    futures = [
        door.submit(lambda name=name: order.append(name), LETTERS[name[0]])  # type: ignore[misc]
        for name in coming.split()
    ]
    released.set()
    for future in futures:
        future.result(20)
    assert order == served.split()


def test_who_waits_serves_himself_if_nobody_is_before_him(door):
    assert door.serve(threading.get_ident) == threading.get_ident()
    with pytest.raises(InvalidInput):
        door.serve(fail)
    released = hold(door)
    order = []
    waiting = door.submit(lambda: order.append("before"))
    asking = threading.Thread(target=lambda: order.append(door.serve(threading.get_ident)))
    asking.start()
    while door.status().others < 2:
        time.sleep(0.001)
    released.set()
    waiting.result(20)
    asking.join(20)
    assert order == ["before", door._thread.ident]


def test_nobody_is_let_in_while_somebody_serves_himself(door):
    order = []

    def work():
        door.submit(lambda: order.append("second"))
        assert door.status().busy
        order.append("first")

    door.serve(work)
    door.submit(lambda: None).result(20)
    assert order == ["first", "second"]


def test_bulk_work_lets_others_pass_and_tells_how_far_it_is(door):
    order, seen = [], []
    first, second = threading.Event(), threading.Event()

    def bulk():
        first.set()
        assert second.wait(20)
        for done in range(3):
            door.let_pass(done, 3)
            seen.append(door.status())
            order.append(f"part {done}")

    working = door.submit(bulk, Errand.BULK)
    assert first.wait(20)
    futures = [
        door.submit(lambda: order.append("call"), Errand.INTERACTIVE),
        door.submit(lambda: order.append("more bulk"), Errand.BULK),
        door.submit(lambda: order.append("produce")),
        door.submit(lambda: order.append("later call"), Errand.INTERACTIVE),
    ]
    second.set()
    working.result(20)
    for future in futures:
        future.result(20)
    assert order == ["call", "part 0", "part 1", "part 2", "more bulk", "produce", "later call"]
    assert [(status.done, status.total) for status in seen] == [(0, 3), (1, 3), (2, 3)]
    assert (seen[0].busy, seen[0].interactive, seen[0].others) == (True, 1, 2)


def test_more_than_may_wait_is_refused(door):
    released = hold(door)
    waiting = [door.submit(lambda: 1) for _ in range(6)]
    with pytest.raises(RejectedTransaction, match="6 requests wait already"):
        door.submit(lambda: 1).result(20)
    released.set()
    assert [future.result(20) for future in waiting] == [1] * 6
    assert door.submit(lambda: 2).result(20) == 2


def test_errors_reach_whoever_asked_and_nobody_else(door):
    failing, working = door.submit(fail), door.submit(lambda: "fine")
    with pytest.raises(InvalidInput):
        failing.result(20)
    assert working.result(20) == "fine"


def test_what_nobody_wants_any_more_is_not_done(door):
    released = hold(door)
    done = []
    dropped = door.submit(lambda: done.append("dropped"))
    assert dropped.cancel()
    released.set()
    door.submit(lambda: done.append("kept")).result(20)
    assert done == ["kept"]


def test_a_closed_door_forgets_what_waits_and_takes_nothing(door):
    released = hold(door)
    waiting = door.submit(lambda: None)
    door.close()
    with pytest.raises(CancelledError):
        waiting.result(20)
    with pytest.raises(RuntimeError):
        door.submit(lambda: None)
    released.set()
    door._thread.join(20)
    assert not door._thread.is_alive()
