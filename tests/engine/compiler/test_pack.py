from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.compiler.pack import CHAIN_CODE_LIMIT, Minify, Packer
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
    source = pack.origin().entry_source
    assert "@param {number} n" in source
    assert ": number" not in source


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


def test_a_global_that_is_no_longer_used_is_no_longer_packed(tmp_path: Path, packer: Packer) -> None:
    write(tmp_path, main_js=CLASS)
    plain = packer.pack(tmp_path, "main.js").code
    write(tmp_path, main_js="Buffer.from(process.version);\n" + CLASS)
    assert packer.pack(tmp_path, "main.js").size > 10 * len(plain)
    write(tmp_path, main_js=CLASS)
    assert packer.pack(tmp_path, "main.js").code == plain


def test_libraries_may_name_what_depends_on_the_machine(tmp_path: Path, packer: Packer) -> None:
    write(
        tmp_path,
        main_js="require('lib');\n" + CLASS,
        node_modules__lib__index_js="const { readFileSync } = require('fs');\nexports.read = () => readFileSync('x');",
    )
    pack = packer.pack(tmp_path, "main.js")
    (warning,) = pack.diagnostics
    assert (warning.severity, warning.code, warning.line) == ("warning", "node-built-in", 1)
    assert "main.js → lib/index.js" in warning.message


def test_the_script_is_the_same_wherever_strata_and_the_project_are(tmp_path: Path, packer: Packer) -> None:
    source = "console.log(require('util').inspect(Buffer.from('a')), globalThis);\n" + CLASS
    packs = []
    for folder in ("one", "two/deeper"):
        (tmp_path / folder).mkdir(parents=True)
        packs.append(packer.pack(write(tmp_path / folder, main_js=source), "main.js"))
    assert packs[0].code == packs[1].code
    one, other = (pack.origin().source_map for pack in packs)
    assert one.files == other.files
    lines = packs[0].code.splitlines()
    every = [(line, column) for line, text in enumerate(lines, 1) for column in range(len(text))]
    assert [one.origin(*place) for place in every] == [other.origin(*place) for place in every]
    assert str(tmp_path) not in packs[0].code
    assert not [file for file in one.files if ".." in file]


def test_errors_in_deep_modules_name_the_imports_that_lead_there(tmp_path: Path, packer: Packer) -> None:
    write(tmp_path, main_js="require('./a');\n" + CLASS, a_js="require('lib');", node_modules__lib__index_js="let = ;")
    with pytest.raises(PackError, match=r"imported through main\.js → a\.js → lib/index\.js"):
        packer.pack(tmp_path, "main.js")


LONG = "// a comment\n" + "".join(f"const   name{i}  =  [ {i} ,  'text  {i}' ] ;\n" for i in range(3))


def test_a_script_is_made_smaller_without_moving_a_line(tmp_path: Path, packer: Packer) -> None:
    source = (
        LONG + "console.log(name0, name1, name2, /a b/g.test('x'), `t  ${ name0 }  t`, - -1, 1 .toFixed());\n" + CLASS
    )
    write(tmp_path, main_js=source)
    plain = packer.pack(tmp_path, "main.js", minify=Minify.NEVER)
    small = packer.pack(tmp_path, "main.js", minify=Minify.ALWAYS)
    assert not plain.is_minified and small.is_minified
    assert small.size < small.plain_size == plain.size
    assert "'text  1'" in small.code.replace('"', "'") and "`t  ${" in small.code
    seen = small.origin().source_map
    lines = small.code.splitlines()
    place = next(i for i, line in enumerate(lines, 1) if "name1=" in line)
    origin = seen.origin(place, lines[place - 1].index("name1"))
    assert origin is not None
    assert source.splitlines()[origin.line - 1][origin.column :].startswith("name1")


def test_every_name_of_a_smaller_script_leads_back_to_where_it_is_written(tmp_path: Path, packer: Packer) -> None:
    modules = {
        f"m{i}_js": f"exports.f{i} = function (first{i},   second{i}) {{\n\n  // {i}\n  const sum{i} = first{i}"
        f"   +   second{i};\n  return `\n// m{i}.js\n ${{ sum{i} }} ${{ sum{i} }}`;\n}};\n"
        for i in range(5)
    }
    main = "".join(f"console.log(require('./m{i}').f{i}(1, 2));\n" for i in range(5)) + CLASS
    write(tmp_path, main_js=main, **modules)
    for name in ("first3", "other3"):
        write(tmp_path, m3_js=modules["m3_js"].replace("first3", name))
        pack = packer.pack(tmp_path, "main.js", minify=Minify.ALWAYS)
        source_map = pack.origin().source_map
        lines = pack.code.split("\n")
        seen = set()
        for row, line in enumerate(lines, 1):
            for match in re.finditer(r"(?:first|second|sum|other)\d", line):
                place = source_map.origin(row, match.start())
                assert place is not None
                source = source_map.sources[place.file].split("\n")
                assert source[place.line - 1].startswith(match[0], place.column)
                seen.add(match[0])
        assert len(seen) == 15


def test_only_a_script_that_is_too_large_is_made_smaller_by_itself(tmp_path: Path, packer: Packer) -> None:
    body = "".join(f"    if (x === {i}) {{\n      return {i} + x;\n    }}\n" for i in range(1200))
    large = f"function f(x) {{\n{body}}}\nconsole.log(f(1));\n{CLASS}"
    write(tmp_path, large_js=large, small_js=CLASS)
    pack = packer.pack(tmp_path, "large.js")
    assert pack.plain_size > CHAIN_CODE_LIMIT > pack.size
    assert len(pack.code.splitlines()) == len(packer.pack(tmp_path, "large.js", minify=Minify.NEVER).code.splitlines())
    assert not packer.pack(tmp_path, "small.js").is_minified


def test_typescript_that_is_more_than_types_keeps_its_interface(tmp_path: Path, packer: Packer) -> None:
    write(
        tmp_path,
        main_ts="""
enum Kind { A }
function traced(method: Function, _: unknown) { return method; }
export default class Shop {
  constructor(private readonly kind = Kind.A) {}
  init(): void {}
  /** @param {json} list */
  @traced
  buy(list: string, count: number, ok?: boolean, { a, b }: { a: number; b: string } = { a: 1, b: '' }): void {
    this.helper(count);
  }
  helper(amount: bigint): void {}
}
""",
    )
    source = packer.pack(tmp_path, "main.ts").origin().entry_source
    assert "buy(list, count, ok, argument3) {}" in source
    for line in ("@param {json} list", "@param {number} count", "@param {boolean} ok", "@param {json} amount"):
        assert line in source
    assert "module.exports = Shop;" in source


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
        deadline = time.monotonic() + 60
        while process.is_alive:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert packer.pack(tmp_path, "main.js").code
    finally:
        packer.close()


@pytest.mark.skipif(os.name == "nt", reason="needs a named pipe")
def test_where_a_script_came_from_is_not_told_of_files_changed_meanwhile(tmp_path: Path) -> None:
    write(tmp_path, main_js="require('./changing');\n" + CLASS)
    changing = tmp_path / "changing.js"
    os.mkfifo(changing)
    packer = Packer()
    # To write into a pipe waits until somebody reads it, and the other way round.
    writer = threading.Thread(target=changing.write_text, args=("console.log('before');",), daemon=True)
    writer.start()
    try:
        pack = packer.pack(tmp_path, "main.js")
        assert "before" in pack.code
        threading.Thread(target=changing.write_text, args=("console.log('after');",), daemon=True).start()
        with pytest.raises(PackError, match="changed while they were packed"):
            pack.origin()
    finally:
        packer.close()
        writer.join(60)


def test_where_a_script_came_from_is_lost_with_the_process(tmp_path: Path) -> None:
    write(tmp_path, main_js="require('./large');\n" + CLASS, large_js="f(1);\n" * 100_000)
    packer = Packer()
    pack = packer.pack(tmp_path, "main.js")
    packer.close()
    with pytest.raises(PackError, match="Pack it again"):
        pack.origin()


def test_stand_ins_come_after_the_directive_and_keep_every_place(tmp_path: Path, packer: Packer) -> None:
    module = "'use strict'; export default class C { init() { return Buffer.from(`${typeof process}`).length; } }\n"
    write(tmp_path, main_js=module)
    for minify in Minify:
        pack = packer.pack(tmp_path, "main.js", minify=minify)
        lines = pack.code.splitlines()
        assert lines[0] == '"use strict";'
        source_map = pack.origin().source_map
        row = next(i for i, line in enumerate(lines, 1) if "typeof __strata_process" in line)
        place = source_map.origin(row, lines[row - 1].index("typeof"))
        assert place is not None
        assert source_map.files[place.file] == "main.js"
        assert module[place.column :].startswith("typeof")
        row = next(i for i, line in enumerate(lines, 1) if "nextTick" in line)
        place = source_map.origin(row, lines[row - 1].index("nextTick"))
        assert place is not None
        assert source_map.files[place.file] == "strata/pack/shims/process.js"
        assert source_map.sources[place.file].splitlines()[place.line - 1].strip().startswith("nextTick")


def test_a_module_buffer_is_the_global_one(tmp_path: Path, packer: Packer) -> None:
    write(tmp_path, main_js="console.log(require('buffer').Buffer === Buffer);\n" + CLASS)
    code = packer.pack(tmp_path, "main.js", minify=Minify.NEVER).code
    assert code.count("function Buffer3(") + code.count("function Buffer2(") + code.count("function Buffer(") == 1


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
