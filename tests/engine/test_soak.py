"""A chain under mixed load while its workers are killed: no transaction is lost, none counts twice, nothing leaks.

`STRATA_SOAK_SECONDS` makes it longer than the few seconds it takes by default; run it with `-rP` to read what it
measured. An hour of ordinary use is taken for 3,600 transactions, one a second: the load here is many times that.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from engine.errors import RejectedTransaction
from engine.facade import DeployRequest, Engine, EngineEvent, Genesis, GenesisAccount, TransactionExecuted
from engine.state.store import Store
from engine.values import Action, TransactionRequest, TransactionResult

SECONDS = float(os.environ.get("STRATA_SOAK_SECONDS", "5"))
LONG = SECONDS >= 600
ORDINARY_HOUR = 3600
"""Transactions of an hour of ordinary use."""
SAMPLES = 300
SOURCE = """class Soak {
    init() { storage.put('n', '0'); }
    add() { storage.put('n', String(Number(storage.get('n')) + 1)); }
    half() { storage.put('n', 'broken'); throw new Error('half way'); }
    burn() { for (;;) {} }
    fatal() { storage.put('n', 'broken'); return 'a'.repeat(2 ** 29 - 25).split('').length; }
    eat() { const a = []; for (;;) a[a.length] = 'x'.repeat(1000) + a.length; }
    deep() { storage.put('n', 'broken'); return this.deep(); }
    bomb() { storage.put('n', 'broken'); return 'x'.repeat(70000); }
    cycle() { storage.put('n', 'broken'); const o = {}; o.o = o; return o; }
    open() { storage.put('n', 'broken'); Array.prototype.push = null; throw [].push; }
}
module.exports = Soak;
"""
WEIGHTS = {"add": 72, "half": 8, "burn": 4, "fatal": 3, "eat": 3, "deep": 3, "bomb": 3, "cycle": 2, "open": 2}
GAS = {"fatal": "2000000", "add": "100000"}


class Usage:
    """What the program and its workers use, over time; RocksDB's buffers, cache and table files are left out."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._process = psutil.Process()
        self._began = time.monotonic()
        self.rows: list[tuple[float, int, int, int, int, int]] = []

    def sample(self, transactions: int) -> None:
        now = time.monotonic() - self._began
        if self.rows and now - self.rows[-1][0] < SECONDS / SAMPLES:
            return
        own = self._process
        workers = sum(_resident(child) for child in own.children(recursive=True))
        resident = own.memory_info().rss - self._store.buffered_bytes() - self._store.cached_bytes()
        files = own.num_fds() - len(self._store.files())
        self.rows.append((now, transactions, resident, workers, files, own.num_threads()))

    def slope(self, column: int, per: int) -> float:
        """Growth of a column for one unit of another, by least squares over the last two thirds."""
        rows = self.rows[len(self.rows) // 3 :]
        xs, ys = [row[per] for row in rows], [row[column] for row in rows]
        mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
        spread = sum((x - mean_x) ** 2 for x in xs)
        return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread if spread else 0.0

    def report(self) -> str:
        lines = [f"{self.rows[-1][1]} transactions in {self.rows[-1][0]:.0f} s"]
        for name, column in (("program", 2), ("workers", 3)):
            hour, ordinary = self.slope(column, 0) * 3600, self.slope(column, 1) * ORDINARY_HOUR
            lines.append(
                f"{name}: {self.rows[0][column] / 1e6:.0f} → {self.rows[-1][column] / 1e6:.0f} MB, "
                f"{hour / 1e6:+.1f} MB/h, {ordinary / 1e6:+.2f} MB an ordinary hour"
            )
        lines.append(f"files {self.rows[0][4]} → {self.rows[-1][4]}, threads {self.rows[0][5]} → {self.rows[-1][5]}")
        return "\n".join(lines)


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


class Soak:
    """Rounds of load on one chain, each checked when it is over."""

    def __init__(self, engine: Engine, chance: random.Random) -> None:
        self._engine, self._chance = engine, chance
        self._expected = self._block = 0
        self._told: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.transactions = self.killed = 0
        engine.subscribe(self._listen)
        self._contract = self._deploy()
        self._block = engine.head().result(60).number

    def _listen(self, event: EngineEvent) -> None:
        if isinstance(event, TransactionExecuted):
            self._told[event.result.hash] += 1

    def _deploy(self) -> str:
        request = DeployRequest(name="soak", source=SOURCE, publisher="alice", file="soak.js")
        deployed = self._engine.deploy(request).result(60).contract
        assert deployed is not None
        self._told.clear()
        return deployed.id

    def round(self) -> None:
        """Send transactions every way there is, kill workers meanwhile, and compare what the chain has with that."""
        engine, chance = self._engine, self._chance
        bulk = engine.transact_many(self._calls(40))
        singles = [engine.transact(request) for request in self._calls(5)]
        query = engine.query(self._calls(1)[0])
        for _ in range(chance.randrange(3)):
            self._kill()
        if chance.random() < 0.1:
            engine.cancel()
        outcomes = [outcome for outcome in bulk.result(300) if not _never_ran(outcome)]
        outcomes += [single.result(300) for single in singles]
        query.result(300)
        results = [outcome for outcome in outcomes if isinstance(outcome, TransactionResult)]
        rejected = [outcome.what for outcome in outcomes if isinstance(outcome, RejectedTransaction)]
        assert not rejected, rejected
        self._check(results)

    def _calls(self, count: int) -> list[TransactionRequest]:
        names = self._chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=count)
        return [
            TransactionRequest(
                publisher="alice", actions=(Action(self._contract, name, "[]"),), gas_limit=GAS.get(name, "200000")
            )
            for name in names
        ]

    def _kill(self) -> None:
        victims = [worker for worker in self._engine.workers() if worker.kind == "run"]
        if victims:
            self._engine.kill_worker("run", self._chance.choice(victims).id)
            self.killed += 1

    def _check(self, results: list[TransactionResult]) -> None:
        """The new blocks hold what was answered, each once; good transactions counted, bad ones left no trace."""
        for result in results:
            assert result.succeeded <= (result.request.actions[0].action_name == "add")
            self._expected += result.succeeded
            if result.failure is not None:
                self.failures[result.failure.error] += 1
        head = self._engine.head().result(60).number
        blocks = self._engine.blocks(self._block + 1, head - self._block).result(60)
        kept = Counter(name for block in blocks for name in block.transactions[1:])
        answered = Counter(result.hash for result in results)
        assert kept == answered == self._told
        assert set(answered.values()) == {1}
        self._told.clear()
        self._block = head
        self.transactions += len(results)
        assert self._engine.storage(self._contract, "n").result(60) == str(self._expected)

    def look_back(self) -> None:
        """Do what costs memory now and then: compile and deploy again, execute a block again, profile."""
        engine = self._engine
        assert engine.validate_block(self._block).result(300) is None
        newest = engine.transactions(0, 1).result(60)
        engine.profile(newest[0].hash).result(300)
        self._contract, self._expected = self._deploy(), 0
        self._block = engine.head().result(60).number


def _never_ran(outcome: TransactionResult | RejectedTransaction) -> bool:
    """Whether Stop came before a transaction, or a very busy machine needed more than its 90 s to come to it."""
    return isinstance(outcome, RejectedTransaction) and (
        outcome.what == "the run was stopped before it" or outcome.what.startswith("TimeError: tx.time is expired")
    )


@pytest.mark.timeout(SECONDS * 3 + 300)
def test_a_chain_under_mixed_load_loses_nothing(tmp_path: Path) -> None:
    alice = GenesisAccount(balances={"iost": "1000000"}, ram=100_000_000, gas="1000000000000")
    engine = Engine.open(tmp_path, workers=2, genesis=Genesis(accounts={"alice": alice}))
    usage = Usage(engine._parts.stack.store)
    try:
        soak = Soak(engine, random.Random(11))
        end = time.monotonic() + SECONDS
        rounds = 0
        while time.monotonic() < end or rounds < 4:
            soak.round()
            usage.sample(soak.transactions)
            rounds += 1
            if rounds % 50 == 0:
                soak.look_back()
                print(f"{usage.report()}\n{soak.killed} workers killed, {dict(soak.failures)}", flush=True)
    finally:
        engine.close()
    print(f"{usage.report()}\n{soak.killed} workers killed, {dict(soak.failures)}")
    assert usage.rows[-1][2] < 1.25 * usage.rows[0][2] + 1e8
    assert {"OutOfGas", "ContractException"} <= set(soak.failures)
    if LONG:
        assert {"WorkerCrashed", "ResultTooLong"} <= set(soak.failures)
        assert usage.slope(2, 1) * ORDINARY_HOUR < 2e6
        assert usage.slope(3, 1) * ORDINARY_HOUR < 2e6
        assert usage.slope(4, 1) * ORDINARY_HOUR < 1
