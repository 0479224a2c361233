"""Check mode: what a run in a used isolate comes to is compared with a fresh one."""

from __future__ import annotations

import pytest

from engine.errors import ContractException, DeadlineExceeded, InternalError
from engine.values import Action, ConsoleLine
from engine.vm.check_mode import CHECK_VARIABLE, checks_by_default, first_difference
from engine.vm.interface import Run
from engine.vm.sandbox import Sandbox, SandboxLimits
from tests.engine.vm.programs import MemoryHost, contract, frame, program, script


@pytest.fixture
def codes():
    return {}


@pytest.fixture
def sandbox(codes):
    sandbox = Sandbox(codes.__getitem__, limits=SandboxLimits(time_limit=5), script=script, check=True)
    yield sandbox
    sandbox.close()


def test_runs_that_agree_give_their_value_once(sandbox, codes):
    codes["A"] = contract("A", "m() { storage.put('n', 'x' + storage.get('n')); return storage.get('n'); }")
    states = []

    def factory():
        states.append({"n": "1"})
        return program(frame("A"), host=MemoryHost(states[-1]))()

    for _ in range(2):
        assert sandbox.execute(factory)[0].result == "x1"
    assert states == [{"n": "x1"}] * 4


def test_a_difference_is_a_loud_failure_that_names_it(sandbox, codes):
    codes["A"] = contract("A", "m() { return storage.get('n'); }")
    numbers = iter("1234")

    def factory():  # something that a used isolate would remember
        return program(frame("A"), host=MemoryHost({"n": next(numbers)}))()

    with pytest.raises(InternalError, match=r"check mode: \[0\] result is '1' in a used isolate, '2' in a fresh one"):
        sandbox.execute(factory)
    codes["B"] = contract("B", "m() { return 'next'; }")
    assert sandbox.execute(program(frame("B")))[0].result == "next"


def test_failures_are_compared_too(sandbox):
    texts = iter(("same", "same", "one", "other"))

    def factory():
        def fails():
            raise ContractException(next(texts), gas=3)
            yield

        return fails(), MemoryHost()

    with pytest.raises(ContractException, match="same"):
        sandbox.execute(factory)
    with pytest.raises(InternalError, match="text is 'one' in a used isolate, 'other' in a fresh one"):
        sandbox.execute(factory)


def test_what_the_clock_ends_is_run_once(sandbox, codes):
    codes["A"] = contract("A", "m() { for (;;); }")
    with pytest.raises(DeadlineExceeded):
        sandbox.execute(program(frame("A")), time_limit=0.2)
    assert sandbox.runs == 1


def test_an_exhausted_stack_is_not_compared(sandbox, codes):
    codes["A"] = contract("A", "f() { _IOSTInstruction_counter.incr(1); return this.f(); } m() { return this.f(); }")
    for _ in range(3):
        assert sandbox.execute(program(frame("A")))[0].error_class == "StackExceeded"


def test_what_the_task_returns_and_catches_passes_through(sandbox, codes):
    codes["A"] = contract("A", "m() { return 'a'; }")
    codes["B"] = contract("B", "m() { for (;;); }")

    def task():
        outcomes = yield Run(program(frame("A")))
        try:
            yield Run(program(frame("B")), time_limit=0.1)
        except DeadlineExceeded:
            return outcomes[0].result

    assert sandbox.run(task()) == "a"


def test_first_difference():
    line = ConsoleLine("log", "x")
    assert first_difference((line,), (line,)) is None
    assert first_difference(Action("a", "b", "[]"), Action("a", "c", "[]"), ignored=("action_name",)) is None
    assert first_difference({"k": "v"}, {}) == "k is 'v' in a used isolate, None in a fresh one"
    assert first_difference([(line, 1)], [(line, 2)]) == "[0] [1] is 1 in a used isolate, 2 in a fresh one"
    assert first_difference((1,), (1, 2)) == "is (1,) in a used isolate, (1, 2) in a fresh one"
    assert first_difference("x" * 500, "y").startswith("is 'xxx")


def test_the_environment_asks_for_it(monkeypatch):
    monkeypatch.delenv(CHECK_VARIABLE, raising=False)
    assert not checks_by_default()
    monkeypatch.setenv(CHECK_VARIABLE, "1")
    assert checks_by_default()
