"""Which contracts are used most: those are loaded into new workers ahead, also after a restart."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable

import msgspec

__all__ = ["HotSpots"]

_HALVE_AT = 10_000
_KEPT = 64


class HotSpots:
    """Counts uses by contract id; old uses fade, so that what is hot now comes first. Any thread may use it."""

    def __init__(self, data: bytes | None = None) -> None:
        """Begin with what `encoded` gave at an earlier time; damaged data counts as none."""
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._total = 0
        if data is not None:
            try:
                self._counts.update(msgspec.msgpack.decode(data, type=dict[str, int]))
            except (msgspec.MsgspecError, UnicodeDecodeError):
                self._counts.clear()
            self._total = self._counts.total()

    def note(self, contracts: Iterable[str]) -> None:
        """Count one use of each contract."""
        with self._lock:
            for contract in contracts:
                self._counts[contract] += 1
                self._total += 1
            if self._total >= _HALVE_AT:
                halved = {contract: count // 2 for contract, count in self._counts.most_common(_KEPT)}
                self._counts = Counter({contract: count for contract, count in halved.items() if count})
                self._total = self._counts.total()

    def hottest(self, count: int) -> tuple[str, ...]:
        """Return the most used contracts, hottest first."""
        with self._lock:
            return tuple(contract for contract, _ in self._counts.most_common(count))

    def encoded(self) -> bytes:
        """Return what to keep for the next start."""
        with self._lock:
            return msgspec.msgpack.encode(dict(self._counts.most_common(_KEPT)))
