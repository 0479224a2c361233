"""Mixed good and hostile load with random worker deaths: every job ends once, with its own result, and nothing leaks.

`STRATA_SOAK_SECONDS` makes it longer than the few seconds it takes by default.
"""

from __future__ import annotations

import os
import random
import time
from concurrent.futures import wait

import psutil
import pytest

from engine.errors import ContractFailure, DeadlineExceeded, MemoryExceeded, RunCancelled, WorkerCrashed
from engine.values import Layer
from engine.vm.pool import PoolSettings, WorkerPool
from tests.engine.vm.programs import contract

SECONDS = float(os.environ.get("STRATA_SOAK_SECONDS", "4"))
CONTRACTS = {
    "good": contract("good", "m() { return 'good ' + storage.get('key'); }"),
    "loops": contract("loops", "m() { for (;;); }"),
    "eats": contract("eats", "m() { const a = []; for (;;) a[a.length] = { x: [1, 2, 3, 4, 5, 6, 7, 8] }; }"),
    "deep": contract("deep", "m() { return this.m(); }"),
    "throws": contract("throws", "m() { throw 'thrown'; }"),
    "open": contract("open", "m() { String.prototype.mine = 1; return '' + ''.mine; }", open_intrinsics=True),
}
KINDS = {
    b"run good": (b"good value",),
    b"run open": (b"1",),
    b"run loops": (DeadlineExceeded,),
    b"run eats": (MemoryExceeded, DeadlineExceeded),
    b"run deep": (b"Uncaught exception: RangeError: Maximum call stack size exceeded",),
    b"run throws": (b"Uncaught exception: thrown",),
    b"die": (WorkerCrashed,),
    b"echo 1": (b"1",),
}
WEIGHTS = (40, 4, 1, 1, 2, 8, 1, 40)


@pytest.mark.timeout(SECONDS * 3 + 120)
def test_soak():
    pool = WorkerPool(
        "tests.engine.vm.worker_programs:create",
        serve_read=lambda keys: [("value", Layer.ROCKSDB) for _ in keys],
        serve_code=CONTRACTS.__getitem__,
        settings=PoolSettings(floor=1, ceiling=2, spares=1, time_limit=0.15, heap_bytes=80_000_000, recycle_runs=2000),
    )
    chance = random.Random(7)
    process = psutil.Process()
    done = 0
    memory = []
    try:
        assert pool.wait_ready()
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            jobs = chance.choices(list(KINDS), WEIGHTS, k=100)
            futures = [pool.submit(job) for job in jobs]
            cancelled = chance.choice(futures)
            pool.cancel(cancelled)
            if chance.random() < 0.2:
                pool.kill(chance.choice(pool.statuses()).id)
            assert not wait(futures, timeout=60).not_done
            for job, future in zip(jobs, futures, strict=True):
                check(future, KINDS[job], was_cancelled=future is cancelled)
            done += len(jobs)
            memory.append(process.memory_info().rss)
        assert pool.call(b"run good") == b"good value"
        assert done >= 100
        half = len(memory) // 2
        assert sum(memory[half:]) / len(memory[half:]) < 1.2 * sum(memory[: half + 1]) / len(memory[: half + 1]) + 2e7
    finally:
        pool.close()


def check(future, expected, *, was_cancelled):
    """One job ended as it must; a killed worker, a machine too busy, the stop button are always possible."""
    error = future.exception()
    if error is None:
        assert future.result() in expected
    else:
        assert isinstance(error, ContractFailure)
        allowed = tuple(kind for kind in expected if isinstance(kind, type))
        assert isinstance(error, (*allowed, WorkerCrashed, DeadlineExceeded)) or (
            was_cancelled and isinstance(error, RunCancelled)
        )
