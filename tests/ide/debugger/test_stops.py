"""Breakpoints with conditions and logpoints, on a recording made by hand."""

from concurrent.futures import Future

import pytest

from engine.errors import InvalidInput
from engine.facade import Variable
from ide.debugger.controller import Motion
from tests.ide.debugger.fake_session import answered


def failed(text):
    future = Future()
    future.set_exception(InvalidInput(text))
    return future


@pytest.fixture
def stop_at(window, token_file):
    """Set breakpoints: line, or line with condition and message."""

    def put(*stops):
        window.stops = frozenset((str(token_file), line) for line, *_ in stops)
        window.details = {line: tuple(details) for line, *details in stops}

    return put


def only_at(session, wanted, condition):
    """Let a condition hold at one position only."""
    plain = session.evaluate

    def evaluate(position, frame, expression, *, passing=False):
        if expression == f"!!({condition})":
            session.evaluated.append((position, frame, expression))
            return answered(Variable(expression, "boolean", str(position == wanted).lower()))
        return plain(position, frame, expression, passing=passing)

    session.evaluate = evaluate


def test_it_stops_only_where_the_condition_holds(start, controller, stop_at, qtbot):
    session = start()
    stop_at((23, "amount > 9"), (28, "amount > 9"), (30, "amount > 9"))
    only_at(session, 8, "amount > 9")
    controller.go(Motion.CONTINUE)
    qtbot.waitUntil(lambda: controller.position == 8)
    assert [position for position, *_ in session.evaluated] == [1, 4, 8]
    controller.move(12)
    controller.go(Motion.REVERSE)
    qtbot.waitUntil(lambda: controller.position == 8)


def test_it_goes_to_the_end_where_no_condition_holds(start, controller, stop_at, qtbot):
    session = start()
    stop_at((23, "amount > 9"), (30, "amount > 9"))
    only_at(session, -1, "amount > 9")
    controller.go(Motion.CONTINUE)
    qtbot.waitUntil(lambda: controller.position == controller.last)


def test_a_condition_that_cannot_be_evaluated_stops_and_says_so(start, controller, window, stop_at, qtbot):
    session = start()
    stop_at((28, "amont > 9"))
    session.answers["!!(amont > 9)"] = failed("amont is not defined")
    controller.go(Motion.CONTINUE)
    qtbot.waitUntil(lambda: controller.position == 4)
    assert "amont is not defined" in " ".join(window.messages)


def test_moving_on_ends_the_search(start, controller, stop_at, qtbot):
    session = start()
    stop_at((28, "amount > 9"))
    session.answers["!!(amount > 9)"] = Future()
    controller.go(Motion.CONTINUE)
    controller.go(Motion.OVER)
    here = controller.position
    assert session.answers["!!(amount > 9)"].cancelled()
    qtbot.wait(50)
    assert controller.position == here


def test_it_opens_at_the_first_step_where_the_condition_holds(start, controller, stop_at, engine, qtbot):
    stop_at((23, "x"), (30, ""))
    start()
    qtbot.waitUntil(lambda: controller.step.line == 30)


def test_logpoints_write_and_do_not_stop(start, controller, stop_at, qtbot):
    written = []
    controller.logged.connect(lambda position, text: written.append((position, text)))
    stop_at((24, "", "before {balance} of {from}"), (33, "", "done"))
    session = start()
    qtbot.waitUntil(lambda: len(written) == 2)
    assert written == [(2, "before 4 of 4"), (11, "done")]
    assert controller.position == session.first
    controller.go(Motion.CONTINUE)
    assert controller.position == controller.last


def test_a_logpoints_condition_and_its_errors(start, controller, stop_at, qtbot, engine):
    written = []
    controller.logged.connect(lambda position, text: written.append(text))
    stop_at((24, "x", "never"), (33, "", "{oops} seen"))
    start()
    qtbot.waitUntil(lambda: len(written) == 1)
    assert written == ["22 seen"]
