"""Local cache: behaviour, and a state machine against the obvious implementation (copies of dicts)."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.errors import InternalError
from engine.state.local_cache import LocalCache, ObservedCache, PendingWrites, local_cache
from engine.values import AccessKind, Layer, StorageAccess

KEYS = st.sampled_from(["b-Contract-a", "b-Contract-b", "m-Contract-map-field", "m-Contract-map", ""])
TEXTS = st.sampled_from(["s1@alice", "s2@bobby", "i5@alice", "", "ŝ한🦊@carol"])


class DictReader:
    """Committed state as a dict; counts trips."""

    def __init__(self, state: dict[str, str], layer: Layer = Layer.ROCKSDB) -> None:
        self.state, self.layer, self.trips = dict(state), layer, 0

    def read(self, key: str) -> tuple[str | None, Layer]:
        self.trips += 1
        return self._answer(key)

    def read_many(self, keys) -> list[tuple[str | None, Layer]]:
        self.trips += 1
        return [self._answer(key) for key in keys]

    def _answer(self, key: str) -> tuple[str | None, Layer]:
        return (self.state[key], self.layer) if key in self.state else (None, Layer.ABSENT)


def test_reads_own_writes_then_below_and_reports_layers():
    cache = ObservedCache(DictReader({"k": "s1@alice"}))
    cache.contract, cache.action = "ContractX", 2
    assert cache.get("k") == "s1@alice"
    cache.put("k", "s2@alice")
    assert cache.get("k") == "s2@alice"
    cache.delete("k")
    assert cache.get("k") is None
    assert cache.get("other") is None
    assert cache.accesses == [
        StorageAccess(AccessKind.READ, "k", Layer.ROCKSDB, "s1@alice", "s1@alice", "ContractX", 2),
        StorageAccess(AccessKind.WRITE, "k", Layer.ROCKSDB, "s1@alice", "s2@alice", "ContractX", 2),
        StorageAccess(AccessKind.READ, "k", Layer.LOCAL, "s2@alice", "s2@alice", "ContractX", 2),
        StorageAccess(AccessKind.DELETE, "k", Layer.LOCAL, "s2@alice", None, "ContractX", 2),
        StorageAccess(AccessKind.READ, "k", Layer.LOCAL, None, None, "ContractX", 2),
        StorageAccess(AccessKind.READ, "other", Layer.ABSENT, None, None, "ContractX", 2),
    ]
    assert cache.read_set == {"k": "s1@alice", "other": None}
    assert cache.write_set() == {"k": None}


def test_blind_write_is_no_dependency_even_when_observed():
    for observe in (False, True):
        cache = local_cache(DictReader({"k": "s1@alice"}), observe=observe)
        cache.put("k", "s2@alice")
        assert cache.read_set == {}


def test_unobserved_cache_records_nothing_and_asks_nothing_for_writes():
    reader = DictReader({"k": "s1@alice"})
    cache = LocalCache(reader)
    cache.put("k", "s2@alice")
    cache.delete("k")
    cache.get("k")
    assert not cache.accesses
    assert reader.trips == 0


@pytest.mark.parametrize("observe", [False, True])
def test_reads_are_repeatable_and_ask_once(observe: bool):
    reader = DictReader({"a": "s1@x"})
    cache = local_cache(reader, observe=observe)
    assert cache.get("a") == "s1@x"
    reader.state["a"] = "overtaken"
    mark = cache.mark()
    cache.put("a", "s2@x")
    cache.rollback_to(mark)
    assert [cache.get(key) for key in ("a", "missing", "missing")] == ["s1@x", None, None]
    assert (reader.trips, cache.read_set) == (2, {"a": "s1@x", "missing": None})


def test_closing_a_savepoint_twice_is_refused():
    cache = LocalCache(DictReader({}))
    mark = cache.mark()
    cache.commit(mark)
    with pytest.raises(InternalError):
        cache.rollback_to(mark)


def test_pending_writes_stand_between_cache_and_reader():
    reader = DictReader({"a": "s1@x", "b": "s2@x"})
    pending = PendingWrites(reader)
    pending.apply({"a": None, "c": "s3@x"})
    assert pending.read("a") == (None, Layer.MVCC)
    assert pending.read("b") == ("s2@x", Layer.ROCKSDB)
    assert pending.read_many(["a", "b", "c", "d", "b"]) == [
        (None, Layer.MVCC),
        ("s2@x", Layer.ROCKSDB),
        ("s3@x", Layer.MVCC),
        (None, Layer.ABSENT),
        ("s2@x", Layer.ROCKSDB),
    ]
    assert reader.trips == 2, "the reader below is asked for a key once"
    pending.settle()
    pending.apply({"b": "s4@x"})
    assert pending.read_many(["a", "b", "c"]) == [
        (None, Layer.ABSENT),
        ("s4@x", Layer.MVCC),
        ("s3@x", Layer.ROCKSDB),
    ]


class LocalCacheMachine(RuleBasedStateMachine):
    """Twin: a dict that is copied at every savepoint."""

    @initialize(state=st.dictionaries(KEYS, TEXTS), observe=st.booleans())
    def start(self, state, observe):
        self.state, self.observe = state, observe
        self.cache = local_cache(DictReader(state), observe=observe)
        self.twin: dict[str, str | None] = {}
        self.saved: list[dict[str, str | None]] = []
        self.marks: list[int] = []
        self.count = 0

    @rule(key=KEYS)
    def get(self, key):
        self.count += 1
        assert self.cache.get(key) == (self.twin[key] if key in self.twin else self.state.get(key))

    @rule(key=KEYS, text=TEXTS)
    def put(self, key, text):
        self.count += 1
        self.cache.put(key, text)
        self.twin[key] = text

    @rule(key=KEYS)
    def delete(self, key):
        self.count += 1
        self.cache.delete(key)
        self.twin[key] = None

    @rule()
    def mark(self):
        self.marks.append(self.cache.mark())
        self.saved.append(dict(self.twin))

    @precondition(lambda self: self.marks)
    @rule(data=st.data())
    def rollback(self, data):
        index = data.draw(st.integers(0, len(self.marks) - 1))
        self.cache.rollback_to(self.marks[index])
        self.twin = self.saved[index]
        del self.marks[index:], self.saved[index:]

    @precondition(lambda self: self.marks)
    @rule(data=st.data())
    def commit(self, data):
        index = data.draw(st.integers(0, len(self.marks) - 1))
        self.cache.commit(self.marks[index])
        del self.marks[index:], self.saved[index:]

    @invariant()
    def agrees(self):
        assert self.cache.write_set() == self.twin
        assert all(self.state.get(key) == text for key, text in self.cache.read_set.items())
        assert len(self.cache.accesses) == (self.count if self.observe else 0)


TestLocalCacheMachine = LocalCacheMachine.TestCase
TestLocalCacheMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
