from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.debug.protocol import DebugOperation
from engine.debug.session import DebugSession, source_path
from engine.errors import InvalidInput
from engine.facade import DeployRequest, Engine
from engine.values import Action, Profile, TransactionRequest, TransactionResult

RECORDER = Path(__file__).parents[3] / "resources" / "runtime" / "sandbox" / "recorder.js"

COUNTER = """class Counter {
    init() { storage.put('n', '0'); }
    add(times) {
        let n = Number(storage.get('n'));
        for (let i = 0; i < times; i++) {
            n = this._next(n);
        }
        storage.put('n', String(n));
        return n;
    }
    _next(n) {
        const next = n + 1;
        return next;
    }
    half() {
        storage.put('n', 'broken');
        throw new Error('half way');
    }
}
module.exports = Counter;
"""

CALLER = """class Caller {
    init() {}
    twice(other) {
        const first = blockchain.call(other, 'add', [1])[0];
        return first;
    }
}
module.exports = Caller;
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine.open(tmp_path_factory.mktemp("chain"))
    yield engine
    engine.close()


def deploy(engine: Engine, source: str, file: str, profile: Profile = Profile.IOST) -> str:
    request = DeployRequest(name="c", source=source, publisher="alice", file=file, profile=profile)
    contract = engine.deploy(request).result(30).contract
    assert contract is not None
    return contract.id


def call(engine: Engine, contract: str, method: str, data: str = "[]") -> TransactionResult:
    request = TransactionRequest(publisher="alice", actions=(Action(contract, method, data),))
    return engine.transact(request).result(30)


@pytest.fixture(scope="module")
def counter(engine: Engine) -> str:
    return deploy(
        engine, COUNTER.replace("add(times)", "/** @param {number} times */\n    add(times)"), "/p/counter.js"
    )


@pytest.fixture
def session(engine: Engine, counter: str) -> Iterator[DebugSession]:
    session = engine.debug(call(engine, counter, "add", "[2]").hash).result(60)
    yield session
    session.close()


def lines(session: DebugSession) -> list[int]:
    return [session.step(i).line for i in range(session.step_count)]


def test_the_numbers_of_the_recorder_are_the_same_in_javascript() -> None:
    found = dict(re.findall(r"^  ([A-Z_]+): (\d+),", RECORDER.read_text(), re.MULTILINE))
    assert {operation.name: str(operation.value) for operation in DebugOperation} == found


def test_a_session_begins_in_the_method_that_was_called(session: DebugSession) -> None:
    step = session.step(session.first)
    assert (step.file, step.line, step.function) == ("/p/counter.js", 5, "Counter.add")
    assert step.depth == 2


def test_stepping_over_and_into_a_function(session: DebugSession) -> None:
    stops = frozenset({("/p/counter.js", 7)})
    at_call = session.forward_to(session.first, stops)
    assert session.step(at_call).line == 7
    inside = session.into(at_call)
    assert session.step(inside).function == "Counter._next"
    assert session.step(session.over(at_call)).function == "Counter.add"
    assert session.out(inside) == session.over(at_call)
    assert session.back_out(inside) == at_call
    assert session.back_to(session.step_count - 1, stops) > at_call


def test_a_breakpoint_between_statements_stops_at_the_next_one(session: DebugSession) -> None:
    file = session.step(0).file
    assert session.stop_line(file, 4) == 5  # the line of the method's name
    assert session.stop_line(file, 7) == 7
    assert session.stop_line(file, 16) == 17  # a method that was not called
    assert session.stop_line(file, 99) == 99
    assert session.stop_line("elsewhere.js", 3) == 3


def test_variables_are_those_of_the_moment_forwards_and_backwards(session: DebugSession) -> None:
    in_next = [i for i in range(session.step_count) if session.step(i).line == 14]
    assert len(in_next) == 2
    seen = {}
    for position in (in_next[1], in_next[0], in_next[1]):
        view = session.view(position).result(60)
        values = {variable.name: variable.text for variable in view.variables}
        seen[position] = values["next"]
        assert [frame.function for frame in view.stack][:2] == ["Counter._next", "Counter.add"]
    assert (seen[in_next[0]], seen[in_next[1]]) == (str(int(seen[in_next[1]]) - 1), seen[in_next[1]])


def test_variables_of_the_calling_frame(session: DebugSession) -> None:
    position = next(i for i in range(session.step_count) if session.step(i).line == 14)
    values = {variable.name: variable.text for variable in session.variables(position, 1).result(60)}
    assert values["times"] == "2"
    assert values["i"] == "0"
    with pytest.raises(InvalidInput, match="no stack frame"):
        session.variables(position, 9).result(60)


def test_expressions_are_evaluated_in_scope_and_leave_nothing_behind(session: DebugSession) -> None:
    position = next(i for i in range(session.step_count) if session.step(i).line == 14)
    assert session.evaluate(position, 0, "next * 100").result(60).kind == "number"
    assert session.evaluate(position, 0, "n = 'changed'").result(60).text == '"changed"'
    assert session.evaluate(position, 1, "[times, {a: i}]").result(60).text == "[2, {a: 0}]"
    with pytest.raises(InvalidInput, match="ReferenceError"):
        session.evaluate(position, 0, "nowhere").result(60)
    later = session.over(position)
    session.view(later).result(60)
    values = {variable.name: variable.kind for variable in session.view(position).result(60).variables}
    assert values["n"] == "number"


def test_conditions_asked_in_passing_leave_nothing_behind(session: DebugSession) -> None:
    places = [i for i in range(session.step_count) if session.step(i).line == 13]
    values = [session.evaluate(place, 0, "n", passing=True).result(60).text for place in places]
    assert values == [str(int(values[0]) + number) for number in range(len(places))]
    assert session.evaluate(places[0], 0, "n = 77", passing=True).result(60).text == "77"
    here = {variable.name: variable.text for variable in session.view(places[0]).result(60).variables}
    assert here["n"] == values[0]
    assert session.evaluate(places[1], 0, "n = 78", passing=True).result(60).text == "78"
    assert session.evaluate(places[1], 0, "n").result(60).text == values[1]


def test_storage_accesses_are_counted_up_to_each_step(session: DebugSession) -> None:
    counts = [session.step(i).accesses for i in range(session.step_count)]
    assert counts == sorted(counts)
    keys = [access.key for access in session.result.accesses[: counts[-1]]]
    assert any(key.endswith("-n") for key in keys)


def test_gas_grows_from_step_to_step(session: DebugSession) -> None:
    gas = [session.step(i).gas for i in range(session.step_count)]
    assert gas == sorted(gas)
    assert gas[-1] > gas[0]


def test_a_failing_run_ends_at_its_failure(engine: Engine, counter: str) -> None:
    result = call(engine, counter, "half")
    assert not result.succeeded
    session = engine.debug(result.hash).result(60)
    try:
        last = session.step_count - 1
        assert session.step(last).line == 18
        assert "half way" in (session.view(last).result(60).thrown or "")
    finally:
        session.close()


def test_a_call_to_another_contract_is_one_stack(engine: Engine, counter: str) -> None:
    caller = deploy(engine, CALLER, "/p/caller.js")
    session = engine.debug(call(engine, caller, "twice", f'["{counter}"]').hash).result(60)
    try:
        position = next(i for i in range(session.step_count) if session.step(i).function == "Counter._next")
        view = session.view(position).result(60)
        files = list(dict.fromkeys(frame.file for frame in view.stack))
        assert files == ["/p/counter.js", "/p/caller.js"]
        frames = [frame.function for frame in view.stack]
        outer = frames.index("Caller.twice")
        values = {variable.name: variable.text for variable in session.variables(position, outer).result(60)}
        assert values["other"] == f'"{counter}"'
    finally:
        session.close()


def test_a_modern_contract_can_be_stepped(engine: Engine) -> None:
    source = """class M {
    init() {}
    f() {
        const { a, ...rest } = { a: 1, b: 2 };
        const list = [a, rest].map((value) => value);
        return list.length;
    }
}
module.exports = M;
"""
    contract = deploy(engine, source, "/p/m.js", Profile.MODERN)
    session = engine.debug(call(engine, contract, "f").hash).result(60)
    try:
        position = next(i for i in range(session.step_count) if session.step(i).line == 6)
        values = {variable.name: variable.text for variable in session.view(position).result(60).variables}
        assert values["rest"] == "{b: 2}"
        assert values["list"] == "[1, {b: 2}]"
    finally:
        session.close()


def test_an_unknown_transaction_cannot_be_debugged(engine: Engine) -> None:
    with pytest.raises(InvalidInput, match="no transaction"):
        engine.debug("nothing").result(60)


def test_source_paths_are_relative_to_the_entry() -> None:
    assert source_path("/p/src/main.js", "") == "/p/src/main.js"
    assert source_path("/p/src/main.js", "../lib/a.js") == "/p/lib/a.js"
    assert source_path("", "a.js") == "a.js"


@pytest.mark.parametrize("change", ["", "Array.prototype.extra = 1;\n"])
def test_a_call_into_another_sandbox_is_one_trace(engine: Engine, counter: str, change: str) -> None:
    """Profiles, and contracts that change built-in objects, have JavaScript worlds of their own."""
    caller = deploy(engine, change + CALLER, "/p/modern.js", Profile.MODERN)
    session = engine.debug(call(engine, caller, "twice", f'["{counter}"]').hash).result(60)
    try:
        steps = [session.step(i) for i in range(session.step_count)]
        files = [step.file for step in steps]
        inside = [i for i, file in enumerate(files) if file == "/p/counter.js"]
        assert inside == list(range(inside[0], inside[-1] + 1))
        assert [step.line for step in steps if step.function == "Caller.twice"][-1] == steps[-1].line
        assert inside[-1] < len(steps) - 1
        for column in ([step.gas for step in steps], [step.accesses for step in steps]):
            assert column == sorted(column)
        in_next = next(i for i, step in enumerate(steps) if step.function == "Counter._next")
        frames = [frame.function for frame in session.view(in_next).result(60).stack]
        assert frames[:2] == ["Counter._next", "Counter.add"]
        assert "Caller.twice" in frames
        for position in (in_next, len(steps) - 1, in_next, 0):
            view = session.view(position).result(60)
            assert view.step.line == steps[position].line
        values = {one.name: one.kind for one in session.view(len(steps) - 1).result(60).variables}
        assert values["first"] == "string"
        assert {one.name for one in session.variables(in_next, 1).result(60)} >= {"times"}
    finally:
        session.close()
