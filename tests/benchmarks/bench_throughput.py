"""Single transactions and bulk, on one worker and on two, against a plain RocksDB loop in the same run."""

from __future__ import annotations

import contextlib
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil
from rocksdict import Options, Rdict, WriteBatch

from engine.compiler.abi import read_abi
from engine.facade import DeployRequest, Engine
from engine.values import Action, TransactionRequest, TransactionResult
from tests.benchmarks.harness import Figure, benchmark

SOURCE = """class Bench {
    init() { storage.put('total', '0'); }
    own(who) {
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
module.exports = Bench;
"""
TOKEN = Path(__file__).parents[2] / "projects" / "fungible-token" / "token.js"
"""A token written in JavaScript, as people would write one: big numbers, checks, events."""
PEOPLE = ("alice", "bobby", "carol", "david", "ellen", "frank", "grace", "henry", "irene", "julia")
BULK = 1000
ROUNDS = 5
SINGLE = 400
BLOCK = 50
_serial = itertools.count(1)

Make = Callable[[int], TransactionRequest]


def transfer(number: int) -> TransactionRequest:
    """A transfer of iost between two of ten accounts, in pairs that do not meet."""
    sender, receiver = PEOPLE[number % 10], PEOPLE[(number + 5) % 10]
    data = json.dumps(["iost", sender, receiver, f"0.{next(_serial) % 10**6:06d}1", ""])
    return TransactionRequest(sender, (Action("token.iost", "transfer", data),), gas_limit="50000")


def call(contract: str, method: str, *, named: bool) -> Make:
    """Calls by ten accounts in turn."""

    def make(number: int) -> TransactionRequest:
        publisher = PEOPLE[number % 10]
        data = json.dumps([publisher] if named else [])
        return TransactionRequest(publisher, (Action(contract, method, data),), gas_limit="100000")

    return make


def token_transfer(token: str) -> Make:
    """Transfers of the JavaScript token between two of ten accounts, in pairs that do not meet."""

    def make(number: int) -> TransactionRequest:
        sender, receiver = PEOPLE[number % 10], PEOPLE[(number + 5) % 10]
        data = json.dumps([sender, receiver, f"0.{next(_serial) % 999 + 1:04d}", ""])
        return TransactionRequest(sender, (Action(token, "transfer", data),), gas_limit="200000")

    return make


def deploy_token(engine: Engine) -> str:
    """Deploy the JavaScript token and give some to everybody; return its id."""
    source, abi = TOKEN.read_text(), TOKEN.with_suffix(".js.abi").read_text()
    request = DeployRequest(name="token", source=source, publisher="alice", file="token.js", abi=read_abi(abi))
    contract = engine.deploy(request).result(60).contract
    assert contract is not None
    for person in PEOPLE:
        mint = Action(contract.id, "mint", json.dumps([person, "10000"]))
        assert engine.transact(TransactionRequest("alice", (mint,))).result(60).succeeded
    return contract.id


@contextlib.contextmanager
def opened(workers: int) -> Iterator[tuple[Engine, str]]:
    """An engine with the contract deployed."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine.open(Path(folder), workers=workers)
        try:
            request = DeployRequest(name="bench", source=SOURCE, publisher="alice", file="bench.js")
            contract = engine.deploy(request).result(60).contract
            assert contract is not None
            yield engine, contract.id
        finally:
            engine.close()


class Bulk(NamedTuple):
    """A bulk run: transactions a second, committed and flushed; runs and processor time (µs) a transaction."""

    rate: float
    runs: float
    processor: float


def processor_seconds(engine: Engine) -> float:
    """Return the processor time used so far by this process and the workers."""
    used = time.process_time()
    for worker in engine.workers():
        with contextlib.suppress(psutil.NoSuchProcess):
            spent = psutil.Process(worker.pid).cpu_times()
            used += spent.user + spent.system
    return used


def bulk(engine: Engine, make: Make, count: int = BULK) -> Bulk:
    """Execute `count` transactions at once."""
    before = engine.head().result(60).number
    requests = [make(number) for number in range(count)]
    used, start = processor_seconds(engine), time.perf_counter()
    outcomes = engine.transact_many(requests).result(300)
    seconds, used = time.perf_counter() - start, processor_seconds(engine) - used
    for outcome in outcomes:
        assert isinstance(outcome, TransactionResult), outcome
        assert outcome.succeeded, outcome.receipt.message
    blocks = range(before + 1, engine.head().result(60).number + 1)
    runs = [run for number in blocks for run in engine.block_execution(number).result(60).runs[1:]]
    return Bulk(count / seconds, sum(runs) / len(runs), used / count * 1e6)


def single(engine: Engine, make: Make) -> list[float]:
    """Return the microseconds of single transactions, each in a block of its own."""
    taken = []
    for number in range(SINGLE):
        request = make(number)
        start = time.perf_counter()
        result = engine.transact(request).result(60)
        taken.append((time.perf_counter() - start) * 1e6)
        assert result.succeeded, result.receipt.message
    return taken


@contextlib.contextmanager
def listening(engine: Engine) -> Iterator[None]:
    """Somebody listens, but does nothing."""
    unsubscribe = engine.subscribe(lambda event: None)
    try:
        yield
    finally:
        unsubscribe()


def floor(transactions_a_batch: int) -> float:
    """Return the transactions a second of a bare loop: two reads each, two writes each, batches of so many."""
    with tempfile.TemporaryDirectory() as folder:
        database = Rdict(str(Path(folder) / "floor"), Options(raw_mode=True))
        keys = [f"balance-{number:04d}".encode() for number in range(1000)]
        for key in keys:
            database[key] = b"i1000000@token.iost"
        count = 20_000 // transactions_a_batch

        def write() -> None:
            batch = WriteBatch(raw_mode=True)
            for number in range(transactions_a_batch):
                for key in (keys[number % 1000], keys[(number + 5) % 1000]):
                    batch.put(key, database[key])
            database.write(batch)

        start = time.perf_counter()
        for _ in range(count):
            write()
        seconds = time.perf_counter() - start
        database.close()
        return count * transactions_a_batch / seconds


@benchmark("throughput")
def throughput_figures() -> Iterator[Figure]:
    """Transactions alone, in bulk, with conflicts, with a listener."""
    note = "2 reads and 2 writes a transaction; no accounts, gas, receipts, blocks"
    yield Figure("floor: rocksdict, a batch a transaction", floor(1), "tx/s", note=note)
    yield Figure("floor: rocksdict, 50 transactions a batch", floor(BLOCK), "tx/s", note=note)
    for workers in (1, 2):
        with opened(workers) as (engine, contract):
            yield from _of_engine(engine, contract, workers)


def _of_engine(engine: Engine, contract: str, workers: int) -> Iterator[Figure]:
    where = f"{workers} worker{'s' if workers > 1 else ''}"
    kinds: Sequence[tuple[str, Make]] = (
        ("native transfers", transfer),
        ("contract calls", call(contract, "own", named=True)),
        ("JavaScript token transfers", token_transfer(deploy_token(engine))),
    )
    for name, make in kinds:
        if workers == 1 and name != "JavaScript token transfers":
            yield from _single(engine, name, make)
        for _ in range(2):
            bulk(engine, make, 200)
        plain, observed = [], []
        for _ in range(ROUNDS):  # in turn, because the machine is shared
            plain.append(bulk(engine, make))
            with listening(engine):
                observed.append(bulk(engine, make))
        processor = statistics.median(one.processor for one in plain)
        goal = "≥ 20,000" if name == "native transfers" and workers == 2 else ""
        yield Figure(f"bulk {name}, {where}", statistics.median(one.rate for one in plain), "tx/s", goal)
        yield Figure(f"bulk {name}, {where}, best round", max(one.rate for one in plain), "tx/s")
        yield Figure(f"bulk {name}, {where}: processor time", processor, "µs/tx", note="engine and workers")
        runs = statistics.mean(one.runs for one in plain)
        yield Figure(f"bulk {name}, {where}: runs a transaction", runs, "", note="1 is no conflict")
        cost = (statistics.median(one.processor for one in observed) / processor - 1) * 100
        yield Figure(f"bulk {name}, {where}: cost of a listener", cost, "%", note="processor time; accesses recorded")
    conflicting = call(contract, "all", named=False)
    bulk(engine, conflicting, 20)
    met = bulk(engine, conflicting)
    yield Figure(f"bulk calls that all meet, {where}", met.rate, "tx/s", note=f"{met.runs:.2f} runs a transaction")


def _single(engine: Engine, name: str, make: Make) -> Iterator[Figure]:
    for _ in range(50):
        engine.transact(make(0)).result(60)
    plain, observed = [], []
    for _ in range(2):
        plain += single(engine, make)
        with listening(engine):
            observed += single(engine, make)
    ordered = sorted(plain)
    goal = "≤ 200" if name == "contract calls" else ""
    yield Figure(f"single {name[:-1]}, committed and flushed, p50", statistics.median(plain), "µs", goal)
    yield Figure(
        f"single {name[:-1]}, p10", ordered[len(ordered) // 10], "µs", note="when the machine is not disturbed"
    )
    yield Figure(f"single {name[:-1]}, p99", ordered[int(len(ordered) * 0.99)], "µs")
    cost = (statistics.median(observed) / statistics.median(plain) - 1) * 100
    yield Figure(f"single {name[:-1]}: cost of a listener", cost, "%")
