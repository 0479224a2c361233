"""Workers and sandboxes: how soon they are ready, replaced and stopped, what a call costs and what they weigh."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec
import psutil

from engine.compiler.compiler import Compiler
from engine.errors import RunCancelled, WorkerCrashed
from engine.values import CompiledContract, Layer, Profile
from engine.vm import startup_snapshot
from engine.vm.channel import WorkerSettings
from engine.vm.launcher import create_launcher
from engine.vm.pool import PoolSettings, WorkerPool
from engine.vm.toolchain_process import ToolchainProcess
from engine.vm.worker_handle import Questions, WorkerHandle
from tests.benchmarks.harness import Figure, Spread, benchmark, spread, times
from tests.engine.vm.programs import contract

PROGRAM = "tests.engine.vm.worker_programs:create"
SOURCE = "class C { init() {} m() { return 'done'; } }\nmodule.exports = C;\n"
ENDLESS = contract("endless", "m() { for (;;); }")
TOKEN = Path(__file__).resolve().parents[2] / "projects" / "fungible-token" / "token.js"
EXTRA_CONTRACTS = 100
CALLS = 2000

REALMS = """
import json, sys, time
from engine.values import Profile
from engine.vm.isolate import RUN_FLAGS
from engine.vm.realm import Realm
from engine.vm.runtime_bundle import runtime_script
from engine.vm.startup_snapshot import load
image = load() if sys.argv[1] == "image" else None
script = runtime_script(Profile.IOST)
taken = []
for _ in range(25):
    start = time.perf_counter()
    realm = Realm(script, flags=RUN_FLAGS, heap_limit=128_000_000, serve=lambda realm, request: None, image=image)
    taken.append((time.perf_counter() - start) * 1e3)
    realm.close()
print(json.dumps(taken[3:]))
"""
"""Times making sandboxes, in a process of its own: the engine's process never loads V8."""


class Contracts:
    """Compiled contracts by key; `token N` is the same text under many keys."""

    def __init__(self) -> None:
        toolchain = ToolchainProcess()
        try:
            compiler = Compiler(toolchain)
            self._small = compiler.compile(SOURCE, file="small.js", profile=Profile.IOST)
            self._token = compiler.compile(TOKEN.read_text(encoding="utf-8"), file="token.js", profile=Profile.IOST)
        finally:
            toolchain.close()

    def load(self, key: str) -> CompiledContract:
        """Answer a worker's question for code."""
        if key == ENDLESS.key:
            return ENDLESS
        return msgspec.structs.replace(self._token if key.startswith("token") else self._small, key=key)


@contextmanager
def pool(
    contracts: Contracts, *, warm_keys: Callable[[], tuple[str, ...]] = tuple, **settings: object
) -> Iterator[WorkerPool]:
    """A pool whose workers are ready."""
    made = WorkerPool(
        PROGRAM,
        serve_read=lambda keys: [("value", Layer.ROCKSDB) for _ in keys],
        serve_code=contracts.load,
        settings=msgspec.structs.replace(PoolSettings(), **settings),
        warm_keys=warm_keys,
    )
    try:
        assert made.wait_ready()
        yield made
    finally:
        made.close()


def milliseconds(work: Callable[[], object], count: int) -> Spread:
    """Time some work; the first time counts too."""
    found = times(work, count, warm_up=0)
    return Spread(found.p50 / 1e3, found.p99 / 1e3, found.least / 1e3)


@benchmark("vm-ready")
def ready_figures() -> Iterator[Figure]:
    """From nothing to a sandbox that can take a call."""
    contracts = Contracts()
    plain = realms("plain")
    yield Figure("sandbox made step by step, p50", plain.p50, "ms")
    if not startup_snapshot.status().enabled:
        subprocess.run([sys.executable, "-m", "engine.vm.startup_snapshot"], env=environment(), check=True, timeout=120)
    status = startup_snapshot.status()
    if status.enabled:
        imaged = realms("image")
        yield Figure("sandbox from the startup snapshot, p50", imaged.p50, "ms", "≤ 3")
        yield Figure("sandbox from the startup snapshot, p99", imaged.p99, "ms")
    else:
        yield Figure("startup snapshot", 0, "", note=status.reason)
    for name, fork_server, goal in (("fork server", True, "≤ 30"), ("spawn", False, "≤ 250")):
        if fork_server and sys.platform != "linux":
            continue
        start = time.perf_counter()
        launcher = create_launcher(settings(), fork_server=fork_server)
        try:
            first_worker(launcher.launch, contracts)
            yield Figure(f"first worker ready, {name}", (time.perf_counter() - start) * 1e3, "ms")
            started = milliseconds(partial(first_worker, launcher.launch, contracts), 10)
            yield Figure(f"worker ready, {name}, p50", started.p50, "ms", goal)
        finally:
            launcher.close()
    with pool(contracts, ceiling=1) as one:
        one.call(b"run small")
        hot = times(lambda: one.call(b"run small"), CALLS)
        yield Figure("call in a hot worker, p50", hot.p50, "µs", note="through the pool, without a chain")
        yield Figure("call in a hot worker, p99", hot.p99, "µs")


def settings() -> WorkerSettings:
    """What workers are told that are started without a pool."""
    base = PoolSettings()
    return WorkerSettings(PROGRAM, base.time_limit, base.heap_bytes, base.process_bytes, profiles=("iost",))


def first_worker(launch: Callable[[WorkerSettings], object], contracts: Contracts) -> None:
    """Start a worker, wait until it is ready, and end it."""
    handle = WorkerHandle(1, launch(settings()), settings())  # type: ignore[arg-type]
    handle.await_ready(Questions(lambda keys: [], contracts.load, None), 60)
    handle.process.kill()
    handle.process.close()


def realms(kind: str) -> Spread:
    """Return how long making a sandbox takes, in ms."""
    command = [sys.executable, "-c", REALMS, kind]
    done = subprocess.run(command, env=environment(), capture_output=True, check=True, timeout=120)
    return spread(json.loads(done.stdout))


def environment() -> dict[str, str]:
    """Return an environment in which the engine can be imported."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


@benchmark("vm-recovery")
def recovery_figures() -> Iterator[Figure]:
    """From a worker's death, or the press of Stop, to the next result."""
    contracts = Contracts()

    def recover(one: WorkerPool) -> float:
        pid = int(one.call(b"pid"))
        start = time.perf_counter()
        os.kill(pid, signal.SIGKILL)
        while True:
            try:
                one.call(b"run small")
            except WorkerCrashed:  # the call met the dying worker: that is part of the recovery
                continue
            return (time.perf_counter() - start) * 1e3

    for name, spares, fork_server, goal in (
        ("a spare stands ready", 1, None, ""),
        ("from the fork server, no spare", 0, True, "≤ 30"),
        ("by spawn, no spare", 0, False, "≤ 250"),
    ):
        if fork_server and sys.platform != "linux":
            continue
        with pool(contracts, ceiling=1, spares=spares, fork_server=fork_server) as one:
            taken = []
            for _ in range(8):
                assert one.call(b"run small") == b"done"
                taken.append(recover(one))
                while spares and one.load().spares < spares:
                    time.sleep(0.002)
            found = spread(taken)
            yield Figure(f"next result after a death, {name}, p50", found.p50, "ms", goal)
            yield Figure(f"next result after a death, {name}, worst", found.p99, "ms")
    with pool(contracts, ceiling=1) as one:
        stopped = []
        for number in range(20):
            future = one.submit(b"forever endless" if number % 2 else b"hang")
            while not one.load().busy:
                time.sleep(0.001)
            time.sleep(0.01)
            start = time.perf_counter()
            one.cancel(future)
            wait([future], 10)
            stopped.append((time.perf_counter() - start) * 1e3)
            assert isinstance(future.exception(), RunCancelled)
        found = spread(stopped)
        yield Figure("Stop ends a call, p50", found.p50, "ms", "≤ 100", "half of them hang outside JavaScript")
        yield Figure("Stop ends a call, worst", found.p99, "ms", "≤ 100")


@benchmark("vm-scaling")
def scaling_figures() -> Iterator[Figure]:
    """Calls a second against the number of workers, and what workers and contracts weigh."""
    contracts = Contracts()
    for count in (1, 2):
        with pool(contracts, floor=count, ceiling=count) as some:
            for future in [some.submit(b"run small") for _ in range(100)]:
                future.result(60)
            start = time.perf_counter()
            for future in [some.submit(b"run small") for _ in range(CALLS)]:
                future.result(60)
            rate = CALLS / (time.perf_counter() - start)
            yield Figure(f"calls a second, {count} worker{'s' if count > 1 else ''}", rate, "1/s", note="one a message")
    weights = []
    for extra in (0, EXTRA_CONTRACTS):
        keys = tuple(f"token {number}" for number in range(extra))
        with pool(contracts, ceiling=1, spares=0, warm_keys=lambda keys=keys: keys) as one:  # type: ignore[misc]
            process = psutil.Process(int(one.call(b"pid")))
            weights.append(process.memory_full_info().uss / 1e6)
            if not extra:
                yield Figure("memory of a worker, resident", process.memory_info().rss / 1e6, "MB")
    yield Figure("memory of a worker, its own", weights[0], "MB", note="without what it shares with others")
    extra_kilobytes = (weights[1] - weights[0]) * 1e3 / EXTRA_CONTRACTS
    yield Figure("memory of an extra contract", extra_kilobytes, "kB", note="the sample token, loaded")
