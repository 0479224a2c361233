"""The step table: every step stands where its statement is in the source, and knows what is in scope."""

from __future__ import annotations

import re

import pytest

from engine.debug.trace import TraceSite
from engine.values import Profile

SOURCE = """\
const top = 1;
class Token {
    init() {}
    move(from, amount) {
        let rest = amount;
        while (rest > 0) {
            const part = 1;
            rest -= part;
        }
        const twice = x => x * 2;
        if (from) return twice(rest);
        for (let i = 0; i < 2; i++) { top; }
        throw 'é😀'; return 0;
    }
}
module.exports = Token;
"""


@pytest.fixture(params=list(Profile))
def contract(request, compiler):
    return compiler.compile(SOURCE, profile=request.param)


def text_of(step):
    lines = SOURCE.splitlines()
    if step.line != step.end_line:
        return lines[step.line - 1].encode("utf-16-le")[step.column * 2 :].decode("utf-16-le")
    return lines[step.line - 1].encode("utf-16-le")[step.column * 2 : step.end_column * 2].decode("utf-16-le")


def test_steps_show_their_statements(contract):
    shown = [text_of(step) for step in contract.steps]
    for statement in [
        "const top = 1;",
        "class Token",
        "let rest = amount;",
        "rest > 0",
        "const part = 1;",
        "rest -= part;",
        "const twice = x => x * 2;",
        "x * 2",
        "if (from",
        "return twice(rest);",
        "i < 2",
        "i++",
        "top;",
        "throw 'é😀';",
        "return 0;",
        "module.exports = Token;",
    ]:
        assert statement in shown


def test_steps_know_function_and_variables(contract):
    by_text = {text_of(step): step for step in contract.steps}
    inner = by_text["rest -= part;"]
    assert inner.function == "Token.move"
    shown = TraceSite("c", "k", "", inner, contract.scopes).variables()
    assert shown[0] == "part"
    assert set(shown) == {"part", "rest", "twice", "from", "amount", "top", "Token"}
    assert by_text["x * 2"].function == "twice"
    assert TraceSite("c", "k", "", by_text["x * 2"], contract.scopes).variables()[0] == "x"
    assert by_text["const top = 1;"].function == ""


def test_every_step_of_the_table_is_in_the_text_once(contract):
    ids = [int(found) for found in re.findall(r"_strata_step\((\d+),", contract.stepping)]
    assert sorted(ids) == list(range(len(contract.steps)))


def test_charges_are_the_same_in_both_variants(contract):
    charge = re.compile(r"_IOSTInstruction_counter\.incr\([^)]*\)")
    assert charge.findall(contract.stepping) == charge.findall(contract.metered)


def test_lines_of_both_variants_agree(contract):
    assert len(contract.line_map) >= contract.metered.count("\n") + 1
    for metered, stepping in zip(contract.metered.splitlines(), contract.stepping.splitlines(), strict=False):
        words = set(re.findall(r"\b(?:rest|part|twice|module)\b", metered))
        assert words <= set(re.findall(r"\w+", stepping))


def test_an_own_eval_does_not_reach_the_recorder(compiler):
    contract = compiler.compile("class A { init() { eval('1'); return { eval }; } }\nmodule.exports = A;")
    assert "_strata_eval('1')" in contract.stepping
    assert "eval:_strata_eval" in contract.stepping
    assert "_strata_eval" not in contract.metered


def test_functions_that_cannot_be_bracketed_are_left_alone(compiler):
    contract = compiler.compile("function f() { function g() {} var g = 1; return g; }")
    assert "_strata_enter" not in contract.stepping.partition("function g")[0]
