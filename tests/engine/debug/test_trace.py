from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.debug.trace import MOST_VARIABLES, Trace, TraceBuilder, TraceSite
from engine.values import Abi, CompiledContract, Profile, StepSite, VariableScope


def site(line: int, function: str = "f") -> StepSite:
    return StepSite(0, line, 0, line, 5, function, -1)


def code(*sites: StepSite) -> CompiledContract:
    return CompiledContract("k", Profile.IOST, "c.js", "", "", "", Abi(), files=("c.js", "d.js"), steps=sites)


def build(rows: list[tuple[int, int]], lines: int = 9) -> Trace:
    """A trace from (line, depth) rows of one contract."""
    builder = TraceBuilder()
    base = builder.enter_contract("c", code(*map(site, range(lines))))
    count = len(rows)
    builder.columns(
        array("i", [base + line for line, _ in rows]).tobytes(),
        array("i", [depth for _, depth in rows]).tobytes(),
        array("i", [0] * count).tobytes(),
        array("d", range(count)).tobytes(),
    )
    return builder.build()


# line:  1  2  5  6  3  4   with lines 5 and 6 one function deeper, called from line 2
CALL = build([(1, 1), (2, 1), (5, 2), (6, 2), (3, 1), (4, 1)])


def test_into_enters_the_function_and_over_does_not() -> None:
    assert CALL.into(1) == 2
    assert CALL.over(1) == 4


def test_out_stops_behind_the_call() -> None:
    assert CALL.out(2) == 4
    assert CALL.out(0) == len(CALL) - 1


def test_backwards_movements_mirror_the_forward_ones() -> None:
    assert CALL.back_into(4) == 3
    assert CALL.back_over(4) == 1
    assert CALL.back_out(3) == 1
    assert CALL.back_out(0) == 0


def test_stack_names_the_calling_steps() -> None:
    assert CALL.stack(3) == (3, 1)
    assert CALL.stack(1) == (1,)


def test_breakpoints_stop_once_a_visit_of_their_line() -> None:
    loop = build([(1, 1), (2, 1), (2, 1), (3, 1), (2, 1), (4, 1)])
    stops = {("c.js", 2)}
    assert loop.forward_to(0, stops) == 1
    assert loop.forward_to(1, stops) == 4
    assert loop.forward_to(4, stops) == 5
    assert loop.back_to(5, stops) == 4
    assert loop.back_to(4, stops) == 1
    assert loop.back_to(1, stops) == 0


def test_continue_without_breakpoints_goes_to_the_ends() -> None:
    assert CALL.forward_to(1, set()) == 5
    assert CALL.back_to(4, {("other.js", 2)}) == 0


def test_accesses_follow_the_operations_answered_so_far() -> None:
    builder = TraceBuilder()
    builder.enter_contract("c", code(site(1)))
    builder.operation(2)
    builder.operation(5)
    builder.columns(bytes(12), array("i", [1, 1, 1]).tobytes(), array("i", [0, 1, 2]).tobytes(), bytes(24))
    assert list(builder.build().accesses_of) == [0, 2, 5]


def test_a_malformed_chunk_is_refused() -> None:
    builder = TraceBuilder()
    builder.enter_contract("c", code(site(1)))
    with pytest.raises(ValueError, match="length"):
        builder.columns(bytes(4), bytes(8), bytes(4), bytes(8))
    with pytest.raises(ValueError, match="unknown step"):
        builder.columns(array("i", [7]).tobytes(), bytes(4), bytes(4), bytes(8))


walks = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4)), min_size=1, max_size=60)


@given(walks, st.data())
def test_movements_stay_inside_and_never_go_the_wrong_way(rows: list[tuple[int, int]], data: st.DataObject) -> None:
    trace = build(rows)
    here = data.draw(st.integers(0, len(trace) - 1))
    for move in (trace.into, trace.over, trace.out):
        assert here <= move(here) < len(trace)
    for move in (trace.back_into, trace.back_over, trace.back_out):
        assert 0 <= move(here) <= here
    if trace.over(here) not in (here, len(trace) - 1):
        assert trace.depth_of[trace.over(here)] <= trace.depth_of[here]
        assert all(trace.depth_of[i] > trace.depth_of[here] for i in range(here + 1, trace.over(here)))


@given(walks, st.data())
def test_stack_depths_fall_strictly(rows: list[tuple[int, int]], data: st.DataObject) -> None:
    trace = build(rows)
    here = data.draw(st.integers(0, len(trace) - 1))
    depths = [trace.depth_of[i] for i in trace.stack(here)]
    assert depths == sorted(set(depths), reverse=True)


def test_variables_are_those_of_the_scope_and_of_all_around_it() -> None:
    scopes = (
        VariableScope(-1, ("top", "part")),
        VariableScope(0, ("other",)),
        VariableScope(0, ("part", "rest")),
    )
    step = StepSite(0, 1, 0, 1, 5, "f", 2)
    assert TraceSite("c", "k", "c.js", step, scopes).variables() == ("part", "rest", "top")
    assert TraceSite("c", "k", "c.js", site(1), scopes).variables() == ()
    many = (*scopes, VariableScope(0, tuple(f"v{number}" for number in range(2 * MOST_VARIABLES))))
    shown = TraceSite("c", "k", "c.js", StepSite(0, 1, 0, 1, 5, "f", 3), many).variables()
    assert shown == many[-1].names[:MOST_VARIABLES]
