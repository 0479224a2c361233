from __future__ import annotations

import json

import msgspec
import pytest

from engine.chain.block_duties import VOTE_INTERVAL, WEEK, BlockDuties
from engine.interface import Genesis
from engine.values import Action, TransactionRequest
from tests.engine.chain.local_worker import LocalChain

TIME = 1700000000000000000


class RecordingChain(LocalChain):
    """Keeps every execution."""

    def __init__(self, directory, compiler):
        super().__init__(directory, compiler, genesis=Genesis(time=TIME))
        self.recorded = []
        execute = self.executions.execute

        def recording(batch, state=None):
            executions = execute(batch, state)
            self.recorded += [msgspec.structs.replace(execution, runs=1) for execution in executions]
            return executions

        self.executions.execute = recording


def run_blocks(directory, compiler):
    """Every kind of block: empty ones, one with transfers, the first of a new week, one that counts votes."""
    local = RecordingChain(directory, compiler)
    try:
        chain = local.chain
        chain.produce()
        for receiver in ("carol", "bobby"):
            data = json.dumps(["iost", "alice", receiver, "1.5", ""])
            chain.transact(TransactionRequest("alice", (Action("token.iost", "transfer", data),)), close=False)
        chain.produce()
        chain.advance(int(WEEK))
        chain.produce()
        chain.produce()
        return local.recorded, local.stack.entries(count=100_000), chain.head_summary()
    finally:
        local.close()


@pytest.mark.timeout(120)
def test_blocks_are_the_same_with_and_without_javascript(tmp_path, compiler, monkeypatch):
    recorded, entries, head = run_blocks(tmp_path / "python", compiler)
    jobs = []
    with monkeypatch.context() as patched:
        patched.setattr(BlockDuties, "substitutes", lambda self, reader, block: jobs.append(block.number) or {})
        expected, expected_entries, expected_head = run_blocks(tmp_path / "javascript", compiler)
    assert set(jobs) >= {1, 2, 3, 4}
    assert recorded == expected
    assert entries == expected_entries
    assert head == expected_head


class Entries(dict):
    def read(self, key):
        return self.get(key), None


def test_other_contracts_run_their_own_javascript(tmp_path, compiler):
    local = LocalChain(tmp_path, compiler, genesis=Genesis(time=TIME))
    try:
        state = Entries({entry.key: entry.value for entry in local.stack.entries(count=100_000)})
    finally:
        local.close()
    block = local.chain.next_block()
    assert BlockDuties().substitutes(state, block)
    changed = Entries(state, **{"s-bonus.iost": state["s-bonus.iost"].replace("blockContrib", "blockContrib ")})
    assert not BlockDuties().substitutes(changed, block)
    without = Entries({key: value for key, value in state.items() if key != "c-base.iost"})
    assert not BlockDuties().substitutes(without, block)


def test_rare_duties_are_left_to_javascript(tmp_path, compiler):
    local = LocalChain(tmp_path, compiler, genesis=Genesis(time=TIME))
    try:
        reader, block = local.stack.reader(), local.chain.next_block()
        duties = BlockDuties()
        last = int(json.loads(local.stack.reader().read("b-bonus.iost-lastTime")[0][1:].rpartition("@")[0]))
        at = lambda number, time: type(block)(number, block.parent_hash, block.witness, time)  # noqa: E731
        assert duties.substitutes(reader, at(VOTE_INTERVAL - 1, last + int(WEEK) - 10**6))
        assert not duties.substitutes(reader, at(VOTE_INTERVAL, last + 1))
        assert not duties.substitutes(reader, at(VOTE_INTERVAL - 1, last + int(WEEK)))
    finally:
        local.close()


READER = """class Reader {
  init() {}
  block() { return storage.globalGet('base.iost', 'execBlockNumber'); }
}
module.exports = Reader;
"""


@pytest.mark.timeout(120)
def test_a_call_beside_the_base_transaction_sees_what_that_wrote(tmp_path, compiler):
    local = LocalChain(tmp_path, compiler, genesis=Genesis(time=TIME))
    try:
        abi = {"lang": "javascript", "version": "1.0.0", "abi": [{"name": "block", "args": []}]}
        code = json.dumps([json.dumps({"info": abi, "code": READER})])
        deployment = TransactionRequest("alice", (Action("system.iost", "setCode", code),), gas_limit="4000000")
        contract = json.loads(local.chain.transact(deployment).receipt.returns[0])[0]
        for _ in range(2):
            result = local.chain.transact(TransactionRequest("alice", (Action(contract, "block", "[]"),)))
            assert json.loads(result.receipt.returns[0]) == [str(result.block_number)]
            assert local.chain.validate(result.block_number) is None
    finally:
        local.close()
