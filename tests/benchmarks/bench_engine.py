"""The engine through its facade: hot calls, deployments, host calls, recording and replaying."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from engine.facade import DeployRequest, Engine
from engine.values import Action, TransactionRequest, TransactionResult
from tests.benchmarks.harness import Figure, benchmark, times

CONTRACT = """class Bench {
    init() { storage.put('n', '0'); }
    nothing() {}
    add() {
        const n = Number(storage.get('n')) + 1;
        storage.put('n', String(n));
        return n;
    }
    /** @param {number} count */
    read(count) {
        let last = null;
        for (let i = 0; i < count; i++) {
            last = storage.has('n');
        }
        return last;
    }
    /** @param {number} count */
    loop(count) {
        let sum = 0;
        for (let i = 0; i < count; i++) {
            sum = sum + i;
        }
        return sum;
    }
}
module.exports = Bench;
"""
HOST_CALLS = 1000
STATEMENTS = 5000


@contextlib.contextmanager
def opened() -> Iterator[tuple[Engine, str]]:
    """An engine with the contract deployed."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine.open(Path(folder))
        try:
            request = DeployRequest(name="bench", source=CONTRACT, publisher="alice", file="bench.js")
            contract = engine.deploy(request).result(60).contract
            assert contract is not None
            yield engine, contract.id
        finally:
            engine.close()


def call_request(contract: str, method: str, data: str = "[]") -> TransactionRequest:
    """Return a call by alice with all the gas there may be."""
    return TransactionRequest(publisher="alice", actions=(Action(contract, method, data),), gas_limit="4000000")


def call(engine: Engine, contract: str, method: str, data: str = "[]") -> TransactionResult:
    """Call and wait for the committed receipt."""
    result = engine.transact_and_wait(call_request(contract, method, data))
    assert result.succeeded, result.failure
    return result


@benchmark("engine")
def engine_figures() -> Iterator[Figure]:
    """Opening a chain, deploying, calling."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        engine = Engine.open(Path(folder))
        yield Figure("new chain opened", (time.perf_counter() - start) * 1e3, "ms")
        start = time.perf_counter()
        engine.close()
        yield Figure("chain closed", (time.perf_counter() - start) * 1e3, "ms", "≤ 1000")
    with opened() as (engine, contract):
        first = time.perf_counter()
        source = CONTRACT.replace("Bench", "Other")
        engine.deploy(DeployRequest(name="other", source=source, publisher="alice", file="other.js")).result(60)
        yield Figure("deploy, compiled for the first time", (time.perf_counter() - first) * 1e3, "ms")
        spread = times(
            lambda: engine.deploy(
                DeployRequest(name="bench", source=CONTRACT, publisher="alice", file="bench.js")
            ).result(60),
            20,
        )
        yield Figure("deploy, compiled before", spread.p50 / 1e3, "ms")
        hot = times(lambda: call(engine, contract, "add"), 500, warm_up=100)
        yield Figure("hot call, committed, flushed, with receipt, p50", hot.p50, "µs", "≤ 200", "transact_and_wait")
        yield Figure("hot call, p99", hot.p99, "µs")
        request = call_request(contract, "add")
        handed = times(lambda: engine.transact(request).result(60), 500, warm_up=30)
        yield Figure("hot call handed to the chain's thread, p50", handed.p50, "µs", note="transact(…).result()")
        few = times(lambda: call(engine, contract, "read", "[0]"), 60)
        many = times(lambda: call(engine, contract, "read", f"[{HOST_CALLS}]"), 60)
        yield Figure("host call (storage.has)", (many.p50 - few.p50) / HOST_CALLS, "µs", note="within a running method")


@benchmark("debugger")
def debugger_figures() -> Iterator[Figure]:
    """Recording against a plain run, and looking at steps."""
    with opened() as (engine, contract):
        data = f"[{STATEMENTS}]"
        plain = times(lambda: call(engine, contract, "loop", data), 20)
        result = call(engine, contract, "loop", data)
        engine.debug(result.hash).result(60).close()
        recorded = times(lambda: engine.debug(result.hash).result(60).close(), 10)
        session = engine.debug(result.hash).result(60)
        try:
            steps = session.step_count
            yield Figure("plain run", plain.p50 / 1e3, "ms", note=f"{steps:,} steps")
            yield Figure("recorded run", recorded.p50 / 1e3, "ms")
            yield Figure("recording against plain", recorded.p50 / plain.p50, "×")
            yield Figure("recorded steps a second", steps / (recorded.p50 / 1e6), "1/s")
            positions = iter(range(steps - 1, 0, -max(1, steps // 40)))
            back = times(lambda: session.view(next(positions)).result(60), 20, warm_up=1)
            yield Figure("variables at an earlier step, p50", back.p50 / 1e3, "ms", note="replay from the start")
            yield Figure("variables at an earlier step, p99", back.p99 / 1e3, "ms")
        finally:
            session.close()
