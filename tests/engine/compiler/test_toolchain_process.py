"""The compile sandbox survives whatever text it is given, and callers learn why."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import psutil
import pytest

from engine.compiler.compiler import Compiler
from engine.errors import CompileError, InternalError, InvalidInput
from engine.values import Profile
from engine.vm.toolchain_process import ToolchainProcess

DEPTH = 100_000
DEEP = {
    "parentheses": "(" * DEPTH + ")" * DEPTH,
    "unclosed": "(" * DEPTH,
    "arrays": "[" * DEPTH + "]" * DEPTH,
    "blocks": "{" * DEPTH + "}" * DEPTH,
    "members": "a" + ".b" * DEPTH,
    "calls": "a" + "()" * DEPTH,
    "sum": "a" + "+a" * DEPTH,
    "arrows": "x=>" * DEPTH + "1",
    "negations": "!" * DEPTH + "a",
    "branches": "if(a)" * DEPTH + "b",
    "templates": "`${" * DEPTH + "a" + "}`" * DEPTH,
    "functions": "(function(){" * 20_000 + "})" * 20_000,
}


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("name", DEEP)
def test_deep_nesting_is_refused_and_the_process_goes_on(compiler, name, profile):
    with pytest.raises(CompileError) as raised:
        compiler.compile(DEEP[name], profile=profile)
    assert raised.value.diagnostics[0].code in ("too-complex", "syntax")
    assert compiler.check(DEEP[name], profile=profile).abi is None
    assert compiler.compile("a;", profile=profile).metered


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("depth", [100, 500])
def test_moderate_nesting_compiles(compiler, depth, profile):
    for source in ("(" * depth + "a" + ")" * depth, "{" * depth + "}" * depth, "a" + "+a" * depth, "x=>" * depth + "1"):
        assert compiler.compile(source, profile=profile).metered


def test_a_large_source_compiles(compiler):
    source = "\n".join(f"function f{i}(a) {{ return a + {i}; }}" for i in range(3000))
    assert len(compiler.compile(source, linted=False).steps) == 3000


def test_unknown_functions_are_our_own_fault(toolchain):
    with pytest.raises(InternalError):
        toolchain.call("no such function", b"{}")


def test_a_text_that_takes_too_long_is_refused():
    process = ToolchainProcess()
    try:
        source = "\n".join(f"var a{i} = {i} + 1;" for i in range(200_000))
        payload = json.dumps({"source": source, "profile": "iost", "linted": True}).encode()
        with pytest.raises(InvalidInput, match="took longer than"):
            process.call("compile", payload, timeout=0.05)
        assert Compiler(process).compile("a;").metered
    finally:
        process.close()


def test_a_dead_process_is_replaced():
    process = ToolchainProcess()
    try:
        compiler = Compiler(process)
        assert compiler.compile("a;").metered
        process._child._process.kill()
        process._child._process.wait()
        with pytest.raises(CompileError, match="process ended"):
            compiler.compile("b;")
        assert compiler.compile("b;").metered
    finally:
        process.close()


def test_a_closed_process_says_so():
    process = ToolchainProcess()
    process.warm()
    process.close()
    with pytest.raises(InternalError, match="closed"):
        process.call("compile", b"{}")


def test_threads_share_one_process(compiler):
    results = {}

    def work(number):
        results[number] = compiler.compile(f"x = {number};").metered

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"x = {number};" in results[number] for number in range(12))


def test_the_process_ends_with_its_parent():
    script = (
        "import sys, time\n"
        "from engine.vm.toolchain_process import ToolchainProcess\n"
        "process = ToolchainProcess()\n"
        "process.warm()\n"
        "print(process._child._process.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with parent:
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    # Whoever adopts it reaps it: it is gone, or a corpse.
    gone, alive = psutil.wait_procs([child], timeout=30)
    assert gone or alive[0].status() == psutil.STATUS_ZOMBIE
