"""The border of the state stack: keys, stored texts and who may read them.

A *state key* is the reference's textual key (`b-CONTRACT-KEY`, `m-CONTRACT-KEY-FIELD`, `m-CONTRACT-KEY` for a
map's field list, `m-CONTRACT-KEY@` for its repair flag, `c-CONTRACT`). A *stored text* is what stands behind
it: type letter, body, `@`, payer (spec/vm.md §4.1); integers are written in decimal here and count 8 bytes
of RAM. Both are `str` in memory and UTF-8 in RocksDB.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.values import Layer


class StateReader(Protocol):
    """A consistent view of committed state, at one version."""

    def read(self, key: str) -> tuple[str | None, Layer]:
        """Return the stored text and the layer that answered; (None, Layer.ABSENT) if no layer knows the key.

        A deletion that is not flushed yet answers too: (None, Layer.MVCC).
        """
        ...

    def read_many(self, keys: Sequence[str]) -> list[tuple[str | None, Layer]]:
        """`read` for several keys at the cost of one trip."""
        ...
