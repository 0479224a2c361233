from engine.facade import ContractDeployed, HeadMoved
from engine.values import Action, SourceLocation
from tests.ide.panels import examples


def test_it_knows_contracts_by_name(workbench):
    assert workbench.contract_name(examples.TOKEN) == "token"
    assert workbench.contract_name("token.iost") == "token.iost"
    assert workbench.describe(Action(examples.TOKEN, "supply", "[]")) == "token.supply()"


def test_a_new_contract_is_known_at_once(workbench, engine, qtbot):
    other = examples.deployed_token("other")
    with qtbot.waitSignal(workbench.contracts_changed):
        engine.emit(ContractDeployed(other))
    assert workbench.contract_name(other.id) == "other"


def test_accounts_follow_the_blocks(workbench, engine, qtbot):
    engine.account_list = engine.account_list[:1]
    with qtbot.waitSignal(workbench.accounts_changed):
        engine.emit(examples.block_of(examples.transfer()))
    assert [account.name for account in workbench.accounts] == ["admin"]


def test_new_transactions_are_selected_while_following(workbench, engine, qtbot):
    first, second = examples.transfer(1), examples.transfer(2)
    with qtbot.waitSignal(workbench.transaction_selected):
        engine.emit(examples.executed(first))
    workbench.follow(False)
    with qtbot.waitSignal(workbench.bridge.events):
        engine.emit(examples.executed(second))
    assert workbench.selected == first


def test_the_last_writer_of_a_key_is_known(workbench, engine, qtbot):
    first, failed = examples.transfer(1), examples.transfer(2, fails=True)
    with qtbot.waitSignal(workbench.bridge.events):
        engine.emit(examples.executed(first), examples.executed(failed))
    assert workbench.writer_of(examples.balance_key("dave")) == first
    assert workbench.writer_of(examples.balance_key("zoe")) is None


def test_a_place_in_a_contract_opens_its_file(workbench, window, token_file):
    assert workbench.show_source(SourceLocation(examples.TOKEN, "", 33, 13))
    assert window.opened == [(token_file, 33, 13)]


def test_a_source_that_is_not_here_is_said(workbench, window):
    assert not workbench.show_source(SourceLocation("exchange.iost", "exchange.js", 1))
    assert "not on this machine" in window.messages[-1]


def test_a_moved_head_asks_for_everything_again(workbench, engine, qtbot):
    engine.contract_list = ()
    with qtbot.waitSignal(workbench.contracts_changed):
        engine.emit(HeadMoved(0))
    assert workbench.contracts == {}


def test_a_released_engine_leaves_nothing_behind(workbench, bridge):
    bridge.close()
    assert (workbench.contracts, workbench.accounts, workbench.selected) == ({}, (), None)
