"""The bounds that a project's `strata.json` sets, and that commands keep to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.entrance.node import node
from engine.entrance.project import ProjectLimits, limits_for
from engine.entrance.scenario import ScenarioRunner
from engine.errors import InvalidInput
from engine.facade import Engine, VmSettings

LIMITS = {"seconds": 0.5, "heap_bytes": 64_000_000, "worker_bytes": 300_000_000}


def project(folder: Path, limits: dict[str, float] = LIMITS) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "strata.json").write_text(json.dumps({"format": 1, "limits": limits}))
    return folder


def test_what_is_not_set_stays() -> None:
    settings = VmSettings(floor=2, ceiling=3, time_limit=1, heap_bytes=50_000_000)
    assert ProjectLimits().applied(settings) == settings
    assert ProjectLimits(seconds=5).applied(settings) == VmSettings(2, 3, 5, 50_000_000)


def test_a_file_keeps_to_the_project_above_it(tmp_path: Path) -> None:
    assert limits_for(tmp_path / "any.js") == ProjectLimits()
    assert limits_for(project(tmp_path) / "tests" / "deep" / "any.js") == ProjectLimits(**LIMITS)


def test_a_limit_out_of_its_range(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"the time limit in seconds must be from 0\.01 to 60, not 500") as caught:
        limits_for(project(tmp_path, {"seconds": 500}) / "any.js")
    assert caught.value.where == str(tmp_path / "strata.json")


def test_scenarios_keep_to_them(tmp_path: Path) -> None:
    folder = project(tmp_path) / "tests"
    folder.mkdir()
    (folder / "s.scenario.json").write_text(json.dumps({"name": "s", "mode": "chain", "steps": [{"blocks": 1}]}))
    engines: list[Engine] = []

    def opened(*arguments: Path, **named: object) -> Engine:
        engines.append(Engine.open(*arguments, **named))  # type: ignore[arg-type]
        return engines[-1]

    runner = ScenarioRunner(open_engine=opened)
    try:
        assert runner.run(folder / "s.scenario.json").ok
    finally:
        runner.close()
    settings = engines[0].vm_settings
    assert (settings.time_limit, settings.heap_bytes, settings.process_bytes) == tuple(LIMITS.values())


def test_direct_calls_keep_to_them(tmp_path: Path) -> None:
    folder = project(tmp_path, {"seconds": 0.05}) / "tests"
    folder.mkdir()
    source = "class A { init() {} f() { return /^(a+)+$/.test('a'.repeat(40) + 'b'); } }\nmodule.exports = A;\n"
    calls = [{"api": "f", "args": [], "expect": {"return": "false"}}]
    (folder / "s.scenario.json").write_text(
        json.dumps({"name": "s", "profile": "modern", "source": source, "calls": calls})
    )
    runner = ScenarioRunner(timeout=3600)
    try:
        outcome = runner.run(folder / "s.scenario.json")
    finally:
        runner.close()
    assert "DeadlineExceeded: execution killed" in outcome.as_text()
    assert not outcome.ok


@pytest.mark.parametrize("arguments", [["--data", "{}/.strata/chain"], ["--project", "{}"]])
def test_the_node_keeps_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    folder = project(tmp_path / "project")
    (folder / ".strata").mkdir()
    found: list[VmSettings] = []

    def start(engine: Engine, **_: object) -> None:
        found.append(engine.vm_settings)
        raise InvalidInput("far enough")

    monkeypatch.setattr(Engine, "start_node", start)
    with pytest.raises(InvalidInput, match="far enough"):
        node(["--port", "0", *(argument.format(folder) for argument in arguments)])
    assert found[0].time_limit == LIMITS["seconds"]


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "strata.json"
    path.write_bytes(b'{"format": 1, "name": "\xff"}')
    with pytest.raises(InvalidInput) as caught:
        limits_for(tmp_path / "any.js")
    assert caught.value.where == str(path)
