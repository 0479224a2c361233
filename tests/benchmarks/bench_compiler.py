"""The compiler: compiling text, first calls by what is known of a contract, and what metering costs at run time.

Metered and plain code run in the same sandbox in turns; processor time of this process is what counts, because the
machine is shared.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from engine.compiler.compiler import Compiler
from engine.compiler.snapshots import Snapshots
from engine.facade import DeployRequest, Engine
from engine.state.blobs import BlobStore
from engine.state.store import Store
from engine.values import Action, CompiledContract, Profile, TransactionRequest
from engine.vm.interface import HostReply, Operation, Program, ScriptFrame, ScriptHost, ScriptOutcome
from engine.vm.sandbox import Sandbox, SandboxLimits
from engine.vm.toolchain_process import ToolchainProcess
from tests.benchmarks.harness import Figure, benchmark, times

WORK = """class Work {
    init() {}
    loop(n) { let s = 0; for (let i = 0; i < n; i++) { s = s + i; } return s; }
    branches(n) {
        let s = 0;
        const a = [1, 2, 3, 4, 5, 6, 7, 8];
        for (let i = 0; i < n; i++) { if (i % 3 === 0) { s += a[i & 7] * 2; } else { s -= i; } }
        return s;
    }
    texts(n) {
        let t = '';
        for (let i = 0; i < n; i++) { t = t + 'x'; if (t.length > 50) { t = ''; } }
        return t;
    }
    calls(n) { let s = 0; for (let i = 0; i < n; i++) { s = this.one(s, i); } return s; }
    one(a, b) { return a * 2 % 1000003 + b; }
    storage(n) {
        let s = 0;
        for (let i = 0; i < n; i++) { s = s + Number(storage.get('k')); storage.put('k', String(i)); }
        return s;
    }
}
module.exports = Work;
"""
ROUNDS = {"loop": 400_000, "branches": 200_000, "texts": 200_000, "calls": 200_000, "storage": 3_000}
METHOD = """    method{n}(a, b) {{
        const key = 'entry' + a;
        if (storage.has(key) && b.length > {n}) {{ return JSON.parse(storage.get(key)); }}
        for (let i = 0; i < b.length; i++) {{ storage.mapPut('map{n}', b[i], String(i * {n})); }}
        return [a, b.map((x) => {{ return x + {n}; }})];
    }}
"""


def large_source(size: int) -> str:
    """Return a contract of about `size` characters."""
    methods, number = [], 0
    while sum(map(len, methods)) < size:
        methods.append(METHOD.format(n=number))
        number += 1
    return "class Large {\n    init() {}\n" + "".join(methods) + "}\nmodule.exports = Large;\n"


@benchmark("compiler")
def compiling() -> Iterator[Figure]:
    """Checking and compiling 100 KB of text, and reading a compiled contract back."""
    source = large_source(100_000)
    with contextlib.closing(ToolchainProcess()) as toolchain, tempfile.TemporaryDirectory() as folder:
        compiler = Compiler(toolchain)
        share = 100_000 / len(source)
        for profile in Profile:
            checked = times(lambda profile=profile: compiler.check(source, profile=profile), 5, warm_up=2)
            yield Figure(f"check (lint) of 100 KB, {profile}", checked.p50 / 1e3 * share, "ms")
            made = times(lambda profile=profile: compiler.compile(source, profile=profile, linted=False), 5, warm_up=2)
            yield Figure(f"metering and stepping of 100 KB, {profile}", made.p50 / 1e3 * share, "ms")
        small = times(lambda: compiler.compile(WORK), 20)
        yield Figure("small contract, lint and all", small.p50 / 1e3, "ms")
        with contextlib.closing(Store.open(Path(folder) / "db")) as store:
            snapshots = Snapshots(BlobStore(store))
            contract = compiler.compile(source)
            snapshots.put(contract)
            read = times(lambda: snapshots.get(contract.key), 20)
            yield Figure("snapshot of 100 KB read back", read.p50 / 1e3, "ms")


@benchmark("first-call")
def first_calls() -> Iterator[Figure]:
    """From a deployed source to the result of its first call: nothing known, compiled before, loaded before."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine.open(Path(folder))
        try:
            cold, restored, hot = [], [], []
            for number in range(6):
                source = large_source(20_000).replace("return [a", f"return [{number}, a")
                start = time.perf_counter()
                engine.compile(source, file="a.js", profile=Profile.IOST).result(60)
                compiled = time.perf_counter() - start
                contract = engine.deploy(DeployRequest("a", source, "alice", "a.js", gas_limit="4000000")).result(60)
                assert contract.contract is not None
                request = TransactionRequest("alice", (Action(contract.contract.id, "method1", '["1", "[]"]'),))
                taken = []
                for _ in range(12):
                    start = time.perf_counter()
                    engine.query(request).result(60)
                    taken.append(time.perf_counter() - start)
                restored.append(taken[0])
                hot.append(sorted(taken[2:])[5])
                cold.append(compiled + taken[0])
            median = [sorted(values)[3] * 1e3 for values in (cold, restored, hot)]
            yield Figure("cold: compile, load, call", median[0], "ms")
            yield Figure("restored: load, call", median[1], "ms", note=f"{median[0] / median[1]:.1f}× faster than cold")
            yield Figure("hot: call", median[2], "ms", note=f"{median[0] / median[2]:.1f}× faster than cold")
        finally:
            engine.close()


class _Storage:
    """A host that holds one value."""

    def __init__(self) -> None:
        self._value: str | None = "0"

    def operate(self, operation: Operation, arguments: Sequence[str | None]) -> HostReply:
        if operation is Operation.STORAGE_GET:
            return HostReply(self._value, gas=1)
        self._value = arguments[1]
        return HostReply(gas=1)

    def call(self, *_arguments: object, **_named: object) -> Program:
        raise AssertionError("the benchmark calls no contract")


@benchmark("metering")
def metering() -> Iterator[Figure]:
    """Metered code against the same code as it was written."""
    with contextlib.closing(ToolchainProcess()) as toolchain:
        for profile in Profile:
            metered = Compiler(toolchain).compile(WORK, profile=profile)
            text = WORK
            if profile is Profile.MODERN:  # strict, as its metered text is
                text = f"return (function(){{'use strict';{WORK}\nreturn module.exports;}}).call(undefined);"
            plain = msgspec.structs.replace(metered, key="plain", metered=text, running="")
            codes = {metered.key: metered, "plain": plain}
            sandbox = Sandbox(codes.__getitem__, limits=SandboxLimits(time_limit=60.0))
            with contextlib.closing(sandbox):
                for method, rounds in ROUNDS.items():
                    pair = [_seconds(sandbox, code, method, rounds) for code in (metered, plain)]
                    goal = "≤ 1.3" if method == "storage" else "≤ 2"
                    note = f"{pair[0] * 1e9 / rounds:,.1f} ns a round against {pair[1] * 1e9 / rounds:,.1f}"
                    yield Figure(f"{method}, {profile}", pair[0] / pair[1], "×", goal, note)


def _seconds(sandbox: Sandbox, code: CompiledContract, method: str, rounds: int) -> float:
    taken = []
    for _ in range(12):
        start = time.process_time()
        outcome = sandbox.execute(_program(code, method, rounds))
        taken.append(time.process_time() - start)
        assert isinstance(outcome, ScriptOutcome)
        assert outcome.error is None, outcome.error
    return min(taken)


def _program(code: CompiledContract, method: str, rounds: int) -> Callable[[], tuple[Program, ScriptHost]]:
    frame = ScriptFrame(
        contract=f"Contract{code.key}",
        code_key=code.key,
        profile=code.profile,
        method=method,
        arguments=json.dumps([rounds]),
        gas_limit=1_000_000_000,
        block="{}",
        transaction="{}",
    )

    def start() -> tuple[Program, ScriptHost]:
        def steps() -> Program:
            return (yield frame)

        return steps(), _Storage()

    return start
