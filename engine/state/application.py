"""Putting what blocks changed into a batch for RocksDB's state and history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.state.columns import ColumnName
from engine.state.encoding import encode_optional, history_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.state.records import BlockChanges
    from engine.state.store import Batch


def put_state(batch: Batch, texts: Mapping[str, str | None]) -> None:
    """Set the state of each key; None removes it."""
    for key, text in texts.items():
        if text is None:
            batch.delete(ColumnName.STATE, key.encode())
        else:
            batch.put(ColumnName.STATE, key.encode(), text.encode())


def put_block(batch: Batch, number: int, changes: BlockChanges) -> None:
    """Bring the state from before to after block `number`, and its history with it."""
    for key, text in changes.old.items():
        batch.put(ColumnName.HISTORY, history_key(key.encode(), number), encode_optional(text))
    put_state(batch, changes.new)


def forget_history(batch: Batch, number: int, keys: Iterable[str]) -> None:
    """Drop the history entries that block `number` made for `keys`."""
    for key in keys:
        batch.delete(ColumnName.HISTORY, history_key(key.encode(), number))
