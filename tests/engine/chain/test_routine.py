"""Base transactions that are repeated instead of executed: nobody can tell."""

from __future__ import annotations

import json
import random

import pytest

from engine.chain.block_duties import VOTE_INTERVAL, WEEK
from engine.chain.routine import Routine
from engine.interface import Genesis
from engine.values import Action, StateEdit, TransactionRequest
from tests.engine.chain.local_worker import LocalChain

TIME = 1700000000000000000


def entry(contract, key, field, text, kind):
    return StateEdit(contract, key, field, text, kind, "")


REWARD = entry("bonus.iost", "blockContrib", None, '"1.25"', "text")
COUNTS = entry("base.iost", "witness_produced", None, '{"other":7}', "text")
BALANCE = entry("token.iost", "TBproducer000", "contribute", "12345", "number")
FROZEN = entry("token.iost", "TFproducer000", "contribute", '[{"Amount":5,"Ftime":1700000000000000001}]', "json")


class Counted(Routine):
    repeated = 0

    def again(self, batch, state):
        execution = super().again(batch, state)
        self.repeated += execution is not None
        return execution


class Forgetful(Routine):
    def again(self, batch, state):
        return None


def open_chain(directory, compiler, routine):
    local = LocalChain(directory, compiler, genesis=Genesis(time=TIME), is_observed=lambda: False)
    local.executions._routine = routine
    return local


@pytest.fixture
def repeating(tmp_path, compiler):
    local = open_chain(tmp_path / "repeating", compiler, Counted())
    yield local
    local.close()


@pytest.fixture
def twins(tmp_path, compiler, repeating):
    executing = open_chain(tmp_path / "executing", compiler, Forgetful())
    yield repeating.chain, executing.chain
    executing.close()


def compare(twins):
    first, second = twins
    number = first.head_number
    assert first.block(number) == second.block(number)
    assert first.stack.block(number).transactions == second.stack.block(number).transactions
    assert first.stored(first.block(number).receipts[0].tx_hash) == second.stored(
        second.block(number).receipts[0].tx_hash
    )
    assert first.stack.entries(count=100_000) == second.stack.entries(count=100_000)
    assert second.validate(number) is None


def transfer(chain):
    data = json.dumps(["contribute", "producer000", "alice", "1", ""])
    return chain.transact(TransactionRequest("alice", (Action("token.iost", "transfer", data),)))


@pytest.mark.timeout(300)
def test_blocks_are_those_of_executing(twins):
    steps = [
        *[lambda chain: chain.produce()] * 8,
        lambda chain: chain.advance(10**9),
        lambda chain: chain.advance(int(WEEK)),
        lambda chain: chain.edit(REWARD),
        lambda chain: chain.edit(COUNTS),
        lambda chain: chain.edit(BALANCE),
        lambda chain: chain.edit(FROZEN),
        lambda chain: chain.restore(max(0, chain.head_number - 2)),
        transfer,
    ]
    choice = random.Random(11)
    for step in [*steps, *choice.choices(steps, k=60)]:
        for chain in twins:
            step(chain)
        compare(twins)
    assert twins[0]._executions._routine.repeated > 20


def test_not_more_is_issued_than_may_be(twins):
    supply = int(twins[0].stack.reader().read("m-token.iost-TIcontribute-supply")[0][1:].partition("@")[0])
    most = entry("token.iost", "TIcontribute", "totalSupply", str(supply + 10**9), "number")
    for chain in twins:
        chain.produce()
        chain.edit(most)
        chain.produce()
    compare(twins)
    refusals = []
    for chain in twins:
        with pytest.raises(Exception, match="supply too much") as refusal:
            for _ in range(100):
                chain.produce()
        refusals.append((chain.head_number, str(refusal.value)))
    assert refusals[0] == refusals[1]
    compare(twins)


def test_rare_duties_and_watched_blocks_are_executed(repeating):
    chain, routine = repeating.chain, repeating.executions._routine
    for _ in range(2):  # block 1 rewards nobody for block 0, block 2 is the producer's first
        chain.produce()
    reader = chain.stack.reader()
    block = chain._new_block()
    batch = chain.batch(block, (chain._base(block),))

    def again(**changes):
        return routine.again(
            type(batch)(**{name: getattr(batch, name) for name in batch.__struct_fields__} | changes), reader
        )

    last = int(reader.read("b-bonus.iost-lastTime")[0][1:].partition("@")[0])
    chain._executions.execute_here(batch)
    assert again() is not None
    assert again(observe=True) is None
    assert again(number=VOTE_INTERVAL) is None
    assert again(time=last + int(WEEK)) is None
    assert again(witness="other") is None
    assert again(transactions=batch.transactions * 2) is None
