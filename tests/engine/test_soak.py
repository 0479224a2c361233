"""A chain under mixed load while its workers are killed: no transaction is lost, none counts twice, nothing leaks.

`STRATA_SOAK_SECONDS` makes it longer than the few seconds it takes by default.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import psutil
import pytest

from engine.errors import RejectedTransaction
from engine.facade import DeployRequest, Engine, EngineEvent, Genesis, GenesisAccount, TransactionExecuted
from engine.values import Action, TransactionRequest

SECONDS = float(os.environ.get("STRATA_SOAK_SECONDS", "5"))
SOURCE = """class Soak {
    init() { storage.put('n', '0'); }
    add() { storage.put('n', String(Number(storage.get('n')) + 1)); }
    half() { storage.put('n', 'broken'); throw new Error('half way'); }
    burn() { for (;;) {} }
    fatal() { storage.put('n', 'broken'); return 'a'.repeat(2 ** 29 - 25).split('').length; }
    eat() { const a = []; for (;;) a[a.length] = 'x'.repeat(1000) + a.length; }
}
module.exports = Soak;
"""
METHODS = ("add", "half", "burn", "fatal", "eat")
WEIGHTS = (80, 10, 4, 3, 3)


@pytest.mark.timeout(SECONDS * 3 + 120)
def test_a_chain_under_mixed_load_loses_nothing(tmp_path: Path) -> None:
    chance = random.Random(11)
    alice = GenesisAccount(balances={"iost": "1000000"}, ram=1_000_000, gas="1000000000000")
    engine = Engine.open(tmp_path, workers=2, genesis=Genesis(accounts={"alice": alice}))
    told: set[str] = set()
    failures: set[str] = set()

    def listen(event: EngineEvent) -> None:
        if isinstance(event, TransactionExecuted):
            told.add(event.result.hash)
            if event.result.failure is not None:
                failures.add(event.result.failure.error)

    engine.subscribe(listen)
    memory: list[int] = []
    expected = 0
    answered: list[str] = []
    try:
        request = DeployRequest(name="soak", source=SOURCE, publisher="alice", file="soak.js")
        deployed = engine.deploy(request).result(60).contract
        assert deployed is not None
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            many = [call(deployed.id, method) for method in chance.choices(METHODS, WEIGHTS, k=40)]
            bulk = engine.transact_many(many)
            singles = [engine.transact(call(deployed.id, method)) for method in chance.choices(METHODS, WEIGHTS, k=5)]
            for _ in range(chance.randrange(3)):
                victims = [worker for worker in engine.workers() if worker.kind == "run"]
                if victims:
                    engine.kill_worker("run", chance.choice(victims).id)
            outcomes = [*bulk.result(120), *(single.result(120) for single in singles)]
            for outcome in outcomes:
                assert not isinstance(outcome, RejectedTransaction), outcome
                answered.append(outcome.hash)
                expected += outcome.succeeded
                assert outcome.succeeded <= (outcome.request.actions[0].action_name == "add")
            assert engine.storage(deployed.id, "n").result(60) == str(expected)
            memory.append(psutil.Process().memory_info().rss)
        head = engine.head().result(60).number
        blocks = engine.blocks(1, head).result(60)
        kept = [name for block in blocks for name in block.transactions]
        assert len(set(answered)) == len(answered)
        assert set(answered) <= set(kept)
        assert len(set(kept)) == len(kept)
        assert told >= set(answered)
        assert {"OutOfGas", "WorkerCrashed", "ContractException"} <= failures
        half = len(memory) // 2
        early, late = memory[: half + 1], memory[half:]
        assert sum(late) / len(late) < 1.25 * sum(early) / len(early) + 5e7
    finally:
        engine.close()


def call(contract: str, method: str) -> TransactionRequest:
    limit = {"fatal": "2000000", "add": "100000"}.get(method, "200000")
    return TransactionRequest(publisher="alice", actions=(Action(contract, method, "[]"),), gas_limit=limit)
