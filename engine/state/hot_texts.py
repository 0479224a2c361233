"""Texts of RocksDB's state that were read or written lately, so that a busy key costs no trip to the database.

One thread writes, through `replaced`; any thread reads. A reader may have fetched a text just before it was replaced:
it only ever adds a key that is missing, while every changed key is put into the same dictionary after the write, so
that what is outdated is overwritten, or refused. What cannot be kept is left out by beginning a new dictionary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.state.store import Column

__all__ = ["HotTexts"]

MOST_KEYS = 20_000
LONGEST = 2_048
"""Characters of a text that is kept; with `MOST_KEYS` this bounds the memory used."""


class HotTexts:
    """Reads the state column `state`, the newest flushed block's."""

    def __init__(self, state: Column) -> None:
        self._state = state
        self._known: dict[str, str | None] = {}

    def get(self, key: str) -> str | None:
        """Return the stored text of `key`, None if there is none; raises as `Column.get`."""
        known = self._known  # before reading: see above
        if key in known:  # a key stays in the dictionary that it was put into
            return known[key]
        try:
            raw = self._state.fetch(key.encode())
        except Exception as error:
            raise self._state.explain(error) from error
        found = None if raw is None else raw.decode()
        if len(known) < MOST_KEYS and (found is None or len(found) <= LONGEST):
            return known.setdefault(key, found)
        return found

    def get_many(self, keys: Sequence[str]) -> list[str | None]:
        """Return `get` of each key, for the thread that writes; what is read is not kept.

        One loop over all: a block of a bulk load asks for thousands of keys that are new.
        """
        known, fetch = self._known, self._state.fetch
        try:
            found = [None if key in known else fetch(key.encode()) for key in keys]
        except Exception as error:
            raise self._state.explain(error) from error
        return [
            known[key] if key in known else None if raw is None else raw.decode()
            for key, raw in zip(keys, found, strict=True)
        ]

    def replaced(self, texts: Mapping[str, str | None]) -> None:
        """Note what has just been written to the column."""
        if len(self._known) + len(texts) > MOST_KEYS:
            self._known = {}
        if len(texts) > MOST_KEYS or any(text is not None and len(text) > LONGEST for text in texts.values()):
            self._known = {}
        else:
            self._known.update(texts)
