"""Which contracts are used most."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.vm.hot_contracts import HotContracts


def test_the_most_used_come_first_and_are_remembered():
    hot = HotContracts()
    hot.note(["b", "a", "c"])
    hot.note(["c", "a"])
    hot.note(["c"])
    assert hot.hottest() == ("c", "a", "b")
    assert HotContracts(hot.record()).hottest(2) == ("c", "a")


def test_old_uses_fade():
    hot = HotContracts()
    for _ in range(5000):
        hot.note(["old"])
    for _ in range(20_000):
        hot.note(["new"])
    assert hot.hottest() == ("new", "old")


@given(record=st.binary(max_size=100))
def test_a_damaged_record_is_no_record(record):
    hot = HotContracts(record)
    hot.note(["a"])
    assert "a" in hot.hottest(1000)


@given(keys=st.lists(st.text(max_size=5), max_size=3000))
def test_it_never_grows_without_bound(keys):
    hot = HotContracts()
    for key in keys:
        hot.note([key])
    assert len(hot.hottest(10_000)) <= 512
