import pytest
from PySide6.QtCore import QPoint, Qt

from ide.debugger.timeline import Timeline, describe_position
from ide.debugger.timeline_bar import TimelineBar
from tests.ide.debugger.fake_session import STEPS, FakeSession
from tests.ide.panels import examples


@pytest.fixture
def timeline(qtbot):
    session = FakeSession(examples.transfer())
    made = Timeline()
    qtbot.addWidget(made)
    made.resize(600, 60)
    made.show_session(session, lambda position: describe_position(session, position))
    made.show()
    moves = []
    made.moved.connect(lambda position, resting: (moves.append((position, resting)), made.show_position(position)))
    made.moves = moves
    return made


def test_every_position_can_be_pointed_at(timeline):
    assert [timeline.position_at(timeline.x_of(position)) for position in range(len(STEPS))] == list(range(len(STEPS)))
    assert timeline.position_at(-50) == 0
    assert timeline.position_at(5000) == len(STEPS) - 1


def test_dragging_moves_and_letting_go_rests(timeline, qtbot):
    def at(position):
        return QPoint(round(timeline.x_of(position)), 20)

    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=at(2))
    qtbot.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=at(9))
    assert timeline.moves == [(2, False), (9, True)]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (Qt.Key.Key_Right, 6),
        (Qt.Key.Key_Left, 4),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, 12),
        (Qt.Key.Key_PageUp, 3),
        (Qt.Key.Key_PageDown, 6),
    ],
)
def test_keys_move(timeline, qtbot, key, expected):
    timeline.show_position(5)
    qtbot.keyClick(timeline, key)
    assert timeline.moves == [(expected, True)]


def test_the_ends_are_ends(timeline, qtbot):
    timeline.show_position(0)
    qtbot.keyClick(timeline, Qt.Key.Key_Left)
    timeline.show_position(12)
    qtbot.keyClick(timeline, Qt.Key.Key_Right)
    assert timeline.moves == [(0, True), (12, True)]


def test_control_and_an_arrow_ask_for_a_statement(timeline, qtbot):
    with qtbot.waitSignal(timeline.statement_requested) as asked:
        qtbot.keyClick(timeline, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert asked.args == [False]


def test_it_can_be_painted_empty_short_failing_and_narrow(timeline, qtbot):
    for result in (examples.transfer(), examples.transfer(fails=True)):
        session = FakeSession(result)
        timeline.show_session(session, str)
        timeline.show_position(4)
        assert not timeline.grab().isNull()
    session.step_count = 1
    timeline.show_session(session, str)
    assert not timeline.grab().isNull()
    timeline.resize(4, 10)
    assert not timeline.grab().isNull()
    timeline.show_session(None, str)
    assert not timeline.grab().isNull()


def test_screen_readers_hear_the_position(timeline):
    timeline.show_position(5)
    assert "_credit" in timeline.accessibleDescription()
    assert "Step 6 of 13" in timeline.accessibleDescription()


def test_the_bar_shows_position_and_takes_a_number(start, controller, workbench, qtbot):
    bar = TimelineBar(workbench, controller)
    qtbot.addWidget(bar)
    assert bar.isHidden()
    start()
    bar.show()
    controller.move(5)
    assert bar.number.text() == "6"
    assert "_credit" in bar.place.text()
    bar.number.setText("3")
    qtbot.keyClick(bar.number, Qt.Key.Key_Return)
    assert controller.position == 2
    bar.number.setText("nonsense")
    qtbot.keyClick(bar.number, Qt.Key.Key_Return)
    assert (controller.position, bar.number.text()) == (2, "3")
    bar.timeline.setFocus()
    qtbot.keyClick(bar.timeline, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert controller.position == 3
    controller.stop()
    assert bar.isHidden()
