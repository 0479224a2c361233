"""Bulk execution, observation and news of deployments, through the facade and with real workers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.errors import RejectedTransaction
from engine.facade import ContractDeployed, DeployRequest, Engine
from engine.values import Action, Profile, TransactionRequest, TransactionResult

SOURCE = """class Counter {
    init() { storage.put('total', '0'); }
    add(who) {
        const n = Number(storage.mapGet('own', who) || '0') + 1;
        storage.mapPut('own', who, String(n));
        return n;
    }
    all() {
        const n = Number(storage.get('total')) + 1;
        storage.put('total', String(n));
        return n;
    }
}
module.exports = Counter;
"""
PEOPLE = ("alice", "bobby", "carol", "david")


@pytest.fixture
def engine(tmp_path: Path):
    engine = Engine.open(tmp_path / "chain", workers=2)
    yield engine
    engine.close()


def deploy(engine: Engine) -> str:
    request = DeployRequest(name="counter", source=SOURCE, publisher="alice", file="counter.js")
    contract = engine.deploy(request).result(60).contract
    assert contract is not None
    return contract.id


def request(publisher: str, contract: str, method: str, *arguments: str) -> TransactionRequest:
    return TransactionRequest(publisher, (Action(contract, method, json.dumps(arguments)),), gas_limit="200000")


@pytest.mark.timeout(120)
def test_many_calls_on_two_workers_come_out_as_one_by_one(engine: Engine) -> None:
    contract = deploy(engine)
    warm = [request(name, contract, method, *arguments) for name in PEOPLE for method, arguments in kinds(name)]
    for _ in range(2):  # the first makes entries, for which the owner pays: those calls meet
        assert all(isinstance(outcome, TransactionResult) for outcome in engine.transact_many(warm).result(60))
    requests = [request(PEOPLE[n % 4], contract, "add", PEOPLE[n % 4]) for n in range(40)]
    requests.insert(20, request("nobody", contract, "all"))
    requests += [request(PEOPLE[n % 4], contract, "all") for n in range(20)]
    outcomes = engine.transact_many(requests).result(60)
    assert isinstance(outcomes[20], RejectedTransaction)
    results = [outcome for outcome in outcomes if isinstance(outcome, TransactionResult)]
    assert [result.receipt.returns[0] for result in results[:40]] == [f'["{3 + n // 4}"]' for n in range(40)]
    assert [result.receipt.returns[0] for result in results[40:]] == [f'["{9 + n}"]' for n in range(20)]
    numbers = sorted({result.block_number for result in results})
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    first = engine.block_execution(numbers[0]).result(60)
    assert set(first.workers[1:]) == {1, 2}
    assert first.transactions[1:] == tuple(result.hash for result in results if result.block_number == numbers[0])
    for number in numbers:
        assert engine.validate_block(number).result(60) is None


def kinds(name: str) -> list[tuple[str, list[str]]]:
    return [("add", [name]), ("all", [])]


@pytest.mark.timeout(120)
def test_accesses_are_recorded_for_listeners_and_found_again_by_the_debugger(engine: Engine) -> None:
    contract = deploy(engine)
    unseen = engine.transact(request("alice", contract, "all")).result(60)
    assert unseen.accesses == ()
    unsubscribe = engine.subscribe(lambda event: None)
    seen = engine.transact(request("alice", contract, "all")).result(60)
    unsubscribe()
    assert f"b-{contract}-total" in {access.key for access in seen.accesses}
    session = engine.debug(unseen.hash).result(60)
    try:
        assert [access.key for access in session.result.accesses] == [access.key for access in seen.accesses]
    finally:
        session.close()


@pytest.mark.timeout(120)
def test_every_deployment_is_told_once(engine: Engine) -> None:
    told: list[ContractDeployed] = []
    engine.subscribe(lambda event: told.append(event) if isinstance(event, ContractDeployed) else None)
    ours = deploy(engine)
    assert [(event.contract.id, event.contract.name) for event in told] == [(ours, "counter")]
    told.clear()
    abi = {"lang": "javascript", "version": "1.0.0", "abi": [{"name": "all", "args": []}]}
    code = json.dumps({"info": abi, "code": SOURCE})
    outside = TransactionRequest("bobby", (Action("system.iost", "setCode", json.dumps([code])),), gas_limit="4000000")
    result = engine.transact(outside).result(60)
    assert result.succeeded, result.receipt.message
    engine.transact(request("bobby", f"Contract{result.hash}", "all")).result(60)
    assert [event.contract.id for event in told] == [f"Contract{result.hash}"]
    assert told[0].contract.owner == "bobby"


@pytest.mark.timeout(60)
def test_one_worker_is_enough_for_a_block_that_needs_it_twice(tmp_path: Path) -> None:
    """The first block's base transaction runs JavaScript, because a reward is due, and so does the deployment."""
    engine = Engine.open(tmp_path / "chain", workers=1)
    try:
        contract = deploy(engine)
        assert engine.validate_block(1).result(30) is None
        assert engine.transact(request("alice", contract, "all")).result(30).succeeded
    finally:
        engine.close()


SLOW = """class Slow {
    init() {}
    wait() { return /^(a+)+$/.test('a'.repeat(60) + 'b'); }
    quick() { return 1; }
}
module.exports = Slow;
"""


@pytest.mark.timeout(60)
def test_stopping_ends_what_runs_and_leaves_the_rest_out(engine: Engine) -> None:
    deployment = DeployRequest("slow", SLOW, "alice", file="slow.js", profile=Profile.MODERN)
    contract = engine.deploy(deployment).result(60).contract
    assert contract is not None
    many = [request("alice", contract.id, "wait"), *(request(PEOPLE[n % 4], contract.id, "quick") for n in range(60))]
    outcomes = engine.transact_many(many)
    while not outcomes.done():
        engine.cancel()
    stopped, *others = outcomes.result(60)
    assert isinstance(stopped, TransactionResult)
    assert stopped.failure is not None
    assert stopped.failure.error == "RunCancelled"
    assert isinstance(others[-1], RejectedTransaction)
    assert engine.transact(request("bobby", contract.id, "quick")).result(60).succeeded


def test_a_call_need_not_wait_for_bulk_that_was_sent_before(engine: Engine) -> None:
    transfers = [transfer_iost(publisher) for publisher in ("alice", "bobby") for _ in range(600)]
    order: list[str] = []
    bulk = engine.transact_many(transfers)
    call = engine.transact(transfers[0])
    produced = engine.produce()
    bulk.add_done_callback(lambda _: order.append("bulk"))
    call.add_done_callback(lambda _: order.append("call"))
    produced.add_done_callback(lambda _: order.append("produced"))
    assert call.result(60).succeeded
    outcomes = bulk.result(60)
    assert len(outcomes) == 1200
    assert all(isinstance(outcome, TransactionResult) and outcome.succeeded for outcome in outcomes)
    produced.result(60)
    assert order == ["call", "bulk", "produced"]
    number = bulk.result(60)[-1].block_number  # type: ignore[union-attr]
    assert engine.validate_block(number).result(60) is None
    assert engine.validate_block(call.result(60).block_number).result(60) is None


def transfer_iost(publisher: str) -> TransactionRequest:
    data = json.dumps(["iost", publisher, "carol", "1", ""])
    return TransactionRequest(publisher=publisher, actions=(Action("token.iost", "transfer", data),))
