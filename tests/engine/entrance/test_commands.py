from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.entrance.commands import run

SOURCE = "class A {\n    init() {}\n    f(n) { return n + 1; }\n}\nmodule.exports = A;\n"


def scenario(path: Path, expected: str) -> Path:
    calls = [{"api": "f", "args": [1], "expect": {"return": expected}}]
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"name": path.stem, "source": SOURCE, "abi": [], "calls": calls}))
    return path


def test_all_passed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = scenario(tmp_path / "good.json", "2")
    assert run([str(path)]) == 0
    assert capsys.readouterr().out == f"{path}: good\n  ✓ f(1)\n1 passed, 0 failed\n"


def test_a_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = scenario(tmp_path / "good.json", "2"), scenario(tmp_path / "bad.json", "3")
    assert run(["--jobs", "2", str(good), str(bad)]) == 1
    assert capsys.readouterr().out.endswith('  ✗ f(1)\n      return: expected "3", got "2"\n1 passed, 1 failed\n')


def test_unusable_input_does_not_keep_the_rest_from_running(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = scenario(tmp_path / "good.json", "2")
    assert run(["--json", str(tmp_path / "none.json"), str(good)]) == 2
    first, second = json.loads(capsys.readouterr().out)
    assert "cannot be read" in first["error"]
    assert (first["ok"], second["ok"]) == (False, True)
    assert second["steps"][0]["got"]["return"] == "2"


def test_a_project_folder_runs_its_scenarios(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario(tmp_path / "tests" / "a.scenario.json", "2")
    scenario(tmp_path / "tests" / "b.scenario.json", "2")
    scenario(tmp_path / "tests" / "other.json", "3")
    assert run([str(tmp_path)]) == 0
    assert capsys.readouterr().out.endswith("2 passed, 0 failed\n")


def test_a_folder_without_scenarios(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(tmp_path)]) == 2
    assert "no scenarios" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["--jobs", "0", "x"], ["--timeout", "-1", "x"], ["--timeout", "nan", "x"], ["--colour", "x"]]
)
def test_wrong_options(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    assert ended.value.code == 2
    assert "usage: main.py run" in capsys.readouterr().err


def test_broken_text_in_results_is_still_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.json"
    value = {"name": "x", "source": SOURCE, "abi": [], "calls": [{"api": "f", "args": ["\ud800"]}]}
    path.write_text(json.dumps(value))
    assert run([str(path)]) == 0
    assert run(["--json", str(path)]) == 0
    assert capsys.readouterr().out
