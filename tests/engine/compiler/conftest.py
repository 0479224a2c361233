"""One compile sandbox for all tests of the compiler."""

from __future__ import annotations

import pytest

from engine.compiler.compiler import Compiler
from engine.vm.toolchain_process import ToolchainProcess


@pytest.fixture(scope="session")
def toolchain():
    process = ToolchainProcess()
    yield process
    process.close()


@pytest.fixture
def compiler(toolchain):
    return Compiler(toolchain)


@pytest.fixture(scope="session")
def compiler_for_properties(toolchain):
    """Hypothesis wants fixtures that outlive an example."""
    return Compiler(toolchain)
