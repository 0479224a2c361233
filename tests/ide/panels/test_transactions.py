import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from engine.errors import RejectedTransaction
from engine.facade import HeadMoved, TransactionRejected
from ide.panels.transactions import model
from ide.panels.transactions.filter import parse_filter
from ide.panels.transactions.model import PAGE, Column
from ide.panels.transactions.panel import TransactionsPanel
from tests.ide.panels import examples


@pytest.fixture
def panel(workbench, qtbot):
    made = TransactionsPanel(workbench)
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    QAbstractItemModelTester(made.model, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    return made


@pytest.fixture
def history(engine, workbench, panel, qtbot):
    """Two and a half pages of transactions on the chain, newest first."""
    engine.transaction_list = tuple(
        examples.transfer(number, fails=number % 5 == 0, block=number) for number in range(2 * PAGE + PAGE // 2, 0, -1)
    )
    panel.model.reload()
    qtbot.waitUntil(lambda: panel.model.rowCount() >= PAGE)
    return engine.transaction_list


def calls(panel):
    return [panel.model.index(row, Column.CALL).data() for row in range(panel.model.rowCount())]


def blocks(panel):
    return [panel.model.index(row, Column.BLOCK).data() for row in range(panel.model.rowCount())]


def load_all(panel, qtbot):
    def is_complete():
        panel.model.fetchMore(panel.view.rootIndex())
        return panel.model._exhausted

    qtbot.waitUntil(is_complete)


FACTS = {
    "from": "alice",
    "contract": "token contractabc",
    "method": "transfer",
    "args": '["alice","dave",58]',
    "status": "failed runtime_error",
    "block": "12",
    "hash": "hash1",
}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "transfer",
        "TOKEN transfer",
        "from:alice status:failed",
        "-block:13",
        "dave -mint",
        "status:runtime",
        "args:58",
    ],
)
def test_filters_that_accept(text):
    assert parse_filter(text)(FACTS)


@pytest.mark.parametrize("text", ["mint", "from:bob", "-transfer", "status:ok", "transfer block:13", "sort:asc"])
def test_filters_that_refuse(text):
    assert not parse_filter(text)(FACTS)


def test_older_transactions_are_fetched_page_by_page(panel, history, qtbot):
    load_all(panel, qtbot)
    assert blocks(panel) == [f"#{result.block_number}" for result in history]


def test_new_transactions_come_on_top_and_do_not_shift_the_pages(panel, engine, history, qtbot):
    fresh = examples.transfer(900, block=900)
    with qtbot.waitSignal(panel.model.rowsInserted):
        engine.emit(examples.executed(fresh))
    engine.transaction_list = (fresh, *history)
    load_all(panel, qtbot)
    assert blocks(panel) == [f"#{result.block_number}" for result in engine.transaction_list]


def test_the_filter_looks_through_later_pages_too(panel, history, qtbot):
    panel.filter.setText("block:3")
    qtbot.waitSignal(panel.model.modelReset).wait()
    load_all(panel, qtbot)
    assert set(blocks(panel)) == {f"#{result.block_number}" for result in history if "3" in str(result.block_number)}


def test_a_refused_transaction_is_listed_with_its_reason(panel, workbench):
    request = examples.transfer().request
    workbench.rejected.emit(request, RejectedTransaction("expired", advice="Send it again."))
    assert panel.model.row_at(0).status == "rejected"
    panel.view.setCurrentIndex(panel.model.index(0, 0))
    assert "Send it again." in panel.details.toPlainText()


def test_a_transaction_from_outside_that_was_refused_is_listed(panel, engine, history, qtbot):
    with qtbot.waitSignal(panel.model.rowsInserted):
        engine.emit(TransactionRejected("Hash1", examples.transfer().request, "it expired while it waited for a block"))
    assert panel.model.row_at(0).status == "rejected"
    panel.view.setCurrentIndex(panel.model.index(0, 0))
    assert "it expired while it waited" in panel.details.toPlainText()


def test_choosing_a_transaction_shows_it_everywhere(panel, workbench, history):
    panel.view.setCurrentIndex(panel.model.index(3, 0))
    assert workbench.selected == history[3]
    assert not workbench.is_following
    assert f"block {history[3].block_number}" in panel.details.toPlainText()
    panel.view.setCurrentIndex(panel.model.index(0, 0))
    assert workbench.is_following


def test_a_selection_from_elsewhere_moves_the_cursor(panel, workbench, history):
    workbench.select(history[7])
    assert panel.view.currentIndex().row() == 7


def test_enter_debugs_and_the_rest_can_be_asked_for(panel, workbench, history, window, token_file, qtbot, qapp):
    panel.view.setCurrentIndex(panel.model.index(0, 0))
    with qtbot.waitSignal(workbench.debug_requested) as debugged:
        qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    assert debugged.args == [history[0]]
    with qtbot.waitSignal(workbench.resend_requested) as sent:
        panel.resend()
    assert sent.args == [history[0].request]
    panel.show_source()
    assert window.opened[-1][0] == token_file
    panel.copy_hash()
    assert qapp.clipboard().text() == history[0].hash


def test_a_failed_one_leads_to_its_failing_line(panel, history, window):
    row = next(place for place, result in enumerate(history) if not result.succeeded)
    panel.view.setCurrentIndex(panel.model.index(row, 0))
    panel.show_source()
    assert window.opened[-1][1] == 33


def test_a_moved_head_loads_everything_again(panel, engine, history, qtbot):
    engine.transaction_list = history[:3]
    engine.emit(HeadMoved(3))
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3)


def test_a_long_stream_forgets_its_end_and_finds_it_again(panel, engine, history, qtbot, monkeypatch):
    monkeypatch.setattr(model, "MOST_ROWS", 500)
    fresh = [examples.transfer(number, block=number) for number in range(1000, 1400)]
    engine.transaction_list = (*reversed(fresh), *history)
    panel.model.add_results(fresh)
    assert panel.model.rowCount() == 400
    load_all(panel, qtbot)
    assert blocks(panel) == [f"#{result.block_number}" for result in engine.transaction_list]


def test_numbers_beyond_64_bits_can_be_shown(panel, engine, qtbot):
    import msgspec

    huge = msgspec.structs.replace(examples.transfer(), block_number=2**70)
    with qtbot.waitSignal(panel.model.rowsInserted):
        engine.emit(examples.executed(huge))
    assert blocks(panel) == [f"#{2**70}"]


def test_the_list_says_what_it_is_for_while_it_is_empty(panel):
    assert panel.switcher.empty.isVisibleTo(panel)
