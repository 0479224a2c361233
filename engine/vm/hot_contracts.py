"""Which contracts are used most, kept across restarts: new workers load them ahead of the first call."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import msgspec

from engine.values import Value

__all__ = ["HotContracts"]

_MAX_KEYS = 256
_HALVE_AFTER = 10_000


class _Record(Value, frozen=True):
    counts: dict[str, float]


class HotContracts:
    """Counts uses of compiled contracts by their key; old uses fade. Any thread may use it."""

    def __init__(self, record: bytes | None = None) -> None:
        """Start from what `record` returned earlier; one that cannot be read counts as none, it is only a hint."""
        self._lock = threading.Lock()
        self._counts: dict[str, float] = {}
        self._uses = 0
        if record is not None:
            try:
                self._counts = dict(msgspec.msgpack.decode(record, type=_Record).counts)
            except msgspec.MsgspecError:
                self._counts = {}

    def note(self, keys: Sequence[str]) -> None:
        """Take note that these contracts were used once each."""
        with self._lock:
            for key in keys:
                self._counts[key] = self._counts.get(key, 0.0) + 1.0
            self._uses += len(keys)
            if self._uses >= _HALVE_AFTER or len(self._counts) > 2 * _MAX_KEYS:
                self._uses = 0
                self._counts = {key: count / 2 for key, count in self._ranked()[:_MAX_KEYS]}

    def hottest(self, limit: int = 16) -> tuple[str, ...]:
        """Return the keys of the most used contracts, the hottest first."""
        with self._lock:
            return tuple(key for key, _ in self._ranked()[:limit])

    def record(self) -> bytes:
        """Return what to keep for the next start."""
        with self._lock:
            return msgspec.msgpack.encode(_Record(dict(self._ranked()[:_MAX_KEYS])))

    def _ranked(self) -> list[tuple[str, float]]:
        return sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))
