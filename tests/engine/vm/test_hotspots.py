from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from engine.vm.hotspots import HotSpots


def test_the_most_used_come_first_also_after_a_restart() -> None:
    spots = HotSpots()
    spots.note(["a", "b", "b", "c", "b", "c"])
    assert spots.hottest(2) == ("b", "c")
    assert HotSpots(spots.encoded()).hottest(3) == ("b", "c", "a")


def test_what_was_hot_long_ago_fades() -> None:
    spots = HotSpots()
    spots.note(["old"] * 9_000)
    for _ in range(4):
        spots.note(["new"] * 5_000)
    assert spots.hottest(1) == ("new",)


@given(st.binary(max_size=40))
@example(b"\x81\xa1\x80")
def test_damaged_data_is_no_data(data: bytes) -> None:
    spots = HotSpots(data)
    spots.note(["a"] * 3)
    assert "a" in spots.hottest(100)
