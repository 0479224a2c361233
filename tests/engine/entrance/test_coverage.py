from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.entrance.commands import run
from engine.entrance.coverage import ranges

SOURCE = """class A {
    init() {}
    f(text) {
        if (text === 'x') {
            return 'never';
        }
        return text;
    }
    unused() {
        return 1;
    }
}
module.exports = A;
"""


def test_lines_that_ran_in_any_scenario_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.js").write_text(SOURCE)
    for name, text in (("one", "y"), ("two", "x")):
        scenario = {
            "mode": "chain",
            "name": name,
            "genesis": {"accounts": {"alice": {"iost": "10000", "ram": 100000, "pledge": "1000"}}},
            "contracts": [{"name": "a", "file": "a.js", "publisher": "alice"}],
            "steps": [{"tx": {"publisher": "alice", "actions": [["$a", "f", [text]]]}}],
        }
        (tmp_path / f"{name}.json").write_text(json.dumps(scenario))
    assert run([str(tmp_path / "one.json"), "--coverage"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[-1] == "a.js: 4 of 6 lines ran (67%), never: 5, 10"
    assert run([str(tmp_path / "one.json"), str(tmp_path / "two.json"), "--coverage", "--json"]) == 0
    assert capsys.readouterr().err.splitlines() == ["a.js: 5 of 6 lines ran (83%), never: 10"]


def test_lines_that_direct_calls_ran_are_told_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.js").write_text(SOURCE)
    caller = "class B {\n    init() {}\n    g(text) {\n        return blockchain.call('a', 'f', [text]);\n    }\n}\n"
    (tmp_path / "b.js").write_text(f"{caller}module.exports = B;\n")
    for name, text in (("one", "y"), ("two", "x")):
        scenario = {
            "mode": "call",
            "name": "b",
            "file": "b.js",
            "contracts": [{"name": "a", "file": "a.js"}],
            "calls": [{"api": "g", "args": [text]}],
        }
        (tmp_path / f"{name}.json").write_text(json.dumps(scenario))
    assert run([str(tmp_path / "one.json"), "--coverage"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[-2:] == ["a.js: 4 of 6 lines ran (67%), never: 5, 10", "b.js: 3 of 3 lines ran (100%)"]
    assert run([str(tmp_path / "one.json"), str(tmp_path / "two.json"), "--coverage"]) == 0
    assert "a.js: 5 of 6 lines ran (83%), never: 10" in capsys.readouterr().out


def test_ranges() -> None:
    assert ranges([9, 3, 5, 4]) == "3-5, 9"
    assert ranges([]) == ""
