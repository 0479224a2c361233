from concurrent.futures import Future

import pytest

from ide.debugger.controller import Motion
from ide.debugger.deployed import DeployedSources, ShownSource
from tests.ide.debugger.conftest import deployed_code
from tests.ide.debugger.fake_session import STEPS
from tests.ide.panels import examples
from tests.ide.panels.conftest import TOKEN_SOURCE


def line(controller):
    return STEPS[controller.position][0]


def test_it_opens_at_the_beginning_of_a_success(start, controller, window, token_file):
    start()
    assert controller.position == 0
    assert window.execution == (token_file, 20)


def test_it_opens_at_the_failure(start, controller):
    session = start(fails=True)
    assert controller.position == session.step_count - 1
    assert "too long" in controller.view.thrown


def test_it_opens_at_a_breakpoint(start, controller, window, token_file):
    window.stops = frozenset({(str(token_file), 30)})
    start(fails=True)
    assert line(controller) == 30


def test_a_breakpoint_at_a_methods_name_stops_at_its_first_statement(start, controller, window, token_file):
    window.stops = frozenset({(str(token_file), 36)})
    start()
    assert controller.step.line == 38


def test_a_breakpoint_that_is_never_reached_does_not_matter(start, controller, window, token_file):
    window.stops = frozenset({(str(token_file), 3)})
    start()
    assert controller.position == 0


def test_every_motion_has_its_mirror_image(start, controller, window, token_file):
    start()
    controller.move(4)
    for motion, there, back in (
        (Motion.INTO, 38, Motion.BACK_INTO),
        (Motion.OVER, 29, Motion.BACK_OVER),
    ):
        controller.go(motion)
        assert line(controller) == there
        controller.go(back)
        assert line(controller) == 28
    controller.move(6)
    controller.go(Motion.OUT)
    assert line(controller) == 29
    controller.move(6)
    controller.go(Motion.BACK_OUT)
    assert line(controller) == 28
    window.stops = frozenset({(str(token_file), 31), (str(token_file), 23)})
    controller.go(Motion.CONTINUE)
    assert line(controller) == 31
    controller.go(Motion.REVERSE)
    assert line(controller) == 23


def test_a_motion_that_is_impossible_says_why(start, controller):
    assert controller.cannot_go(Motion.OVER) == "Nothing is being debugged."
    start()
    assert controller.cannot_go(Motion.BACK_INTO) == "This is the first step."
    assert controller.cannot_go(Motion.OVER) == ""
    controller.move(controller.last)
    assert controller.cannot_go(Motion.CONTINUE) == "This is the last step."
    assert controller.cannot_go(Motion.REVERSE) == ""


def test_variables_are_asked_for_once_a_drag_rests(start, controller, qtbot):
    session = start()
    session.views.clear()
    for position in range(1, 9):
        controller.move(position, resting=False)
    assert session.views == []
    qtbot.waitUntil(lambda: controller.view is not None)
    assert session.views == [8]


def test_an_answer_for_a_place_one_has_left_is_dropped(start, controller, qtbot):
    session = start()
    slow = Future()
    shown = []
    controller.view_changed.connect(shown.append)
    original = session.view
    session.view = lambda position: slow if position == 2 else original(position)
    controller.move(2)
    controller.move(5)
    qtbot.waitUntil(lambda: controller.view is not None)
    slow.cancel()
    assert [view.index for view in shown if view is not None] == [5]


def test_all_panels_follow_the_position(start, controller, workbench):
    reached = []
    workbench.accesses_reached.connect(reached.append)
    start()
    controller.move(7)
    controller.stop()
    assert reached == [0, STEPS[7][3], None]


def test_an_access_leads_to_the_step_that_made_it(start, controller, workbench):
    start()
    workbench.access_requested.emit(2)
    assert line(controller) == 27
    workbench.access_requested.emit(6)
    assert line(controller) == 31


def test_run_to_a_line_goes_forward_first_and_back_otherwise(start, controller, token_file):
    start()
    assert controller.run_to(str(token_file), 39)
    assert line(controller) == 39
    assert controller.run_to(str(token_file), 23)
    assert line(controller) == 23
    assert not controller.run_to(str(token_file), 1)
    assert line(controller) == 23


def test_another_frame_shows_its_line_and_variables(start, controller, window, token_file, qtbot):
    session = start()
    controller.move(5)
    qtbot.waitUntil(lambda: controller.view is not None)
    with qtbot.waitSignal(controller.frame_changed) as changed:
        controller.choose_frame(1)
    assert window.execution == (token_file, 28)
    assert [variable.text for variable in changed.args[1]] == ["1"]
    controller.evaluate("amount", controller, lambda _value: None, pytest.fail)
    assert session.evaluated == [(5, 1, "amount")]


def test_stopping_closes_the_recording_and_takes_the_mark_away(start, controller, window, workbench):
    session = start()
    assert not workbench.is_following
    controller.stop()
    assert session.is_closed
    assert controller.session is None
    assert window.execution is None
    assert workbench.is_following


def test_a_new_session_closes_the_old_one(start):
    first = start()
    start(fails=True)
    assert first.is_closed


def test_a_lost_engine_ends_debugging(start, bridge):
    session = start()
    bridge.close()
    assert session.is_closed


def test_a_recording_that_fails_is_reported(controller, engine, workbench, bridge, qtbot, monkeypatch):
    from tests.ide.panels.fake_engine import failed

    monkeypatch.setattr(engine, "debug", lambda _hash: failed(RuntimeError("no")))
    with qtbot.waitSignal(bridge.request_failed):
        workbench.debug_requested.emit(examples.transfer())
    assert not controller.is_opening


def test_a_changed_file_is_shown_as_it_was_deployed(start, controller, window, token_file, tmp_path, qtbot):
    deployed = f"// as deployed\n{TOKEN_SOURCE}"
    start(deployed=deployed)
    qtbot.waitUntil(lambda: window.execution_read_only)
    copy, _line = window.execution
    assert copy.read_text(encoding="utf-8") == deployed
    assert copy.is_relative_to(tmp_path / "deployed")
    assert copy.name == token_file.name


def test_a_built_in_contract_is_shown_as_javascript(workbench, engine, controller, tmp_path, qtbot):
    engine.answers["code"] = deployed_code("ram.iost")
    sources = DeployedSources(workbench, tmp_path, controller)
    with qtbot.waitSignal(sources.changed):
        assert sources.find("ram.iost", "ram.iost") is None
    shown = sources.find("ram.iost", "ram.iost")
    assert shown == ShownSource(tmp_path / "0123456789abcdef" / "ram.iost.js", is_copy=True, has_file=False)
    assert shown.path.read_text(encoding="utf-8") == TOKEN_SOURCE


def test_breakpoints_in_the_deployed_text_count(start, controller, window, qtbot):
    start(deployed=f"// as deployed\n{TOKEN_SOURCE}")
    qtbot.waitUntil(lambda: window.execution_read_only)
    window.stops = frozenset({(str(window.execution[0]), 29)})
    controller.go(Motion.CONTINUE)
    assert line(controller) == 29


def test_an_unchanged_file_is_shown_itself(start, controller, window, token_file, qtbot):
    shown = []
    controller.source_changed.connect(shown.append)
    start()
    qtbot.waitUntil(lambda: len(shown) >= 2)
    assert not shown[-1].is_copy
    assert window.execution[0] == token_file
