"""Profile iost: what the reference accepts, its error texts, and where it charges (spec/gas.md §2, §3, §9)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import CompileError
from engine.values import Abi, AbiMethod, AmountLimit

VECTORS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(Path(__file__).parents[1].joinpath("conformance", "vectors").glob("*.json"))
    if path.stem != "index"
}
COUNTER = "_IOSTInstruction_counter.incr"


def compile_error(compiler, source):
    try:
        compiler.compile(source)
    except CompileError as error:
        return error.what
    return None


def metered(compiler, source):
    return compiler.compile(source).metered


def flat(text):
    """Metered text with the counter's name and the layout shortened."""
    return re.sub(r"\s+", " ", text.replace(COUNTER, "$"))


@pytest.mark.parametrize("name", VECTORS)
def test_vector_compiles_or_fails_as_the_reference_does(compiler, name):
    vector = VECTORS[name]
    abi = Abi(abi=tuple(msgspec.convert(entry, AbiMethod) for entry in vector["abi"]))
    assert compile_error(compiler, vector["source"]) == vector["expect_compile_error"]
    assert compiler.validate(vector["source"], abi) == vector["expect_validate"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("if(a)b();else if(c.d)e();else;", "if (a) {$(4);b();} else {if ($(4),c.d) {$(4);e();} else {;}}"),
        ("while(a)while(b);", "while ($(1),a) {$(1);while ($(1),b){$(1);;}}"),
        ("do a();while(b.c);", "do {$(5);a();} while ($(5),b.c);"),
        ("for(;;){b()}", "for (;;) {$(1); $(4);b(); }"),
        ("for(x of y)if(a)b;", "for (x of y) {$(2);if (a) {b;}}"),
        ("for(let i=0;i<3;i++)a();", "$(3);for (let i = 0; $(6.1),_IOSTBinaryOp(i, 3, '<'); $(3),i++) {$(5);a();}"),
        ("x=a?b.c:(g,h.i);", "$(6);x = (a) ? ($(4),b.c) : (($(4),g, h.i));"),
        ("w=a=>b=>c;", "$(6);w = a => function(){$(3);return b => function(){return c}()}();"),
        ("z=a=>({});", "$(6);z = a => (function(){$(0.1);return {}}());"),
        ("a[i++]+=1;", "$(23.1);a[i++] = _IOSTBinaryOp(a[i++], 1, '+');"),
        (
            "f(...x)[0]-=2;",
            "$(41.1);f(..._IOSTSpreadElement(_IOSTSpreadElement(x)))[0] = "
            "_IOSTBinaryOp(f(..._IOSTSpreadElement(_IOSTSpreadElement(x)))[0], 2, '-');",
        ),
        ("q=`x${a}`;t`${`y`}`;", "$(7);q = _IOSTTemplateTag`x${ a }`; $(8);t`${ _IOSTTemplateTag`y` }`;"),
        ("`a${`b`}``c`;", "$(8);`a${ _IOSTTemplateTag`b` }``c`;"),
        ("l:for(let i=0;;)break;", "l: $(3);for (let i = 0;;) {$(1);break;}"),
        ("{function f(){}}class X{m(){}}", "{ $(3);function f() { } } $(153);class X { m() { } }"),
        ("switch(a.b){case c.d:e();default:x}", "$(4);switch (a.b) { case $(4),c.d: $(4);e(); default: x; }"),
        ("'use strict';a;", "$(3);'use strict'; a;"),
        ("f('a','abc','abcdef')", "$(10.999999999999998);f('a', 'abc', 'abcdef');"),
        ("f('abc','a','abcdef')", "$(11);f('abc', 'a', 'abcdef');"),
    ],
)
def test_charge_points(compiler, source, expected):
    assert flat(metered(compiler, source)) == expected


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("let \\u005fIOSTBinaryOp = 1;", "use of _IOSTInstruction_counter or _IOSTBinaryOp keyword is not allowed"),
        ("a.catch; async", "use of try catch is not supported"),
        ("async; a.catch", "use of async or await is not supported"),
        ("for (x of (a, b)) c;", "Line 1: Unexpected token ,"),
        ("return 1;", "Line 1: Illegal return statement"),
        ("x = 1_000;", "Line 1: Unexpected token ILLEGAL"),
        ('"use strict"; with (a) b;', "Line 1: Strict mode code may not include a with statement"),
        ("({a}) => 1 + 2;", None),
    ],
)
def test_refusals(compiler, source, error):
    text = compile_error(compiler, source)
    if error is None:
        assert text.startswith("Uncaught exception: Error: use of ArrayPattern or ObjectPattern is not allowed.{")
    else:
        assert text == f"Uncaught exception: Error: {error}"


def test_a_refused_source_is_diagnosed_at_its_place(compiler):
    with pytest.raises(CompileError) as raised:
        compiler.compile("let a;\n\nfor (let v of (a, a)) { v; }\n", file="broken.js")
    (found,) = [found for found in raised.value.diagnostics if found.code == "lost-parentheses"]
    assert (found.file, found.line, found.column) == ("broken.js", 3, 15)


def test_with_hides_the_machinery(compiler):
    text = compiler.compile("with(f())g(1+1);").running
    alias = re.search(r"_IOSTInstruction_counter_\w{16}", text)[0]
    assert f"with ({COUNTER}(4);f())" in text
    assert f"{{{alias}.incr(10.1);g(_IOSTBinaryOp{alias[-17:]}(1, 1, '+'));}}" in text


def test_raw_nul_arrives_as_four_characters(compiler):
    assert "`a\\x00b`" in metered(compiler, "x = `a\0b`;")


def test_lone_surrogates_become_replacement_characters(compiler):
    assert "'a\\uFFFDb'" in metered(compiler, "x = 'a\ud800b';")


@pytest.mark.parametrize(
    "declaration", ["let obj;", "var tx = 5;", "function storage() {}", "class rs {}", "let format;"]
)
def test_taken_names_cannot_be_loaded(compiler, declaration):
    name = re.search(r"\w+ (\w+)", declaration)[1]
    assert compiler.compile(declaration).running.startswith(f"let {name};let {name};")


@pytest.mark.parametrize("source", ["var format;", "function f() { let tx; }", "class Map {}", "let exports;"])
def test_free_names_can_be_declared(compiler, source):
    assert not compiler.compile(source).running.startswith("let ")


def test_constants_of_the_call_cannot_be_assigned(compiler):
    text = compiler.compile("block = 1; block.number = 2;").running
    assert text.startswith("const _strata_constant=0;")
    assert "_strata_constant = 1" in text


def test_top_level_arguments_do_not_exist(compiler):
    source = "f(arguments); g = () => { return arguments; }; function h() { return arguments; }"
    text = compiler.compile(source).running
    assert text.count("arguments_at_top_level") == 2


def test_lines_lead_back_to_the_source(compiler):
    source = "// comment\n\nclass A {\n\n  init() {}\n  f(a) { g(a);\n\n  h(a); }\n}\n\nmodule.exports = A;\n"
    contract = compiler.compile(source)
    lines = source.splitlines()
    for (file, line), text in zip(contract.line_map, contract.metered.splitlines(), strict=True):
        assert file == 0
        for word in ("g(a)", "h(a)", "module.exports", "init"):
            if word in text:
                assert word in lines[line - 1]


@pytest.mark.parametrize(
    ("source", "isolated"),
    [
        ("class A { init() {} f(a) { a.x = 1; this.y = [a]; } }", False),
        ("function P(x) { this.x = x; } P.prototype.m = function () { return this.x; }; new P(1);", False),
        ("function P(x) { this.x = x; } P(1);", True),
        ("String.prototype.shout = function () { return 1; };", True),
        ("let p = ({}).__proto__; p.x = 1;", True),
        ("let p = [].constructor;", True),
        ("let p = a['prototype'];", True),
        ("Math.twice = x => x;", True),
        ("let M = Math;", True),
        ("Object.defineProperty(a, 'b', {value: 1});", True),
        ("leaked = 1;", True),
        ("class A { f() { leaked = 1; } }", False),
        ("storage.extra = 1;", False),
        ("storage.put.extra = 1;", True),
        ("this.x = 1;", True),
    ],
)
def test_contracts_that_may_change_builtins_are_told_apart(compiler, source, isolated):
    assert compiler.compile(source).open_intrinsics is isolated


ARGUMENTS = Abi(abi=(AbiMethod("f", ("string",)),))


@pytest.mark.parametrize(
    ("source", "abi", "error"),
    [
        ("class A { init() {} f(a) {} }\nmodule[exports] = A;", ARGUMENTS, None),
        ("class A { init() {} f(a) {} f() {} }\nmodule.exports = A;", ARGUMENTS, "args length not match: f"),
        ("class A { init() {} [f](a) {} }\nmodule.exports = A;", ARGUMENTS, None),
        ("class B {}\nmodule.exports = A;", ARGUMENTS, "abi not match your source code."),
        ("class A { f(a) {} }\nmodule.exports = A;", ARGUMENTS, "init not found!"),
        (
            "class A { init() {} f(a) {} }\nmodule.exports = A;",
            Abi(abi=(AbiMethod("f", ("string",), (AmountLimit("iost", "1"),)), AbiMethod("", ()))),
            "abi name invalid. abi name length should be between 1,32  got ",
        ),
    ],
)
def test_interface_validation(compiler, source, abi, error):
    expected = None if error is None else f"validate code error: , result: Error: {error}"
    assert compiler.validate(source, abi) == expected


def test_a_trailing_comma_in_parentheses_without_an_arrow(compiler):
    source = "class A { init() {} f(a) { return (a, )[0]; } }\nmodule.exports = A;"
    with pytest.raises(CompileError) as caught:
        compiler.compile(source)
    assert caught.value.what == "Uncaught exception: TypeError: this[type] is not a function"
    assert caught.value.diagnostics[0].line == 1
    assert compile_error(compiler, source.replace("(a, )[0]", "(a, ) => a")) is None


@settings(max_examples=60)
@given(
    st.text(st.sampled_from("ab=+(){};'`${}/*\n\\u0[],.:?<>!&|~^-%@#class functi return0123 \ud800\0é"), max_size=60)
)
def test_any_text_compiles_or_is_refused(compiler_for_properties, text):
    try:
        contract = compiler_for_properties.compile(text)
    except CompileError as error:
        assert error.what == "" or re.match(
            r"Uncaught exception: (?:Error: (?:Line \d|use of)|TypeError: )", error.what
        )
        assert error.diagnostics
    else:
        assert len(contract.line_map) >= len(contract.metered.split("\n"))
