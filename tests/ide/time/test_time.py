"""The time dock's parts on the real engine."""

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester

from engine.values import StateEdit
from ide.commands import Command
from ide.time.blocks import BlocksModel, Column
from ide.time.difference import DifferenceModel
from ide.time.panel import BUTTONS, TimePanel
from tests.engine.timeline.support import call
from tests.ide.time.conftest import PATIENCE


@pytest.fixture
def panel(workbench, moment, machine, window, qtbot):
    window.commands.register(*(Command(id=name, title=name, category="Time", run=lambda: None) for name in BUTTONS))
    made = TimePanel(workbench, moment, machine)
    qtbot.addWidget(made)
    made.resize(1000, 300)
    made.show()
    QAbstractItemModelTester(made.model, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    QAbstractItemModelTester(made.difference.model, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    qtbot.waitUntil(lambda: made.model.rowCount() > 1 and made.track.position == moment.head, timeout=PATIENCE)
    return made


@pytest.fixture
def see(qtbot):
    return lambda condition: qtbot.waitUntil(condition, timeout=PATIENCE)


def leaves(model, parent=QModelIndex()):  # noqa: B008
    """Return the rows below the contracts as tuples of key, before, after."""
    found = []
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        if not parent.isValid():
            found += leaves(model, index)
        else:
            found.append(tuple(model.index(row, column, parent).data() for column in range(3)))
    return found


def test_blocks_are_listed_newest_first_and_new_ones_come_on_top(panel, engine, contract, moment, see):
    head = engine.head().result(10).number
    assert [panel.model.number_at(row) for row in range(2)] == [head, head - 1]
    engine.timeline.edit(StateEdit(contract, "mark", None, "1")).result(10)
    see(lambda: panel.model.number_at(0) == head + 1)
    assert panel.model.index(0, Column.MARKS).data() == "edited by hand"
    see(lambda: moment.head == head + 1)
    assert panel.track.position == head + 1
    see(lambda: not panel.model.canFetchMore(QModelIndex()))
    assert panel.model.number_at(panel.model.rowCount() - 1) == 0


def test_a_block_shows_what_it_changed(panel, engine, contract, moment, see):
    before = engine.timeline.value(f"b-{contract}-count").result(10).value
    result = call(engine, contract, "add", 1)
    call(engine, contract, "set", "colours", "red", "1")
    see(lambda: panel.model.row_of(result.block_number) is not None and moment.head == result.block_number + 1)
    panel.table.selectRow(panel.model.row_of(result.block_number))
    assert moment.at == result.block_number
    number = int(before[1:].partition("@")[0])
    see(lambda: ("count", str(number), str(number + 1)) in leaves(panel.difference.model))
    assert "Changed by block" in panel.difference.title.text()
    assert panel.difference.single.isHidden()
    assert panel.difference.model.hidden > 0


def test_any_two_blocks_are_compared(panel, engine, contract, moment, see):
    first = call(engine, contract, "add", 1).block_number
    last = call(engine, contract, "add", 1).block_number
    see(lambda: moment.head == last)
    panel.look_at(first - 1)
    panel.compare_with(panel.position)
    panel.look_at(last)
    assert moment.is_now
    value = int(engine.timeline.value(f"b-{contract}-count").result(10).value[1:].partition("@")[0])
    see(lambda: ("count", str(value - 2), str(value)) in leaves(panel.difference.model))
    assert f"From block {first - 1} to {last}" == panel.difference.title.text()
    panel.difference.filter.setText("count")
    see(lambda: [row[0] for row in leaves(panel.difference.model)] == ["count"])
    panel.difference.single.click()
    assert panel.base is None


def test_members_of_json_values_that_changed(workbench, engine, contract, qtbot, see):
    from engine.values import StateChange

    model = DifferenceModel(workbench, workbench)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    old, new = '{"a":1,"b":{"c":[1,2]},"d":0}', '{"a":1,"b":{"c":[1,3,4]},"e":null}'
    model.show((StateChange(f"b-{contract}-config", f"s{old}@p", f"s{new}@p"),))
    key = model.index(0, 0, model.index(0, 0))
    members = [tuple(model.index(row, column, key).data() for column in range(3)) for row in range(model.rowCount(key))]
    assert members == [("b.c[1]", "2", "3"), ("b.c[2]", "—", "4"), ("d", "0", "—"), ("e", "—", "null")]


def test_the_track_is_used_with_mouse_and_keys(panel, engine, contract, moment, qtbot, see):
    head = [call(engine, contract, "add", 1).block_number for _ in range(3)][-1]
    see(lambda: moment.head == panel.track.position == head)
    track = panel.track
    qtbot.mouseClick(track, Qt.MouseButton.LeftButton, pos=QPoint(round(track.x_of(1)), 16))
    assert moment.at == 1
    qtbot.keyClick(track, Qt.Key.Key_Right)
    assert moment.at == 2
    qtbot.keyClick(track, Qt.Key.Key_Home)
    assert moment.at == 0
    qtbot.keyClick(track, Qt.Key.Key_Left)
    assert moment.at == 0
    qtbot.keyClick(track, Qt.Key.Key_End)
    assert moment.is_now
    assert track.number_at(track.x_of(1) + 3) == 1
    assert not track.grab().isNull()


def test_checkpoints_branches_and_going_back(panel, engine, contract, machine, moment, window, see):
    start = engine.head().result(10).number
    machine.set_checkpoint("here", start)
    see(lambda: machine.at(start) == ("here",))
    row = panel.model.row_of(start)
    assert panel.model.index(row, Column.MARKS).data() == "here"
    machine.rename_checkpoint("here", "there")
    see(lambda: machine.at(start) == ("there",))
    assert machine.suggestion(start) == f"block {start}"
    call(engine, contract, "add", 1)
    left = engine.head().result(10)
    see(lambda: moment.head == left.number)
    assert machine.cannot_undo() != ""
    machine.go_to("there")
    see(lambda: moment.head == start and bool(machine.branches) and panel.model.number_at(0) == start)
    assert machine.branches[0].hash == left.hash
    texts = [panel.branches.list.topLevelItem(row).text(0) for row in range(panel.branches.list.topLevelItemCount())]
    assert texts == ["there", f"Branch that left the chain after block {start}"]
    panel.branches.list.setCurrentItem(panel.branches.list.topLevelItem(1))
    assert not panel.branches.delete.isEnabled()
    asked = []
    panel.branches.go_requested.connect(asked.append)
    panel.branches.go.click()
    assert asked == [left.hash]
    machine.undo()
    see(lambda: moment.head == left.number and not machine.branches)
    machine.delete_checkpoint("there")
    see(lambda: not machine.checkpoints)


def test_a_what_if_tells_outcome_others_and_state(panel, engine, contract, moment, workbench, see):
    engine.timeline.edit(StateEdit(contract, "count", None, "0")).result(10)
    start = engine.head().result(10).number
    first = call(engine, contract, "add", 60)
    second = call(engine, contract, "add", 60)
    see(lambda: moment.head == second.block_number)
    panel.look_at(start)
    panel.ask_what_if(second.request, second)
    see(lambda: panel.what_if.answer is not None)
    view = panel.what_if
    assert "It would succeed" in view.outcome.text()
    assert "It did fail" in view.outcome.text()
    assert view.others.topLevelItemCount() == 1
    assert "would fail" in view.others.topLevelItem(0).text(1)
    view.others.itemActivated.emit(view.others.topLevelItem(0), 0)
    assert workbench.selected.hash == first.hash
    assert engine.head().result(10).number == second.block_number


def test_the_moment_follows_the_head_and_never_lies_above_it(moment, engine, contract, see):
    call(engine, contract, "set", "m", "f", "1")
    head = engine.head().result(10).number
    see(lambda: moment.head == head)
    moment.look_at(head + 5)
    assert moment.is_now
    moment.look_at(head - 1)
    engine.timeline.go_to(head - 2).result(10)
    see(lambda: moment.head == head - 2)
    assert moment.is_now


def test_blocks_come_page_by_page(workbench, machine, moment, engine, qtbot, monkeypatch, see):
    monkeypatch.setattr("ide.time.blocks.PAGE", 2)
    for _ in range(6):
        head = engine.produce().result(30)
    see(lambda: moment.head == head.number)
    model = BlocksModel(workbench, machine, moment, workbench)
    see(lambda: model.rowCount() == 3)

    def has_another_page():
        model.fetchMore(QModelIndex())  # does nothing while a page is on its way
        return model.rowCount() >= 5

    see(has_another_page)
    assert [model.number_at(row) for row in range(5)] == [moment.head - row for row in range(5)]
