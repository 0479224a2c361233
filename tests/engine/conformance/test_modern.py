"""Profile modern: the language's own semantics, everything that takes work is paid for."""

from __future__ import annotations

import json

import pytest

from engine.chain.bare import BareCall, BareContract, run
from engine.values import Profile


def call(workbench, body, argument=None, *, gas_limit=10_000_000):
    source = f"class C {{\n  init() {{}}\n  m(n) {{ {body} }}\n}}\nmodule.exports = C;\n"
    contract = workbench.compile(source, profile=Profile.MODERN)
    bare = BareCall(
        contract=BareContract("c", contract.key, Profile.MODERN, contract.abi),
        method="m",
        arguments=json.dumps([argument]),
        state={},
        gas_limit=gas_limit,
    )
    return run(workbench.sandbox.execute, bare)


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ("return 1 == '1'", "true"),
        ("const { a = 5, ...rest } = { b: 1, c: 2 }; return [a, rest]", '[5,{"b":1,"c":2}]'),
        ("return [3, 20, 100].sort()", "[100,20,3]"),
        ("return [1, 2, 3].reduce((sum, x) => sum + x, 0)", "6"),
        ("return [...new Map([[1, { a: 2 }]]).entries()]", '[[1,{"a":2}]]'),
        ("return 'a1b22'.replace(/[0-9]+/g, (digits) => `<${digits.length}>`)", "a<1>b<2>"),
        ("return /(?<year>\\d{4})-(\\d\\d)/.exec('on 2020-05').groups.year", "2020"),
        ("return 2n ** 70n", "1180591620717411303424"),
        ("try { null.x } catch ({ name }) { return name } finally { n = 1 }", "TypeError"),
        ("return parseInt('12px') + parseFloat('1.5x')", "13.5"),
        ("return n?.missing ?? 'nothing'", "nothing"),
        (
            "class X extends Array { twice() { return this.map((x) => x * 2) } } return X.of(1).twice() instanceof X",
            "true",
        ),
        ("return Uint8Array.from([3, 1, 2]).sort().join()", "1,2,3"),
        ("return [[] instanceof Array, [].constructor === Array, Array.name, Map.length].join()", "true,true,Array,0"),
        ("return new BigNumber('0.1').plus('0.2').toString()", "0.3"),
        ("return new Int64(7).div(2)", '"3"'),
        ("return JSON.stringify(Object.freeze({ a: [undefined, () => 1] }))", '{"a":[null,null]}'),
        ("return JSON.stringify({ b: 1, a: { b: 2, c: 3 } }, ['a', 'b'], 1)", '{\n "a": {\n  "b": 2\n },\n "b": 1\n}'),
        ("return require('storage') === require('storage')", "true"),
        ("return String(function named() { return 1 })", "function named() { [native code] }"),
        ("", ""),
        ("return null", "null"),
        ("return -0", "0"),
    ],
)
def test_results(workbench, body, result):
    outcome = call(workbench, body)
    assert (outcome.error, outcome.result) == (None, result)


@pytest.mark.parametrize(
    "name",
    [
        "Promise",
        "setTimeout",
        "Intl",
        "WeakRef",
        "SharedArrayBuffer",
        "Atomics",
        "WebAssembly",
        "queueMicrotask",
    ],
)
def test_what_is_not_deterministic_is_gone(workbench, name):
    assert call(workbench, f"return typeof {name}").result == "undefined"


@pytest.mark.parametrize("expression", ["RegExp.$1", "RegExp.lastMatch", "Array.fromAsync", "''.localeCompare"])
def test_members_that_are_not_deterministic_are_gone(workbench, expression):
    assert call(workbench, f"/(a)/.test('a'); return typeof {expression}").result == "undefined"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("return () => 1", "a function cannot be the result of a call"),
        ("return Symbol('s')", "a symbol cannot be the result of a call"),
        ("return { then() {} }", "a promise cannot be the result of a call"),
        ("const o = {}; o.o = o; return o", "Converting circular structure to JSON"),
        ("return [1n]", "Do not know how to serialize a BigInt"),
    ],
)
def test_values_that_cannot_be_a_result(workbench, body, error):
    outcome = call(workbench, body)
    assert outcome.error_class == "AbnormalResult"
    assert outcome.error == f"Uncaught exception: TypeError: {error}"


def test_a_contract_that_stringifies_a_cycle_just_throws(workbench):
    outcome = call(workbench, "const o = {}; o.o = o; return JSON.stringify(o)")
    assert outcome.error_class == "ContractException"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("console.log(5)", "5"),
        ("console.log()", ""),
        ("console.log('a %s %d%%', 'b', 5, { c: [1, undefined] })", "a b 5% {c: [1, undefined]}"),
        (
            "console.log(new Map([[1, 'x']]), new Set([1]), null, -0, 2n, Symbol('s'))",
            'Map(1) {1 => "x"} Set(1) {1} null -0 2n Symbol(s)',
        ),
        ("console.log(new Int64(5), new BigNumber('1.5'), new Error('no'))", "5 1.5 Error: no"),
        ("const o = { get g() { throw 1 } }; o.o = o; console.log(o)", "{g: [Getter], o: [Circular]}"),
        (
            "class P { constructor() { this.x = 1; } } console.log([new P()], function f() {}, class {})",
            "[P {x: 1}] [Function: f] [Function: (anonymous)]",
        ),
        ("console.log('100%', 5)", "100% 5"),
    ],
)
def test_the_console_prints_anything(workbench, body, text):
    outcome = call(workbench, body)
    assert outcome.error is None
    assert [(line.level, line.text) for line in outcome.console] == [("Info", text)]


GROWING = [
    "'x'.repeat(n)",
    "'x'.padEnd(n)",
    "new Array(n)",
    "Array(n)",
    "[].constructor(n)",
    "new Array(n).fill(0)",
    "Array.from({ length: n })",
    "new Uint8Array(n)",
    "new Float64Array(n)",
    "new ArrayBuffer(n)",
    "new ArrayBuffer(8, { maxByteLength: n })",
    "new ArrayBuffer(n).slice(0)",
    "new Set(new Array(n))",
    "Object.keys(Array.from({ length: n }, () => 1))",
    "Object.assign({}, new Array(n).fill(1))",
    "JSON.stringify(new Array(n).fill(1))",
    "JSON.stringify('x'.repeat(n))",
    "JSON.parse('[' + '1,'.repeat(n) + '1]')",
    "'x'.repeat(n).split('')",
    "'ab'.repeat(n).replace(/a/g, 'b')",
    "'a'.repeat(n).replaceAll('a', 'bb')",
    "/b/.test('a'.repeat(n))",
    "new RegExp('a'.repeat(n))",
    "parseInt('1'.repeat(n))",
    "encodeURIComponent('x'.repeat(n))",
    "BigInt('1'.repeat(n))",
    "BigInt.asUintN(n * 100, -1n)",
    "Array.from({ length: n }, (_, i) => -i).sort()",
    "[...new Array(n).keys()].toSorted()",
    "new Array(n).fill(1).map((x) => x)",
    "new Array(n).fill([1]).flat()",
    "new Map(Array.from({ length: n }, (_, i) => [i, i]))",
    "new Set(new Uint8Array(n)).forEach(() => 0)",
    "new Uint8Array(n).sort()",
    "String.raw({ raw: new Array(n).fill('') })",
    "new (class extends Array {})(n)",
    "Reflect.construct(Array, [n])",
    "new BigNumber(7).pow(n / 10)",
]


@pytest.mark.parametrize("expression", GROWING)
def test_more_work_costs_more_gas(workbench, expression):
    few, many = (call(workbench, f"{expression}; return ''", n) for n in (10, 2000))
    assert (few.error, many.error) == (None, None)
    assert many.gas - few.gas >= 190


@pytest.mark.parametrize("name", ["Array", "Uint8Array", "ArrayBuffer"])
def test_species_leads_to_no_unpriced_constructor(workbench, name):
    body = f"const Species = {name}[Symbol.species]; if (Species) new Species(n); return typeof Species"
    few, many = (call(workbench, body, n) for n in (10, 100_000))
    assert few.result == "undefined" or many.gas > few.gas + 10_000


def test_a_module_that_was_not_packed_is_missing(workbench):
    outcome = call(workbench, "return require('left-pad')")
    assert outcome.error == (
        "Uncaught exception: Error: Cannot find module 'left-pad': it was not packed into the contract"
    )


def test_out_of_gas_cannot_be_caught(workbench):
    body = "for (;;) { try { for (;;) { n += 1 } } catch (e) { n = 0 } finally { n = 1 } }"
    outcome = call(workbench, body, 0, gas_limit=5000)
    assert (outcome.error, outcome.error_class) == ("out of gas", "OutOfGas")


def test_a_failed_call_can_be_caught_and_leaves_no_trace(workbench):
    callee = workbench.compile(
        "class D { init() {} fail() { storage.put('k', 'v'); throw new Error('no'); } }\nmodule.exports = D;",
        profile=Profile.MODERN,
    )
    caller = workbench.compile(
        "class C { init() {} m() {\n"
        "  try { blockchain.call('d', 'fail', []) } catch (e) { storage.put('caught', e.message) }\n"
        "} }\nmodule.exports = C;",
        profile=Profile.MODERN,
    )
    bare = BareCall(
        contract=BareContract("c", caller.key, Profile.MODERN, caller.abi),
        method="m",
        arguments="[]",
        state={},
        others=(BareContract("d", callee.key, Profile.MODERN, callee.abi),),
    )
    outcome = run(workbench.sandbox.execute, bare)
    assert outcome.error is None
    assert list(outcome.state) == ["b-c-caught"]
    assert outcome.state["b-c-caught"].startswith("sUncaught exception: Error: no")
