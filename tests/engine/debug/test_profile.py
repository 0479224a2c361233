from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.debug.profile import Coverage, GasProfile, Mark
from engine.facade import DeployRequest, Engine
from engine.values import Action, Profile, TransactionRequest

RECORDER = Path(__file__).parents[3] / "resources" / "runtime" / "sandbox" / "recorder.js"

WORK = """class Work {
    init() {}
    example(a) {
        let s = 'ab' + a;
        return s;
    }
    recursive(n) {
        if (n === 0) { return 0; }
        return 1 + this.recursive(n - 1);
    }
    after(n) {
        storage.put('k', this._text(n));
        return this._text(1);
    }
    _text(n) {
        let t = '';
        for (let i = 0; i < n; i++) { t = t + 'x'; }
        return t;
    }
    endless() {
        for (;;) { this._text(3); }
    }
    fails(n) {
        [n, 2].map((x) => x * n).forEach((x) => { if (x === 4) { throw new Error('four'); } });
        return this.empty();
    }
    empty() {}
    *numbers() { yield 1; yield 2; }
    generated() { let sum = 0; for (const n of this.numbers()) { sum += n; } return sum; }
    other(id, n) {
        const before = storage.get('k');
        const text = blockchain.call(id, 'after', [n]);
        return before + text[0];
    }
    pays() { return blockchain.call('token.iost', 'balanceOf', ['iost', 'alice']); }
}
module.exports = Work;
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine.open(tmp_path_factory.mktemp("chain"))
    yield engine
    engine.close()


def deploy(engine: Engine, file: str, profile: Profile) -> str:
    typed = re.sub(r"^    (\w+)\(n\)", r"    /** @param {number} n */\n    \1(n)", WORK, flags=re.MULTILINE)
    typed = typed.replace("    other(id, n)", "    /** @param {string} id @param {number} n */\n    other(id, n)")
    request = DeployRequest(name="w", source=typed, publisher="alice", file=file, profile=profile)
    contract = engine.deploy(request).result(30).contract
    assert contract is not None
    return contract.id


@pytest.fixture(scope="module")
def contracts(engine: Engine) -> tuple[str, str, str]:
    return (
        deploy(engine, "/p/a.js", Profile.IOST),
        deploy(engine, "/p/b.js", Profile.IOST),
        deploy(engine, "/p/m.js", Profile.MODERN),
    )


def run(engine: Engine, contract: str, method: str, data: str = "[]", gas_limit: str = "1000000") -> GasProfile:
    request = TransactionRequest(publisher="alice", actions=(Action(contract, method, data),), gas_limit=gas_limit)
    result = engine.transact(request).result(30)
    return engine.profile(result.hash).result(60)


def own_of(profile: GasProfile, name: str) -> int:
    return sum(one.own for one in profile.functions if one.name == name)


def total_of(profile: GasProfile, name: str) -> int:
    return sum(one.total for one in profile.functions if one.name == name)


def test_the_marks_of_the_recorder_are_the_same_in_javascript() -> None:
    text = re.search(r"Mark = Object.freeze\(\{(.*)\}\)", RECORDER.read_text())
    assert text is not None
    assert {mark.name: str(mark.value) for mark in Mark} == dict(re.findall(r"(\w+): (\d+)", text[1]))


def test_gas_of_the_worked_example_by_line(engine: Engine, contracts: tuple[str, str, str]) -> None:
    """spec/gas.md §3.4: 11 when the declaration runs, then 3 and the length of the text."""
    profile = run(engine, contracts[0], "example", '["c"]')
    assert next(one for one in profile.lines if one.gas == 17).hits == 1
    assert own_of(profile, "Work.example") == 17
    assert own_of(profile, "") == profile.total - 17


@pytest.mark.parametrize("which", [0, 2])
def test_the_rest_of_a_statement_belongs_to_the_line_that_called(
    engine: Engine, contracts: tuple[str, str, str], which: int
) -> None:
    short, long = (run(engine, contracts[which], "after", f"[{n}]") for n in (1, 1))
    assert short.lines == long.lines
    put = next(one for one in short.host if one.operation == "storage_put")
    assert put.count == 1
    line = next(one for one in short.lines if one.host)
    assert line.host == sum(one.gas for one in short.host) <= line.gas
    assert own_of(short, "Work.after") >= put.gas


def test_recursion_counts_once(engine: Engine, contracts: tuple[str, str, str]) -> None:
    profile = run(engine, contracts[0], "recursive", "[5]")
    one = next(one for one in profile.functions if one.name == "Work.recursive")
    assert one.calls == 6
    assert one.own == one.total


def test_a_called_contract_has_its_own_gas(engine: Engine, contracts: tuple[str, str, str]) -> None:
    alone = run(engine, contracts[1], "after", "[5]")
    profile = run(engine, contracts[0], "other", f'["{contracts[1]}", 5]')
    inside = sum(one.own for one in profile.functions if one.contract == contracts[1])
    assert abs(inside - alone.total) < 100  # what was stored before decides the price of storing
    assert total_of(profile, "Work.other") >= own_of(profile, "Work.other") + inside
    call = next(one for one in profile.host if one.operation == "call")
    assert call.gas >= 30000
    assert call.count == 1


def test_a_call_of_a_built_in_contract_is_a_host_operation(engine: Engine, contracts: tuple[str, str, str]) -> None:
    profile = run(engine, contracts[0], "pays")
    assert profile.host[0].operation == "call"
    assert profile.host[0].gas > 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    which=st.sampled_from([0, 2]),
    method=st.sampled_from(["recursive", "after", "fails", "generated", "endless", "other", "empty"]),
    n=st.integers(0, 6),
    gas_limit=st.sampled_from(["1000000", "6000"]),
)
def test_the_gas_of_all_lines_is_that_of_the_scripts(
    engine: Engine, contracts: tuple[str, str, str], which: int, method: str, n: int, gas_limit: str
) -> None:
    data = {"other": f'["{contracts[1]}", {n}]', "generated": "[]", "endless": "[]", "empty": "[]"}.get(
        method, f"[{n}]"
    )
    limit = "6000" if method == "endless" else gas_limit
    profile = run(engine, contracts[which], method, data, limit)
    assert profile.unattributed == 0
    assert sum(one.gas for one in profile.lines) == profile.total > 0
    assert sum(one.own for one in profile.functions) == profile.total
    assert sum(one.gas for one in profile.host) == sum(one.host for one in profile.lines)
    for one in profile.functions:
        assert 0 <= one.own <= one.total <= profile.total
    for line in profile.lines:
        assert 0 <= line.host <= line.gas


def test_coverage_is_the_union_of_what_ran(engine: Engine, contracts: tuple[str, str, str]) -> None:
    coverage = Coverage()
    coverage.add(run(engine, contracts[0], "recursive", "[0]"))
    (first,) = coverage.files()
    coverage.add(run(engine, contracts[0], "recursive", "[1]"))
    (second,) = coverage.files()
    assert first.lines == second.lines
    assert set(first.ran) < set(second.ran) < set(second.lines)
