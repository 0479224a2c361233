"""MVCC: a state machine against a plain list of write sets."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.errors import InternalError
from engine.state.mvcc import NO_VERSION, Mvcc

KEYS = st.sampled_from(["b-X-a", "b-X-b", "b-X", "m-X-m", "m-X-m-f", "ŝ"])
WRITES = st.dictionaries(KEYS, st.none() | st.sampled_from(["s1@a", "s2@a", ""]), max_size=4)


def merged(log) -> dict[str, str | None]:
    state: dict[str, str | None] = {}
    for writes in log:
        state.update(writes)
    return state


class MvccMachine(RuleBasedStateMachine):
    """Twin: `log` is the write sets since the last flush, `ends` the length of the log after each block."""

    def __init__(self):
        super().__init__()
        self.mvcc = Mvcc()
        self.log: list[dict[str, str | None]] = []
        self.ends: dict[int, int] = {}
        self.number = 0
        self.held = []

    @rule(writes=WRITES)
    def commit(self, writes):
        self.mvcc.commit(writes)
        self.log.append(writes)

    @rule()
    def close(self):
        self.mvcc.close_block(self.number)
        self.ends[self.number] = len(self.log)
        self.number += 1

    @rule()
    def discard(self):
        self.mvcc.discard_open_block()
        del self.log[max(self.ends.values(), default=0) :]

    @precondition(lambda self: self.ends)
    @rule(data=st.data())
    def drop(self, data):
        number = data.draw(st.sampled_from(list(self.ends)))
        self.mvcc.drop_through(number)
        end = self.ends[number]
        del self.log[:end]
        self.ends = {held: other - end for held, other in self.ends.items() if held > number}

    @precondition(lambda self: self.ends)
    @rule(data=st.data())
    def roll_back(self, data):
        number = data.draw(st.sampled_from([None, *self.ends]))
        self.mvcc.roll_back_to(number)
        del self.log[0 if number is None else self.ends[number] :]
        self.ends = {held: end for held, end in self.ends.items() if number is not None and held <= number}

    @rule()
    def hold(self):
        self.held.append((self.mvcc.table, self.mvcc.version, merged(self.log)))

    @invariant()
    def agrees(self):
        assert self.mvcc.blocks == tuple(self.ends)
        now = (self.mvcc.table, self.mvcc.version, merged(self.log))
        for table, version, expected in [now, *self.held[-5:]]:
            assert dict(table.keys_at(version)) == expected
            assert [key for key, _ in table.keys_at(version)] == sorted(expected)
            for key in ("b-X-a", "m-X-m-f", "unknown"):
                assert table.at(key, version) == expected.get(key, NO_VERSION)
        for number, end in self.ends.items():
            assert dict(self.mvcc.table.keys_at(self.mvcc.version_after(number))) == merged(self.log[:end])


TestMvccMachine = MvccMachine.TestCase
TestMvccMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@pytest.mark.parametrize(
    ("prefix", "after", "expected"),
    [
        ("", "", ["a", "b-1", "b-2", "c"]),
        ("b-", "", ["b-1", "b-2"]),
        ("b-", "b-1", ["b-2"]),
        ("b-", "a", ["b-1", "b-2"]),
        ("", "b-2", ["c"]),
        ("d", "", []),
    ],
)
def test_listing_is_ordered_and_bounded(prefix, after, expected):
    mvcc = Mvcc()
    mvcc.commit({"c": "1", "b-2": None, "a": "1", "b-1": "1"})
    assert [key for key, _ in mvcc.table.keys_at(1, prefix=prefix, after=after)] == expected


def test_block_numbers_ascend():
    mvcc = Mvcc()
    mvcc.close_block(4)
    with pytest.raises(InternalError):
        mvcc.close_block(4)
