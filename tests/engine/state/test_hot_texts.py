"""Texts kept in memory are never older than the database, whenever a reader is overtaken."""

from __future__ import annotations

import pytest

from engine.state import hot_texts
from engine.state.hot_texts import LONGEST, HotTexts


class Database:
    """A column of which a read can be overtaken: `meanwhile` runs after the bytes were fetched."""

    def __init__(self, **texts):
        self.texts = texts
        self.reads = []
        self.meanwhile = lambda: None

    def fetch(self, key):
        self.reads.append(key.decode())
        found = self.texts.get(key.decode())
        self.meanwhile()
        return None if found is None else found.encode()

    def write(self, hot, **texts):
        self.texts.update(texts)
        hot.replaced(texts)


def test_a_key_is_read_once_present_or_absent():
    database = Database(a="s1@x")
    hot = HotTexts(database)
    assert [hot.get(key) for key in ("a", "a", "b", "b")] == ["s1@x", "s1@x", None, None]
    assert database.reads == ["a", "b"]


def test_many_keys_at_once_are_what_they_are_one_by_one():
    database = Database(a="s1@x", b="s2@x")
    hot = HotTexts(database)
    database.write(hot, c="s3@x", d=None)
    assert hot.get_many(["a", "nothing", "c", "d", "b"]) == ["s1@x", None, "s3@x", None, "s2@x"]
    assert database.reads == ["a", "nothing", "b"]
    assert hot.get_many(["a"]) == ["s1@x"]
    assert database.reads[3:] == ["a"], "what is read in bulk is not kept"


def test_what_was_written_is_known_without_reading():
    database = Database(a="old")
    hot = HotTexts(database)
    database.write(hot, a="new", b=None)
    assert (hot.get("a"), hot.get("b")) == ("new", None)
    assert database.reads == []


@pytest.mark.parametrize("text", ["new", None, "x" * (LONGEST + 1)])
@pytest.mark.parametrize("most", [1, 2, 1000])
def test_a_reader_that_is_overtaken_leaves_nothing_outdated(monkeypatch, text, most):
    monkeypatch.setattr(hot_texts, "MOST_KEYS", most)
    database = Database(a="old")
    hot = HotTexts(database)

    def overtake():
        database.meanwhile = lambda: None
        database.write(hot, a=text, b="other")

    database.meanwhile = overtake
    assert hot.get("a") in {"old", text}
    assert hot.get("a") == text


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(hot_texts, "MOST_KEYS", 3)
    database = Database(long="x" * (LONGEST + 1), **{f"k{number}": str(number) for number in range(9)})
    hot = HotTexts(database)
    for number in range(9):
        assert hot.get(f"k{number}") == str(number)
    assert hot.get("long") == "x" * (LONGEST + 1)
    database.reads.clear()
    assert [hot.get(key) for key in ("k0", "k8", "long")] == ["0", "8", "x" * (LONGEST + 1)]
    assert database.reads == ["k8", "long"]
