"""Contract Pack against esbuild and webpack alone on one project, and the way from a saved file to a deployed contract.

The project has ten modules of its own (two require each other), lodash, bignumber.js and ms. They and webpack are
installed from npm into a folder that is kept in the user's cache.
"""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from engine.compiler.bundler import RESOURCES, cache_folder
from engine.compiler.pack import Installation, Minify, Packer, missing_dependencies
from engine.compiler.pack.node import node_program
from engine.facade import Engine
from tests.benchmarks.harness import Figure, Spread, benchmark, spread, times

DEPENDENCIES = {"bignumber.js": "11.1.5", "lodash": "4.18.1", "ms": "2.1.3", "webpack": "5.112.2"}
PROJECTS = RESOURCES.parent / "projects"
ROUNDS = 15

_CHAINED = """\
'use strict';
const _ = require('lodash');
const previous = {previous};
const SALT = 1;
{functions}
exports.total = (x) => previous.total(x) + _.sum(_.range(20).map((k) => exports['f' + k](x)));
"""
_FUNCTION = "exports.f{k} = function f{k}(x) {{\n  return _.sum(_.range({n}).map((r) => r * x + {i})) + SALT;\n}};\n"
_ENTRY = """\
'use strict';
const BigNumber = require('bignumber.js');
const ms = require('ms');
const last = require('./m7');
const { even } = require('./m8');
class Total { init() {} run() { return new BigNumber(last.total(3)).plus(ms('2 days')).toFixed() + even(10); } }
module.exports = Total;
"""
_WEBPACK = """\
const path = require('path');
const fs = require('fs');
const webpack = require('webpack');
const compiler = webpack({ mode: 'none', entry: './src/index.js', target: 'node', devtool: false,
  cache: process.argv[2] === 'again' ? { type: 'memory' } : false,
  output: { path: path.resolve('out'), filename: 'webpack.js', library: { type: 'commonjs2' } } });
const run = () => new Promise((done, fail) => compiler.run((error, stats) =>
  error || stats.hasErrors() ? fail(error || new Error(stats.toString())) : done()));
const file = path.resolve('src/m5.js');
const text = fs.readFileSync(file, 'utf8');
(async () => {
  await run();
  const taken = [];
  for (let i = 0; process.argv[2] === 'again' && i < 15; i += 1) {
    fs.writeFileSync(file, text.replace('SALT = 1', `SALT = ${i + 2}`));
    compiler.modifiedFiles = new Set([file]);
    compiler.inputFileSystem.purge?.();
    const start = process.hrtime.bigint();
    await run();
    taken.push(Number(process.hrtime.bigint() - start) / 1e3);
  }
  fs.writeFileSync(file, text);
  console.log(JSON.stringify(taken));
})();
"""
_ESBUILD = """\
const fs = require('fs');
const esbuild = require(process.argv[2]);
const text = fs.readFileSync('src/m5.js', 'utf8');
(async () => {
  await esbuild.transform('');
  const begin = process.hrtime.bigint();
  const context = await esbuild.context({ entryPoints: ['src/index.js'], bundle: true, format: 'cjs', platform: 'node',
    outfile: 'out/esbuild.js', logLevel: 'error' });
  await context.rebuild();
  const first = Number(process.hrtime.bigint() - begin) / 1e3;
  const taken = [];
  for (let i = 0; i < 15; i += 1) {
    fs.writeFileSync('src/m5.js', text.replace('SALT = 1', `SALT = ${i + 2}`));
    const start = process.hrtime.bigint();
    await context.rebuild();
    taken.push(Number(process.hrtime.bigint() - start) / 1e3);
  }
  fs.writeFileSync('src/m5.js', text);
  console.log(JSON.stringify({ first, taken }));
  await context.dispose();
})();
"""


def bench_project() -> Path:
    """Return the project with its packages installed."""
    folder = cache_folder() / "bench-pack"
    source = folder / "src"
    source.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": DEPENDENCIES}))
    for i in range(8):
        functions = "".join(_FUNCTION.format(k=k, n=k + 1, i=i) for k in range(20))
        previous = f"require('./m{i - 1}')" if i else "{ total: () => 0 }"
        (source / f"m{i}.js").write_text(_CHAINED.format(previous=previous, functions=functions))
    (source / "m8.js").write_text("exports.even = (n) => n === 0 || require('./m9').odd(n - 1);\n")
    (source / "m9.js").write_text("const m8 = require('./m8');\nexports.odd = (n) => n !== 0 && m8.even(n - 1);\n")
    (source / "index.js").write_text(_ENTRY)
    (folder / "webpack-run.cjs").write_text(_WEBPACK)
    (folder / "esbuild-run.cjs").write_text(_ESBUILD)
    missing = missing_dependencies(folder)
    if missing:
        Installation(folder, missing).run()
    return folder


def edits(file: Path, old: str) -> Iterator[Callable[[], None]]:
    """Yield functions that each change a file in a new way."""
    text = file.read_text(encoding="utf-8")
    for number in itertools.count(2):
        changed = text.replace(old, f"{old.rsplit(' ', 1)[0]} {number}")
        yield lambda changed=changed: file.write_text(changed, encoding="utf-8") and None


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def figure(name: str, measured: Spread, goal: str = "", note: str = "") -> Figure:
    """Return a figure in milliseconds of a spread in microseconds."""
    extra = f"99 %: {measured.p99 / 1e3:.1f}"
    return Figure(name, measured.p50 / 1e3, "ms", goal, f"{note}; {extra}" if note else extra)


def run_node(folder: Path, *arguments: str) -> str:
    """Run a script in Node and return what it prints."""
    command = [str(node_program()), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@benchmark("pack")
def pack() -> Iterator[Figure]:
    """Cold and incremental packs."""
    folder = bench_project()

    def cold_process() -> None:
        packer = Packer()
        packer.pack(folder, "src/index.js", minify=Minify.NEVER)
        packer.close()

    yield figure("pack, process started for it", times(cold_process, 5, warm_up=1))
    yield figure("pack, a project for the first time", spread([first_pack(folder) for _ in range(7)]), "≤ 60")
    yield from _changed(folder)

    esbuild = RESOURCES / "node_modules" / "esbuild"
    program = [str(node_program()), str(esbuild / "bin" / "esbuild"), "src/index.js", "--bundle", "--format=cjs"]
    program += ["--platform=node", "--outfile=out/cli.js", "--log-level=error"]
    yield figure("esbuild alone, its command", times(lambda: subprocess.run(program, cwd=folder, check=True), 5))
    runs = [json.loads(run_node(folder, "esbuild-run.cjs", str(esbuild / "lib" / "main.js"))) for _ in range(5)]
    yield figure("esbuild alone, its process runs, for the first time", spread([run["first"] for run in runs]))
    yield figure("esbuild alone, one file changed", spread([taken for run in runs for taken in run["taken"][2:]]))
    yield figure("webpack, a process", times(lambda: run_node(folder, "webpack-run.cjs", "once"), 3, warm_up=1))
    yield figure("webpack, one file changed", spread(json.loads(run_node(folder, "webpack-run.cjs", "again"))))


def first_pack(folder: Path) -> float:
    """Return how long a project takes that the packer has not seen, in microseconds; its process runs and has packed.

    So it is in the window; a command also has to start the process.
    """
    packer = Packer()
    packer.warm()
    with tempfile.TemporaryDirectory(prefix="strata-bench-") as other:
        (Path(other) / "main.js").write_text("module.exports = class { init() {} };\n", encoding="utf-8")
        packer.pack(Path(other), "main.js").origin()
    taken = milliseconds(lambda: packer.pack(folder, "src/index.js", minify=Minify.NEVER))
    packer.close()
    return 1e3 * taken


def _changed(folder: Path) -> Iterator[Figure]:
    """Yield what it takes after a change of one file: the script, which can be compiled then, and its map."""
    packer = Packer()
    module = folder / "src" / "m5.js"
    original = module.read_text(encoding="utf-8")
    for what, minify, goal in (("", Minify.NEVER, "≤ 15"), (", made smaller", Minify.LARGE, "")):
        scripts, origins = [], []
        for change in itertools.islice(edits(module, "SALT = 1"), ROUNDS):
            change()
            start = time.perf_counter()
            pack = packer.pack(folder, "src/index.js", minify=minify)
            scripts.append(1e6 * (time.perf_counter() - start))
            pack.origin()
            origins.append(1e6 * (time.perf_counter() - start))
        yield figure(f"pack, one file changed{what}", spread(scripts[2:]), goal, f"{pack.size:,} bytes in all")
        yield figure(f"pack, one file changed{what}, with its source map", spread(origins[2:]))
    module.write_text(original, encoding="utf-8")
    packer.close()


@benchmark("save-to-deployed")
def save_to_deployed() -> Iterator[Figure]:
    """A sample project with a dependency: from the saved file to the contract on the chain."""
    with tempfile.TemporaryDirectory(prefix="strata-bench-") as scratch:
        project = Path(shutil.copytree(PROJECTS / "npm-dependency", Path(scratch) / "project"))
        missing = missing_dependencies(project)
        if missing:
            Installation(project, missing).run()
        engine = Engine.open(Path(scratch) / "chain")
        try:
            yield from _round_trips(engine, project / "merkle.js", project / "airdrop.js")
        finally:
            engine.close()


def _round_trips(engine: Engine, changed: Path, entry: Path) -> Iterator[Figure]:
    text = changed.read_text(encoding="utf-8")
    parts: dict[str, list[float]] = {"pack": [], "compile": [], "deploy": [], "all": []}
    for number in range(ROUNDS):
        changed.write_text(f"{text}\nexports.version = {number};\n", encoding="utf-8")
        start = time.perf_counter()
        prepared = engine.prepare(entry).result()
        assert prepared.pack is not None
        packed = time.perf_counter()
        engine.compile_pack(prepared.pack, profile=prepared.request.profile).result()
        compiled = time.perf_counter()
        request = msgspec.structs.replace(prepared.request, publisher="alice")
        result = engine.deploy(request).result()
        deployed = time.perf_counter()
        if result.contract is None:
            raise AssertionError(result.transaction.receipt.message)
        for name, seconds in (
            ("pack", packed - start),
            ("compile", compiled - packed),
            ("deploy", deployed - compiled),
            ("all", deployed - start),
        ):
            parts[name].append(seconds * 1e6)
    for name in ("pack", "compile", "deploy"):
        yield figure(f"save to deployed: {name}", spread(parts[name][2:]))
    yield figure("save to deployed", spread(parts["all"][2:]), "≤ 120")
