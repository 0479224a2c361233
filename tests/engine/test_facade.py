"""The engine as a whole, through its facade: what only shows when all parts work together."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.errors import CompileError, InvalidInput, RejectedTransaction, StorageLocked
from engine.facade import (
    BlockFlushed,
    BlockProduced,
    ContractDeployed,
    DeployRequest,
    Engine,
    EngineEvent,
    TransactionExecuted,
    VmSettings,
)
from engine.values import Action, Status, TransactionRequest, TransactionResult

COUNTER = """class Counter {
    init() { storage.put('n', '0'); }
    add() {
        const n = Number(storage.get('n')) + 1;
        storage.put('n', String(n));
        blockchain.event('now ' + n);
        return n;
    }
    half() {
        storage.put('n', 'broken');
        blockchain.event('never seen');
        throw new Error('half way');
    }
    forever() { for (;;) {} }
    kill() { return 'a'.repeat(2 ** 29 - 25).split('').length; }
}
module.exports = Counter;
"""


@pytest.fixture
def engine(tmp_path: Path):
    engine = Engine.open(tmp_path / "chain")
    yield engine
    engine.close()


def deploy(engine: Engine, source: str = COUNTER) -> str:
    request = DeployRequest(name="counter", source=source, publisher="alice", file="counter.js")
    contract = engine.deploy(request).result(60).contract
    assert contract is not None
    return contract.id


def call(engine: Engine, contract: str, method: str, data: str = "[]") -> TransactionResult:
    return engine.transact(TransactionRequest(publisher="alice", actions=(Action(contract, method, data),))).result(60)


def value(engine: Engine, contract: str) -> str | None:
    return engine.storage(contract, "n").result(60)


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def test_events_of_a_kind_alone_have_nothing_watched(engine: Engine) -> None:
    flushed: list[EngineEvent] = []
    unsubscribe = engine.subscribe(flushed.append, only=BlockFlushed)
    contract = deploy(engine)
    request = TransactionRequest(publisher="alice", actions=(Action(contract, "add", "[]"),))
    assert engine.transact(request).result(60).accesses == ()
    assert [type(event) for event in flushed] == [BlockFlushed, BlockFlushed]
    blocks: list[EngineEvent] = []
    unwatch = engine.subscribe(blocks.append, only=BlockProduced)
    assert engine.transact(request).result(60).accesses
    assert [type(event) for event in blocks] == [BlockProduced]
    unwatch()
    unsubscribe()


def test_events_come_in_commit_order_and_only_what_was_committed(engine: Engine) -> None:
    seen: list[EngineEvent] = []
    unsubscribe = engine.subscribe(seen.append)
    contract = deploy(engine)
    call(engine, contract, "add")
    call(engine, contract, "half")
    unsubscribe()
    call(engine, contract, "add")
    kinds = [type(event) for event in seen if isinstance(event, TransactionExecuted | BlockProduced | ContractDeployed)]
    assert kinds.count(BlockProduced) == 3
    assert kinds.count(ContractDeployed) == 1
    results = [event.result for event in seen if isinstance(event, TransactionExecuted)]
    assert [result.succeeded for result in results] == [True, True, False]
    assert [event.data for event in results[1].events] == ["now 1"]
    assert results[2].events == ()


def test_callers_who_wait_and_those_who_do_not_take_turns(engine: Engine) -> None:
    contract = deploy(engine)
    request = TransactionRequest(publisher="alice", actions=(Action(contract, "add", "[]"),))

    def add(number: int) -> str:
        result = engine.transact_and_wait(request) if number % 3 else engine.transact(request).result(60)
        return result.receipt.returns[0]

    with ThreadPoolExecutor(4) as threads:
        returned = list(threads.map(add, range(40)))
    assert sorted(json.loads(text)[0] for text in returned) == sorted(str(number) for number in range(1, 41))
    assert value(engine, contract) == "40"
    with pytest.raises(RejectedTransaction, match="unauthorized publisher"):
        engine.transact_and_wait(TransactionRequest(publisher="nobody", actions=request.actions))


def test_a_failing_call_leaves_nothing_but_its_fee(engine: Engine) -> None:
    contract = deploy(engine)
    call(engine, contract, "add")
    result = call(engine, contract, "half")
    assert result.receipt.status is Status.RUNTIME_ERROR
    assert result.failure is not None
    assert result.failure.location is not None
    assert result.failure.location.line == 12
    assert (
        any(access.new and "broken" in access.new for access in result.accesses) is False
        or value(engine, contract) == "1"
    )
    assert value(engine, contract) == "1"


def test_runaway_and_killing_code_fail_alone(engine: Engine) -> None:
    contract = deploy(engine)
    loop = call(engine, contract, "forever")
    assert loop.failure is not None
    assert loop.failure.error in ("OutOfGas", "DeadlineExceeded")
    killed = call(engine, contract, "kill")
    assert killed.failure is not None
    assert killed.failure.error in ("OutOfGas", "WorkerCrashed", "MemoryExceeded")
    assert call(engine, contract, "add").succeeded
    assert value(engine, contract) == "1"


def test_the_chain_comes_back_as_it_was(tmp_path: Path) -> None:
    engine = Engine.open(tmp_path)
    contract = deploy(engine)
    call(engine, contract, "add")
    head = engine.head().result(60)
    engine.close()
    engine = Engine.open(tmp_path)
    try:
        assert engine.head().result(60).hash == head.hash
        assert [known.name for known in engine.contracts().result(60)] == ["counter"]
        assert engine.transactions(0, 1).result(60)[0].request.actions[0].action_name == "add"
        assert call(engine, contract, "add").receipt.returns == ('["2"]',)
    finally:
        engine.close()


def test_hot_contracts_are_loaded_ahead_after_a_restart(tmp_path: Path) -> None:
    engine = Engine.open(tmp_path)
    contract = deploy(engine)
    call(engine, contract, "add")
    key = engine.contracts().result(60)[0].code_key
    engine.close()
    engine = Engine.open(tmp_path)
    try:

        def is_loaded() -> bool:
            engine.refresh_workers()
            return any(key in worker.contracts for worker in engine.workers() if worker.kind == "run")

        wait_for(is_loaded, "no worker has loaded the contract ahead")
    finally:
        engine.close()


def test_a_killed_worker_is_replaced(engine: Engine) -> None:
    contract = deploy(engine)
    killed = [worker for worker in engine.workers() if worker.kind == "run"]
    assert killed
    os.kill(killed[0].pid, signal.SIGKILL)
    for worker in killed[1:]:
        engine.kill_worker("run", worker.id)
    wait_for(lambda: call(engine, contract, "add").succeeded, "no call succeeds any more")
    assert not {worker.pid for worker in killed} & {worker.pid for worker in engine.workers()}


def test_what_cannot_be_done_is_said(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(CompileError):
        engine.deploy(DeployRequest(name="x", source="class {", publisher="alice", file="x.js")).result(60)
    request = TransactionRequest(publisher="nobody", actions=(Action("token.iost", "supply", '["iost"]'),))
    with pytest.raises(RejectedTransaction, match="unauthorized publisher"):
        engine.transact(request).result(60)
    with pytest.raises(InvalidInput):
        engine.account("nobody").result(60)
    with pytest.raises(StorageLocked):
        Engine.open(tmp_path / "chain")


def test_closing_in_the_middle_of_a_run_leaves_no_process(tmp_path: Path) -> None:
    engine = Engine.open(tmp_path)
    contract = deploy(engine, COUNTER.replace("for (;;) {}", "for (;;) { storage.get('n'); }"))
    running = engine.transact(
        TransactionRequest(publisher="alice", actions=(Action(contract, "forever", "[]"),), gas_limit="4000000")
    )
    pids = [worker.pid for worker in engine.workers() if worker.pid]
    engine.close()
    assert running.done() or running.cancelled() or running.exception(60) is not None or running.result(0)
    wait_for(lambda: not any(alive(pid) for pid in pids), "a worker outlived its engine")


def alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return status != "Z"


def test_limits_and_numbers_of_workers_can_be_changed(engine: Engine) -> None:
    contract = deploy(engine)
    limits = engine.vm_diagnostics().result(60).limits
    assert [limit.name for limit in limits if limit.differs] == ["time of a transaction", "heap of an isolate"]
    engine.configure_vm(VmSettings(time_limit=0.2, heap_bytes=100_000_000)).result(60)
    diagnostics = engine.vm_diagnostics().result(60)
    assert not any(limit.differs for limit in diagnostics.limits)
    assert diagnostics.v8_version.count(".") == 3
    assert call(engine, contract, "add").succeeded
    with pytest.raises(InvalidInput, match="at least 3 and at most 2"):
        engine.configure_vm(VmSettings(floor=3, ceiling=2)).result(60)


def test_the_load_of_the_workers_grows_with_what_they_do(engine: Engine) -> None:
    contract = deploy(engine)
    before = engine.vm_load()
    call(engine, contract, "add")
    after = engine.vm_load()
    assert after.busy_seconds > before.busy_seconds
    assert after.workers >= 1
    assert after.waiting == 0


def test_everything_the_facade_names_can_be_imported() -> None:
    import engine as package
    import engine.facade as facade

    assert package.Engine is facade.Engine
    assert all(getattr(facade, name) is not None for name in facade.__all__)
