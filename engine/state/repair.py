"""Repairing a damaged database: build a new one from what can still be read, keep the damaged one beside it.

State, history and index follow from the blocks' changes, so damage to them loses nothing. Blocks are read one
by one; the chain ends below the first one on it that cannot be read.
"""

from __future__ import annotations

import shutil
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from rocksdict import Cache, Rdict

from engine.errors import StorageDamaged, StorageError
from engine.state.columns import BLOCK_CACHE_BYTES, ColumnName, database_options
from engine.state.encoding import decode_number, encode_number
from engine.state.failures import damaged, storage_error
from engine.state.ledger import Ledger
from engine.state.portable import (
    BlockLine,
    CheckpointLine,
    PositionLine,
    SettingLine,
    SnapshotLine,
    StateLine,
    TransactionLine,
    rebuild,
)
from engine.state.stack import StateStack
from engine.state.store import Store
from engine.state.view import HistoricBase
from engine.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from engine.state.portable import Record
    from engine.state.records import BlockChanges, BlockRecord

__all__ = ["RepairReport", "repair"]

_T = TypeVar("_T")


class RepairReport(Value, frozen=True):
    """What `repair` saved. `head` is the number of the newest block now (None: no block could be read), `damaged`
    the folder with the untouched old files, `lost` what could not be read, in words.
    """

    head: int | None
    blocks: int
    damaged: str
    lost: tuple[str, ...]


def repair(directory: Path) -> RepairReport:
    """Replace the database in `directory` by one made of all that can be read of it.

    Raises:
        StorageLocked: somebody has it open.
        StorageDamaged: not enough can be read (the state that dropped history stood on is gone).
        StorageError: the folder cannot be written.
    """
    lost: list[str] = []
    salvage = directory.with_name(f"{directory.name}.salvage")
    fresh = directory.with_name(f"{directory.name}.repaired")
    try:
        for leftover in (salvage, fresh):
            if leftover.exists():
                shutil.rmtree(leftover)
        store = _open_somehow(directory, salvage, lost)
        with store:
            rebuild(_Salvage(store, lost).records(), fresh)
        kept = next(
            path
            for number in count(1)
            if not (path := directory.with_name(f"{directory.name}.damaged-{number}")).exists()
        )
        directory.rename(kept)
        fresh.rename(directory)
    except OSError as error:
        raise StorageError(
            f"the repaired database cannot be written: {error.strerror}",
            where=str(directory),
            advice="Make room on that disk and allow writing beside the folder.",
        ) from error
    finally:
        shutil.rmtree(salvage, ignore_errors=True)
    with Store.open(directory) as store:
        stack = StateStack(store)
        blocks = sum(1 for _ in stack.ledger.all_blocks())
        return RepairReport(None if stack.head is None else stack.head.number, blocks, str(kept), tuple(lost))


def _open_somehow(directory: Path, salvage: Path, lost: list[str]) -> Store:
    try:
        return Store.open(directory)
    except StorageDamaged as error:
        lost.append(str(error.what))
    shutil.copytree(directory, salvage)
    if (directory / "CURRENT").exists():  # RocksDB would take a folder without it for a new database
        try:
            return Store.open_for_salvage(salvage)
        except StorageDamaged:
            shutil.rmtree(salvage)
            shutil.copytree(directory, salvage)
    try:
        Rdict.repair(str(salvage), database_options(Cache(BLOCK_CACHE_BYTES)))
    except Exception as error:
        raise storage_error(error, directory) from error
    return Store.open_for_salvage(salvage)


class _Salvage:
    """Reads what can be read of a damaged database and notes what cannot."""

    def __init__(self, store: Store, lost: list[str]) -> None:
        self._store = store
        self._ledger = Ledger(store)
        self._lost = lost

    def records(self) -> Iterator[Record]:
        """Yield everything that is whole, as an import takes it."""
        oldest = self._try("the oldest reachable block", self._ledger.oldest)
        blocks = self._whole_blocks(oldest or 0)
        head = self._head(blocks)
        path = list(_path(blocks, head))
        flushed = self._try("the flushed position", self._ledger.flushed)
        if flushed is not None and flushed not in path:
            flushed = head
        if oldest is not None and (head is None or blocks[head].number < oldest):
            raise damaged(self._store.directory, "", "no block since the dropped history can be read")
        yield PositionLine(head, flushed, oldest, self._try("the retention setting", self._ledger.retention))
        if oldest is not None:
            yield from self._base(oldest)
        for identity, block in blocks.items():
            yield BlockLine(block, self._ledger.changes(identity) if self._ledger.has_changes(identity) else None)
        for identity, block in blocks.items():
            for name in block.transactions:
                body = self._try(f"transaction {name}", partial(self._ledger.transaction_in, name, identity))
                if body is not None:
                    yield TransactionLine(name, identity, body)
        for checkpoint in self._try("the checkpoints", self._ledger.checkpoints) or ():
            if checkpoint.block in blocks:
                yield CheckpointLine(checkpoint)
            else:
                self._lost.append(f"checkpoint {checkpoint.name}: its block is lost")
        for name, value in self._try("the settings", self._ledger.settings) or ():
            yield SettingLine(name, value)
        try:
            for address, blob in self._store.columns[ColumnName.SNAPSHOTS].scan():
                yield SnapshotLine(address.decode(), blob)
        except StorageDamaged as error:
            self._lost.append(f"snapshots: {error.what}")

    def _whole_blocks(self, oldest: int) -> dict[int, BlockRecord]:
        """Return the blocks that can be read with everything below them, by id."""
        whole: dict[int, BlockRecord] = {}
        for identity in range(self._id_bound()):
            block = self._try(f"block record {identity}", partial(self._block, identity))
            if block is None or (block.parent is not None and block.parent not in whole):
                continue
            needed = block.number > oldest or oldest == 0
            changes = self._try(f"the changes of block {block.number}", partial(self._changes, identity, needed=needed))
            if changes is not None or not needed:
                whole[identity] = block
        return whole

    def _id_bound(self) -> int:
        columns = self._store.columns
        last = [
            self._try(f"the end of {name}", columns[name].last_key) for name in (ColumnName.BLOCKS, ColumnName.CHANGES)
        ]
        noted = self._try("the number of blocks", self._ledger.next_id) or 0
        return max(noted, *(decode_number(raw) + 1 for raw in last if raw is not None), 0)

    def _block(self, identity: int) -> BlockRecord | None:
        if self._store.columns[ColumnName.BLOCKS].get(encode_number(identity)) is None:
            return None  # a branch that was dropped on purpose, or a file that RocksDB gave up
        return self._ledger.block(identity)

    def _changes(self, identity: int, *, needed: bool) -> BlockChanges | None:
        return self._ledger.changes(identity) if needed or self._ledger.has_changes(identity) else None

    def _head(self, blocks: dict[int, BlockRecord]) -> int | None:
        head = self._try("the position of the head", self._ledger.head)
        if head in blocks:
            return head

        def rank(identity: int) -> tuple[bool, int]:
            number = blocks[identity].number
            on_chain = self._try(f"the index of block {number}", partial(self._ledger.id_at, number)) == identity
            return on_chain, number

        return max(blocks, key=rank, default=None)

    def _base(self, oldest: int) -> Iterator[Record]:
        columns = self._store.columns
        base = HistoricBase(columns[ColumnName.STATE], columns[ColumnName.HISTORY], oldest, lambda: None)
        for key, text in base.scan(b"", b""):
            yield StateLine(key.decode(), text.decode())

    def _try(self, what: str, read: Callable[[], _T]) -> _T | None:
        try:
            return read()
        except StorageDamaged as error:
            self._lost.append(f"{what}: {error.what}")
            return None


def _path(blocks: dict[int, BlockRecord], head: int | None) -> Iterator[int]:
    while head is not None:
        yield head
        head = blocks[head].parent
