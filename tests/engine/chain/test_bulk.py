"""Executing many transactions side by side gives what executing them one by one gives."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.chain.anticipation import Anticipation
from engine.chain.chain import ChainOptions
from engine.chain.transaction import LIFETIME, Transaction
from engine.errors import InvalidInput, RejectedTransaction
from engine.interface import Conflict, Genesis, TransactionExecuted
from engine.values import Action, AmountLimit, TransactionRequest, TransactionResult
from tests.engine.chain.local_worker import LocalChain

TIME = 1600000000000000000
PEOPLE = ("alice", "bobby", "carol", "david")
OWN = ("own0", "own1", "own2", "own3")
"""Entries that exist, so that changing them moves no RAM of the contract's owner."""
SOURCE = """class T {
  init() { storage.put('shared', '0'); }
  bump(key) {
    const n = Number(storage.get(key) || '0') + 1;
    storage.put(key, String(n));
    blockchain.event(key + n);
    console.log(key, n);
    return n;
  }
  copy(from, to) { storage.put(to, storage.get(from) || 'none'); }
  pay(to, amount) { blockchain.transfer(blockchain.publisher(), to, amount, 'm'); }
  branch(key) {
    if (Number(storage.get('shared')) % 2) storage.put(key, 'odd');
    else storage.put('even-side', key);
  }
  fail(key) {
    storage.put(key, 'x');
    throw new Error('no ' + storage.get('shared'));
  }
}
module.exports = T;
"""
METHODS = {
    "bump": ["string"],
    "copy": ["string", "string"],
    "pay": ["string", "string"],
    "branch": ["string"],
    "fail": ["string"],
}


class Chains:
    """Two chains alike: one that is given transactions one by one, one that is given them at once."""

    def __init__(self, folder):
        options = {"genesis": Genesis(builtin="none", time=TIME), "options": ChainOptions(lanes=3)}
        self.serial = LocalChain(folder / "serial", **options)
        self.parallel = LocalChain(folder / "parallel", **options)
        self.contract = {self.deploy(local.chain) for local in self.both}.pop()
        existing = [self.transaction(-1 - n, "alice", "", "bump", [key]) for n, key in enumerate((*OWN, "shared"))]
        for local in self.both:
            assert all(outcome.succeeded for outcome in local.chain.submit_many(existing))
            local.chain.checkpoint("start")

    @property
    def both(self):
        return self.serial, self.parallel

    def deploy(self, chain):
        abi = [{"name": name, "args": arguments} for name, arguments in METHODS.items()]
        code = {"info": {"lang": "javascript", "version": "1.0.0", "abi": abi}, "code": SOURCE}
        data = json.dumps([json.dumps(code)])
        result = chain.transact(
            TransactionRequest("alice", (Action("system.iost", "setCode", data),), gas_limit="4000000", time=TIME)
        )
        assert result.succeeded, result.receipt.message
        return json.loads(result.receipt.returns[0])[0]

    def transaction(self, number, publisher, contract, method, arguments, gas_limit=200_000):
        unsigned = Transaction(
            time=TIME,
            expiration=TIME + LIFETIME + number,
            gas_ratio=100,
            gas_limit=gas_limit * 100,
            actions=(Action(contract or self.contract, method, json.dumps(arguments)),),
            publisher=publisher,
            amount_limit=(AmountLimit("*", "unlimited"),),
        )
        return unsigned.signed([self.serial.chain.wallet.key(publisher)])

    def compare(self, transactions):
        """Enter the transactions in both ways from the same state; return the block executions of the parallel way."""
        for local in self.both:
            local.chain.restore("start")
            local.events.clear()
        first = self.serial.chain.head_number + 1
        expected = [self.enter(transaction) for transaction in transactions]
        with_rest = self.serial.chain
        if with_rest.stack.open_transactions:
            with_rest.produce()
        outcomes = self.parallel.chain.submit_many(transactions)
        assert list(map(plain, outcomes)) == list(map(plain, expected))
        assert executed(self.parallel.events) == executed(self.serial.events)
        assert self.parallel.chain.head_number == self.serial.chain.head_number
        for number in range(first, self.serial.chain.head_number + 1):
            assert self.parallel.chain.summary(number) == self.serial.chain.summary(number)
            assert self.parallel.chain.block(number) == self.serial.chain.block(number)
        entries = [local.stack.entries(count=100_000) for local in self.both]
        assert entries[0] == entries[1]
        return [
            self.parallel.chain.block_execution(number) for number in range(first, self.parallel.chain.head_number + 1)
        ]

    def enter(self, transaction):
        try:
            return self.serial.chain.submit(transaction, close=False)
        except RejectedTransaction as rejection:
            return rejection

    def close(self):
        for local in self.both:
            local.close()


def plain(outcome):
    """What must be equal; which accesses were made, too, but not which layer answered them."""
    if isinstance(outcome, RejectedTransaction):
        return outcome.what
    accesses = tuple((access.kind, access.key, access.old, access.new) for access in outcome.accesses)
    return msgspec.structs.replace(outcome, duration_us=0, accesses=(), runs=1), accesses


def executed(events):
    return [event.result.hash for event in events if isinstance(event, TransactionExecuted)]


@pytest.fixture(scope="module")
def chains(tmp_path_factory):
    chains = Chains(tmp_path_factory.mktemp("bulk"))
    yield chains
    chains.close()


def transfers(people):
    return st.tuples(
        st.just("token.iost"),
        st.just("transfer"),
        st.tuples(
            st.just("iost"), people, people, st.sampled_from(["1", "0.5", "900000000", "0", "x"]), st.just("")
        ).map(list),
    )


def calls(people, keys):
    return st.one_of(
        st.tuples(st.just(""), st.sampled_from(["bump", "branch", "fail"]), keys.map(lambda key: [key])),
        st.tuples(st.just(""), st.just("copy"), st.tuples(keys, keys).map(list)),
        st.tuples(st.just(""), st.just("pay"), st.tuples(people, st.sampled_from(["1", "800000000"])).map(list)),
    )


@st.composite
def workloads(draw):
    """Transactions with few or many conflicts: `variety` is how many accounts and keys they use."""
    variety = draw(st.integers(1, 8))
    people = st.sampled_from(PEOPLE[: min(variety, len(PEOPLE))])
    keys = st.sampled_from([*(f"k{n}" for n in range(variety)), "shared"])
    kinds = st.one_of(transfers(people), calls(people, keys))
    gas_limits = st.sampled_from([200_000, 200_000, 200_000, 40_000, 6_000, 4_000_000])
    count = draw(st.sampled_from([3, 12, 12, 60]))
    return draw(st.lists(st.tuples(people, kinds, gas_limits), min_size=count // 2, max_size=count))


@pytest.mark.timeout(300)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(workload=workloads(), repeated=st.booleans())
def test_side_by_side_equals_one_by_one(chains, workload, repeated):
    transactions = [
        chains.transaction(number, publisher, contract, method, arguments, gas_limit)
        for number, (publisher, (contract, method, arguments), gas_limit) in enumerate(workload)
    ]
    if repeated:
        transactions += transactions[:2]
    chains.compare(transactions)


def test_what_does_not_meet_runs_once_on_different_workers(chains):
    own = [chains.transaction(n, PEOPLE[n % 4], "", "bump", [OWN[n % 4]]) for n in range(8)]
    chains.compare(own)
    (execution,) = chains.compare(own)
    assert execution.runs == (1,) * 9
    assert execution.conflicts == ()
    assert set(execution.workers[1:]) == {1, 2, 3}
    by_publisher = [{execution.workers[1 + n] for n in range(8) if n % 4 == person} for person in range(4)]
    assert all(len(workers) == 1 for workers in by_publisher)


def forget(chains):
    """Let the parallel chain foresee nothing."""
    chains.parallel.executions.anticipation = Anticipation()


def test_a_conflict_is_found_and_told_with_its_key(chains):
    transactions = [
        chains.transaction(0, "bobby", "", "copy", ["own0", "own1"]),
        chains.transaction(1, "carol", "", "bump", ["shared"]),
        chains.transaction(2, "david", "", "copy", ["shared", "own2"]),
    ]
    forget(chains)
    (execution,) = chains.compare(transactions)
    names = [transaction.hash_text() for transaction in transactions]
    assert execution.transactions[1:] == tuple(names)
    assert execution.conflicts == (Conflict(names[2], f"b-{chains.contract}-shared", names[1]),)
    assert execution.runs == (1, 1, 1, 2)
    (again,) = chains.compare(transactions)  # what was learned keeps them on one worker
    assert again.runs == (1, 1, 1, 1)
    assert again.workers[2] == again.workers[3] != again.workers[1]


def test_a_chain_of_conflicts_takes_one_more_round(chains):
    forget(chains)
    (execution,) = chains.compare([chains.transaction(n, PEOPLE[n % 4], "", "bump", ["shared"]) for n in range(12)])
    assert sorted(execution.runs) == [1] * 2 + [2] * 11
    assert execution.conflicts[0].key == f"b-{chains.contract}-shared"
    assert len({conflict.transaction for conflict in execution.conflicts}) == len(execution.conflicts) == 11


def test_requests_are_signed_and_fill_blocks(chains):
    local = chains.parallel
    local.chain.restore("start")
    first = local.chain.head_number + 1
    data = json.dumps(["iost", "alice", "bobby", "1", ""])
    many = [TransactionRequest("alice", (Action("token.iost", "transfer", data),))] * 25
    outcomes = local.chain.transact_many(many)
    assert all(isinstance(outcome, TransactionResult) and outcome.succeeded for outcome in outcomes)
    assert len({outcome.hash for outcome in outcomes}) == 25
    sizes = [len(local.chain.summary(number).transactions) for number in range(first, local.chain.head_number + 1)]
    assert sizes == [11, 11, 6]
    unknown = TransactionRequest("nobody", many[0].actions)
    stranger, known = local.chain.transact_many([unknown, many[0]], close=False)
    assert isinstance(stranger, RejectedTransaction)
    assert known.succeeded
    assert local.chain.head_number == first + 2
    local.chain.produce()


def test_blocks_executed_alone_have_no_conflicts(chains):
    execution = chains.serial.chain.block_execution(0)
    assert set(execution.workers) == {0}
    assert set(execution.runs) == {1}
    with pytest.raises(InvalidInput):
        chains.serial.chain.block_execution(10_000)
