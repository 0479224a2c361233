"""The explorer on a real engine: one chain for all tests."""

import json

import pytest

from engine.errors import InvalidInput
from engine.facade import Engine
from engine.values import Action, TransactionRequest

DAY = 86_400 * 10**9


def call(publisher, contract, method, *arguments):
    """Return a call that the publisher's owner agrees to."""
    return TransactionRequest(
        publisher,
        (Action(contract, method, json.dumps(arguments)),),
        gas_limit="900000",
        signers=(f"{publisher}@owner",),
    )


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    opened = Engine.open(tmp_path_factory.mktemp("explorer") / "chain")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def explorer(engine):
    return engine.explorer()


def run(engine, *request):
    result = engine.transact(call(*request)).result()
    assert result.succeeded, result.receipt.message
    return result


def test_a_block_with_its_results(engine, explorer):
    sent = run(engine, "alice", "token.iost", "transfer", "iost", "alice", "bobby", "1", "")
    block = explorer.block(sent.block_number).result()
    assert [result.hash for result in block.results[1:]] == [sent.hash]
    assert block.results[0].request.publisher == "base.iost"
    assert block.size > len(sent.request.actions[0].data)
    assert block.execution.transactions == block.summary.transactions
    with pytest.raises(InvalidInput):
        explorer.block(10_000).result()


def test_pages_go_down_to_genesis_without_gaps(engine, explorer):
    for _ in range(5):
        engine.produce().result()
    numbers, before = [], None
    while True:
        page = explorer.blocks(lambda block: block, before=before, count=3).result()
        numbers += [block.summary.number for block in page.blocks]
        before = page.before
        if before is None:
            break
    assert numbers == list(range(engine.head().result().number, -1, -1))


def test_only_what_is_selected_is_returned(engine, explorer):
    wanted = run(engine, "carol", "token.iost", "transfer", "iost", "carol", "bobby", "3", "")
    engine.produce().result()
    page = explorer.blocks(
        lambda block: block if any(r.request.publisher == "carol" for r in block.results) else None
    ).result()
    assert page.blocks[0].summary.number == wanted.block_number


def test_an_account_with_frozen_tokens_and_pledges(engine, explorer):
    until = engine.now + DAY
    run(engine, "alice", "token.iost", "transferFreeze", "iost", "alice", "david", "7.5", until, "")
    run(engine, "alice", "gas.iost", "pledge", "alice", "david", "20")
    david, alice = explorer.account("david").result(), explorer.account("alice").result()
    assert [(item.amount, item.until) for item in david.tokens[0].frozen] == [("7.5", until)]
    assert float(david.gas.pledged) == float(alice.gas.pledges["david"]) + float(david.gas.pledges["david"])
    assert float(david.gas.growth) == pytest.approx(1.15 * float(david.gas.pledged))
    before = float(david.tokens[0].amount)
    engine.advance(2 * DAY).result()
    later = explorer.account("david").result()
    assert later.tokens[0].frozen == ()
    assert float(later.tokens[0].amount) == before + 7.5


def test_permissions_are_those_of_the_record(engine, explorer):
    run(engine, "ellen", "auth.iost", "addPermission", "ellen", "pay", 50)
    run(engine, "ellen", "auth.iost", "assignPermission", "ellen", "pay", "frank@active", 50)
    ellen = explorer.account("ellen").result()
    pay = next(permission for permission in ellen.permissions if permission.name == "pay")
    assert pay.threshold == 50
    assert [(item.id, item.is_key, item.weight) for item in pay.items] == [("frank@active", False, 50)]
    assert ellen.key in [item.id for permission in ellen.permissions for item in permission.items if item.is_key]


def test_a_contract_has_no_permissions_and_a_stranger_nothing(explorer):
    assert explorer.account("gas.iost").result().permissions == ()
    with pytest.raises(InvalidInput):
        explorer.account("nobody").result()


def test_built_in_contracts_have_interfaces(explorer):
    contracts = {contract.id: contract for contract in explorer.built_in_contracts().result()}
    assert {"system.iost", "token.iost", "auth.iost", "ram.iost", "gas.iost"} <= set(contracts)
    methods = {method.name: method.args for method in contracts["token.iost"].abi.abi}
    assert methods["transfer"] == ("string",) * 5
    assert "setCode" in {method.name for method in contracts["system.iost"].abi.abi}


def test_checkpoints_are_listed_newest_first_and_know_their_branch(engine, explorer):
    engine.checkpoint("first").result()
    engine.produce().result()
    engine.checkpoint("second").result()
    assert [point.name for point in explorer.checkpoints().result()][:2] == ["second", "first"]
    engine.restore("first").result()
    engine.produce().result()
    points = {point.name: point for point in explorer.checkpoints().result()}
    assert points["first"].is_on_chain
    assert not points["second"].is_on_chain
    engine.delete_checkpoint("second").result()
    assert "second" not in {point.name for point in explorer.checkpoints().result()}
    with pytest.raises(InvalidInput):
        engine.delete_checkpoint("second").result()


def test_an_imported_key_signs(engine):
    key = engine.new_key()
    run(engine, "alice", "auth.iost", "signUp", "newbie", key.id, key.id)
    run(engine, "alice", "token.iost", "transfer", "iost", "alice", "newbie", "5", "")
    engine.import_key("newbie", key.secret_text).result()
    assert "newbie" in {account.name for account in engine.accounts().result()}
    run(engine, "newbie", "token.iost", "transfer", "iost", "newbie", "alice", "1", "")
    with pytest.raises(InvalidInput):
        engine.import_key("stranger", key.secret_text).result()
    with pytest.raises(InvalidInput):
        engine.import_key("newbie", key.secret_text, algorithm="secp256k1").result()
