from __future__ import annotations

import pytest

from engine.compiler.compiler import Compiler
from engine.compiler.snapshots import MemoryBlobs
from engine.vm.toolchain_process import ToolchainProcess


@pytest.fixture(scope="session")
def compiler():
    """The real compiler in its process, shared by all tests."""
    toolchain = ToolchainProcess()
    yield Compiler(toolchain, MemoryBlobs())
    toolchain.close()
