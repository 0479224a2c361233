"""Compiled contracts on disk: content-addressed, checked, and thrown away when they are old or too many."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from typing import Protocol

import msgspec

from engine.values import CompiledContract, Value

__all__ = ["FORMAT", "MemoryBlobs", "SnapshotLimits", "SnapshotStatistics", "SnapshotStore", "Snapshots"]

FORMAT = 2
"""Version of what is stored; another number is another address, so old entries are never read."""


class SnapshotStore(Protocol):
    """A place for blobs by address: `engine.state.blobs.BlobStore`, or memory."""

    def get(self, address: str) -> bytes | None:
        """Return a blob, or None if there is none."""
        ...

    def put(self, address: str, blob: bytes) -> None:
        """Store a blob, replacing what was there."""
        ...

    def delete(self, address: str) -> None:
        """Remove a blob that may be missing."""
        ...

    def sizes(self, prefix: str = "") -> Iterator[tuple[str, int]]:
        """Yield addresses that start with `prefix`, with their sizes in bytes."""
        ...


class SnapshotLimits(Value, frozen=True):
    """How many compiled contracts are kept that no contract of the chain needs: by bytes, and by days unused."""

    megabytes: int = 256
    days: int = 90


class SnapshotStatistics(Value, frozen=True):
    """How often compiling was avoided since the store was opened."""

    hits: int = 0
    misses: int = 0
    damaged: int = 0


class _Envelope(msgspec.Struct, array_like=True):
    """What is stored: the payload with its SHA-256, and when it was last used (seconds since the epoch)."""

    digest: bytes
    used: int
    payload: bytes


class MemoryBlobs:
    """A `SnapshotStore` in memory, for tests and for engines without a folder."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}

    def get(self, address: str) -> bytes | None:
        """See `SnapshotStore`."""
        return self._blobs.get(address)

    def put(self, address: str, blob: bytes) -> None:
        """See `SnapshotStore`."""
        self._blobs[address] = blob

    def delete(self, address: str) -> None:
        """See `SnapshotStore`."""
        self._blobs.pop(address, None)

    def sizes(self, prefix: str = "") -> Iterator[tuple[str, int]]:
        """See `SnapshotStore`."""
        return iter([(address, len(blob)) for address, blob in self._blobs.items() if address.startswith(prefix)])


class Snapshots:
    """Compiled contracts in a `SnapshotStore`; what cannot be trusted is dropped, so that it is made again."""

    _ANY_FORMAT = "compiled-"
    _PREFIX = f"{_ANY_FORMAT}{FORMAT}-"
    _REFRESH_SECONDS = 3600

    def __init__(self, store: SnapshotStore) -> None:
        self._store = store
        self._hits = self._misses = self._damaged = 0

    @property
    def statistics(self) -> SnapshotStatistics:
        """Counts since this object was made."""
        return SnapshotStatistics(self._hits, self._misses, self._damaged)

    def get(self, key: str) -> CompiledContract | None:
        """Return a compiled contract, or None if there is none or it is damaged (then it is removed)."""
        data = self._store.get(self._PREFIX + key)
        if data is None:
            self._misses += 1
            return None
        try:
            envelope = _opened(data)
            contract = msgspec.msgpack.decode(envelope.payload, type=CompiledContract)
        except (msgspec.MsgspecError, ValueError):
            self._damaged += 1
            self._store.delete(self._PREFIX + key)
            return None
        if contract.key != key:
            self._damaged += 1
            self._store.delete(self._PREFIX + key)
            return None
        self._hits += 1
        if time.time() - envelope.used > self._REFRESH_SECONDS:
            self.put(contract)
        return contract

    def put(self, contract: CompiledContract) -> None:
        """Store a compiled contract under its key."""
        payload = msgspec.msgpack.encode(contract)
        envelope = _Envelope(hashlib.sha256(payload).digest(), int(time.time()), payload)
        self._store.put(self._PREFIX + contract.key, msgspec.msgpack.encode(envelope))

    def tidy(self, limits: SnapshotLimits, keep: frozenset[str], is_ending: Callable[[], bool]) -> int:
        """Collect by `limits`, giving up when `is_ending` says so; return how many entries were removed."""
        return self.collect(
            max_bytes=limits.megabytes * 1_000_000,
            max_age_seconds=limits.days * 86_400,
            keep=keep,
            is_ending=is_ending,
        )

    def collect(
        self,
        *,
        max_bytes: int,
        max_age_seconds: int,
        keep: frozenset[str] = frozenset(),
        now: float | None = None,
        is_ending: Callable[[], bool] = lambda: False,
    ) -> int:
        """Remove damaged and outdated entries, then the longest unused until `max_bytes` hold; return how many.

        `keep` names keys that stay whatever happens (contracts of the chain). Entries of other formats are outdated.
        """
        moment = time.time() if now is None else now
        removed = 0
        living: list[tuple[int, int, str]] = []
        for stored, size in list(self._store.sizes(self._ANY_FORMAT)):
            if is_ending():
                return removed
            if stored.removeprefix(self._PREFIX) in keep:
                continue
            used = self._last_used(stored)
            if used is None or moment - used > max_age_seconds:
                self._store.delete(stored)
                removed += 1
            else:
                living.append((used, size, stored))
        total = sum(size for _, size, _ in living)
        for _, size, stored in sorted(living):
            if total <= max_bytes:
                break
            self._store.delete(stored)
            total -= size
            removed += 1
        return removed

    def _last_used(self, stored: str) -> int | None:
        """Return when an entry was last used, None if it is of no use."""
        data = self._store.get(stored)
        if data is None or not stored.startswith(self._PREFIX):
            return None
        try:
            return _opened(data).used
        except (msgspec.MsgspecError, ValueError):
            return None


def _opened(data: bytes) -> _Envelope:
    """Return the envelope with an intact payload; raises ValueError or MsgspecError."""
    envelope = msgspec.msgpack.decode(data, type=_Envelope)
    if hashlib.sha256(envelope.payload).digest() != envelope.digest:
        raise ValueError("the snapshot's digest does not match")
    return envelope
