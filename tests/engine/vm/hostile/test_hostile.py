"""Hostile contracts end as they must, and leave nothing behind in their worker."""

from __future__ import annotations

import msgspec
import pytest

from engine.compiler.compiler import Compiler
from engine.errors import CompileError, ContractFailure, InternalError
from engine.values import Abi, CompiledContract, Profile
from engine.vm.pool import PoolSettings, WorkerPool
from engine.vm.toolchain_process import ToolchainProcess
from tests.engine.vm.hostile import endless, escapes, values
from tests.engine.vm.hostile.case import FOREVER, MEMORY, STACK, modern

# Everything that can be reached from the language's own objects: names, kinds, attributes.
MODERN_CANARY = """
const { getPrototypeOf, isFrozen, getOwnPropertyDescriptor } = Object;
const text = (key) => (typeof key === 'symbol' ? 'symbol' : key);
class C {
  m() {
    const seen = new Set();
    const lines = [];
    const visit = (value, path, depth) => {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null || depth > 5) return;
      if (seen.has(value)) return;
      seen.add(value);
      const keys = Reflect.ownKeys(value);
      lines.push(path + (isFrozen(value) ? ' frozen ' : ' open ') + keys.map(text).join());
      for (const key of keys) {
        const property = getOwnPropertyDescriptor(value, key);
        for (const kind of ['value', 'get', 'set']) visit(property[kind], `${path}.${text(key)}:${kind}`, depth + 1);
      }
      visit(getPrototypeOf(value), path + '^', depth + 1);
    };
    visit([globalThis, [], {}, () => 1, function* () {}, [][Symbol.iterator](), new Map().entries(), /x/, storage,
      blockchain, BigNumber, Int64, Float64, console, _IOSTInstruction_counter, new Error(), ''.matchAll(/x/g)], '', 0);
    let hash = 0;
    const all = lines.join();
    for (let i = 0; i < all.length; i++) hash = (hash * 31 + all.charCodeAt(i)) % 4294967296;
    return `${lines.length}:${hash}`;
  }
}
module.exports = C;
"""
# Profile iost leaves a contract no way to look at attributes: what members are and do must suffice.
IOST_CANARY = """
class C {
  m() {
    let text = '';
    const values = [[].push, [].map, [].sort, [].join, [].toString, ''.concat, ''.split, ''.repeat, ''.x, [].x, {}.x,
      (1).x, {}.toString, {}.constructor, [].constructor, ''.constructor, (1).constructor, Math.floor, Math.max, Math.x,
      JSON.stringify, JSON.parse, BigNumber, BigNumber.config, Int64, Float64, storage.get, storage.put,
      blockchain.call, console.log, _IOSTInstruction_counter.incr, Object.keys, Object.assign,
      [][Symbol.iterator], [].__proto__];
    for (let i = 0; i < values.length; i++) text += ';' + typeof values[i] + ':' + values[i];
    const b = new BigNumber('1').div(3).plus(2) + JSON.stringify({ a: [1, 'x', null] }) + [3, 1, 2].sort().join();
    for (const k in {}) text += k;
    for (const k in []) text += k;
    let hash = 0;
    text += b;
    for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) % 4294967296;
    return '' + text.length + ':' + hash;
  }
}
module.exports = C;
"""


CASES = [*endless.CASES, *escapes.CASES, *values.CASES]


def compiled(key, text, profile):
    return CompiledContract(
        key=key, profile=profile, file="canary.js", original=text, metered=text, stepping=text, abi=Abi()
    )


CONTRACTS = {
    "canary iost": compiled("canary iost", IOST_CANARY, Profile.IOST),
    "canary modern": compiled("canary modern", MODERN_CANARY, Profile.MODERN),
}


@pytest.fixture(scope="module")
def compiler():
    toolchain = ToolchainProcess()
    yield Compiler(toolchain)
    toolchain.close()


@pytest.fixture(scope="module")
def pool():
    pool = WorkerPool(
        "tests.engine.vm.hostile.worker_program:create",
        serve_read=lambda keys: [],
        serve_code=CONTRACTS.__getitem__,
        settings=PoolSettings(
            floor=1,
            ceiling=1,
            spares=1,
            profiles=tuple(Profile),
            heap_bytes=100_000_000,
            process_bytes=600_000_000,
            hard_seconds=20,
        ),
    )
    yield pool
    pool.close()


def run(pool, key, profile, gas_limit, time_limit):
    job = msgspec.msgpack.encode([key, profile, gas_limit, time_limit])
    return msgspec.msgpack.decode(pool.call(job))


@pytest.fixture(scope="module")
def pristine(pool):
    return {profile.value: canary(pool, profile.value) for profile in Profile}


def canary(pool, profile):
    result, error_class, error, _ = run(pool, f"canary {profile}", profile, 10**15, 10)
    assert not error_class, error
    return result


def ending(pool, compiler, case, profile):
    code = case.code if case.code.startswith("\n") else f"\nclass C {{ init() {{}} {case.code} }}\nmodule.exports = C;"
    try:
        contract = compiler.compile(code, file="hostile.js", profile=Profile(profile))
    except CompileError as error:
        return "refused", str(error)
    CONTRACTS[contract.key] = contract
    try:
        result, error_class, error, gas = run(pool, contract.key, profile, case.gas, 0.4 if case.gas == FOREVER else 2)
    except ContractFailure as failure:
        return type(failure).__name__, failure.text
    except InternalError as fault:
        if "check mode" in str(fault) and {MEMORY, STACK} & set(case.ends):
            return case.ends[0], "how much memory or stack there is decides what such a contract sees"
        raise
    assert gas <= case.gas or error_class == "OutOfGas"
    return (error_class, error) if error_class else (f"={result}", "")


@pytest.mark.parametrize(
    ("case", "profile"),
    [pytest.param(case, name, id=f"{case.name}-{name}") for case in CASES for name in case.profiles],
)
def test_hostile_contract(pool, compiler, pristine, case, profile):
    end, text = ending(pool, compiler, case, profile)
    assert end in case.ends, text
    assert canary(pool, profile) == pristine[profile]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "m() { return '' + /(secret)/.test('a secret b'); }",
            "m() { return [RegExp.$1, RegExp.input, RegExp.lastMatch, RegExp.leftContext, RegExp['$&']].join(''); }",
            "=",
        ),
        (
            "m() { const w = new WeakMap([[Array, 'secret']]); Symbol.for('secret'); return w.get(Array); }",
            "m() { return '' + Object.getOwnPropertySymbols(Array).includes(Symbol.for('secret')); }",
            "=false",
        ),
        (
            "f(s) { s.raw.x = 1; } m() { this.f`a`; }",
            "f(s) { return s.raw.x; } m() { return '' + this.f`a`; }",
            "=undefined",
        ),
    ],
    ids=["regular expressions", "symbols", "templates"],
)
def test_the_next_contract_sees_nothing(pool, compiler, before, after, expected):
    ending(pool, compiler, modern("before", before), "modern")
    assert ending(pool, compiler, modern("after", after), "modern")[0] == expected


def test_there_are_enough_cases():
    assert len(CASES) >= 120
