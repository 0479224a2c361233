"""A compiler and a sandbox, shared by all vectors: the isolate is hot, hardened and never fresh."""

from __future__ import annotations

import pytest

from engine.compiler.compiler import Compiler
from engine.vm.check_mode import checks_by_default
from engine.vm.sandbox import Sandbox, SandboxLimits
from engine.vm.toolchain_process import ToolchainProcess


class Workbench:
    """Compiles contracts and runs them in one sandbox."""

    def __init__(self):
        self.toolchain = ToolchainProcess()
        self.compiler = Compiler(self.toolchain)
        self.codes = {}
        limits = SandboxLimits(time_limit=30.0)
        self.sandbox = Sandbox(self.codes.__getitem__, limits=limits, check=checks_by_default())

    def compile(self, source, **options):
        contract = self.compiler.compile(source, **options)
        self.codes[contract.key] = contract
        return contract

    def close(self):
        self.sandbox.close()
        self.toolchain.close()


@pytest.fixture(scope="session")
def workbench():
    bench = Workbench()
    yield bench
    bench.close()
