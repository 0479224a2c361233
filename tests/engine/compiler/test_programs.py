"""Metering never changes what a program does, and stepping changes neither that nor the gas."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings

from engine.errors import CompileError
from engine.values import Profile
from engine.vm.isolate import Isolate
from tests.engine.compiler.programs import programs, run


@pytest.fixture(scope="module")
def isolate():
    with Isolate() as isolate:
        yield isolate


def unfinished(*shown):
    """Runs that were stopped because they go on and on differ in where they were stopped."""
    return any(result["end"] in ("enough", "RangeError") for result in shown)


@settings(max_examples=120)
@given(program=programs(Profile.MODERN))
def test_modern_programs_behave_as_written(compiler_for_properties, isolate, program):
    contract = compiler_for_properties.compile(program, profile=Profile.MODERN, linted=False)
    written = run(isolate, f"'use strict';{program}")
    metered = run(isolate, contract.metered)
    stepping = run(isolate, contract.stepping, stepping=True)
    if unfinished(written, metered, stepping):
        return
    assert (metered["log"], metered["end"]) == (written["log"], written["end"])
    assert (stepping["log"], stepping["end"], stepping["gas"]) == (metered["log"], metered["end"], metered["gas"])
    assert stepping["depth"] == 0
    assert metered["gas"] > 0


@settings(max_examples=120)
@given(program=programs(Profile.IOST))
def test_iost_programs_step_as_they_run(compiler_for_properties, isolate, program):
    contract = compiler_for_properties.compile(program, linted=False)
    metered = run(isolate, contract.metered)
    stepping = run(isolate, contract.stepping, stepping=True)
    if unfinished(metered, stepping):
        return
    assert (stepping["log"], stepping["end"], stepping["gas"]) == (metered["log"], metered["end"], metered["gas"])
    assert stepping["depth"] == 0


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize(
    ("before", "body"),
    [
        ("", "while (true) {}"),
        ("", "for (;;);"),
        ("", "do ; while (true);"),
        ("function f() { f2(); } function f2() { f(); }", "f();"),
        ("", "for (const x of forever()); function* forever() { while (1) yield 1; }"),
        ("", "let o = {get a() { return o.a; }}; o.a;"),
        ("", "let o = {toString() { return `${o}`; }}; `${o}`;"),
        ("class A { get a() { return this.a; } }", "new A().a;"),
        ("class A { constructor() { new A(); } }", "new A();"),
        ("", "const f = n => n > 0 ? f(n - 1) + f(n - 1) : 0; f(60);"),
    ],
)
def test_endless_programs_run_out_of_gas_or_stack(compiler, isolate, profile, before, body):
    contract = compiler.compile(f"{before}\n{body}", profile=profile, linted=False)
    assert run(isolate, contract.metered)["end"] in ("enough", "RangeError")


def test_default_values_are_paid_when_they_are_computed(compiler, isolate):
    # The reference charges them where the function is made (spec/gas.md §3.3): 2^60 calls would cost nothing.
    source = "const f = (n, a = n > 0 && f(n - 1), b = n > 0 && f(n - 1)) => {}; f(60);"
    assert run(isolate, compiler.compile(source, profile=Profile.MODERN).metered)["end"] == "enough"


def test_more_work_costs_more(compiler, isolate):
    def gas(rounds):
        source = f"let s = 0; for (let i = 0; i < {rounds}; i++) {{ s = s + i; }} L(s);"
        return [run(isolate, compiler.compile(source, profile=profile).metered)["gas"] for profile in Profile]

    costs = [gas(rounds) for rounds in range(12)]
    for cheaper, dearer in pairwise(costs):
        assert all(less < more for less, more in zip(cheaper, dearer, strict=True))


@pytest.mark.parametrize("profile", list(Profile))
def test_the_counter_cannot_be_named(compiler, profile):
    for name in ("_IOSTInstruction_counter", "\\u005fIOSTInstruction_counter", "_IOSTInstruction_coun\\u0074er"):
        with pytest.raises(CompileError):
            compiler.compile(f"{name}.incr = () => 0;", profile=profile)


@pytest.mark.parametrize("member", ["_IOSTInstruction_counter", "_IOSTBinaryOp", "_IOSTTemplateTag"])
def test_with_cannot_put_itself_in_front_of_the_machinery(compiler, isolate, member):
    fake = f"{{'{member}': {{incr() {{ L('free'); }}}}}}"
    source = f"let fake = {fake}; with (fake) {{ while (true) {{ L(1 + 1); L(`x`); }} }}"
    shown = run(isolate, compiler.compile(source).running)
    assert shown["end"] == "enough"
    assert "free" not in shown["log"]


@pytest.mark.parametrize("profile", list(Profile))
def test_an_own_eval_fails_in_the_stepping_variant(compiler, isolate, profile):
    contract = compiler.compile("L(eval(5)); const f = eval; f('L(6)');", profile=profile)
    shown = run(isolate, contract.stepping, stepping=True)
    assert (shown["log"], shown["end"]) == (["5"], "EvalError")
