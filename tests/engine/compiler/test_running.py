"""The text that runs charges and does what the reference's text does, wherever the gas ends."""

from __future__ import annotations

import json
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compiler.bundler import RESOURCES, esbuild_binary
from engine.values import Profile
from engine.vm.isolate import Isolate
from tests.engine.compiler.programs import programs

MACHINERY = """
import { createCounter } from './runtime/sandbox/counter.js';
import { createBinaryOperator, createSpreadElement, createTemplateTag } from './runtime/iost/operators.js';

globalThis.run = (maker, limit) => {
  const counter = createCounter();
  const { meter, charge, tick } = counter;
  const log = [];
  const L = (value) => {
    counter.check();
    if (log.length > 300) throw 'enough';
    log.push(typeof value === 'object' && value ? JSON.stringify(value) : String(value));
    return value;
  };
  const operators = [createBinaryOperator(charge, tick), createTemplateTag(charge), createSpreadElement(charge)];
  const main = maker(meter, ...operators);
  counter.enter(limit);
  let end = '';
  try {
    main(L, { exports: null });
  } catch (error) {
    end = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  if (counter.exhausted()) return { log, end: 'out of gas', used: counter.used() };
  return { log, end, gas: counter.used() };
};
"""
NAMES = "_IOSTInstruction_counter,_IOSTBinaryOp,_IOSTTemplateTag,_IOSTSpreadElement"


@pytest.fixture(scope="module")
def isolate():
    command = [str(esbuild_binary()), "--bundle", "--format=iife"]
    done = subprocess.run(
        command, input=MACHINERY, cwd=RESOURCES, check=True, capture_output=True, text=True, timeout=60
    )
    with Isolate() as isolate:
        isolate.eval(done.stdout)
        yield isolate


def run(isolate, text, limit):
    maker = f"(function({NAMES}){{return function(L,module){{{text}\n}}}})"
    return json.loads(isolate.eval(f"JSON.stringify(run({maker},{limit}))"))


def unfinished(*shown):
    """Runs that only the stack, or the length of the log, has ended differ in where they were stopped."""
    return any(result["end"] == "enough" or "call stack" in result["end"] for result in shown)


def without_sum(result):
    """What must be equal: a run that is out of gas may show more than was used up to the charge that was too much."""
    return {name: value for name, value in result.items() if name != "used"}


@settings(max_examples=200)
@given(program=programs(Profile.IOST), share=st.floats(0, 1.1))
def test_programs_run_as_the_reference_meters_them(compiler_for_properties, isolate, program, share):
    contract = compiler_for_properties.compile(program, linted=False)
    for limit in (100_000, None):
        if limit is None:
            limit = int(run(isolate, contract.metered, 100_000).get("gas", 100_000) * share)
        reference = run(isolate, contract.metered, limit)
        running = run(isolate, contract.running, limit)
        if not unfinished(reference, running):
            assert without_sum(running) == without_sum(reference)


@pytest.mark.parametrize(
    ("body", "payments"),
    [
        ("let s = 0; for (let i = 0; i < n; i++) { s = s + i; }", 2),
        ("let s = 0; for (let i = 0; i < n; i++) { if (i % 2) continue; s = s + i; }", 4),
        ("let i = 9; while (i > n) { i = i - 1; }", 2),
        ("let i = 9; do { i = i - 1; } while (i > n);", 2),
        ("const a = n + 1; const b = a * 2; return a > b ? a : b;", 1),
        ("if (n === undefined) { n = 1; } n = n + 1; return n;", 2),
        ("n.a = 1; n.b = 2;", 2),
        ("if (n) { n = 1; } else { n = 2; }", 1),
        ("if (n) { n = 1; } else { n = 2; n = 3; }", 2),
        ("let s = 0; if (n) { s = n.a; } else { s = 1; } s = s + 1;", 3),
        ("let s = 0; for (let i = 0; i < n; i++) { if (i % 3) { s += n[i]; } else { s -= i; } }", 4),
    ],
)
def test_a_stretch_of_code_is_paid_at_once(compiler, body, payments):
    text = compiler.compile(f"function f(n) {{ {body} }}").running.partition("f(n)")[2]
    assert text.count(".left-=") == payments


def test_an_error_shows_the_source_as_the_reference_rewrites_it(compiler, isolate):
    contract = compiler.compile("let a = 1; (a + 1)();")
    assert run(isolate, contract.running, 1000)["end"] == "TypeError: _IOSTBinaryOp(...) is not a function"


@pytest.mark.parametrize("name", ["$1", "$$2", "$"])
def test_names_of_variables_do_not_collide(compiler, isolate, name):
    contract = compiler.compile(f"let {name} = 5; L({name}); L([1].length + {name}); L({name});")
    assert run(isolate, contract.running, 1000)["log"] == ["5", "6", "5"]


OBJECTS = """
const three = { valueOf() { L('asked'); return 3; } }, bad = { valueOf() { throw 'no number'; } };
let x = three, y = bad, z = 1;
"""


@pytest.mark.parametrize(
    "body",
    [
        "z = z && x++; z = z + 1; z = 3 * z;",
        "z = z && y++; z = z + 1; z = 3 * z;",
        "if (z) { y++; } z = 3 * 4;",
        "z = '' + ('' || (three + z)); z = z + 1;",
        "z = z && (bad > 1); z = 3 * 2 + 1;",
        "z = z ? three * 2 : bad - 1; z = z * 3;",
        "z = z && (three == 'three'); z = z + 1 + 2;",
        "z = z && ('three' == bad); z = z + 1 + 2;",
        "for (let i = 0; i < three; i++) { z = i > 1 && (three == 'three'); }",
        "for (let i = 0; i < 3; i++) { if (i == 1) { x++; z = x - z; } z = z * 2; }",
        "while (z < three) { z++; z && x++; }",
        "if (z) { z = three + 1; } else { z = 2; z = 3; } z = z * 2;",
        "if (bad.valueOf) { z = z + bad.none; } else { z = 2; } z = three * z; z = z + 1;",
        "if (!z) { z = 1; } else if (z > three) { z = bad.x; } else { z = three.x; x++; } z = 2; z = z + x;",
        "z = three > z ? three - 1 : z * bad; z = z + 1;",
        "for (let i = 0; i < three; x = x + i, i++) { if (i == 1) { z = three.y; } else { z = three + i; } }",
        "for (let i = 0; i < 3; i++) { if (i == 1) { if (z) { z = three[i]; } else { z++; } } else { y = i; } z = 2; }",
    ],
)
def test_operators_in_branches_pay_once_for_what_comes_behind(compiler, isolate, body):
    contract = compiler.compile(f"function run() {{ {OBJECTS} {body} L(z); }} run(); L('end');")
    reference = run(isolate, contract.metered, 10_000)
    assert reference["gas"] > 0
    for limit in (10_000, *range(reference["gas"])):
        running, metered = run(isolate, contract.running, limit), run(isolate, contract.metered, limit)
        assert without_sum(running) == without_sum(metered), limit


def test_work_that_is_not_begun_is_not_shown_as_used(compiler, isolate):
    contract = compiler.compile("let a = 1; L(a); a = [1, 2, 3]; a = 'much more'; a = 2;")
    before = run(isolate, compiler.compile("let a = 1; L(a);").metered, 1000)["gas"]
    assert run(isolate, contract.running, before) == run(isolate, contract.metered, before)
