"""Packed sources: library code is kept and disabled where it could not work, the author's code is refused."""

from __future__ import annotations

import pytest

from engine.errors import CompileError
from engine.values import Profile
from engine.vm.isolate import Isolate
from tests.engine.compiler.programs import run

PACKED = """\
var __helper = (x) => x;

// node_modules/waiting/index.js
async function later(x) { for await (const y of x) await y; return await x; }
var arrow = async (x) => await x;
var block = async x => { await x; };
var object = { async m() { await 1; }, async *g() { yield await 2; }, async: 3 };
class Waiting { static async /* async */ s() { await 3; } async() { return 4; } }
var load = () => import("other");
var unused = Promise;

// contract.js
class C {
  init() {}
}
L(typeof later); L(object.async); L(new Waiting().async());
for (const call of [later, arrow, block, object.m, object.g, Waiting.s, load]) {
  try { const r = call(1); L(r.next ? r.next() : 'no error'); } catch (error) { L(error.name); }
}
module.exports = C;
"""


@pytest.fixture(scope="module")
def isolate():
    with Isolate() as isolate:
        yield isolate


def test_what_waits_in_a_library_throws_when_it_is_called(compiler, isolate):
    contract = compiler.compile(PACKED, profile=Profile.MODERN)
    expected = ["function", "3", "4", *["TypeError"] * 7]
    for text, stepping in ((contract.metered, False), (contract.stepping, True)):
        shown = run(isolate, text, stepping=stepping)
        assert (shown["log"], shown["end"], shown["depth"]) == (expected, "", 0)


def test_findings_in_libraries_are_left_out(compiler):
    lines = {found.line for found in compiler.check(PACKED, profile=Profile.MODERN).diagnostics}
    assert all(line > PACKED.splitlines().index("// contract.js") for line in lines)


def test_the_authors_own_module_must_not_wait(compiler):
    source = PACKED.replace("  init() {}", "  init() {}\n  async f() {}")
    with pytest.raises(CompileError) as raised:
        compiler.compile(source, profile=Profile.MODERN)
    assert [(found.code, found.line) for found in raised.value.diagnostics if found.code == "no-async"] == [
        ("no-async", source.splitlines().index("  async f() {}") + 1)
    ]


def test_the_machinery_is_reserved_in_libraries_too(compiler):
    with pytest.raises(CompileError, match="reserved"):
        compiler.compile("// node_modules/x/y.js\nvar _IOSTInstruction_counter = 1;", profile=Profile.MODERN)
