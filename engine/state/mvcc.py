"""Versions of keys, one a committed transaction, of the blocks that are not flushed yet.

Writers (one thread) only ever append to a `VersionTable`; whatever removes versions (a flush, a rollback) builds
a new table. A reader that holds a table and a version number therefore keeps seeing the same state for as
long as it likes, without locks and without telling anybody.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final, Self

from engine.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["NO_VERSION", "Mvcc", "NoVersion", "VersionTable"]


class NoVersion:
    """Type of the answer "this table knows nothing of the key" (None means a version deleted it)."""


NO_VERSION: Final = NoVersion()

Version = tuple[int, str | None, "Version | None"]
"""A version of a key: its number, the text (None if deleted), the version before it."""


class VersionTable:
    """The newest version of each key; older ones hang on it."""

    def __init__(self, entries: dict[str, Version] | None = None) -> None:
        self.entries = {} if entries is None else entries
        self._ordered: list[str] = []

    @classmethod
    def of(cls, texts: Mapping[str, str | None]) -> Self:
        """Return a table with these texts as version 0."""
        return cls({key: (0, text, None) for key, text in texts.items()})

    def at(self, key: str, version: int) -> str | NoVersion | None:
        """Return the text of `key` at `version`, None if deleted, `NO_VERSION` if unknown then."""
        entry = self.entries.get(key)
        while entry is not None:
            if entry[0] <= version:
                return entry[1]
            entry = entry[2]
        return NO_VERSION

    def append(self, version: int, writes: Mapping[str, str | None]) -> None:
        """Add the write set of one transaction."""
        known = self.entries.get
        self.entries.update({key: (version, text, known(key)) for key, text in writes.items()})

    def keys_at(self, version: int, *, prefix: str = "", after: str = "") -> Iterator[tuple[str, str | None]]:
        """Yield keys above `after` that start with `prefix`, in order, with their text at `version`."""
        ordered = self._in_order()
        start = max(bisect_left(ordered, prefix), bisect_right(ordered, after) if after else 0)
        for position in range(start, len(ordered)):
            key = ordered[position]
            if not key.startswith(prefix):
                return
            text = self.at(key, version)
            if not isinstance(text, NoVersion):
                yield key, text

    def between(self, first: int, last: int) -> VersionTable:
        """Return a new table with the versions from `first` to `last`."""
        kept = {key: _cut(entry, first, last) for key, entry in self.entries.items()}
        return VersionTable({key: entry for key, entry in kept.items() if entry is not None})

    def __len__(self) -> int:
        return len(self.entries)

    def _in_order(self) -> list[str]:
        ordered = self._ordered
        if len(ordered) != len(self.entries):  # keys are only ever added to a table
            ordered = self._ordered = sorted(self.entries)
        return ordered


def _cut(entry: Version | None, first: int, last: int) -> Version | None:
    kept: list[Version] = []
    while entry is not None and entry[0] >= first:
        if entry[0] <= last:
            kept.append(entry)
        entry = entry[2]
    cut: Version | None = None
    for number, text, _ in reversed(kept):
        cut = (number, text, cut)
    return cut


class Mvcc:
    """The versions of all unflushed blocks and of the open one. `table` and `version` make a reader's view."""

    def __init__(self) -> None:
        self.table = VersionTable()
        self.version = 0
        self._floor = 0
        self._ends: dict[int, int] = {}

    @property
    def blocks(self) -> tuple[int, ...]:
        """Numbers of the closed blocks held, ascending."""
        return tuple(self._ends)

    @property
    def open_version(self) -> int:
        """The version before the first transaction of the open block."""
        return next(reversed(self._ends.values()), self._floor)

    def commit(self, writes: Mapping[str, str | None]) -> int:
        """Add the writes of one transaction to the open block; return its version."""
        version = self.version + 1
        self.table.append(version, writes)
        self.version = version
        return version

    def close_block(self, number: int) -> None:
        """Make the transactions since the last block block `number`."""
        if self._ends and number <= next(reversed(self._ends)):
            message = f"block {number} cannot follow block {next(reversed(self._ends))}"
            raise InternalError(message)
        self._ends[number] = self.version

    def version_after(self, number: int) -> int:
        """Return the version at the end of the held block `number`."""
        return self._ends[number]

    def discard_open_block(self) -> None:
        """Forget the transactions of the open block."""
        self._keep_through(self.open_version)

    def roll_back_to(self, number: int | None) -> None:
        """Forget everything above block `number`; None, or a number that is not held, forgets all."""
        if number is None or number not in self._ends:
            self._ends.clear()
            self._keep_through(self._floor)
            return
        self._ends = {held: end for held, end in self._ends.items() if held <= number}
        self._keep_through(self._ends[number])

    def drop_through(self, number: int) -> None:
        """Forget the blocks up to `number`: the layer below has them now."""
        floor = self._ends[number]
        self._ends = {held: end for held, end in self._ends.items() if held > number}
        self._floor = floor
        self.table = self.table.between(floor + 1, self.version) if floor < self.version else VersionTable()

    def _keep_through(self, version: int) -> None:
        if version < self.version:
            self.table = self.table.between(self._floor + 1, version)
            self.version = version
