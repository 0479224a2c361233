from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QGuiApplication

from engine.facade import Production, ProductionMode
from engine.values import Action, TransactionRequest
from ide.chain.blocks.model import Column


def numbers(user):
    return [row.number for row in user.chain.chain.model.rows]


def test_new_blocks_come_on_top_with_their_transactions(user):
    result = user.buy()
    row = user.block_of(result)
    assert numbers(user)[0] == result.block_number
    assert [shown.hash for shown in row.results] == [result.hash]
    model = user.chain.chain.model
    index = model.find(result)
    assert index.data().startswith("shop.buy(")
    assert model.parent(index).siblingAtColumn(Column.WHAT).data().endswith("1 transaction")


def test_all_blocks_down_to_genesis_are_listed_once(user):
    model = user.chain.chain.model
    user.see(lambda: not model.is_loading)
    while model.can_load(QModelIndex()):
        model.fetchMore(QModelIndex())
        user.see(lambda: not model.is_loading)
    head = user.answer(user.engine.head()).number
    user.see(lambda: numbers(user)[0] == head)
    assert numbers(user) == list(range(head, -1, -1))


def test_a_reload_lists_what_was_followed(user):
    user.block_of(user.buy())
    followed = [(row.number, [result.hash for result in row.results]) for row in user.chain.chain.model.rows]
    user.chain.chain.model.reload(waiting=True)
    user.see(lambda: len(user.chain.chain.model.rows) >= len(followed))
    reloaded = [(row.number, [result.hash for result in row.results]) for row in user.chain.chain.model.rows]
    assert reloaded == followed


def test_typing_a_filter_finds_old_transactions(user):
    wanted = user.buy(11, "sofa")
    user.buy(2, "lamp")
    panel = user.chain.chain
    user.type(panel.filter, "status:failed args:sofa")
    user.see(lambda: [row.number for row in panel.model.rows] == [wanted.block_number])
    assert panel.view.isExpanded(panel.model.index(0, 0))
    user.buy(3, "chair")
    again = user.buy(12, "sofa")
    user.see(lambda: [row.number for row in panel.model.rows] == [again.block_number, wanted.block_number])
    panel.filter.setText("args:nobody-has-this")
    user.see(lambda: not panel.model.rows and not panel.model.is_loading)
    assert panel.list_switcher.empty._label.text() == "No block or transaction fits the filter."


def test_a_wrong_filter_says_so(user):
    panel = user.chain.chain
    user.type(panel.filter, "colour:red")
    user.see(lambda: "There is no field" in panel.problem.text())
    panel.filter.clear()
    user.see(lambda: panel.problem.text() == "")


def test_empty_blocks_can_be_left_out(user):
    result = user.buy()
    user.run("chain.produce")
    user.see(lambda: numbers(user)[0] > result.block_number)
    user.run("chain.empty_blocks")
    user.see(lambda: bool(user.chain.chain.model.rows))
    assert all(row.results for row in user.chain.chain.model.rows)
    user.run("chain.produce")
    after = user.buy()
    user.see(lambda: numbers(user)[:2] == [after.block_number, result.block_number])


def test_a_failure_is_explained_with_its_line(user):
    panel = user.chain.chain
    user.window.show_dock("chain")
    result = user.buy(11)
    user.block_of(result)
    panel.go_to(result)
    user.see(lambda: "throw new Error('too many');" in panel.transaction.toPlainText())
    text = panel.transaction.toPlainText()
    assert "line 8" in text
    assert "shop.buy failed" in text
    assert "What to do:" in text


def test_a_transactions_receipt_events_and_console_are_shown(user):
    panel = user.chain.chain
    user.window.show_dock("chain")
    result = user.buy(2, "mirror")
    user.block_of(result)
    panel.go_to(result)
    user.see(lambda: "sold mirror" in panel.transaction.toPlainText())
    assert '"item":"mirror"' in panel.transaction.toPlainText()


def test_a_block_is_shown_with_gas_and_size_and_links(user):
    panel = user.chain.chain
    user.window.show_dock("chain")
    result = user.buy()
    user.block_of(result)
    panel.go_to_block(result.block_number)
    user.see(lambda: panel.block.block is not None and panel.block.block.summary.number == result.block_number)
    assert f"Block {result.block_number}" in panel.block.toPlainText()
    assert "of 8" in panel.block.toPlainText()
    assert panel.block.block.size > 100
    assert panel.chosen_block.number == result.block_number
    user.run("chain.copy_hash")
    assert QGuiApplication.clipboard().text() == panel.block.block.summary.hash
    user.run("chain.validate")
    user.see(lambda: "is valid" in user.window.message())
    user.run("chain.validate_all")
    user.see(lambda: "blocks are valid" in user.window.message())


def test_the_first_block_that_is_not_as_recorded_is_shown(user, monkeypatch):
    panel = user.chain.chain
    user.window.show_dock("chain")
    result = user.buy()
    user.block_of(result)
    wrong = result.block_number
    monkeypatch.setattr(
        user.engine._parts.chain, "validate", lambda number: "gas usage differs" if number == wrong else None
    )
    user.run("chain.validate_all")
    user.see(lambda: any("gas usage differs" in toast.text for toast in user.window.notifications.visible()))
    user.see(lambda: panel.block.block is not None and panel.block.block.summary.number == wrong)


def test_what_ran_side_by_side_and_again_is_shown(user):
    panel = user.chain.chain
    user.window.show_dock("chain")
    requests = [
        TransactionRequest(name, (Action(user.shop.id, "buy", f'["{name}",1,false]'),))
        for name in ("alice", "bobby", "carol", "david", "ellen")
    ]
    results = user.answer(user.engine.transact_many(requests))
    user.block_of(results[-1])
    panel.go_to_block(results[0].block_number)
    user.see(lambda: panel.block.block is not None and panel.block.block.summary.number == results[0].block_number)
    execution = panel.block.block.execution
    text = panel.block.toPlainText()
    assert "Executed" in text
    shows_lanes = len(set(execution.workers[1:])) > 1 or any(runs > 1 for runs in execution.runs)
    assert ("1 run" in text or "2 runs" in text) is shows_lanes
    assert text.count("was run again: it had read") == len(execution.conflicts)


def test_resend_edit_and_debug(user):
    panel = user.chain.chain
    result = user.buy(4, "clock")
    user.block_of(result)
    panel.go_to(result)
    user.run("chain.resend")
    user.see(lambda: numbers(user)[0] > result.block_number and not user.panels.caller.is_running)
    again = user.chain.chain.model.rows[0].results[0]
    assert again.request.actions == result.request.actions
    panel.go_to(result)
    user.run("chain.edit")
    assert user.chain.composer.form.actions_shown[0].inputs[0].text() == "clock"
    panel.go_to(result)
    user.run("chain.debug")
    user.see(lambda: user.panels.controller.session is not None)
    user.panels.controller.stop()


def test_the_open_block_shows_what_waits(user):
    user.answer(user.engine.set_production(Production(ProductionMode.MANUAL)))
    first = user.buy(1)
    row = user.block_of(first)
    assert row.summary is None
    second = user.buy(2)
    user.see(lambda: user.chain.chain.model.find(second).isValid())
    assert second.block_number == first.block_number
    user.run("chain.produce")
    user.see(lambda: user.chain.chain.model.rows[0].summary is not None)
    assert [result.hash for result in user.chain.chain.model.rows[0].results] == [first.hash, second.hash]
