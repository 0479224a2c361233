"""What the state stack keeps about blocks, as it lies in the database (MessagePack) and as callers see it."""

from __future__ import annotations

from functools import cached_property

import msgspec

from engine.values import StateChange, Value


class BlockRecord(Value, array_like=True, frozen=True):
    """A block in the tree of blocks.

    `id` counts blocks in the order they were stored, on whatever branch; `parent` is the id of the block below,
    None for the first. `body` is the chain's own encoding of the block, opaque here.
    """

    id: int
    parent: int | None
    number: int
    hash: str
    transactions: tuple[str, ...] = ()
    body: bytes = b""


class TransactionWrites(Value, array_like=True, frozen=True):
    """What one transaction of a block wrote: final text by key, None where deleted."""

    hash: str
    writes: dict[str, str | None]


class BlockChanges(msgspec.Struct, array_like=True, frozen=True, dict=True):
    """Everything a block changed: enough to take it back and to do it again.

    `old` holds the text before the block of every key in `transactions`, which are in execution order.
    """

    old: dict[str, str | None]
    transactions: tuple[TransactionWrites, ...]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys of `old`, in order."""
        return tuple(sorted(self.old))

    @cached_property
    def new(self) -> dict[str, str | None]:
        """The text after the block of every key in `old`."""
        merged: dict[str, str | None] = {}
        for transaction in self.transactions:
            merged.update(transaction.writes)
        return merged

    def listed(self) -> tuple[StateChange, ...]:
        """Return the keys whose text is another after the block, in order."""
        old, new = self.old, self.new
        return tuple(StateChange(key, old[key], new[key]) for key in self.keys if old[key] != new[key])


class StoredTransaction(Value, frozen=True):
    """A transaction to be kept with its block; `body` is the chain's own encoding."""

    hash: str
    body: bytes


class Checkpoint(Value, frozen=True):
    """A named state: the one after block `block` (an id). `created` is in nanoseconds since the epoch."""

    name: str
    block: int
    number: int
    hash: str
    created: int
    note: str = ""


class KeyVersion(Value, frozen=True):
    """One write of a key: by the transaction at `index` of a block; `block_number` None in the open block."""

    block_number: int | None
    block_hash: str
    transaction: str
    index: int
    old: str | None
    new: str | None
