"""Lint rules: one example each that is found, and one that is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.compiler.pack.dependencies import MISSING_MODULE
from engine.compiler.pack.packer import NODE_BUILT_IN, UNPACKABLE
from engine.compiler.rules import RULES
from engine.values import Abi, AbiMethod, Profile, Severity

BOTH = tuple(Profile)
IOST, MODERN = (Profile.IOST,), (Profile.MODERN,)


def contract(body, before=""):
    return f"{before}class C {{\n  init() {{}}\n  {body}\n}}\nmodule.exports = C;\n"


def codes(compiler, source, profile=Profile.IOST):
    return [found.code for found in compiler.check(source, profile=profile).diagnostics]


FOUND = [
    ("no-export", BOTH, "class C { init() {} }\n", 1),
    ("wrong-export", IOST, "class C { init() {} }\nmodule.exports = C;\nlet _a = 1;", 2),
    ("wrong-export", BOTH, "class C { init() {} }\nmodule.exports = { a: C };", 2),
    ("no-init", BOTH, "class C {\n f() {} }\nmodule.exports = C;", 1),
    ("constructor", BOTH, "class C { init() {}\n constructor() {} }\nmodule.exports = C;", 2),
    ("argument-type", BOTH, contract("/** @param {Token} a */\n  f(a) { return a; }"), 4),
    ("code-size", BOTH, contract("") + "// " + "x" * 50000, 1),
    ("unused-variable", BOTH, contract("f() { let a = 1; }"), 3),
    ("unused-parameter", BOTH, contract("_f(a) {}"), 3),
    ("undeclared", BOTH, contract("f() { return missing; }"), 3),
    ("taken-name", IOST, contract("", before="let block = 1;\n"), 1),
    ("duplicate-declaration", IOST, contract("f() { let a = 1; let a = 2; return a; }"), 3),
    ("removed-builtin", BOTH, contract("f() { return performance.now(); }"), 3),
    ("removed-builtin", IOST, contract("f() { return new Date(); }"), 3),
    ("removed-builtin", IOST, contract("f() { return new Map(); }"), 3),
    ("removed-member", BOTH, contract("f() { return Math.random(); }"), 3),
    ("removed-member", IOST, contract("f(a) { return a.reduce((x, y) => x + y); }"), 3),
    ("unknown-module", IOST, contract("f() { return require('lodash'); }"), 3),
    ("write-after-call", BOTH, contract("f(t) { blockchain.call(t, 'x', []); storage.put('a', '1'); }"), 3),
    (
        "write-after-call",
        BOTH,
        contract("f(t) { blockchain.call(t, 'x', []); this._w(); } _w() { storage.del('a'); }"),
        3,
    ),
    (
        "write-after-call",
        BOTH,
        contract("f(t) { for (const x of t) { storage.put(x, '1'); blockchain.call(x, 'x', []); } }"),
        3,
    ),
    ("unchecked-auth", BOTH, contract("f(to) { blockchain.withdraw(to, '1', ''); }"), 3),
    ("unbounded-loop", BOTH, contract("f() { for (const k of storage.mapKeys('m')) k; }"), 3),
    ("unbounded-loop", BOTH, contract("f() { const ks = storage.mapKeys('m');\n ks.forEach(k => k); }"), 4),
    ("float-amount", BOTH, contract("f(amount) { return amount * 2; }"), 3),
    ("storage-type", BOTH, contract("f(a) { storage.put('k', a - 1); }"), 3),
    ("lost-state", BOTH, "class C { init() {\n this.owner = 1; } }\nmodule.exports = C;", 2),
    ("loose-equality", IOST, contract("f(a) { return a == 1; }"), 3),
    ("target-twice", IOST, contract("f(a, i) { a[i++] += 1; }"), 3),
    ("arrow-this", IOST, contract("f(a) { return a.map(x => this.g(x)); } g(x) { return x; }"), 3),
    ("detached-label", IOST, contract("f() { o: for (let i = 0; i < 2; i++) { continue o; } }"), 3),
    ("console-text", IOST, contract("f() { console.log(5); }"), 3),
    ("no-directive", IOST, contract("", before="'use strict';\n"), 1),
]

QUIET = [
    contract("f(a) { const b = a; return b; }"),
    contract("can_update(data) { return blockchain.requireAuth(blockchain.contractOwner(), 'active'); }"),
    contract("f(t) { storage.put('a', '1'); blockchain.call(t, 'x', []); }"),
    contract("f(to) { if (!blockchain.requireAuth('a', 'active')) throw 'no'; blockchain.withdraw(to, '1', ''); }"),
    contract("f(amount) { return new Int64(amount).plus(1).toString(); }"),
    contract("f(a) { storage.put('k', String(a)); storage.mapPut('m', 'f', JSON.stringify(a)); }"),
    contract("f(a) { return a === 1 ? `x${a}` : 'amount ' + a; }"),
    contract("f(a) { o: while (a) { continue o; } console.log('x', 5); return typeof missing; }"),
    contract("f(a) { return a.map(x => { return this.g(x); }); } g(x) { return x; }"),
]


@pytest.mark.parametrize(("code", "profiles", "source", "line"), FOUND)
def test_found(compiler, code, profiles, source, line):
    for profile in profiles:
        found = [found for found in compiler.check(source, profile=profile).diagnostics if found.code == code]
        assert [finding.line for finding in found][:1] == [line], profile


@pytest.mark.parametrize("source", QUIET)
@pytest.mark.parametrize("profile", BOTH)
def test_quiet(compiler, source, profile):
    assert codes(compiler, source, profile) == []


def test_a_given_interface_is_compared(compiler):
    source = contract("f(a) { return a; }")
    fits = Abi(abi=(AbiMethod("f", ("string",)),))
    differs = Abi(abi=(AbiMethod("f"), AbiMethod("g")))
    assert compiler.check(source, abi=fits).diagnostics == ()
    assert [found.code for found in compiler.check(source, abi=differs).diagnostics] == ["abi-mismatch"] * 2


def apply(source, edit):
    lines = source.split("\n")
    before = "\n".join([*lines[: edit.line - 1], lines[edit.line - 1][: edit.column]])
    after = "\n".join([lines[edit.end_line - 1][edit.end_column :], *lines[edit.end_line :]])
    return before + edit.text + after


@pytest.mark.parametrize(
    ("code", "source", "fixed"),
    [
        ("no-export", "class C { init() {} }", "class C { init() {} }\nmodule.exports = C;\n"),
        ("no-init", "class C {}\nmodule.exports = C;", "class C {\n    init() {\n    }\n}\nmodule.exports = C;"),
        ("loose-equality", "if (a == b) c();", "if (a === b) c();"),
        ("arrow-this", "f(x => this.y);", "f(x => { return this.y; });"),
        ("storage-type", "storage.put('a', [1]);", "storage.put('a', JSON.stringify([1]));"),
        ("undeclared", "a = 1;", "let a = 1;"),
    ],
)
def test_quick_fixes(compiler, code, source, fixed):
    (found,) = [found for found in compiler.check(source).diagnostics if found.code == code]
    assert found.fix_title
    assert apply(source, found.fix) == fixed
    assert code not in codes(compiler, fixed)


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("class C {\n  init() { let = }\n}", 2, 13),
        ("let a = 'x\n';", 1, 8),
        ("a\n\n  )", 3, 2),
        ("`", 1, 0),
    ],
)
@pytest.mark.parametrize("profile", BOTH)
def test_one_syntax_error_is_one_diagnostic(compiler, profile, source, line, column):
    result = compiler.check(source, profile=profile)
    (found,) = result.diagnostics
    assert (found.code, found.severity, result.abi) == ("syntax", Severity.ERROR, None)
    assert found.line == line
    assert abs(found.column - column) <= 2


def test_every_code_has_a_help_page():
    sources = [*Path("resources/toolchain").rglob("*.js"), Path("engine/compiler/compiler.py")]
    used = set()
    for path in sources:
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"code(?::|=)\s*[\"']([a-z-]+)[\"']", text))
        used |= set(re.findall(r"refuse\(\s*node, '([a-z-]+)'", text))
        used |= set(re.findall(r"'(unused-[a-z]+)'", text))
    assert used | {MISSING_MODULE, NODE_BUILT_IN, UNPACKABLE} == set(RULES)
    assert all(rule.title and rule.explanation and rule.remedy for rule in RULES.values())
