"""The chain with real worker processes."""

from __future__ import annotations

import json
from concurrent.futures import wait

import pytest

from engine.chain.chain import Chain
from engine.chain.compilation import Compilation
from engine.chain.execution import Executions
from engine.chain.worker_program import PROGRAM
from engine.interface import Genesis
from engine.state.stack import StateStack
from engine.state.store import Store
from engine.values import Status
from engine.vm.pool import PoolSettings, WorkerPool
from tests.engine.chain.test_chain import METHODS, SOURCE, request

LOOPING = """class T {
  init() {}
  loop() { while (true) {} }
  ok() { return 1; }
}
module.exports = T;
"""


class PooledChain:
    def __init__(self, directory, compiler, builtin="none"):
        self.store = Store.open(directory)
        self.stack = StateStack(self.store)
        compilation = Compilation(compiler, self.stack.reader)
        self.executions = Executions(self.submit, compilation, self.stack.reader)
        self.pool = WorkerPool(
            PROGRAM,
            serve_read=lambda keys: self.stack.reader().read_many(keys),
            serve_code=compilation.load,
            serve_request=self.executions.serve,
            settings=PoolSettings(spares=0),
        )
        self.kills = False
        self.deaths = 0
        self.events = []
        self.chain = Chain(self.stack, self.executions, self.events.append, genesis=Genesis(builtin=builtin))

    def submit(self, job):
        future = self.pool.submit(job)
        kills = self.kills or self.deaths > 0
        self.deaths -= self.deaths > 0
        while kills and not future.done():
            for worker in self.pool.statuses():
                self.pool.kill(worker.id)
            wait([future], timeout=0.01)
        return future

    def close(self):
        self.pool.close()
        self.store.close()


@pytest.fixture
def pooled(tmp_path, compiler):
    pooled = PooledChain(tmp_path, compiler)
    yield pooled
    pooled.close()


def deploy(chain, source, methods):
    abi = [{"name": name, "args": args} for name, args in methods]
    contract = {"info": {"lang": "javascript", "version": "1.0.0", "abi": abi}, "code": source}
    result = chain.transact(request("alice", "system.iost", "setCode", json.dumps(contract)))
    assert result.succeeded, result.receipt.message
    return json.loads(result.receipt.returns[0])[0]


def test_deploy_call_transfer(pooled):
    chain = pooled.chain
    contract = deploy(chain, SOURCE, METHODS)
    assert chain.transact(request("bobby", contract, "add", 1, 2)).receipt.returns == ('["3"]',)
    assert chain.transact(request("alice", contract, "put", "k", "v")).receipt.returns == ('["v"]',)
    failed = chain.transact(request("alice", contract, "fail", "z"))
    assert failed.receipt.status is Status.RUNTIME_ERROR
    assert failed.failure.location.line == 7
    transfer = chain.transact(request("alice", "token.iost", "transfer", "iost", "alice", "bobby", "1.5", "hi"))
    assert transfer.succeeded
    for number in range(1, chain.head_summary().number + 1):
        assert chain.validate(number) is None


def test_worker_death_and_endless_loop_are_failed_transactions(pooled):
    chain = pooled.chain
    contract = deploy(chain, LOOPING, [("loop", []), ("ok", [])])
    pooled.kills = True
    died = chain.transact(request("alice", contract, "loop", gas_limit="4000000"))
    pooled.kills = False
    assert (died.failure.error, died.receipt.status) == ("WorkerCrashed", Status.RUNTIME_ERROR)
    assert died.receipt.gas_usage == "4000000"
    looped = chain.transact(request("alice", contract, "loop"))
    assert (looped.failure.error, looped.receipt.message) == ("OutOfGas", "out of gas")
    assert chain.transact(request("alice", contract, "ok")).receipt.returns == ('["1"]',)


def test_a_block_begins_although_the_worker_of_its_base_transaction_died(tmp_path, compiler):
    pooled = PooledChain(tmp_path, compiler, builtin="default")
    try:
        chain = pooled.chain
        chain.clock.advance(7 * 24 * 3600 * 10**9)
        number = chain.head_summary().number
        pooled.deaths = 1
        block = chain.produce()
        assert (pooled.deaths, block.number) == (0, number + 1)
        assert chain.validate(block.number) is None
    finally:
        pooled.close()
