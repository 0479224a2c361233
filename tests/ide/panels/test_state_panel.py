import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from engine.facade import BlockFlushed, HeadMoved
from engine.values import Layer, StateChange
from ide.panels.state.model import ROW_ROLE, StackModel
from ide.panels.state.panel import StateStackPanel
from ide.panels.state.rows import Fate, access_rows
from tests.ide.panels import examples


@pytest.fixture
def panel(workbench, qtbot):
    made = StateStackPanel(workbench)
    qtbot.addWidget(made)
    made.resize(1200, 400)
    made.show()
    qtbot.waitUntil(lambda: len(made.rocksdb.model.rows) == 6)
    return made


def texts(pane):
    return [pane.model.index(row).data() for row in range(pane.model.rowCount())]


def run(engine, panel, qtbot, *events):
    with qtbot.waitSignal(panel._workbench.bridge.events):
        engine.emit(*events)
    qtbot.waitUntil(lambda: not panel.is_due)


def test_a_success_falls_through_the_layers(panel, engine, qtbot):
    result = examples.transfer(block=12)
    run(engine, panel, qtbot, examples.executed(result), examples.block_of(result))
    assert "write balances · alice of" in texts(panel.local)[2]
    assert texts(panel.local)[2].endswith("158 → 100")
    assert [row.block for row in panel.mvcc.model.rows] == [12, 12, 12]
    assert {row.fate for row in panel.mvcc.model.rows} == {Fate.HELD}
    assert "committed" in panel.commit_arrow.text
    assert not panel.banner.isVisible()

    run(engine, panel, qtbot, BlockFlushed(12))
    assert {row.fate for row in panel.mvcc.model.rows} == {Fate.MOVED_DOWN}
    assert [row.key for row in panel.rocksdb.model.rows[:3]] == [row.key for row in panel.mvcc.model.rows]
    assert panel.rocksdb.model.rows[0].layer is Layer.ROCKSDB
    assert "flushed" in panel.flush_arrow.text
    assert panel.rocksdb.is_glowing


def test_a_failure_is_struck_out_and_nothing_below_moves(panel, engine, qtbot):
    before = list(panel.rocksdb.model.rows)
    result = examples.transfer(fails=True)
    run(engine, panel, qtbot, examples.executed(result), examples.block_of(result), BlockFlushed(12))
    assert panel.banner.isVisible()
    assert panel.banner.text() == "Rolled back: nothing below changed"
    fates = [row.fate for row in panel.local.model.rows if row.is_change]
    assert fates == [Fate.THROWN_AWAY] * 3
    assert "thrown" in panel.commit_arrow.text
    assert panel.mvcc.model.rowCount() == 0
    assert list(panel.rocksdb.model.rows) == before


def test_a_dry_run_says_so(panel, workbench):
    workbench.select(examples.transfer(), kept=False)
    assert panel.banner.text() == "Dry run: nothing below changed"
    assert panel.banner.isVisible()


def test_the_debuggers_position_is_shown(panel, workbench):
    workbench.select(examples.transfer())
    workbench.accesses_reached.emit(3)
    assert [row.fate for row in panel.local.model.rows] == [Fate.HELD] * 3 + [Fate.AHEAD] * 4
    assert "3 of 7" in panel.banner.text()
    workbench.accesses_reached.emit(None)
    assert {row.fate for row in panel.local.model.rows} == {Fate.HELD}


def test_opening_an_access_asks_for_its_key(panel, workbench, qtbot):
    workbench.select(examples.transfer())
    with qtbot.waitSignal(workbench.key_requested) as asked:
        panel.local.view.activated.emit(panel.local.model.index(2))
    assert asked.args == [panel.local.model.rows[2].key]


def test_while_debugging_an_access_leads_to_its_step(panel, workbench, qtbot):
    workbench.select(examples.transfer())
    workbench.accesses_reached.emit(3)
    with qtbot.waitSignal(workbench.access_requested) as asked:
        panel.local.view.activated.emit(panel.local.model.index(5))
    assert asked.args == [5]


def test_the_chains_own_books_are_shown_on_demand(panel, workbench):
    workbench.toggle_books()
    assert "m-" in "".join(row.key for row in panel.rocksdb.model.rows if row.is_book)
    workbench.toggle_books()
    assert not any(row.is_book for row in panel.rocksdb.model.rows)


def test_opening_a_held_value_asks_for_its_key(panel, workbench, qtbot):
    with qtbot.waitSignal(workbench.key_requested) as asked:
        panel.rocksdb.view.activated.emit(panel.rocksdb.model.index(0))
    assert asked.args == [panel.rocksdb.model.rows[0].key]


def test_a_moved_head_forgets_what_was_seen(panel, engine, qtbot):
    result = examples.transfer(block=12)
    run(engine, panel, qtbot, examples.executed(result), examples.block_of(result))
    run(engine, panel, qtbot, HeadMoved(3))
    assert panel.mvcc.model.rowCount() == 0
    qtbot.waitUntil(lambda: panel.rocksdb.model.rowCount() == 6)


def test_an_empty_pane_says_what_it_is_for(panel):
    assert "Call a method" in panel.local.switcher.empty.findChild(type(panel.banner).__mro__[1]).text()


def test_rows_are_copied_as_text(panel, qtbot, qapp):
    panel.rocksdb.view.selectAll()
    qtbot.keyClick(panel.rocksdb.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "supply of" in qapp.clipboard().text()


def test_the_panel_can_be_painted_in_every_state(panel, workbench, engine, qtbot):
    for result in (examples.transfer(1), examples.transfer(2, fails=True), None):
        workbench.select(result)
        assert not panel.grab().isNull()


def test_the_row_model_keeps_qts_rules(qtbot):
    model = StackModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    rows = access_rows(examples.transfer(), kept=True)
    for shown in (rows[:3], rows, rows[2:], [], rows):
        model.show(shown)
        assert [model.index(row).data(ROW_ROLE) for row in range(model.rowCount())] == shown


def test_a_burst_of_blocks_loses_no_key_on_its_way_down(panel, engine, qtbot):
    """More rows than the panes keep, all delivered at once."""
    burst = []
    for number in range(20, 60):
        result = examples.transfer(block=number)
        changes = tuple(StateChange(f"b-{examples.TOKEN}-k{number}.{row}", None, "s1@p") for row in range(20))
        block = msgspec.structs.replace(examples.block_of(result), changes=changes)
        burst += [block, BlockFlushed(number)]
    panel._workbench.toggle_books()
    run(engine, panel, qtbot, *burst)
    qtbot.waitUntil(lambda: panel.mvcc.model.rows[0].block == 59)
    assert len({row.key for row in panel.rocksdb.model.rows if ".iost" not in row.key and "-k" in row.key}) == 800
