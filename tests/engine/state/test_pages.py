"""Searches over pages kept in memory find what a look at every row finds, whatever is written meanwhile."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.state import pages
from engine.state.pages import Pages
from engine.state.stack import StateStack
from engine.state.store import Store

KEYS = st.one_of(
    st.integers(0, 40).map("b-X-{:02}".format), st.integers(0, 20).map("m-Y-m-f{}".format), st.sampled_from("aŝz")
)
TEXTS = st.none() | st.sampled_from(["s1@alice", "sneedle@bob", "s𝄞@alice", "", "i7@bobby"])
WRITES = st.dictionaries(KEYS, TEXTS, min_size=1, max_size=12)
NEEDLES = st.sampled_from(["needle", "@bob", "X-1", "ŝ", "𝄞", "f1", "absent", "s"])
PREFIXES = st.sampled_from(["", "b-", "m-", "b-X-1", "m-Y-m-f", "\U0010ffff"])


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(pages, "ROWS", 4)
    monkeypatch.setattr(pages, "MOST_STALE", 1)


def searched(view, needle, prefix="", after="", examine=3, count=3):
    """Search in pieces to the end."""
    found = []
    while True:
        page = view.search(prefix=prefix, contains=needle, after=after, count=count, examine=examine)
        found += page.entries
        if page.resume is None:
            return found
        assert page.resume > after
        after = page.resume


def expected(view, needle, prefix="", after=""):
    return [
        entry
        for entry in view.entries(prefix=prefix)  # no text is asked for: this goes from row to row
        if entry.key > after and (needle in entry.key or needle in entry.value)
    ]


def block(stack, writes, flush):
    stack.commit("t", writes)
    number = 0 if stack.head is None else stack.head.number + 1
    stack.close_block(number, f"{number}.{stack.ledger.next_id()}", flush=flush)


def go_back(stack, share):
    if stack.head is not None and not stack.open_transactions:
        stack.move_head(int(stack.head.number * share))


STEPS = st.one_of(
    st.builds(lambda writes, flush: lambda stack: block(stack, writes, flush), WRITES, st.booleans()),
    st.builds(lambda writes: lambda stack: stack.commit("t", writes), WRITES),
    st.builds(lambda share: lambda stack: go_back(stack, share), st.floats(0, 1)),
    st.just(StateStack.flush),
)


@settings(max_examples=20, deadline=None)
@given(
    rows=st.integers(1, 6),
    stale=st.integers(0, 3),
    most=st.sampled_from([60, 1 << 20]),
    steps=st.lists(st.tuples(STEPS, NEEDLES, PREFIXES, st.just("") | KEYS), min_size=3, max_size=8),
)
def test_searches_find_what_a_look_at_every_row_finds(rows, stale, most, steps):
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
        Store.open(Path(folder) / "chain") as store,
    ):
        for name, value in (("ROWS", rows), ("MOST_STALE", stale), ("MOST_BYTES", most)):
            patch.setattr(pages, name, value)
        stack = StateStack(store)
        views = []
        for step, needle, prefix, after in steps:
            step(stack)
            views.append(stack.reader())
            for view in views[-4:]:  # the older ones while newer blocks lie in RocksDB
                assert searched(view, "@") == expected(view, "@")
                assert searched(view, needle, prefix, after) == expected(view, needle, prefix, after)


class Rows:
    """A column; `meanwhile` runs when rows have been read."""

    def __init__(self, count):
        self.rows = {b"k%03d" % number: b"s%d@x" % number for number in range(count)}
        self.scans = 0
        self.meanwhile = lambda: None

    def scan(self, prefix=b"", start=b""):
        self.scans += 1
        rows = sorted(row for row in self.rows.items() if row[0] >= start)
        self.meanwhile()
        return iter(rows)


def bodies(kept, position=b""):
    found = []
    while (page := kept.covering(position)) is not None:
        found.append(page.body)
        if page.end is None:
            break
        position = page.end
    return b"".join(found)


def test_rows_are_read_once(small):
    column = Rows(10)
    kept = Pages(column)
    first = bodies(kept)
    assert first.count(b"\xff") == 10
    scans = column.scans
    assert bodies(kept) == first
    assert bodies(kept, b"k005") == first[first.index(b"k004") :]
    assert column.scans == scans


def test_a_page_that_was_overtaken_while_it_was_made_is_not_kept(small):
    column = Rows(3)
    kept = Pages(column)

    def overtake():
        column.meanwhile = lambda: None
        column.rows[b"k001"] = b"snew@x"
        kept.replaced(["k001"])

    column.meanwhile = overtake
    assert b"s1@x" in kept.covering(b"").body, "what was read before the change"
    assert b"snew@x" in kept.covering(b"").body


def test_changed_keys_are_noted_and_a_page_of_many_is_made_again(small):
    column = Rows(8)
    kept = Pages(column)
    bodies(kept)
    kept.replaced(["k005"])
    assert kept.covering(b"k004").stale == {b"k005"}
    column.rows[b"k006x"] = b"sadded@x"
    kept.replaced(["k006x"])
    assert kept.covering(b"k004").stale == set()
    assert b"sadded@x" in bodies(kept)
    assert bodies(kept).count(b"\xff") == 9


def test_new_keys_behind_the_last_row_are_noted(small):
    column = Rows(2)
    kept = Pages(column)
    kept.covering(b"")
    kept.replaced(["z"])
    assert kept.covering(b"").stale == {b"z"}


def test_a_gap_between_pages_is_filled_up_to_the_next(small):
    column = Rows(10)
    kept = Pages(column)
    kept.covering(b"k006")
    kept.covering(b"k000")
    assert kept.covering(b"k005").last == b"k005"
    assert bodies(kept).count(b"\xff") == 10


def test_memory_is_bounded(small, monkeypatch):
    monkeypatch.setattr(pages, "MOST_BYTES", 50)
    column = Rows(40)
    kept = Pages(column)
    whole = bodies(kept)
    assert whole.count(b"\xff") == 40
    scans = column.scans
    assert bodies(kept) == whole
    assert column.scans > scans, "what does not fit is read again"
