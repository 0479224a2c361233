"""The conformance kit of the module system: projects, what Node prints for them, and how the sandbox runs them.

A project's `main.*` prints texts. In the sandbox it is packed behind a contract that requires it, so it runs as the
contract's modules do: anew for every call.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from engine.chain.bare import BareCall, BareContext, BareContract, BareOutcome, run
from engine.compiler.compiler import Compiler
from engine.compiler.pack import Pack, Packer
from engine.compiler.pack.node import node_program
from engine.values import Profile
from engine.vm.sandbox import Sandbox, SandboxLimits
from engine.vm.toolchain_process import ToolchainProcess

HERE = Path(__file__).parent
FIXTURES = HERE / "fixtures"
EXPECTED = HERE / "expected.json"
ERROR_MARK = "! "
BLOCK_TIME = 1_700_000_000_123_456_789
GAS_LIMIT = 10**12

_UNCAUGHT = "Uncaught exception: "
_CONTRACT = """\
const main = require({path});
class Contract {{
  init() {{}}
  run() {{ return typeof main.run === 'function' ? JSON.stringify(main.run()) : ''; }}
}}
module.exports = Contract;
"""


def names() -> list[str]:
    """Return the names of all projects."""
    return sorted(folder.name for folder in FIXTURES.iterdir())


def main_of(folder: Path) -> Path:
    """Return a project's entry."""
    (entry,) = folder.glob("main.*")
    return entry


def expected() -> dict[str, list[str]]:
    """Return what Node printed for each project, by name."""
    return json.loads(EXPECTED.read_text(encoding="utf-8"))["printed"]


def run_node(arguments: list[str], folder: Path) -> str:
    """Run Node in UTC, as a chain is, and return what it prints; what it thinks of itself goes nowhere."""
    command = [str(node_program()), "--no-warnings", *arguments]
    environment = os.environ | {"TZ": "UTC", "NODE_ENV": "production", "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


class Workshop:
    """Packs modules and runs them in sandboxes of their own."""

    def __init__(self):
        self._toolchain = ToolchainProcess()
        self._compiler = Compiler(self._toolchain)
        self.packer = Packer()

    def close(self):
        self.packer.close()
        self._toolchain.close()

    def pack(self, main: Path) -> Pack:
        """Pack a contract that requires `main`; it stands beside it in a copy of nothing but itself."""
        with tempfile.NamedTemporaryFile("w", dir=main.parent, prefix="contract-", suffix=".cjs") as file:
            file.write(_CONTRACT.format(path=json.dumps(f"./{main.name}")))
            file.flush()
            return self.packer.pack(main.parent, Path(file.name).name)

    def outcome(self, pack: Pack) -> BareOutcome:
        """Run a packed contract's method `run`."""
        contract = self._compiler.compile(pack.code, profile=Profile.MODERN)
        call = BareCall(
            contract=BareContract("c", contract.key, Profile.MODERN, contract.abi),
            method="run",
            arguments="[]",
            state={},
            context=BareContext(block_time=BLOCK_TIME),
            gas_limit=GAS_LIMIT,
        )
        sandbox = Sandbox({contract.key: contract}.__getitem__, limits=SandboxLimits(time_limit=60.0))
        try:
            return run(sandbox.execute, call)
        finally:
            sandbox.close()

    def printed(self, project: Path, copy: Path) -> list[str]:
        """Return what a project prints in the sandbox, and the error it ends with as Node's runner shows it."""
        folder = Path(shutil.copytree(project, copy))
        outcome = self.outcome(self.pack(main_of(folder)))
        lines = [line for entry in outcome.console for line in entry.text.split("\n")]
        return lines if outcome.error is None else [*lines, ERROR_MARK + outcome.error.removeprefix(_UNCAUGHT)]
