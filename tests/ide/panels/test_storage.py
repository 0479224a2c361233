import csv
import json

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester

from engine.errors import InvalidInput, StorageError
from engine.facade import BlockFlushed, BlockProduced, HeadMoved
from engine.timeline.values import Author, KeyHistory, KeyWrite, StateQuery, WriteSite
from engine.values import Layer, SourceLocation, StateChange, StateEdit, StateEntry
from ide.panels.readable import read_key, read_value
from ide.panels.storage import selection
from ide.panels.storage.history import edit_of
from ide.panels.storage.model import NODE_ROLE, Column
from ide.panels.storage.panel import StoragePanel
from ide.panels.storage.query import parse_query
from ide.panels.storage.tree import PAGE
from ide.panels.storage.viewer import HEX, TEXT, TREE, hex_dump, view_text
from ide.time.moment import Moment
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
    made = StoragePanel(workbench, Moment(workbench))
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
    qtbot.waitUntil(lambda: not panel.model.can_load(token) and not panel.model.is_loading)
    assert names(panel, token) == ["config", "supply", "balances", "balances!", "balances2", "frozen"]


def test_a_map_holds_its_fields(panel, qtbot):
    balances = open_node(panel, qtbot, "token", "balances")
    assert names(panel, balances) == ["alice", "bob", "carol"]
    assert [balances.model().index(0, column, balances).data() for column in Column] == [
        "alice",
        "158",
        "text",
        "alice",
        "10 B",
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
    hits = {"token · balances · alice", "token · balances · (list of fields)"}
    assert set(names(panel)) == hits, "in which order depends on how far the first piece of the search comes"
    panel.filter.clear()
    qtbot.waitUntil(lambda: names(panel) == ["token", "token.iost"])


def test_whoever_enters_the_filter_has_the_search_prepared(panel, engine, qtbot):
    def asked():
        return [what for name, what in engine.asked if name == "timeline.prepare_search"]

    panel.activateWindow()
    assert asked() == [], "the window chose the box, not somebody"
    panel.view.setFocus()
    panel.filter.setFocus()
    panel.filter.entered.emit()
    qtbot.waitUntil(lambda: not panel.model.is_preparing)
    assert asked() == ["", "m-"], "goes on until there is no more"
    panel.moment.look_at(1)
    panel.filter.entered.emit()
    assert len(asked()) == 2, "the past is not kept ready"


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
    panel.viewer.tabs.setCurrentIndex(TEXT)
    assert panel.viewer.text.toPlainText() == 's{"decimals":8,"symbol":"gold"}@admin'
    panel.viewer.tabs.setCurrentIndex(HEX)
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


def history_of(result, key):
    edit = StateEdit(TOKEN, "balances", "alice", "9")
    return KeyHistory(
        key,
        (
            KeyWrite(9, 2_000_000_000, Author(edit=edit), "s158@alice", "s9@alice"),
            KeyWrite(8, 1_000_000_000, Author(transaction=result), "s200@alice", "s158@alice"),
            KeyWrite(0, 0, Author(is_genesis=True), None, "s200@alice"),
        ),
    )


@pytest.fixture
def history(panel, workbench, engine, qtbot):
    key = examples.balance_key("alice")
    engine.answers["timeline.history"] = history_of(examples.transfer(), key)
    workbench.key_requested.emit(key)
    qtbot.waitUntil(lambda: panel.view.currentIndex().data() == "alice")
    panel.viewer.writer.click()
    view = panel.viewer.history
    qtbot.waitUntil(lambda: view.model.rowCount() == 3)
    return view


def test_who_wrote_a_value_is_listed(panel, history):
    assert panel.viewer.pages.currentWidget() is history
    rows = [[history.model.index(row, column).data() for column in range(3)] for row in range(3)]
    assert [row[:2] for row in rows] == [["9", "9"], ["8", "158"], ["0", "200"]]
    assert (rows[0][2], rows[2][2]) == ("edited by hand", "genesis")
    assert rows[1][2].startswith("token.transfer(")
    assert not history.transaction.isEnabled()


def test_from_a_write_to_its_transaction_line_and_step(panel, history, workbench, engine, window, qtbot, token_file):
    history.table.selectRow(1)
    history.transaction.click()
    assert workbench.selected == examples.transfer()
    assert window.shown_docks[-1] == "transactions"
    engine.answers["timeline.write_site"] = WriteSite(4, SourceLocation(TOKEN, str(token_file), 12))
    history.line.click()
    qtbot.waitUntil(lambda: window.opened == [(token_file, 12, 0)])
    with qtbot.waitSignals([workbench.debug_requested]):
        history.debugger.click()
    with qtbot.waitSignal(workbench.access_requested) as reached:
        workbench.accesses_reached.emit(0)
    assert reached.args == [4]
    workbench.accesses_reached.emit(1)


def test_a_write_that_no_line_made(history, engine, window, qtbot):
    history.table.selectRow(1)
    engine.answers["timeline.write_site"] = WriteSite(4, None)
    history.line.click()
    qtbot.waitUntil(lambda: bool(window.messages))
    assert "the chain itself" in window.messages[-1]


def test_the_past_is_looked_at_and_cannot_be_edited(panel, history, engine, qtbot):
    history.table.selectRow(1)
    history.look.click()
    assert panel.moment.at == 8
    assert "As of block 8: read-only" in panel.past_banner.text()
    qtbot.waitUntil(lambda: ("timeline.entries", (8, "b-", "")) in engine.asked and not panel.model.is_loading)
    assert not panel.viewer.edit.isEnabled()
    qtbot.waitUntil(lambda: panel.view.currentIndex().data() == "alice")
    assert panel.recent.isHidden()
    assert "past" in panel.editing.cannot()
    change(panel, engine, qtbot, ("b-new.iost-k", "s1@p"))
    assert "new.iost" not in names(panel)
    panel.now_button.click()
    assert panel.moment.at is None
    assert panel.past_banner.isHidden()


def test_a_value_is_edited_by_hand_and_that_is_undone(panel, history, engine, window, qtbot):
    panel.viewer.edit.click()
    qtbot.waitUntil(lambda: panel.editing.dialog is not None)
    dialog = panel.editing.dialog
    assert (dialog.kind.currentText(), dialog.text.toPlainText(), dialog.payer.text()) == ("text", "158", "alice")
    dialog.text.setPlainText("7")
    engine.answers["timeline.edit"] = InvalidInput("'7' is not right", advice="Correct it.")
    dialog.apply.click()
    qtbot.waitUntil(lambda: "is not right" in dialog.problem.text())
    engine.answers["timeline.edit"] = examples.block_of(examples.transfer()).block
    dialog.apply.click()
    qtbot.waitUntil(lambda: panel.editing.dialog is None)
    assert engine.asked[-1][1][0] == (StateEdit(TOKEN, "balances", "alice", "7", "text", "alice"),)
    assert "edited by hand" in window.messages[-1]
    assert panel.editing.cannot_undo() == ""
    panel.editing.undo()
    qtbot.waitUntil(lambda: not panel.editing.made)
    assert engine.asked[-1][1][0] == (StateEdit(TOKEN, "balances", "alice", "158", "text", "alice"),)
    assert panel.editing.cannot_undo() != ""


def test_an_older_value_is_proposed_again(panel, history, qtbot):
    history.table.selectRow(2)
    history.again.click()
    qtbot.waitUntil(lambda: panel.editing.dialog is not None)
    assert panel.editing.dialog.text.toPlainText() == "200"
    panel.editing.dialog.kind.setCurrentText("deleted")
    assert panel.editing.dialog.edit().text is None
    panel.editing.dialog.reject()
    assert panel.editing.dialog is None


@pytest.mark.parametrize(
    ("stored", "kind", "text"),
    [
        ("i5@p", "number", "5"),
        ("bt@p", "boolean", "true"),
        ("f1250/2@p", "decimal", "12.50"),
        ("f-5/2@p", "decimal", "-0.05"),
    ],
)
def test_edits_name_values_as_people_write_them(stored, kind, text):
    assert edit_of("b-c-k", stored) == StateEdit("c", "k", None, text, kind, "p")


def test_what_just_changed_stays_until_it_is_dismissed(panel, engine, qtbot):
    assert panel.recent.isHidden()
    change(panel, engine, qtbot, (examples.balance_key("alice"), "s100@alice"), ("b-token.iost-x", "s1@p"))
    assert not panel.recent.isHidden()
    rows = [panel.recent.model.index(row, 0).data() for row in range(panel.recent.model.rowCount())]
    assert rows == ["token · balances · alice"]
    change(panel, engine, qtbot, (examples.balance_key("bob"), "s1@bob"))
    assert panel.recent.model.index(0, 0).data() == "token · balances · bob"
    panel.recent.table.clicked.emit(panel.recent.model.index(0, 0))
    qtbot.waitUntil(lambda: panel.view.currentIndex().data() == "bob")
    panel.recent.dismiss_button.click()
    assert panel.recent.isHidden()


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("payer:alice key:balances", ["token · balances · alice"]),
        ("field:bob", ["token · balances · bob"]),
        ("contract:token. type:num field:00001", ["token.iost · TB · 00001"]),
        ('value:"decimals"', ["token · config"]),
    ],
)
def test_parts_of_the_filter(panel, qtbot, text, hits):
    panel.filter.setText(text)
    qtbot.waitUntil(lambda: panel.model.contains == text and not panel.model.is_loading)
    assert names(panel) == hits
    assert str(len(hits)) in panel.found.text()


def test_a_filter_follows_changes(panel, engine, qtbot):
    panel.filter.setText("field:zoe")
    qtbot.waitUntil(lambda: panel.model.contains != "" and not panel.model.is_loading)
    change(panel, engine, qtbot, (examples.balance_key("zoe"), "s1@zoe"), (examples.balance_key("kim"), "s1@kim"))
    assert names(panel) == ["token · balances · zoe"]


def test_half_typed_filters():
    names = {"Contract1": "token"}
    assert parse_query("", names) is None
    assert parse_query("key:", names) is None
    assert parse_query("type:", names) is None
    assert parse_query("type:nu", names) == StateQuery(types="in")
    assert parse_query("contract:tok gold", names) == StateQuery(anywhere=("gold",), contracts=("Contract1", "tok"))
    assert parse_query('"two words" KEY:x', names) == StateQuery(anywhere=("two words",), key="x")


def test_selected_entries_as_text_and_files(panel, qtbot, tmp_path):
    balances = open_node(panel, qtbot, "token", "balances")
    panel.view.setFocus()
    panel.view.setCurrentIndex(children(panel, balances)[0])
    qtbot.keyClick(panel.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert [node.name for node in panel.chosen] == ["alice", "bob"]
    qtbot.keyClick(panel.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines()[0] == "balances · alice\t158"
    panel.copy(selection.as_keys)
    assert QGuiApplication.clipboard().text().splitlines()[1] == examples.balance_key("bob")
    selection.write(panel.chosen, tmp_path / "some.json")
    first, _ = json.loads((tmp_path / "some.json").read_text(encoding="utf-8"))
    assert (first["contract"], first["field"], first["value"], first["payer"]) == (TOKEN, "alice", "158", "alice")
    selection.write(panel.chosen, tmp_path / "some.csv")
    rows = list(csv.DictReader((tmp_path / "some.csv").open(encoding="utf-8")))
    assert [row["state_key"] for row in rows] == [examples.balance_key("alice"), examples.balance_key("bob")]
    with pytest.raises(StorageError):
        selection.write(panel.chosen, tmp_path / "no" / "such.csv")


def test_json_is_shown_as_a_tree(panel, qtbot):
    token = open_node(panel, qtbot, "token")
    panel.view.setCurrentIndex(children(panel, token)[names(panel, token).index("config")])
    panel.viewer.tabs.setCurrentIndex(TREE)
    tree = panel.viewer.tree
    assert panel.viewer.pages.currentWidget() is tree
    shown = {tree.topLevelItem(row).text(0): tree.topLevelItem(row).text(1) for row in range(2)}
    assert shown == {"decimals": "8", "symbol": '"gold"'}
    supply = children(panel, token)[names(panel, token).index("supply")]
    panel.view.setCurrentIndex(supply)
    assert not panel.viewer.tabs.isTabVisible(TREE)
    assert panel.viewer.pages.currentWidget() is panel.viewer.text


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
    assert not panel.model.can_load(QModelIndex())


def test_views_of_a_value():
    key = read_key("b-c-k")
    assert (
        view_text(read_value(key, "i1234567@p"), "i1234567@p", 0).replace("\N{NARROW NO-BREAK SPACE}", " ")
        == "1 234 567"
    )
    assert hex_dump(bytes(range(40, 60))).splitlines()[1].startswith("000010  38 39 3a 3b")
    assert hex_dump(b"") == ""
