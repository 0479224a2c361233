from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.entrance.checking import check
from engine.errors import InvalidInput

GOOD = "class A {\n    init() {}\n    f(n) { return n; }\n}\nmodule.exports = A;\n"


def test_findings_are_lines_with_place_severity_and_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.js"
    file.write_text(GOOD.replace("init() {}", "init() { let x = 1 == 2; }"))
    assert check([str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{file}:2:")
    assert any("hint loose-equality: " in line for line in lines)
    assert check([str(file), "--profile", "modern"]) == 0
    assert "loose-equality" not in capsys.readouterr().out


def test_errors_make_the_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.js", tmp_path / "bad.js"
    good.write_text(GOOD)
    bad.write_text("class A { init( }")
    assert check([str(good)]) == 0
    assert capsys.readouterr().out == ""
    assert check([str(good), str(bad)]) == 1
    assert capsys.readouterr().out.startswith(f"{bad}:1:")


def test_a_project_gives_its_profile_and_interface(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.js").write_text(GOOD.replace("return n;", "const [m] = n; return m;"))
    (tmp_path / "shop.abi").write_text('{"abi": [{"name": "f", "args": []}]}')
    contract = {"name": "a", "file": "a.js", "abi": "shop.abi", "profile": "modern"}
    (tmp_path / "strata.json").write_text(json.dumps({"format": 1, "contracts": [contract]}))
    assert check([str(tmp_path), "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["code"], found["line"]) == ("abi-mismatch", 3)
    (tmp_path / "shop.abi").write_text('{"abi": [{"name": "f", "args": ["text"]}, {"name": "init"}]}')
    assert check([str(tmp_path), "--json"]) == 1
    assert [one["code"] for one in json.loads(capsys.readouterr().out)] == ["abi-mismatch"] * 2


def test_rules_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(["--explain", "no-init"]) == 0
    assert "runs once" in capsys.readouterr().out
    with pytest.raises(InvalidInput, match="no rule 'nonsense'"):
        check(["--explain", "nonsense"])


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        check([str(tmp_path / "missing.js")])
    with pytest.raises(InvalidInput, match="names no contracts"):
        check([str(tmp_path)])
