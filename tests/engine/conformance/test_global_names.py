"""Global names as a contract of the reference chain sees them (spec/gas.md §6.3, §8.2)."""

from __future__ import annotations

import pytest

from tests.engine.conformance.test_metering import modern, outcome


@pytest.mark.parametrize(
    "name", ["globalThis", "WeakRef", "Iterator", "AggregateError", "Float16Array", "DisposableStack"]
)
def test_a_newer_global_is_not_defined(workbench, name):
    assert outcome(workbench, modern(f"return typeof {name};")).result == "undefined"
    seen = outcome(workbench, modern(f"return {name};"))
    assert seen.error == f"Uncaught exception: ReferenceError: {name} is not defined"


@pytest.mark.parametrize("name", ["Map", "Date", "Promise", "parseInt", "_native_log"])
def test_a_removed_global_is_null(workbench, name):
    assert outcome(workbench, modern(f"return {name} === null;")).result == "true"


@pytest.mark.parametrize(
    ("declared", "body", "lines", "error"),
    [
        ("function format(...parts) { return parts.join('+'); }", "console.log('a', 5);", ["a+5"], None),
        ("var format = function () { return 'own'; };", "console.log(5);", ["own"], None),
        ("format = function () { return 'own'; };", "console.log(5);", ["own"], None),
        ("function formatWithOptions(o, f) { return f + typeof o; }", "console.log('a');", ["aobject"], None),
        ("function parseInt(x) { return x + x; }", "console.log('%i|', 'ab');", ["abab|"], None),
        ("const parseFloat = (x) => { return 2; };", "console.log('%f|', 'ab');", ["2|"], None),
        ("", "console.log('%i|', 1);", [], "TypeError: parseInt is not a function"),
        ("let parseInt = 1;", "console.log('%i|', 1);", [], "TypeError: parseInt is not a function"),
        ("function early() { console.log('%i', 1); } early(); let parseInt;", "", [], "ReferenceError: Cannot access"),
        ("class Error { toString() { return 'mine'; } }", "storage.put('k', 5);", [], "mine"),
        ("let isNaN = () => { throw 'asked'; };", "new BigNumber('NaN');", [], "asked"),
        ("const JSON = { stringify(x) { return 'text'; } };", "console.log('%v|', 1);", ["text|"], None),
        ("const Array = { from(x) { return [1, x.length]; } };", "console.log(5);", ["2"], None),
        (
            "",
            "const parseInt = () => { return 1; }; console.log('%i|', 1);",
            [],
            "TypeError: parseInt is not a function",
        ),
    ],
)
def test_libraries_find_what_a_contract_declares(workbench, declared, body, lines, error):
    # spec/gas.md §8.2: contract and libraries share the global scope.
    seen = outcome(workbench, modern(body, before=declared))
    assert [line.text for line in seen.console] == lines
    assert (seen.error or "").startswith(f"Uncaught exception: {error}" if error else "")
    assert (seen.error is None) == (error is None)


def test_names_of_a_contract_end_with_it(workbench):
    source = modern("console.log('%v', 1);", before="const JSON = { stringify() { return 'own'; } };")
    assert outcome(workbench, source).console[0].text == "own"
    assert outcome(workbench, modern("console.log('%v|', 'a');")).console[0].text == '"a"|'


def test_json_goes_through_keys_as_arrays_are_gone_through(workbench):
    declared = "Array.prototype[Symbol.iterator] = function* () { yield 'b'; };"
    seen = outcome(workbench, modern("return JSON.stringify({ a: 1, b: [2, 3] });", before=declared))
    assert (seen.result, seen.error) == ('{"b":[2,3]}', None)
