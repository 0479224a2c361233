from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.compiler.pack import Packer
from engine.errors import PackError

CLASS = "class Contract { init() {} }\nmodule.exports = Contract;\n"


@pytest.fixture(scope="module")
def packer() -> Iterator[Packer]:
    packer = Packer()
    yield packer
    packer.close()


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_js", ".js").replace("_ts", ".ts")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_modules_become_one_script(tmp_path: Path, packer: Packer) -> None:
    write(
        tmp_path,
        main_js="const twice = require('./lib/twice');\n" + CLASS,
        lib__twice_js="module.exports = n => 2 * n;",
    )
    pack = packer.pack(tmp_path, "main.js")
    assert "2 * n" in pack.code
    assert {Path(module.path).name for module in pack.modules} == {"main.js", "twice.js"}
    assert [Path(path).name for path in pack.chain_to(str(tmp_path / "lib" / "twice.js"))] == ["main.js", "twice.js"]
    assert pack.chain_to("/elsewhere.js") == ()


def test_a_change_is_seen_by_the_next_pack(tmp_path: Path, packer: Packer) -> None:
    write(tmp_path, main_js="require('./a');\n" + CLASS, a_js="console.log('before')")
    assert "before" in packer.pack(tmp_path, "main.js").code
    write(tmp_path, a_js="console.log('after')")
    assert "after" in packer.pack(tmp_path, "main.js").code


def test_typescript_keeps_its_comments_for_the_interface(tmp_path: Path, packer: Packer) -> None:
    write(
        tmp_path,
        main_ts="export default class C {\n  init(): void {}\n  /** @param {number} n */\n  f(n: number) {}\n}\n",
    )
    pack = packer.pack(tmp_path, "main.ts")
    assert "@param {number} n" in pack.entry_source
    assert ": number" not in pack.entry_source


def test_a_missing_package_names_its_importer(tmp_path: Path, packer: Packer) -> None:
    write(tmp_path, main_js="require('./a');\n" + CLASS, a_js="\nrequire('not-installed');")
    with pytest.raises(PackError) as caught:
        packer.pack(tmp_path, "main.js")
    (finding,) = caught.value.diagnostics
    assert finding.code == "missing-module"
    assert (Path(finding.file).name, finding.line) == ("a.js", 2)
    assert "not-installed is not installed" in finding.message


def test_modules_that_depend_on_the_machine_are_refused(tmp_path: Path, packer: Packer) -> None:
    write(tmp_path, main_js="const fs = require('fs');\n" + CLASS)
    with pytest.raises(PackError, match='"fs" does not exist on a chain'):
        packer.pack(tmp_path, "main.js")


def test_node_globals_are_packed_only_where_they_are_used(tmp_path: Path, packer: Packer) -> None:
    write(tmp_path, plain_js=CLASS, uses_js="const bytes = Buffer.from('a');\n" + CLASS)
    assert packer.pack(tmp_path, "plain.js").size < 1000
    assert "class Buffer" in (code := packer.pack(tmp_path, "uses.js").code) or "function Buffer" in code


def test_a_syntax_error_names_its_line(tmp_path: Path, packer: Packer) -> None:
    write(tmp_path, main_js="let a = 1;\nlet = ;\n")
    with pytest.raises(PackError) as caught:
        packer.pack(tmp_path, "main.js")
    assert caught.value.diagnostics[0].line == 2


def test_a_missing_entry_is_an_error(tmp_path: Path, packer: Packer) -> None:
    with pytest.raises(PackError, match=r"there is no file nowhere\.js"):
        packer.pack(tmp_path, "nowhere.js")


def test_a_killed_process_is_replaced(tmp_path: Path) -> None:
    write(tmp_path, main_js=CLASS)
    packer = Packer()
    try:
        packer.pack(tmp_path, "main.js")
        process = packer._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert packer.pack(tmp_path, "main.js").code
    finally:
        packer.close()


def test_packing_from_several_threads(tmp_path: Path, packer: Packer) -> None:
    for number in range(4):
        write(tmp_path, **{f"m{number}_js": f"console.log({number});\n" + CLASS})
    codes: dict[int, str] = {}

    def work(number: int) -> None:
        codes[number] = packer.pack(tmp_path, f"m{number}.js").code

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"console.log({number})" in codes[number] for number in range(4))
