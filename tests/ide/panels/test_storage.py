import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from engine.facade import BlockFlushed, BlockProduced, HeadMoved
from engine.values import Layer, StateChange, StateEntry
from ide.panels.readable import read_key, read_value
from ide.panels.storage.model import NODE_ROLE, Column
from ide.panels.storage.panel import StoragePanel
from ide.panels.storage.tree import PAGE
from ide.panels.storage.viewer import hex_dump, view_text
from tests.ide.panels import examples

TOKEN = examples.TOKEN


@pytest.fixture
def panel(workbench, engine, qtbot):
    engine.layers[Layer.ROCKSDB] = tuple(
        sorted(
            (
                *examples.entries(),
                # Keys that sort between a map's list and its fields, and one that only begins like it.
                StateEntry(f"m-{TOKEN}-balances!-x", "s1@p", Layer.ROCKSDB),
                StateEntry(f"m-{TOKEN}-balances2-x", "s1@p", Layer.ROCKSDB),
                StateEntry(f"m-{TOKEN}-balances@", "1", Layer.ROCKSDB),
                StateEntry("b-token.iost-TIiost", "s1@p", Layer.ROCKSDB),
                *(StateEntry(f"m-token.iost-TB-{number:05d}", "i5@p", Layer.ROCKSDB) for number in range(3 * PAGE)),
            ),
            key=lambda entry: entry.key,
        )
    )
    made = StoragePanel(workbench)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    QAbstractItemModelTester(made.model, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    qtbot.waitUntil(lambda: names(made) == ["token", "token.iost"])
    return made


def children(panel, parent=QModelIndex()):  # noqa: B008
    return [panel.model.index(row, 0, parent) for row in range(panel.model.rowCount(parent))]


def names(panel, parent=QModelIndex()):  # noqa: B008
    return [index.data() for index in children(panel, parent)]


def open_node(panel, qtbot, *path):
    index = QModelIndex()
    for name in path:
        qtbot.waitUntil(lambda name=name, index=index: name in names(panel, index))
        index = children(panel, index)[names(panel, index).index(name)]
        panel.view.expand(index)
    settle(panel, qtbot)
    return index


def settle(panel, qtbot):
    qtbot.waitUntil(lambda: not panel.model.is_loading)


def test_contracts_hold_values_and_then_maps(panel, qtbot):
    token = open_node(panel, qtbot, "token")
    qtbot.waitUntil(lambda: not panel.model.canFetchMore(token) and not panel.model.is_loading)
    assert names(panel, token) == ["config", "supply", "balances", "balances!", "balances2", "frozen"]


def test_a_map_holds_its_fields(panel, qtbot):
    balances = open_node(panel, qtbot, "token", "balances")
    assert names(panel, balances) == ["alice", "bob", "carol"]
    assert [balances.model().index(0, column, balances).data() for column in Column] == [
        "alice",
        "158",
        "text",
        "alice",
        "RocksDB",
    ]


def test_a_large_map_is_loaded_page_by_page(panel, qtbot):
    fields = open_node(panel, qtbot, "token.iost", "TB")

    def is_complete():
        panel.model.fetchMore(fields)
        return panel.model.rowCount(fields) == 3 * PAGE

    qtbot.waitUntil(is_complete)
    assert names(panel, fields) == [f"{number:05d}" for number in range(3 * PAGE)]


def test_a_map_of_any_size_costs_few_questions_to_find(panel, engine, qtbot):
    open_node(panel, qtbot, "token.iost")
    hops = [
        question for method, question in engine.asked if method == "state_entries" and question[0] == "m-token.iost-"
    ]
    assert len(hops) <= 3


def test_a_filter_lists_hits_with_their_contract(panel, qtbot):
    panel.filter.setText("alice")
    qtbot.waitUntil(lambda: panel.model.contains == "alice" and not panel.model.is_loading)
    assert names(panel) == ["token · balances · (list of fields)", "token · balances · alice"]
    panel.filter.clear()
    qtbot.waitUntil(lambda: names(panel) == ["token", "token.iost"])


def test_a_filter_without_hits_says_so(panel, qtbot):
    panel.filter.setText("nothing like it")
    qtbot.waitUntil(lambda: panel.model.contains != "" and not panel.model.is_loading)
    assert panel.switcher.empty.isVisibleTo(panel)


def test_choosing_a_value_shows_it(panel, qtbot):
    token = open_node(panel, qtbot, "token")
    config = children(panel, token)[names(panel, token).index("config")]
    panel.view.setCurrentIndex(config)
    assert panel.viewer.heading.text() == "token · config"
    assert '"decimals": 8' in panel.viewer.text.toPlainText()
    panel.viewer.tabs.setCurrentIndex(1)
    assert panel.viewer.text.toPlainText() == 's{"decimals":8,"symbol":"gold"}@admin'
    panel.viewer.tabs.setCurrentIndex(2)
    assert panel.viewer.text.toPlainText().startswith("000000  73 7b 22")


def change(panel, engine, qtbot, *changes):
    block = examples.block_of(examples.transfer()).block
    with qtbot.waitSignal(panel._workbench.bridge.events):
        engine.emit(BlockProduced(block, tuple(StateChange(key, None, value) for key, value in changes)))


def test_changes_are_followed(panel, engine, qtbot):
    balances = open_node(panel, qtbot, "token", "balances")
    change(
        panel,
        engine,
        qtbot,
        (examples.balance_key("alice"), "s100@alice"),
        (examples.balance_key("bob"), None),
        (examples.balance_key("bab"), "s5@bob"),
        (f"m-{TOKEN}-votes-x", "s1@p"),
        ("b-new.iost-k", "s1@p"),
    )
    assert names(panel, balances) == ["alice", "bab", "carol"]
    alice = children(panel, balances)[0]
    assert alice.siblingAtColumn(Column.VALUE).data() == "100"
    assert alice.siblingAtColumn(Column.LAYER).data() == "MVCC"
    assert alice.data(NODE_ROLE).changed_at > 0
    assert "votes" in names(panel, balances.parent())
    assert "new.iost" in names(panel)
    for number, layer in ((11, "MVCC"), (12, "RocksDB")):
        with qtbot.waitSignal(panel._workbench.bridge.events):
            engine.emit(BlockFlushed(number))
        assert alice.siblingAtColumn(Column.LAYER).data() == layer


def test_going_to_a_key_opens_the_tree_down_to_it(panel, workbench, window, qtbot):
    workbench.key_requested.emit(examples.balance_key("carol"))
    qtbot.waitUntil(lambda: panel.view.currentIndex().data() == "carol")
    assert window.shown_docks == ["storage"]
    assert panel.viewer.text.toPlainText() == "7"


def test_a_key_too_far_away_is_looked_for_with_the_filter(panel, workbench, qtbot):
    workbench.key_requested.emit(f"m-{TOKEN}-balances-zoe")
    qtbot.waitUntil(lambda: panel.filter.text() == "zoe")


def test_who_wrote_a_value_is_found(panel, workbench, engine, window, qtbot):
    workbench.key_requested.emit(examples.balance_key("alice"))
    qtbot.waitUntil(lambda: panel.view.currentIndex().data() == "alice")
    panel.viewer.writer.click()
    assert "No transaction of this session" in window.messages[-1]
    result = examples.transfer()
    with qtbot.waitSignal(workbench.bridge.events):
        engine.emit(examples.executed(result))
    workbench.select(None)
    panel.viewer.writer.click()
    assert workbench.selected == result
    assert window.shown_docks[-1] == "transactions"


def test_a_moved_head_loads_everything_again(panel, engine, qtbot):
    open_node(panel, qtbot, "token", "balances")
    engine.layers[Layer.ROCKSDB] = ()
    engine.emit(HeadMoved(0))
    qtbot.waitUntil(lambda: panel.model.rowCount() == 0)


def test_an_engine_error_ends_the_page(panel, engine, workbench, qtbot, monkeypatch):
    from tests.ide.panels.fake_engine import failed

    monkeypatch.setattr(engine, "state_entries", lambda **_question: failed(OSError("disk gone")))
    with qtbot.waitSignal(workbench.bridge.request_failed):
        panel.model.reload()
    assert not panel.model.canFetchMore(QModelIndex())


def test_views_of_a_value():
    key = read_key("b-c-k")
    assert (
        view_text(read_value(key, "i1234567@p"), "i1234567@p", 0).replace("\N{NARROW NO-BREAK SPACE}", " ")
        == "1 234 567"
    )
    assert hex_dump(bytes(range(40, 60))).splitlines()[1].startswith("000010  38 39 3a 3b")
    assert hex_dump(b"") == ""
