"""The local cache: reads and writes of one transaction, and the stream of what it did.

A `LocalCache` stands on a `StateReader` (the pipe to the engine inside a worker, a view in tests). Reads see
its own writes first. Committing hands `write_set()` to the layer below; failing drops the object. Savepoints
(`mark`, `rollback_to`, `commit`) undo part of a transaction through a journal of reverse changes, which is
only kept while a savepoint is open: the common transaction opens none and pays nothing. A cache belongs
to one thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.errors import InternalError
from engine.values import AccessKind, Layer, StorageAccess

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.state.interface import StateReader

__all__ = ["LocalCache", "ObservedCache", "PendingWrites", "local_cache"]


class _Unwritten:
    """Type of the sentinel for "this transaction has not written the key" (None means it deleted it)."""


_UNWRITTEN: Final = _Unwritten()
_READ, _LOCAL = AccessKind.READ, Layer.LOCAL  # looking an enum's member up is not free


def local_cache(reader: StateReader, *, observe: bool) -> LocalCache:
    """Return the cache of a transaction, which records its accesses if `observe` asks for that."""
    return ObservedCache(reader) if observe else LocalCache(reader)


class LocalCache:
    """Reads and writes of one transaction over `reader`, unheard: the code that records is in `ObservedCache`."""

    observe = False
    """Whether accesses are recorded."""
    accesses: Sequence[StorageAccess] = ()
    """What was recorded, in order."""
    contract = ""
    """With `action` what accesses are stamped with; the host keeps them up to date."""
    action = 0

    def __init__(self, reader: StateReader) -> None:
        self.read_set: dict[str, str | None] = {}
        """Texts seen in the layers below, by key: what this transaction's outcome depends on."""
        self._reader = reader
        self._seen: dict[str, str | None] = {}
        """What the transaction sees now, of every key that it has read or written."""
        self._writes: dict[str, str | None] = {}
        self._journal: list[tuple[str, str | _Unwritten | None]] = []
        self._marks: list[int] = []

    def get(self, key: str) -> str | None:
        """Return the stored text of `key` as this transaction sees it, None if there is none."""
        if key in self._seen:
            return self._seen[key]
        text = self._seen[key] = self.read_set[key] = self._reader.read(key)[0]
        return text

    def put(self, key: str, text: str) -> None:
        """Set the stored text of `key`."""
        if self._marks:
            self._journal.append((key, self._writes.get(key, _UNWRITTEN)))
        self._seen[key] = self._writes[key] = text

    def delete(self, key: str) -> None:
        """Remove `key`; removing what does not exist is a write too (it hides what comes below)."""
        if self._marks:
            self._journal.append((key, self._writes.get(key, _UNWRITTEN)))
        self._seen[key] = self._writes[key] = None

    def write_set(self) -> dict[str, str | None]:
        """Return the final text of every key written, None where deleted, in order of the first write."""
        return dict(self._writes)

    def mark(self) -> int:
        """Open a savepoint; marks nest."""
        self._marks.append(len(self._journal))
        return len(self._marks) - 1

    def rollback_to(self, mark: int) -> None:
        """Undo every write since `mark` and close it with those inside it; reads stay in the read set."""
        position = self._close(mark)
        while len(self._journal) > position:
            key, previous = self._journal.pop()
            if not isinstance(previous, _Unwritten):
                self._seen[key] = self._writes[key] = previous
                continue
            del self._writes[key]
            if key in self.read_set:
                self._seen[key] = self.read_set[key]
            else:
                del self._seen[key]

    def commit(self, mark: int) -> None:
        """Keep the writes since `mark` and close it with those inside it."""
        self._close(mark)
        if not self._marks:
            self._journal.clear()

    def _close(self, mark: int) -> int:
        if not 0 <= mark < len(self._marks):
            message = f"savepoint {mark} is not open ({len(self._marks)} are)"
            raise InternalError(message)
        position = self._marks[mark]
        del self._marks[mark:]
        return position


class ObservedCache(LocalCache):
    """A local cache that records every access, stamped with `contract` and `action`."""

    observe = True

    def __init__(self, reader: StateReader) -> None:
        super().__init__(reader)
        self.accesses: list[StorageAccess] = []
        self._below: dict[str, tuple[str | None, Layer]] = {}

    def get(self, key: str) -> str | None:
        """Return the stored text of `key` as this transaction sees it, None if there is none."""
        if key in self._writes:
            text, layer = self._writes[key], _LOCAL
        else:
            text, layer = self._below.get(key) or self._read_below(key)
            self.read_set[key] = text
        self.accesses.append(StorageAccess(_READ, key, layer, text, text, self.contract, self.action))
        return text

    def put(self, key: str, text: str) -> None:
        """Set the stored text of `key`."""
        old, layer = self._current(key)
        super().put(key, text)
        self._record(AccessKind.WRITE, key, layer, old, text)

    def delete(self, key: str) -> None:
        """Remove `key`; removing what does not exist is a write too (it hides what comes below)."""
        old, layer = self._current(key)
        super().delete(key)
        self._record(AccessKind.DELETE, key, layer, old, None)

    def _current(self, key: str) -> tuple[str | None, Layer]:
        """Return what a write replaces; not a dependency, since the outcome does not see it."""
        return (self._writes[key], _LOCAL) if key in self._writes else self._below.get(key) or self._read_below(key)

    def _read_below(self, key: str) -> tuple[str | None, Layer]:
        found = self._below[key] = self._reader.read(key)
        return found

    def _record(self, kind: AccessKind, key: str, layer: Layer, old: str | None, new: str | None) -> None:
        self.accesses.append(StorageAccess(kind, key, layer, old, new, self.contract, self.action))


class PendingWrites:
    """A `StateReader` that shows the writes of transactions that will be committed before the reader's own.

    A worker that runs several transactions in a row stands each one's cache on this, so that it sees its
    predecessors; those writes will be in MVCC by the time they count, and are reported as that layer. The reader below
    does not change meanwhile: it is asked for each key once.
    """

    def __init__(self, reader: StateReader) -> None:
        self._reader = reader
        self._known: dict[str, tuple[str | None, Layer]] = {}
        self._unsettled: list[Mapping[str, str | None]] = []

    def apply(self, writes: Mapping[str, str | None]) -> None:
        """Put the write set of a transaction that succeeded on top."""
        for key, text in writes.items():
            self._known[key] = (text, Layer.MVCC)
        self._unsettled.append(writes)

    def settle(self) -> None:
        """Report what is pending as RocksDB's from now on: its block will have been flushed."""
        for key in {key for writes in self._unsettled for key in writes}:
            text = self._known[key][0]
            self._known[key] = (text, Layer.ABSENT if text is None else Layer.ROCKSDB)
        self._unsettled.clear()

    def read(self, key: str) -> tuple[str | None, Layer]:
        """Return the pending text of `key`, else what the reader below has."""
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._reader.read(key)
        return found

    def read_many(self, keys: Sequence[str]) -> list[tuple[str | None, Layer]]:
        """Return `read` of each key, asking the reader below at most once."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._known]
        if missing:
            self._known.update(zip(missing, self._reader.read_many(missing), strict=True))
        return [self._known[key] for key in keys]
