"""Profile modern: what it accepts, what it says to the rest, and that no line moves."""

from __future__ import annotations

import re

import pytest

from engine.errors import CompileError
from engine.values import Profile

COUNTER = "_IOSTInstruction_counter.incr"
BEGINNING, END = "return (function(){'use strict';", "\nreturn module.exports;}).call(undefined);"


def metered(compiler, source):
    return compiler.compile(source, profile=Profile.MODERN).metered


def flat(text):
    return text.removeprefix(BEGINNING).removesuffix(END).replace(COUNTER, "$")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a.b()", "$(8);a.b()"),
        ("a = b\nc = d", "$(3);a = b\n$(3);c = d"),
        ("for (let i = 0; i < n; i++) a()", "$(12.1);for (let i = 0; i < n; i++) {$(17.1);a()}"),
        ("for (;;);", "for (;;){$(1);;}"),
        ("while (a) b", "while ($(2),a) {b}"),
        ("do a()\nwhile (b)", "do {$(6);a()}\nwhile (b)"),
        ("for (const [k, v = 1 + 1] of m) f(k)", "$(3);for (const [k, v = ($(9.1),1 + 1)] of m) {$(6);f(k)}"),
        ("if (a) b()\nelse if (c) d()", "if (a) {$(4);b()}\nelse {if (c) {$(4);d()}}"),
        ("outer: for (;;) { break outer }", "outer: for (;;) {$(1); break outer }"),
        ("x => x", "$(3);x => ($(1), x)"),
        ("() => /* => */ ({})", "$(3);() => ($(1.1), /* => */ ({}))"),
        ("function f(a = g()) {}", "$(3);function f(a = ($(4),g())) {$(1);}"),
        ("function f() { a; b() }", "$(3);function f() { $(1);a; $(4);b() }"),
        ("class A { x = f(); y = () => 1; static { g() } m() {} }", None),
        (
            "try { a() } catch (e) { b() } finally { c() }",
            "try { $(4);a() } catch (e) {_IOSTInstruction_counter.caught(e); $(4);b() } finally { $(4);c() }",
        ),
        ("a ? b() : c", "a ? ($(4),b()) : c"),
        ("a ||= b?.c", "$(10);a ||= b?.c"),
    ],
)
def test_charges(compiler, source, expected):
    text = flat(metered(compiler, source))
    if expected is None:
        expected = "$(160);class A { x = ($(4),f()); y = () => ($(1), 1); static { $(5);g() } m() {$(1);} }"
    if source.startswith("a ?"):
        expected = f"$(3);{expected}"
    assert text == expected


def test_lines_and_words_stay(compiler):
    body = "    let a = [1,\n      2]\n    for (const x of a)\n      if (x)\n        f(x)\n"
    source = f"class A {{\n  init() {{\n{body}  }}\n}}\n\nmodule.exports = A\n"
    text = metered(compiler, source)
    without = re.sub(re.escape(COUNTER) + r"\([^)]*\)[;,]", "", text).removeprefix(BEGINNING).removesuffix(END)
    assert without.count("\n") == source.count("\n")
    for line, original in zip(without.splitlines(), source.splitlines(), strict=True):
        assert line.replace("{", "").replace("}", "").split() == original.replace("{", "").replace("}", "").split()


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("a\nasync function f() {}", "no-async", 2),
        ("const f = async () => 1", "no-async", 1),
        ("class A {\n async m() {} }", "no-async", 2),
        ("a;\nimport('b')", "no-import", 2),
        ("import a from 'b'", "syntax", 1),
        ("with (a) b", "syntax", 1),
        ("x = 017", "syntax", 1),
        ("let _strata_step", "reserved-name", 1),
        ("// nothing", "empty-source", 1),
        ("let a\nlet a", "syntax", 2),
        ("#!/bin/node", "syntax", 1),
    ],
)
def test_refusals(compiler, source, code, line):
    with pytest.raises(CompileError) as raised:
        compiler.compile(source, profile=Profile.MODERN)
    errors = [found for found in raised.value.diagnostics if found.code == code]
    assert [found.line for found in errors] == [line]


@pytest.mark.parametrize(
    ("source", "isolated"),
    [
        ("function P() {} P.prototype.m = function () {}; Object.defineProperty(P, 'x', {value: 1})", False),
        ("String.prototype.shout = () => 1", True),
        ("Object.defineProperty(Array.prototype, 'last', {get() {}})", True),
    ],
)
def test_contracts_that_may_change_builtins_are_told_apart(compiler, source, isolated):
    assert compiler.compile(source, profile=Profile.MODERN).open_intrinsics is isolated


def test_names_of_the_runtime_can_be_hidden(compiler):
    source = (
        "class BigNumber {}\nlet storage = 1;\nclass A { init() { return [BigNumber, storage]; } }\nmodule.exports = A;"
    )
    contract = compiler.compile(source, profile=Profile.MODERN)
    assert contract.diagnostics == ()
    assert flat(contract.metered).startswith("$(303);class BigNumber")
