from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.entrance.packing import pack
from engine.errors import InvalidInput

CONTRACT = "class A {\n    init() {}\n    /** @param {number} n */\n    f(n) { return n; }\n}\nmodule.exports = A;\n"


def project(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


def settings(**contract: object) -> str:
    entry = {"name": "a", "file": "a.js"} | contract
    return json.dumps({"format": 1, "contracts": [entry]})


def test_a_contract_is_described(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project(tmp_path, a__js=CONTRACT, strata__json=settings())
    assert pack([str(folder)]) == 0
    shown = capsys.readouterr().out
    assert f"a: a.js, profile iost, {len(CONTRACT)} bytes (0% of what the chain takes)" in shown
    assert "f(number)" in shown
    assert "snapshot " in shown


def test_modules_are_packed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = 'const { twice } = require("./b.js");\n' + CONTRACT.replace("return n", "return twice(n)")
    files = {"a__js": source, "b__js": "exports.twice = (n) => { return n * 2; };\n"}
    folder = project(tmp_path, strata__json=settings(pack=True, profile="modern"), **files)
    output = tmp_path / "packed.js"
    assert pack([str(folder), "-o", str(output)]) == 0
    shown = capsys.readouterr().out
    assert "2 modules:" in shown and "b.js" in shown
    assert "n * 2" in output.read_text()


def test_a_contract_that_does_not_compile_is_told_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project(tmp_path, a__js="class A {\n    init() { let = ; }\n}\n", strata__json=settings())
    assert pack([str(folder)]) == 1
    assert "error a.js:2:" in capsys.readouterr().out


def test_a_missing_module_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project(tmp_path, a__js='require("./none.js");\n' + CONTRACT, strata__json=settings(pack=True))
    assert pack([str(folder)]) == 1
    assert "there is no module ./none.js" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "what"), [(["none"], "is not a folder"), ([".", "-o", "x.js"], "exactly one contract")]
)
def test_unusable_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], what: str) -> None:
    two = {"format": 1, "contracts": [{"name": "a", "file": "a.js"}, {"name": "b", "file": "a.js"}]}
    project(tmp_path, a__js=CONTRACT, strata__json=json.dumps(two))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput, match=what):
        pack(arguments)


def test_how_small_the_script_is_made_is_told_by_the_project_or_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = CONTRACT.replace("return n;", "const aLongName = n + 1; return [aLongName, aLongName];")
    folder = project(tmp_path, a__js=source, strata__json=settings(pack=True, profile="modern", minify="names"))
    output = tmp_path / "packed.js"
    assert pack([str(folder), "-o", str(output)]) == 0
    assert "made smaller: it was" in capsys.readouterr().out
    assert "aLongName" not in output.read_text()
    assert pack([str(folder), "-o", str(output), "--minify", "always"]) == 0
    assert "aLongName=n+1" in output.read_text()
    assert pack([str(folder), "-o", str(output), "--minify", "never"]) == 0
    assert "aLongName = n + 1" in output.read_text()
