"""What is durable besides the state itself: the tree of blocks, transactions, checkpoints, settings.

Blocks form a tree; the *chain* is the path from the first block to the head. Methods that change something put
it into a batch of the caller's, so that it happens together with the change of state it belongs to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from engine.errors import InvalidInput
from engine.state.columns import ColumnName
from engine.state.encoding import decode_number, encode_number
from engine.state.failures import damaged
from engine.state.records import BlockChanges, BlockRecord, Checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.state.records import StoredTransaction
    from engine.state.store import Batch, Store

__all__ = ["Ledger"]

_T = TypeVar("_T")

_HEAD = b"head"
_FLUSHED = b"flushed"
_OLDEST = b"oldest"
_SWEPT = b"swept"
_NEXT_ID = b"next-block-id"
_RETENTION = b"retention"
_CHECKPOINT = b"checkpoint/"
_SETTING = b"setting/"
_NUMBER = b"n"
_HASH = b"h"


class Ledger:
    """Reads and writes block records, changes, transactions, checkpoints and settings."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._meta = store.columns[ColumnName.META]
        self._blocks = store.columns[ColumnName.BLOCKS]
        self._changes = store.columns[ColumnName.CHANGES]
        self._index = store.columns[ColumnName.INDEX]
        self._transactions = store.columns[ColumnName.TRANSACTIONS]
        self._next_id: int | None = None
        """The id of the next block, once it was looked up; whoever adds blocks uses one ledger only."""

    # positions

    def head(self) -> int | None:
        """Return the id of the newest block of the chain."""
        return self._number(_HEAD)

    def flushed(self) -> int | None:
        """Return the id of the newest block whose changes are in the state column."""
        return self._number(_FLUSHED)

    def oldest(self) -> int | None:
        """Return the number of the oldest block that can be returned to; None if all can."""
        return self._number(_OLDEST)

    def swept(self) -> int | None:
        """Return the number of the newest block whose history has been deleted."""
        return self._number(_SWEPT)

    def retention(self) -> int | None:
        """Return how many blocks below the head are to stay reachable; None for all."""
        return self._number(_RETENTION)

    def next_id(self) -> int:
        """Return the id of the next block stored."""
        if self._next_id is None:
            self._next_id = self._number(_NEXT_ID) or 0
        return self._next_id

    def set_head(self, batch: Batch, block: int) -> None:
        """Make `block` the head."""
        batch.put(ColumnName.META, _HEAD, encode_number(block))

    def set_flushed(self, batch: Batch, block: int) -> None:
        """Note that the state column is that after `block`."""
        batch.put(ColumnName.META, _FLUSHED, encode_number(block))

    def set_oldest(self, batch: Batch, number: int) -> None:
        """Note that blocks below `number` can no longer be returned to."""
        batch.put(ColumnName.META, _OLDEST, encode_number(number))

    def set_swept(self, batch: Batch, number: int) -> None:
        """Note that the history of the blocks up to `number` has been deleted."""
        batch.put(ColumnName.META, _SWEPT, encode_number(number))

    def set_retention(self, batch: Batch, blocks: int | None) -> None:
        """Keep `blocks` blocks below the head reachable; None for all."""
        if blocks is None:
            batch.delete(ColumnName.META, _RETENTION)
        else:
            batch.put(ColumnName.META, _RETENTION, encode_number(blocks))

    # blocks

    def block(self, identity: int) -> BlockRecord:
        """Return a stored block.

        Raises:
            StorageDamaged: it is referred to but missing or unreadable.
        """
        raw = self._blocks.get(encode_number(identity))
        if raw is None:
            raise damaged(self._store.directory, "", f"block record {identity} is missing")
        return self._decoded(raw, BlockRecord, f"block record {identity}")

    def changes(self, identity: int) -> BlockChanges:
        """Return what a stored block changed.

        Raises:
            StorageDamaged: the record is missing or unreadable.
        """
        raw = self._changes.get(encode_number(identity))
        if raw is None:
            raise damaged(self._store.directory, "", f"the changes of block record {identity} are missing")
        return self._decoded(raw, BlockChanges, f"the changes of block record {identity}")

    def has_changes(self, identity: int) -> bool:
        """Return whether the changes of a block are still kept."""
        return self._changes.get(encode_number(identity)) is not None

    def id_at(self, number: int) -> int | None:
        """Return the id of block `number` of the chain."""
        raw = self._index.get(_NUMBER + encode_number(number))
        return None if raw is None else decode_number(raw)

    def id_of(self, block_hash: str) -> int | None:
        """Return the id of the block with this hash, on whatever branch."""
        raw = self._index.get(_HASH + block_hash.encode())
        return None if raw is None else decode_number(raw)

    def chain(self, first: int, count: int) -> Iterator[BlockRecord]:
        """Yield up to `count` blocks of the chain from number `first` upwards."""
        for position, (_, raw) in enumerate(self._index.scan(_NUMBER, _NUMBER + encode_number(max(first, 0)))):
            if position >= count:
                return
            yield self.block(decode_number(raw))

    def all_blocks(self) -> Iterator[BlockRecord]:
        """Yield every stored block of every branch; a parent comes before its children."""
        for raw_id, raw in self._blocks.scan():
            yield self._decoded(raw, BlockRecord, f"block record {decode_number(raw_id)}")

    def add_block(self, batch: Batch, block: BlockRecord, changes: BlockChanges | None) -> None:
        """Store a block with its changes (None if they were dropped); `link` puts it on the chain."""
        batch.put(ColumnName.BLOCKS, encode_number(block.id), msgspec.msgpack.encode(block))
        if changes is not None:
            batch.put(ColumnName.CHANGES, encode_number(block.id), msgspec.msgpack.encode(changes))
        batch.put(ColumnName.INDEX, _HASH + block.hash.encode(), encode_number(block.id))
        self._next_id = max(block.id + 1, self.next_id())  # an id is left out if the batch is not written
        batch.put(ColumnName.META, _NEXT_ID, encode_number(self._next_id))

    def link(self, batch: Batch, block: BlockRecord) -> None:
        """Put a stored block on the chain, at its number."""
        batch.put(ColumnName.INDEX, _NUMBER + encode_number(block.number), encode_number(block.id))

    def unlink(self, batch: Batch, number: int) -> None:
        """Take block `number` off the chain; it stays stored."""
        batch.delete(ColumnName.INDEX, _NUMBER + encode_number(number))

    def forget_changes(self, batch: Batch, identity: int) -> None:
        """Drop what a block changed: it can no longer be taken back."""
        batch.delete(ColumnName.CHANGES, encode_number(identity))

    def forget_block(self, batch: Batch, block: BlockRecord) -> None:
        """Drop a block of an abandoned branch with all that belongs to it."""
        self.forget_changes(batch, block.id)
        batch.delete(ColumnName.BLOCKS, encode_number(block.id))
        if self.id_of(block.hash) == block.id:
            batch.delete(ColumnName.INDEX, _HASH + block.hash.encode())
        for transaction in block.transactions:
            batch.delete(ColumnName.TRANSACTIONS, _transaction_key(transaction, block.id))

    # transactions

    def add_transactions(self, batch: Batch, block: int, transactions: Iterable[StoredTransaction]) -> None:
        """Store the transactions of a block."""
        for transaction in transactions:
            batch.put(ColumnName.TRANSACTIONS, _transaction_key(transaction.hash, block), transaction.body)

    def transaction_in(self, transaction: str, block: int) -> bytes | None:
        """Return a transaction's encoding as it is in the block with this id."""
        return self._transactions.get(_transaction_key(transaction, block))

    def blocks_with(self, transaction: str) -> tuple[int, ...]:
        """Return the ids of the blocks, of any branch, that hold a transaction."""
        prefix = transaction.encode() + b"\x00"
        return tuple(decode_number(key[len(prefix) :]) for key, _ in self._transactions.scan(prefix))

    # checkpoints and settings

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """Return all checkpoints by name."""
        return tuple(self._decoded(raw, Checkpoint, f"checkpoint {key!r}") for key, raw in self._meta.scan(_CHECKPOINT))

    def checkpoint(self, name: str) -> Checkpoint | None:
        """Return the checkpoint of that name."""
        raw = self._meta.get(_checkpoint_key(name))
        return None if raw is None else self._decoded(raw, Checkpoint, f"checkpoint {name!r}")

    def put_checkpoint(self, batch: Batch, checkpoint: Checkpoint) -> None:
        """Store a checkpoint, replacing one of the same name."""
        batch.put(ColumnName.META, _checkpoint_key(checkpoint.name), msgspec.msgpack.encode(checkpoint))

    def delete_checkpoint(self, batch: Batch, name: str) -> None:
        """Forget the name; the state it named is untouched."""
        batch.delete(ColumnName.META, _checkpoint_key(name))

    def setting(self, name: str) -> bytes | None:
        """Return a setting of the chain, whatever it is."""
        return self._meta.get(_SETTING + name.encode())

    def settings(self) -> tuple[tuple[str, bytes], ...]:
        """Return all settings by name."""
        return tuple((key[len(_SETTING) :].decode(), raw) for key, raw in self._meta.scan(_SETTING))

    def put_setting(self, batch: Batch, name: str, value: bytes | None) -> None:
        """Set a setting of the chain; None removes it."""
        key = _SETTING + name.encode()
        if value is None:
            batch.delete(ColumnName.META, key)
        else:
            batch.put(ColumnName.META, key, value)

    def _number(self, key: bytes) -> int | None:
        raw = self._meta.get(key)
        return None if raw is None else decode_number(raw)

    def _decoded(self, raw: bytes, kind: type[_T], what: str) -> _T:
        try:
            return msgspec.msgpack.decode(raw, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise damaged(self._store.directory, "", f"{what} is unreadable ({error})") from error


def _transaction_key(transaction: str, block: int) -> bytes:
    return transaction.encode() + b"\x00" + encode_number(block)


def _checkpoint_key(name: str) -> bytes:
    if not name or not name.isprintable():
        raise InvalidInput(f"{name!r} cannot name a checkpoint", advice="Give it a printable name.")
    return _CHECKPOINT + name.encode()
