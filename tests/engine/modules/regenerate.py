"""Writes `expected.json`: what Node prints for each project of the kit. Run it as a module after changing one."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from engine.compiler.bundler import RESOURCES
from tests.engine.modules.kit import EXPECTED, FIXTURES, HERE, main_of, names, run_node

TRANSPILED = {"ts-decorators"}
"""Node cannot read these: esbuild makes plain JavaScript of each file first, as its documentation defines it."""

_ESBUILD = RESOURCES / "node_modules" / "esbuild" / "lib" / "main.js"


def node_prints(name: str) -> list[str]:
    """Return the lines that Node prints for a project."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(shutil.copytree(FIXTURES / name, Path(scratch) / name))
        main = main_of(folder)
        if name in TRANSPILED:
            plain = main.with_suffix(".mjs")
            options = json.dumps({"entryPoints": [str(main)], "outfile": str(plain), "target": "es2024"})
            run_node(["-e", f"require({json.dumps(str(_ESBUILD))}).buildSync({options})"], folder)
            main = plain
        return run_node(
            ["--experimental-transform-types", str(HERE / "node_runner.mjs"), str(main)], folder
        ).splitlines()


def regenerate() -> None:
    """Run every project and write the file."""
    version = run_node(["-p", "process.version"], HERE).strip()
    document = {"node": version, "printed": {name: node_prints(name) for name in names()}}
    EXPECTED.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    regenerate()
