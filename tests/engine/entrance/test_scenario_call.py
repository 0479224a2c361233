"""Direct calls through the real compiler, in real sandbox processes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.entrance.scenario import ScenarioRunner
from engine.entrance.scenario_call import engine_error_class
from engine.entrance.scenario_outcome import ScenarioOutcome

SOURCE = """
class Counter {
    init() {}
    add(step) {
        const sum = Number(storage.get("sum") || 0) + step;
        storage.put("sum", String(sum));
        console.log("sum " + sum);
        if (sum > 10) {
            throw new Error("too much: " + sum);
        }
        return sum;
    }
    crash() {
        return 'a'.repeat(2 ** 29 - 25).split('').length;
    }
    spin() {
        for (;;) {}
    }
    missing() {
        return nowhere.field;
    }
}
module.exports = Counter;
"""
ABI = [{"name": "add", "args": ["number"]}]


@pytest.fixture(scope="module")
def runner() -> Iterator[ScenarioRunner]:
    runner = ScenarioRunner(timeout=20)
    yield runner
    runner.close()


def run(runner: ScenarioRunner, folder: Path, *calls: dict[str, Any], **more: Any) -> ScenarioOutcome:
    path = folder / "counter.scenario.json"
    path.write_text(json.dumps({"name": "counter", "source": SOURCE, "abi": ABI, "calls": calls} | more))
    return runner.run(path)


def add(step: int, **expect: Any) -> dict[str, Any]:
    return {"api": "add", "args": [step], "expect": expect}


def differences(outcome: ScenarioOutcome) -> list[str]:
    assert not outcome.error
    return [difference for step in outcome.steps for difference in step.differences]


def test_writes_live_on_also_after_a_throw(runner: ScenarioRunner, tmp_path: Path) -> None:
    text = "Uncaught exception: Error: too much: 15"
    outcome = run(
        runner,
        tmp_path,
        add(5, **{"return": "5"}, error=None, storage={"b-counter-sum": "s5@counter"}, console=[["Info", "sum 5"]]),
        add(10, **{"return": None}, error=text, error_kind="exact", storage={"b-counter-sum": "s15@counter"}),
    )
    assert differences(outcome) == []
    assert len(outcome.steps) == 2


def test_the_state_before_the_first_call(runner: ScenarioRunner, tmp_path: Path) -> None:
    outcome = run(runner, tmp_path, add(1, **{"return": "8"}), storage={"b-counter-sum": 7})
    assert differences(outcome) == []


@pytest.mark.parametrize(
    ("expect", "difference"),
    [
        ({"return": "6"}, 'return: expected "6", got "5"'),
        ({"error": "x"}, 'error: expected "x", got null'),
        ({"gas": 1}, "gas: expected 1, got "),
        ({"console": []}, 'console: expected [], got [["Info","sum 5"]]'),
        ({"storage": {}}, 'storage: expected {}, got {"b-counter-sum":"s5@counter"}'),
        ({"ram": []}, "ram: expected [], got "),
    ],
)
def test_each_difference_is_told(
    runner: ScenarioRunner, tmp_path: Path, expect: dict[str, Any], difference: str
) -> None:
    found = differences(run(runner, tmp_path, add(5, **expect)))
    assert len(found) == 1
    assert found[0].startswith(difference)


def test_out_of_gas_leaves_the_amount_open(runner: ScenarioRunner, tmp_path: Path) -> None:
    expect = {"error": "out of gas", "error_kind": "out_of_gas", "gas": 123}
    outcome = run(runner, tmp_path, {"api": "spin", "expect": expect}, gas_limit=10_000)
    assert differences(outcome) == []


def test_errors_of_the_engine_are_compared_by_class(runner: ScenarioRunner, tmp_path: Path) -> None:
    expect = {"error": "Uncaught exception: ReferenceError: other words", "error_kind": "engine"}
    assert differences(run(runner, tmp_path, {"api": "missing", "expect": expect})) == []
    expect["error"] = "Uncaught exception: TypeError: other class"
    assert differences(run(runner, tmp_path, {"api": "missing", "expect": expect})) == [
        'error class: expected "TypeError", got "ReferenceError"'
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Uncaught exception: TypeError: x", "TypeError"),
        ("SyntaxError: y", "SyntaxError"),
        ("out of gas", "out of gas"),
    ],
)
def test_class_of_an_engine_error(text: str, name: str) -> None:
    assert engine_error_class(text) == name


def test_a_call_that_kills_its_sandbox_is_a_failed_step_and_the_next_one_works(
    runner: ScenarioRunner, tmp_path: Path
) -> None:
    outcome = run(runner, tmp_path, add(1), {"api": "crash"}, add(2, **{"return": "3"}), gas_limit=10**12)
    assert [step.ok for step in outcome.steps] == [True, False, True]
    assert outcome.steps[1].differences[0].split(":")[0] in ("WorkerCrashed", "MemoryExceeded")


def test_a_call_that_hangs_is_a_failed_step(tmp_path: Path) -> None:
    runner = ScenarioRunner(timeout=0.3)
    try:
        outcome = run(runner, tmp_path, {"api": "spin"}, gas_limit=10**15)
    finally:
        runner.close()
    assert [step.ok for step in outcome.steps] == [False]
    assert outcome.steps[0].differences[0].startswith("DeadlineExceeded")


def test_expected_compile_error(runner: ScenarioRunner, tmp_path: Path) -> None:
    text = "Uncaught exception: Error: use of try catch is not supported"
    source = "class A { init() { try {} catch (e) {} } }\nmodule.exports = A;\n"
    assert differences(run(runner, tmp_path, source=source, expect_compile_error=text)) == []
    outcome = run(runner, tmp_path, source=source)
    assert [step.index for step in outcome.steps] == [-1]
    assert text in differences(outcome)[0]


def test_interface_validation(runner: ScenarioRunner, tmp_path: Path) -> None:
    text = "validate code error: , result: Error: abi not defined in source code: sub"
    wrong = [{"name": "sub", "args": []}]
    assert differences(run(runner, tmp_path, abi=wrong, expect_validate=text)) == []
    assert len(differences(run(runner, tmp_path, abi=wrong, expect_validate=None))) == 1
    assert differences(run(runner, tmp_path, abi=wrong)) == []


def test_contracts_call_each_other(runner: ScenarioRunner, tmp_path: Path) -> None:
    caller = "class A { init() {}\n f() { return blockchain.call('counter2', 'add', [4])[0]; } }\nmodule.exports = A;\n"
    (tmp_path / "caller.js").write_text(caller)
    outcome = run(
        runner,
        tmp_path,
        {"api": "f", "expect": {"return": "4", "storage": {"b-counter2-sum": "s4@counter2"}}},
        source=None,
        file="caller.js",
        abi=[{"name": "f"}],
        contracts=[{"name": "counter2", "source": SOURCE, "abi": ABI}],
    )
    assert differences(outcome) == []


def test_profile_modern(runner: ScenarioRunner, tmp_path: Path) -> None:
    source = (
        "class A { init() {}\n f(text) { return [...text].map((c) => c ?? '').join(`-`); } }\nmodule.exports = A;\n"
    )
    outcome = run(
        runner, tmp_path, {"api": "f", "args": ["abc"], "expect": {"return": "a-b-c"}}, source=source, profile="modern"
    )
    assert differences(outcome) == []
