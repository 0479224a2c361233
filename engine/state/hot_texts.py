"""Texts of RocksDB's state that were read or written lately, so that a busy key costs no trip to the database.

One thread writes, through `replaced`; any thread reads. A reader may have fetched a text just before it was replaced:
it only ever adds a key that is missing, while every changed key is put into the same dictionary after the write, so
that what is outdated is overwritten, or refused. What cannot be kept is left out by beginning a new dictionary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.state.mvcc import NO_VERSION, NoVersion

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        text = known.get(key, NO_VERSION)
        if not isinstance(text, NoVersion):
            return text
        try:
            raw = self._state.fetch(key.encode())
        except Exception as error:
            raise self._state.explain(error) from error
        found = None if raw is None else raw.decode()
        if (found is None or len(found) <= LONGEST) and len(known) < MOST_KEYS:
            return known.setdefault(key, found)
        return found

    def replaced(self, texts: Mapping[str, str | None]) -> None:
        """Note what has just been written to the column."""
        if len(self._known) + len(texts) > MOST_KEYS:
            self._known = {}
        if len(texts) > MOST_KEYS or any(text is not None and len(text) > LONGEST for text in texts.values()):
            self._known = {}
        else:
            self._known.update(texts)
