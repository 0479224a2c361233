"""Validation through the facade: blocks are executed again, transactions are checked without being executed."""

from __future__ import annotations

import threading

import pytest

from engine.errors import InvalidInput, RunCancelled
from engine.facade import BlockValidation, Engine, Genesis, GenesisAccount
from engine.values import Action, TransactionRequest


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    rich = GenesisAccount(balances={"iost": "1000"}, ram=100_000, gas="100000000")
    poor = GenesisAccount(balances={"iost": "1"}, gas="0", pledge="0")
    engine = Engine.open(tmp_path_factory.mktemp("chain"), genesis=Genesis(accounts={"alice": rich, "bobby": poor}))
    for _ in range(5):
        assert engine.transact(transfer()).result(60).succeeded
    yield engine
    engine.close()


def transfer(publisher="alice", **changes):
    data = f'["iost","{publisher}","bobby","1",""]'
    return TransactionRequest(publisher, (Action("token.iost", "transfer", data),), **changes)


def test_blocks_are_as_recorded_and_progress_is_told(engine):
    told = []
    head = engine.head().result(10).number
    found = engine.validate_blocks(progress=lambda done, total: told.append((done, total))).result(60)
    assert found == BlockValidation(head)
    assert told == [(done, head) for done in range(head)]
    assert engine.validate_blocks(2, 3).result(60) == BlockValidation(2)


@pytest.mark.parametrize(("first", "last"), [(0, 1), (3, 2), (1, 10_000)])
def test_blocks_that_there_are_not(engine, first, last):
    with pytest.raises(InvalidInput):
        engine.validate_blocks(first, last).result(60)


def test_the_first_difference_is_told(engine, monkeypatch):
    monkeypatch.setattr(engine._parts.chain, "validate", lambda number: "gas differs" if number == 3 else None)
    assert engine.validate_blocks().result(60) == BlockValidation(2, 3, "gas differs")


def test_interactive_requests_pass_and_cancel_stops(engine):
    arrived, answered = threading.Event(), threading.Event()

    def progress(done, total):
        if done == 1:
            arrived.set()
            assert answered.wait(60)

    validation = engine.validate_blocks(progress=progress)
    assert arrived.wait(60)
    query = engine.query(transfer())
    answered.set()
    assert query.result(60).succeeded
    assert validation.result(60).difference is None

    arrived.clear()
    answered.clear()
    validation = engine.validate_blocks(progress=progress)
    assert arrived.wait(60)
    engine.cancel()
    answered.set()
    with pytest.raises(RunCancelled):
        validation.result(60)
    assert engine.validate_blocks(1, 1).result(60) == BlockValidation(1)


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (transfer(), None),
        (transfer(gas_limit="1"), "gas limit illegal"),
        (transfer(gas_limit="5000000"), "gas limit illegal"),
        (transfer(gas_ratio="200"), "gas ratio illegal"),
        (transfer("bobby"), "gas not enough"),
        (transfer(time=1, expiration=2), "TimeError"),
        (transfer(delay=5), "invalid delay time"),
        (transfer(signers=("bobby",)), "illegal signer: bobby"),
        (TransactionRequest("alice", (Action("token.iost", "transfer", "[1]"),)), "wrong args num"),
        (TransactionRequest("alice", (Action("token.iost", "transfer", "{"),)), "invalid json array"),
        (TransactionRequest("alice", (Action("a", "b", f'["{"x" * 70000}"]'),)), "tx size illegal"),
    ],
    ids=lambda value: str(value)[:20] if value is None or isinstance(value, str) else "",
)
def test_a_transaction_is_checked_without_being_executed(engine, request_, problem):
    head = engine.head().result(10)
    found = engine.validate_transaction(request_).result(60)
    assert found == problem if problem is None else problem in found
    assert engine.head().result(10) == head
