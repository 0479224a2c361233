from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET

from engine.entrance.scenario_file import CallScenario, ChainScenario, StorageStep, load_scenario, step
from engine.errors import ScenarioError

CHAIN: dict[str, Any] = {
    "name": "auction",
    "mode": "chain",
    "genesis": {"accounts": {"alice": {"iost": "10000", "ram": 100000, "pledge": "100"}}},
    "contracts": [{"name": "auction", "source": "class A {}", "publisher": "alice"}],
    "steps": [{"tx": {"publisher": "alice", "actions": [["$auction", "open", ["lamp", 10]]]}}],
}


def written(folder: Path, value: object) -> Path:
    path = folder / "some.scenario.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


PLACED = {"name": "a", "source": "", "id": "x.iost", "at_genesis": True}


def changed(**changes: object) -> dict[str, Any]:
    return CHAIN | changes


def refusal(folder: Path, value: object) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(written(folder, value))
    return caught.value


def test_a_file_without_mode_is_a_direct_call(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, {"name": "x", "source": "", "calls": [{"api": "f", "args": [1]}]}))
    assert isinstance(scenario, CallScenario)
    assert (scenario.gas_limit, scenario.calls[0].args) == (10_000_000, (1,))


def test_absent_expectations_differ_from_null(tmp_path: Path) -> None:
    value = {"name": "x", "source": "", "calls": [{"api": "f", "expect": {"return": None}}]}
    scenario = load_scenario(written(tmp_path, value))
    assert isinstance(scenario, CallScenario)
    expect = scenario.calls[0].expect
    assert (expect.result, expect.error, expect.gas) == (None, UNSET, UNSET)


def test_chain_defaults(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, CHAIN))
    assert isinstance(scenario, ChainScenario)
    assert (scenario.profile, scenario.genesis.contracts, scenario.genesis.time) == (None, "default", None)


@pytest.mark.parametrize(
    ("value", "where", "what"),
    [
        ({"name": "x", "source": "", "colour": 1}, "$", "unknown field `colour`"),
        ({"name": "x", "source": "", "calls": [{"api": "f", "expct": {}}]}, "$.calls[0]", "unknown field `expct`"),
        ({"name": "x", "source": "", "calls": [{"api": "f", "expect": {"gas": "9"}}]}, "$.calls[0].expect.gas", "`int"),
        ({"name": "x", "source": "", "gas_limit": "many"}, "$.gas_limit", "expected `int`"),
        ({"name": "x", "source": "", "mode": "dance"}, "$.mode", "unknown mode 'dance'"),
        ({"name": "x"}, "", "exactly one of source, file and project"),
        ({"name": "x", "source": "", "file": "a.js"}, "", "source and file"),
        (changed(profile="modem"), "$.profile", "invalid enum value"),
        (changed(steps=[{"tx": {"publisher": 1}}]), "$.steps[0].tx.publisher", "expected `str`"),
        (changed(steps=[{"tx": {"publisher": "a", "actions": [["c", "f"]]}}]), "$.steps[0].tx.actions[0]", "length"),
        (changed(steps=[{"blocks": 1, "gas": "alice"}]), "$.steps[0]", "exactly one kind, this has blocks and gas"),
        (changed(steps=[{"blocks": 0}]), "$.steps[0].blocks", "`int` >= 1"),
        (changed(steps=[{"validate_block": "last"}]), "$.steps[0].validate_block", "last"),
        (changed(steps=[{"dance": 1}]), "$.steps[0]", "this has dance"),
        (changed(steps=[{}]), "$.steps[0]", "this has nothing"),
        (changed(steps=[{"storage": ["c"], "expect": None}]), "$.steps[0].storage", "length"),
        (changed(steps=[{"advance": "soon"}]), "$.steps[0].advance", "matching regex"),
        (changed(contracts=[{"name": "a", "source": ""}]), "$.contracts[0]", "`publisher`"),
        (changed(contracts=[{"name": "a", "source": "", "id": "b"}]), "$.contracts[0]", "`at_genesis`"),
        (changed(contracts=[{"name": "a", "publisher": "alice"}]), "$.contracts[0]", "none of them"),
        (changed(contracts=[{"name": "a", "source": "", "publisher": "b"}] * 2), "$.contracts", "has the name 'a'"),
        (changed(contracts=[PLACED, PLACED | {"name": "b"}]), "$.contracts", "has the id 'x.iost'"),
        ('{"name": "x",', "", "is not JSON"),
        ("[]", "$", "expected `object`"),
        ("", "", "is not JSON"),
        ("[" * 200_000, "", "is not JSON"),
    ],
)
def test_unusable_files_name_the_place(tmp_path: Path, value: object, where: str, what: str) -> None:
    error = refusal(tmp_path, value)
    assert error.where.startswith(str(tmp_path / "some.scenario.json"))
    assert error.where.endswith(where)
    assert what in error.what


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "x.scenario.json"
    path.write_bytes(b'{"name": "\xff"}')
    with pytest.raises(ScenarioError, match="is not JSON"):
        load_scenario(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_scenario(tmp_path / "none.scenario.json")


def test_lone_surrogates_and_long_integers_survive(tmp_path: Path) -> None:
    text = '{"name": "x", "source": "", "calls": [{"api": "f", "args": ["\\ud800", 123456789012345678901234567890]}]}'
    scenario = load_scenario(written(tmp_path, text))
    assert isinstance(scenario, CallScenario)
    assert scenario.calls[0].args == ("\ud800", 123456789012345678901234567890)


def test_steps_have_types() -> None:
    assert step({"storage": ["c", "k", "f"], "expect": None}, "here") == StorageStep(("c", "k", "f"), None)
