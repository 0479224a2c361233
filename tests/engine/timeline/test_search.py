import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.state.mvcc import VersionTable
from engine.state.view import StateView, stretches_of
from engine.timeline import search as searching
from engine.timeline.search import matcher, prepare, search
from engine.timeline.values import StateQuery

names = st.text("abc", min_size=1, max_size=3)
keys = st.one_of(
    st.builds("b-{}-{}".format, names, names),
    st.builds("m-{}-{}".format, names, names),
    st.builds("m-{}-{}-{}".format, names, names, names),
)
texts = st.builds("{}{}@{}".format, st.sampled_from("sijb"), names, names)
queries = st.builds(
    StateQuery,
    anywhere=st.lists(names, max_size=2).map(tuple),
    key=st.text("abc", max_size=2),
    field=st.text("abc", max_size=2),
    value=st.text("abc", max_size=2),
    payer=st.text("abc", max_size=2),
    types=st.sampled_from(["", "s", "ij"]),
    contracts=st.none() | st.lists(names, max_size=2).map(tuple),
)


class NoBase:
    def get(self, _key):
        return None

    def scan(self, _prefix, _start):
        return iter(())

    def stretches(self, _prefix, _start, needle, most):
        return stretches_of(iter(()), needle, most)


def view_of(entries):
    return StateView(NoBase(), VersionTable.of(entries), 0)


def all_found(view, query, count):
    """Return what all pages hold, those of the first one apart."""
    page = search(view, query, count=count)
    first, later, after = page.entries, [], ""
    while True:
        page = search(view, query, after=after or "\x00", count=count)
        later += page.entries
        if page.resume is None:
            return first, later
        after = page.resume


@given(st.dictionaries(keys, texts, max_size=30), queries, st.integers(1, 5))
def test_pages_hold_exactly_what_matches(entries, query, count):
    view = view_of(entries)
    matches = matcher(query)
    expected = [key for key, text in sorted(entries.items()) if matches(key, text)]
    first, later = all_found(view, query, count)
    assert sorted({entry.key for entry in later}) == sorted(set(expected))
    assert len(later) == len(expected)
    assert {entry.key for entry in first} <= set(expected)
    assert bool(first) == bool(expected)


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        (StateQuery(anywhere=("alice",)), ["b-one-owner", "m-one-balance-alice", "m-two-balance-alice"]),
        (StateQuery(field="alice"), ["m-one-balance-alice", "m-two-balance-alice"]),
        (StateQuery(key="balance", value="7"), ["m-one-balance-alice"]),
        (StateQuery(payer="bobby"), ["m-one-balance-bobby"]),
        (StateQuery(types="i"), ["m-two-balance-alice"]),
        (StateQuery(contracts=("two",)), ["m-two-balance-alice"]),
        (StateQuery(contracts=()), []),
        (StateQuery(contracts=("tw", "two", "x")), ["m-two-balance-alice"]),
        (StateQuery(anywhere=("alice", "two")), ["m-two-balance-alice"]),
    ],
)
def test_parts_of_a_query(query, hits):
    view = view_of(
        {
            "b-one-owner": "salice@carol",
            "m-one-balance-alice": "s7@carol",
            "m-one-balance-bobby": "s8@bobby",
            "m-two-balance-alice": "i9@carol",
        }
    )
    assert [entry.key for entry in all_found(view, query, 100)[1]] == hits


def test_what_begins_so_comes_first():
    entries = {f"m-a-map{number:03}-x{number}": "szz@p" for number in range(50)} | {"m-z-last-zz1": "s1@p"}
    page = search(view_of(entries), StateQuery(anywhere=("zz",)), count=5)
    assert page.entries[0].key == "m-z-last-zz1"


def test_a_long_search_gives_up_after_its_time(monkeypatch):
    monkeypatch.setattr(searching, "PIECE_SECONDS", 0.0)
    monkeypatch.setattr(searching, "EXAMINE", 10)

    class Base(NoBase):
        def scan(self, prefix, start):
            rows = ((f"b-c-{number:04}".encode(), b"s1@p") for number in range(100))
            return (row for row in rows if row[0] >= start and row[0].startswith(prefix))

        def stretches(self, prefix, start, needle, most):
            return stretches_of(self.scan(prefix, start), needle, most)

    view = StateView(Base(), VersionTable(), 0)
    page = search(view, StateQuery(value="absent"))
    assert page.entries == ()
    assert page.resume == "b-c-0009"
    assert page.examined == 10


def test_preparing_ends():
    assert prepare(view_of({"b-c-k": "s1@p"})) is None
