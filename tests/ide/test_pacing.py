"""Views keep up with people, not with events: paced in a burst, silent while unseen."""

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel

from ide.pacing import QUICK, Refresh, Throttle

INTERVAL_MS = 40


@pytest.fixture
def parent(qapp):
    made = QObject()
    yield made
    made.deleteLater()


def test_a_few_changes_are_followed_at_once(parent):
    runs = []
    throttle = Throttle(lambda: runs.append(1), parent, 60_000)
    for number in range(QUICK):
        throttle.request()
        assert len(runs) == number + 1


def test_a_burst_is_followed_at_a_pace_and_its_end_is_shown(parent, qtbot):
    state, seen = [0], []
    throttle = Throttle(lambda: seen.append(state[0]), parent, INTERVAL_MS)
    for number in range(1000):
        state[0] = number
        throttle.request()
    assert len(seen) < 100
    qtbot.waitUntil(lambda: seen[-1] == 999, timeout=30_000)


def test_an_action_that_asks_for_itself_does_not_run_in_itself(parent, qtbot):
    depths, depth = [], [0]

    def action():
        depth[0] += 1
        depths.append(depth[0])
        if len(depths) < 3 * QUICK:
            throttle.request()
        depth[0] -= 1

    throttle = Throttle(action, parent, 1)
    throttle.request()
    qtbot.waitUntil(lambda: len(depths) == 3 * QUICK, timeout=30_000)


def test_what_was_cancelled_does_not_run(parent, qtbot):
    runs = []
    throttle = Throttle(lambda: runs.append(1), parent, INTERVAL_MS)
    for _ in range(QUICK + 1):
        throttle.request()
    throttle.cancel()
    qtbot.wait(3 * INTERVAL_MS)
    assert len(runs) == QUICK


def test_nothing_is_drawn_unseen_and_all_when_shown(qtbot):
    label, runs = QLabel(), []
    qtbot.addWidget(label)
    refresh = Refresh(label, lambda: runs.append(1), INTERVAL_MS)
    for _ in range(50):
        refresh.request()
    assert not runs
    label.show()
    assert runs == [1]
    label.hide()
    label.show()
    assert runs == [1], "nothing had changed"


def test_panels_behind_another_tab_know_that_they_are_not_seen(full_window, qtbot):
    docks = ("output", "transactions", "problems")
    for front in docks:
        full_window.show_dock(front, focus=False)
        qtbot.waitUntil(
            lambda front=front: [name for name in docks if full_window.dock(name).widget().isVisible()] == [front],
            timeout=30_000,
        )
