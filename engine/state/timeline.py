"""Ways through the tree of blocks, and what lies between two states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import InvalidInput
from engine.state.columns import ColumnName
from engine.state.encoding import history_prefix, split_history_key
from engine.state.records import KeyVersion
from engine.values import StateChange, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.state.ledger import Ledger
    from engine.state.records import BlockChanges, BlockRecord
    from engine.state.store import Store

__all__ = ["Route", "key_versions", "net_effect", "route", "written_versions"]


class Route(Value, frozen=True):
    """The way between two blocks: take back `down` (newest first) to reach `ancestor`, then do `up` (oldest first)."""

    down: tuple[BlockRecord, ...]
    ancestor: BlockRecord
    up: tuple[BlockRecord, ...]


def route(ledger: Ledger, start: BlockRecord, end: BlockRecord) -> Route:
    """Return the way from block `start` to block `end`.

    Raises:
        InvalidInput: no block lies below both.
    """
    down: list[BlockRecord] = []
    up: list[BlockRecord] = []
    low, high = start, end
    while low.id != high.id:
        if low.number >= high.number:
            down.append(low)
            low = _parent(ledger, low)
        else:
            up.append(high)
            high = _parent(ledger, high)
    return Route(tuple(down), low, tuple(reversed(up)))


def _parent(ledger: Ledger, block: BlockRecord) -> BlockRecord:
    if block.parent is None:
        raise InvalidInput("the two blocks have no common ancestor", where=f"block {block.number} ({block.hash})")
    return ledger.block(block.parent)


def net_effect(
    down: Iterable[BlockChanges], up: Iterable[BlockChanges]
) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """Return the texts before and after going a `Route` whose blocks changed this, by every key touched."""
    before: dict[str, str | None] = {}
    after: dict[str, str | None] = {}
    for changes in down:
        for key, text in changes.new.items():
            before.setdefault(key, text)
        after.update(changes.old)
    for changes in up:
        for key, text in changes.old.items():
            before.setdefault(key, text)
        after.update(changes.new)
    return before, after


def differences(
    before: dict[str, str | None], after: dict[str, str | None], prefix: str, contains: str
) -> Iterator[StateChange]:
    """Yield the keys with different texts, in order, filtered as `StateView.entries` does."""
    for key in sorted(before):
        old, new = before[key], after[key]
        if old == new or not key.startswith(prefix):
            continue
        if not contains or contains in key or contains in (old or "") or contains in (new or ""):
            yield StateChange(key, old, new)


def key_versions(block: BlockRecord, changes: BlockChanges, key: str) -> list[KeyVersion]:
    """Return the writes of `key` in one block, in execution order."""
    return written_versions(
        [(transaction.hash, transaction.writes) for transaction in changes.transactions],
        key,
        changes.old.get(key),
        block,
    )


def written_versions(
    transactions: Iterable[tuple[str, dict[str, str | None]]], key: str, old: str | None, block: BlockRecord | None
) -> list[KeyVersion]:
    """Return the writes of `key` by `transactions`; `block` None for the open block."""
    found: list[KeyVersion] = []
    positions = {} if block is None else {name: index for index, name in enumerate(block.transactions)}
    for position, (name, writes) in enumerate(transactions):
        if key in writes:
            number, block_hash = (None, "") if block is None else (block.number, block.hash)
            found.append(KeyVersion(number, block_hash, name, positions.get(name, position), old, writes[key]))
            old = writes[key]
    return found


def flushed_numbers(store: Store, key: str) -> list[int]:
    """Return the numbers of the flushed blocks of the chain that wrote `key`, ascending."""
    prefix = history_prefix(key.encode())
    return [split_history_key(raw)[1] for raw, _ in store.columns[ColumnName.HISTORY].scan(prefix)]
