"""Consistent views of the state: MVCC over RocksDB, at the head or at an old height.

RocksDB itself shows only the newest flushed block. A flush or a move of the head therefore first leaves the
texts it is about to replace in the current `Epoch`; a view looks there after it has read RocksDB. So a view stays
right while blocks are flushed under it, without holding RocksDB snapshots, and costs one test a read.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple, Protocol

from engine.errors import InvalidInput
from engine.state.encoding import (
    decode_optional,
    escape,
    history_key,
    history_prefix,
    prefix_end,
    split_history_key,
)
from engine.state.mvcc import NoVersion
from engine.values import Layer, StateEntry, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from engine.state.hot_texts import HotTexts
    from engine.state.mvcc import VersionTable
    from engine.state.pages import Page, Pages
    from engine.state.store import Column

__all__ = ["Base", "Epoch", "HistoricBase", "LiveBase", "StateView", "Stretch", "ViewPage", "stretches_of"]

_ALL = 1 << 62
_BATCH = 512
_SEPARATOR = b"\xff"  # in no UTF-8 text: a search over joined rows cannot match across two of them
_MVCC, _ROCKSDB, _ABSENT = Layer.MVCC, Layer.ROCKSDB, Layer.ABSENT  # looking an enum's member up is not free


class Epoch:
    """A time during which RocksDB's state did not change; the next change leaves the replaced texts here."""

    __slots__ = ("following", "replaced")

    def __init__(self) -> None:
        self.replaced: Mapping[str, str | None] | None = None
        self.following: Epoch | None = None

    def lookup(self, key: str) -> str | NoVersion | None:
        """Return the text `key` had in this epoch if it was replaced since."""
        epoch: Epoch | None = self
        while epoch is not None and epoch.replaced is not None:
            if key in epoch.replaced:
                return epoch.replaced[key]
            epoch = epoch.following
        return _UNCHANGED

    def all_replaced(self) -> dict[str, str | None]:
        """Return every text of this epoch that was replaced since."""
        merged: dict[str, str | None] = {}
        epoch: Epoch | None = self
        while epoch is not None and epoch.replaced is not None:
            for key, text in epoch.replaced.items():
                merged.setdefault(key, text)
            epoch = epoch.following
        return merged


_UNCHANGED = NoVersion()


class Stretch(NamedTuple):
    """Hits of a search among `examined` rows up to key `end`; None: up to the end of what is searched."""

    end: bytes | None
    examined: int
    hits: Iterable[tuple[bytes, bytes]]


class Base(Protocol):
    """What a view finds in RocksDB."""

    def get(self, key: str) -> str | None:
        """Return the stored text of `key`."""
        ...

    def get_many(self, keys: Sequence[str]) -> list[str | None]:
        """Return `get` of each key."""
        ...

    def scan(self, prefix: bytes, start: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield rows that start with `prefix`, from `start` on, in order."""
        ...

    def stretches(self, prefix: bytes, start: bytes, needle: bytes, most: int) -> Iterator[Stretch]:
        """Yield what `scan` does as far as it holds `needle`; the last stretch has no end.

        `most` is how many rows the caller wants to have looked at; a stretch may be longer.
        """
        ...


class LiveBase:
    """RocksDB after the block that was the newest flushed one when `epoch` began; `texts` reads its newest state."""

    def __init__(self, state: Column, texts: HotTexts, pages: Pages, epoch: Epoch) -> None:
        self._state = state
        self._read = texts.get
        self._pages = pages
        self._epoch = epoch

    def get(self, key: str) -> str | None:
        """Return the stored text of `key`."""
        newest = self._read(key)
        if self._epoch.replaced is not None:  # tested after reading: a writer fills it before it writes
            text = self._epoch.lookup(key)
            if not isinstance(text, NoVersion):
                return text
        return newest

    def get_many(self, keys: Sequence[str]) -> list[str | None]:
        """Return `get` of each key."""
        newest = list(map(self._read, keys))
        return newest if self._epoch.replaced is None else list(map(self.get, keys))

    def scan(self, prefix: bytes, start: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield rows that start with `prefix`, from `start` on, in order."""
        rows = self._state.scan(prefix, start)
        first = next(rows, None)  # from here on the scan sees no later write
        replaced = self._epoch.all_replaced() if self._epoch.replaced is not None else {}
        chained = _rejoined(first, rows)
        if not replaced:
            return chained
        lowest = max(prefix, start)
        over = sorted(
            (raw, None if text is None else text.encode())
            for raw, text in ((key.encode(), text) for key, text in replaced.items())
            if raw >= lowest and raw.startswith(prefix)
        )
        return merge_rows(chained, iter(over))

    def stretches(self, prefix: bytes, start: bytes, needle: bytes, most: int) -> Iterator[Stretch]:
        """Yield what `scan` does as far as it holds `needle`: a page at a time."""
        if not needle:
            yield from stretches_of(self.scan(prefix, start), needle, most)
            return
        position, bound = max(prefix, start), prefix_end(prefix)
        while True:
            page = self._pages.covering(position)
            over = self._over(page, position)
            rows = iter(()) if page is None else page.hits(needle)
            hits = rows if not over else _holding(needle, merge_rows(rows, iter(sorted(over.items()))))
            within = (row for row in hits if row[0] >= position and row[0].startswith(prefix))
            if page is None or page.end is None or (bound is not None and page.end >= bound):
                yield Stretch(None, 0 if page is None else page.count, within)
                return
            yield Stretch(max((page.last, *over)), page.count, within)
            position = page.end

    def _over(self, page: Page | None, position: bytes) -> dict[bytes, bytes | None]:
        """Return what this epoch has otherwise than a page, from `position` to its end; None: to the end of all."""
        over = {} if page is None else {key: self._state.get(key) for key in tuple(page.stale)}
        if self._epoch.replaced is not None:  # tested after reading: see `get`
            for key, text in self._epoch.all_replaced().items():
                raw = key.encode()
                if position <= raw and (page is None or page.reaches(raw)):
                    over[raw] = None if text is None else text.encode()
        return over


class HistoricBase:
    """RocksDB after flushed block `number`, out of the history.

    `require_valid` raises once the history no longer reaches that block.
    """

    def __init__(self, state: Column, history: Column, number: int, require_valid: Callable[[], None]) -> None:
        self._state = state
        self._history = history
        self._number = number
        self._require_valid = require_valid

    def get(self, key: str) -> str | None:
        """Return the stored text of `key`."""
        raw = key.encode()
        newest = self._state.get(raw)  # before the history: a flush in between then shows up there
        found = self._history.first_from(history_key(raw, self._number + 1), history_prefix(raw))
        self._require_valid()
        if found is not None:
            return decode_optional(found[1])
        return None if newest is None else newest.decode()

    def get_many(self, keys: Sequence[str]) -> list[str | None]:
        """Return `get` of each key."""
        return list(map(self.get, keys))

    def scan(self, prefix: bytes, start: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield rows that start with `prefix`, from `start` on, in order."""
        rows = self._state.scan(prefix, start)
        first = next(rows, None)
        yield from merge_rows(_rejoined(first, rows), self._replaced(prefix, start))
        self._require_valid()

    def stretches(self, prefix: bytes, start: bytes, needle: bytes, most: int) -> Iterator[Stretch]:
        """Yield what `scan` does as far as it holds `needle`."""
        return stretches_of(self.scan(prefix, start), needle, most)

    def _replaced(self, prefix: bytes, start: bytes) -> Iterator[tuple[bytes, bytes | None]]:
        previous = None
        lowest = history_prefix(start) if start else b""
        for raw, value in self._history.scan(escape(prefix), lowest):
            key, number = split_history_key(raw)
            if number > self._number and key != previous:
                previous = key
                text = decode_optional(value)
                yield key, None if text is None else text.encode()


class ViewPage(Value, frozen=True):
    """Some entries; `resume` is the key to go on after, None if there is nothing more."""

    entries: tuple[StateEntry, ...]
    resume: str | None


class StateView:
    """The state at one moment, a `StateReader`; may be used from any thread, for any time."""

    __slots__ = ("_base", "_base_get", "_entries", "_table", "_version")

    def __init__(self, base: Base, table: VersionTable, version: int) -> None:
        self._base = base
        self._base_get = base.get
        self._entries = table.entries
        self._table = table
        self._version = version

    def read(self, key: str) -> tuple[str | None, Layer]:
        """Return the stored text of `key` and the layer that answered (MVCC also for a deletion it holds)."""
        entry = self._entries.get(key)  # `VersionTable.at` without its call: this is the hot path
        while entry is not None:
            if entry[0] <= self._version:
                return entry[1], _MVCC
            entry = entry[2]
        found = self._base_get(key)
        return found, _ABSENT if found is None else _ROCKSDB

    def read_many(self, keys: Sequence[str]) -> list[tuple[str | None, Layer]]:
        """Return `read` of each key."""
        if self._entries:
            return list(map(self.read, keys))
        return [(found, _ABSENT if found is None else _ROCKSDB) for found in self._base.get_many(keys)]

    def entries(
        self, *, prefix: str = "", contains: str = "", after: str = "", count: int = _ALL
    ) -> tuple[StateEntry, ...]:
        """Return at most `count` existing keys above `after`, in order, with text and layer.

        `contains` keeps the keys that have this text in the key or in the stored text.
        """
        return self.search(prefix=prefix, contains=contains, after=after, count=count, examine=_ALL).entries

    def search(self, *, prefix: str = "", contains: str = "", after: str = "", count: int, examine: int) -> ViewPage:
        """Return what `entries` does, but give up after looking at `examine` keys: a long search in short pieces."""
        if count < 1 or examine < 1:
            return ViewPage((), after)
        needle = contains.encode()
        start = after.encode() + b"\x00" if after else b""
        over = _Stepwise(self._overlay(prefix, after))
        found: list[StateEntry] = []
        examined = 0
        for end, rows, hits in self._base.stretches(prefix.encode(), start, needle, examine):
            upper = over.rest() if end is None else over.through(end)
            for raw, value, layer in _layered(iter(hits), iter(upper)):
                if value is not None and (layer is _ROCKSDB or needle in raw or needle in value):
                    found.append(StateEntry(raw.decode(), value.decode(), layer))
                    if len(found) >= count:
                        return ViewPage(tuple(found), raw.decode())
            examined += rows
            if end is not None and examined >= examine:
                return ViewPage(tuple(found), end.decode())
        return ViewPage(tuple(found), None)

    def layer_entries(
        self, layer: Layer, *, prefix: str = "", after: str = "", count: int = _ALL
    ) -> tuple[StateEntry, ...]:
        """Return what MVCC or RocksDB holds by itself, in order; a deletion held by MVCC has value None.

        Raises:
            InvalidInput: the layer has no content outside a transaction.
        """
        found: list[StateEntry] = []
        if layer is Layer.MVCC:
            for key, text in self._table.keys_at(self._version, prefix=prefix, after=after):
                if len(found) >= count:
                    break
                found.append(StateEntry(key, text, Layer.MVCC))
        elif layer is Layer.ROCKSDB:
            for raw, value in self._base.scan(prefix.encode(), after.encode() + b"\x00" if after else b""):
                if len(found) >= count:
                    break
                found.append(StateEntry(raw.decode(), value.decode(), Layer.ROCKSDB))
        else:
            raise InvalidInput(f"layer {layer.value} cannot be listed", advice="List mvcc or rocksdb.")
        return tuple(found)

    def _overlay(self, prefix: str, after: str) -> Iterator[tuple[bytes, bytes | None]]:
        for key, text in self._table.keys_at(self._version, prefix=prefix, after=after):
            yield key.encode(), None if text is None else text.encode()


def _holding(needle: bytes, rows: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    return (row for row in rows if needle in row[0] or needle in row[1])


def stretches_of(rows: Iterator[tuple[bytes, bytes]], needle: bytes, most: int) -> Iterator[Stretch]:
    """Yield rows that hold `needle`, `_BATCH` or `most` looked at in a go."""
    size = min(_BATCH, most)
    while True:
        batch = list(islice(rows, size))
        joined = not needle or needle in _SEPARATOR.join(chain.from_iterable(batch))
        hits = list(_holding(needle, batch)) if joined else []
        if len(batch) < size:
            yield Stretch(None, len(batch), hits)
            return
        yield Stretch(batch[-1][0], size, hits)


class _Stepwise:
    """An ordered stream of overlaid rows, taken piece by piece."""

    def __init__(self, rows: Iterator[tuple[bytes, bytes | None]]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def through(self, last: bytes) -> list[tuple[bytes, bytes | None]]:
        """Take the rows up to key `last`."""
        taken = []
        while self._next is not None and self._next[0] <= last:
            taken.append(self._next)
            self._next = next(self._rows, None)
        return taken

    def rest(self) -> list[tuple[bytes, bytes | None]]:
        """Take all that is left."""
        return [] if self._next is None else [self._next, *self._rows]


def merge_rows(
    rows: Iterator[tuple[bytes, bytes]], over: Iterator[tuple[bytes, bytes | None]]
) -> Iterator[tuple[bytes, bytes]]:
    """Yield `rows` with those of `over` (both ordered) put in their place; None removes a row."""
    for key, value, _ in _layered(rows, over):
        if value is not None:
            yield key, value


def _layered(
    rows: Iterator[tuple[bytes, bytes]], over: Iterator[tuple[bytes, bytes | None]]
) -> Iterator[tuple[bytes, bytes | None, Layer]]:
    upper = next(over, None)
    if upper is None:
        return ((key, value, _ROCKSDB) for key, value in rows)
    return _merged(upper, rows, over)


def _merged(
    upper: tuple[bytes, bytes | None] | None,
    rows: Iterator[tuple[bytes, bytes]],
    over: Iterator[tuple[bytes, bytes | None]],
) -> Iterator[tuple[bytes, bytes | None, Layer]]:
    for key, value in rows:
        while upper is not None and upper[0] < key:
            yield upper[0], upper[1], _MVCC
            upper = next(over, None)
        if upper is not None and upper[0] == key:
            yield key, upper[1], _MVCC
            upper = next(over, None)
        else:
            yield key, value, _ROCKSDB
        if upper is None:
            break
    while upper is not None:
        yield upper[0], upper[1], _MVCC
        upper = next(over, None)
    for key, value in rows:
        yield key, value, _ROCKSDB


def _rejoined(first: tuple[bytes, bytes] | None, rows: Iterator[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    return chain((first,), rows) if first is not None else iter(())
