"""The three layers of one chain: transactions commit into MVCC, blocks are flushed to RocksDB.

    local cache ──commit──▶ open block ──close_block──▶ MVCC (and the log of changes) ──flush──▶ RocksDB

One thread writes (commits, closes, flushes, moves the head); any thread may read, through views that stay as they
were. `close_block` is the durable step: it stores what the block changed. A flush only moves
those changes into the state column, so that after a crash the unflushed blocks are simply loaded again.
"""

from __future__ import annotations

import threading
import time
from itertools import islice
from typing import TYPE_CHECKING

from engine.errors import InvalidInput
from engine.state.application import forget_history, put_block, put_state
from engine.state.columns import ColumnName
from engine.state.encoding import require_text
from engine.state.failures import damaged, history_dropped
from engine.state.hot_texts import HotTexts
from engine.state.ledger import Ledger
from engine.state.mvcc import Mvcc, VersionTable
from engine.state.pages import Pages
from engine.state.records import BlockChanges, BlockRecord, Checkpoint, KeyVersion, TransactionWrites
from engine.state.timeline import differences, flushed_numbers, key_versions, net_effect, route, written_versions
from engine.state.view import Epoch, HistoricBase, LiveBase, StateView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.state.records import StoredTransaction
    from engine.state.store import Batch, Store
    from engine.state.view import Base
    from engine.values import Layer, StateChange, StateEntry

__all__ = ["StateStack"]

_EMPTY = VersionTable()


class StateStack:
    """The state of one chain over an open `Store`, which the caller closes."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.ledger = Ledger(store)
        self.lock = threading.RLock()
        """Held by everything that writes; maintenance takes it for its own steps."""
        self._state = store.columns[ColumnName.STATE]
        self._history = store.columns[ColumnName.HISTORY]
        self._cuts: list[int] = []
        self._texts = HotTexts(self._state)
        self._pages = Pages(self._state)
        self._epoch = Epoch()
        self._mvcc = Mvcc()
        self._open: list[TransactionWrites] = []
        self._opened: dict[str, str | None] = {}
        self._unflushed: dict[int, tuple[BlockRecord, BlockChanges]] = {}
        self._head: BlockRecord | None = None
        self._flushed: BlockRecord | None = None
        self._recover()

    # reading

    @property
    def head(self) -> BlockRecord | None:
        """The newest closed block, None before the first."""
        return self._head

    @property
    def flushed(self) -> BlockRecord | None:
        """The newest block whose changes are in RocksDB's state, None before the first flush."""
        return self._flushed

    @property
    def open_transactions(self) -> tuple[str, ...]:
        """Hashes of the transactions committed to the open block."""
        return tuple(transaction.hash for transaction in self._open)

    def reader(self) -> StateView:
        """Return the newest state, with the committed transactions of the open block; immediate."""
        return self._view

    def entries(
        self, *, prefix: str = "", contains: str = "", after: str = "", count: int = 200
    ) -> tuple[StateEntry, ...]:
        """Return keys of the newest state; see `StateView.entries`."""
        return self._view.entries(prefix=prefix, contains=contains, after=after, count=count)

    def layer_entries(
        self, layer: Layer, *, prefix: str = "", after: str = "", count: int = 200
    ) -> tuple[StateEntry, ...]:
        """Return what one layer of the newest state holds by itself; see `StateView.layer_entries`."""
        return self._view.layer_entries(layer, prefix=prefix, after=after, count=count)

    def block(self, point: int | str | BlockRecord) -> BlockRecord:
        """Return a block: by number on the chain, by name of a checkpoint, or by hash on any branch.

        Raises:
            InvalidInput: there is no such block.
        """
        if isinstance(point, BlockRecord):
            return point
        if isinstance(point, int):
            identity = self.ledger.id_at(point) if point >= 0 else None
        else:
            checkpoint = self.ledger.checkpoint(point) if point.isprintable() and point else None
            identity = checkpoint.block if checkpoint else self.ledger.id_of(point)
        if identity is None:
            kind = "block" if isinstance(point, int) else "checkpoint or block"
            raise InvalidInput(f"there is no {kind} {point!r}", advice="Choose one from the timeline.")
        return self.ledger.block(identity)

    def checkout(self, point: int | str | BlockRecord) -> StateView:
        """Return the state after a block of any branch; the head does not move.

        Raises:
            InvalidInput: there is no such block, or its history was dropped (`prune`).
        """
        with self.lock:
            block = self.block(point)
            if self.ledger.id_at(block.number) == block.id and block.number <= self._head_number():
                return StateView(*self._layers_after(block))
            way = route(self.ledger, self._require_head(), block)
            _, replaced = net_effect((), [self._kept_changes(step) for step in way.up])
            base, table, version = self._layers_after(way.ancestor)
            texts = dict(table.keys_at(version)) | replaced
            return StateView(base, VersionTable.of(texts), 0)

    def diff(
        self,
        old: int | str | BlockRecord,
        new: int | str | BlockRecord,
        *,
        prefix: str = "",
        contains: str = "",
        count: int | None = None,
    ) -> tuple[StateChange, ...]:
        """Return the keys whose texts differ between two blocks of any branch, in order.

        Raises:
            InvalidInput: there is no such block, or the history between them was dropped.
        """
        with self.lock:
            way = route(self.ledger, self.block(old), self.block(new))
            before, after = net_effect(
                [self._kept_changes(step) for step in way.down], [self._kept_changes(step) for step in way.up]
            )
        return tuple(islice(differences(before, after, prefix, contains), count))

    def key_history(self, key: str, *, count: int | None = None) -> tuple[KeyVersion, ...]:
        """Return the writes of a key on the chain and in the open block, newest first."""
        with self.lock:
            found = written_versions(
                [(transaction.hash, transaction.writes) for transaction in self._open], key, self._opened.get(key), None
            )[::-1]
            for block, changes in reversed(self._unflushed.values()):
                found += key_versions(block, changes, key)[::-1]
            for number in reversed(flushed_numbers(self.store, key)):
                if count is not None and len(found) >= count:
                    break
                block = self.block(number)
                if self.ledger.has_changes(block.id):
                    found += key_versions(block, self.ledger.changes(block.id), key)[::-1]
        return tuple(found[:count])

    def transaction(self, transaction_hash: str) -> tuple[BlockRecord, bytes] | None:
        """Return a stored transaction and its block; the one on the chain if several branches hold it."""
        candidates = self.ledger.blocks_with(transaction_hash)
        blocks = sorted(
            map(self.ledger.block, candidates), key=lambda block: self.ledger.id_at(block.number) == block.id
        )
        if not blocks:
            return None
        body = self.ledger.transaction_in(transaction_hash, blocks[-1].id)
        return None if body is None else (blocks[-1], body)

    # transactions and blocks

    def overtaken(self, reads: Mapping[str, str | None]) -> tuple[str, ...]:
        """Return the keys whose newest committed text is not the one in the read set `reads`."""
        with self.lock:
            newest = self._view.read
            return tuple(key for key, text in reads.items() if newest(key)[0] != text)

    def commit(
        self,
        transaction: str,
        writes: Mapping[str, str | None],
        reads: Mapping[str, str | None] | None = None,
        *,
        validated: bool = False,
    ) -> tuple[str, ...]:
        """Commit a transaction's write set to the open block; return the keys on which it was overtaken.

        With `reads` (its read set) nothing is committed if that result is not empty: the transaction saw what
        is no longer so, and must be run again. `validated` tells that the caller knows that nothing has overtaken it.

        Raises:
            InvalidInput: a key or text cannot be stored.
        """
        require_text(writes)
        with self.lock:
            if reads and not validated and (conflicts := self.overtaken(reads)):
                return conflicts
            self._note_old_texts(writes, reads or {})
            self._open.append(TransactionWrites(transaction, dict(writes)))
            self._mvcc.commit(writes)
            self._publish()
            return ()

    def discard_block(self) -> None:
        """Forget the transactions of the open block."""
        with self.lock:
            self._mvcc.discard_open_block()
            self._open, self._opened = [], {}
            self._publish()

    def close_block(
        self,
        number: int,
        block_hash: str,
        *,
        body: bytes = b"",
        transactions: Sequence[StoredTransaction] = (),
        settings: Mapping[str, bytes] | None = None,
        flush: bool = False,
        listing: bool = True,
    ) -> tuple[StateChange, ...]:
        """Make the open block durable as the new head; return what it changed (nothing if `listing` is off).

        `settings` of the chain change with it. With `flush` it also moves to RocksDB's state, all in one batch; blocks
        below that were not flushed are flushed before. Where the head was moved back, the blocks that were above it
        stay stored as a branch of their own.

        Raises:
            InvalidInput: the number does not follow the head, or another block has this hash.
            StorageError: the disk is full or fails; the block is still open.
        """
        with self.lock:
            head = self._head
            if head is not None and number != head.number + 1:
                raise InvalidInput(f"block {number} cannot follow block {head.number}")
            changes = BlockChanges(self._opened, tuple(self._open))
            block = BlockRecord(
                self._identity(block_hash, head, changes),
                None if head is None else head.id,
                number,
                block_hash,
                tuple(transaction.hash for transaction in transactions),
                body,
            )
            if flush:
                self.flush()
            batch = self.store.batch()
            self.ledger.add_block(batch, block, changes)
            self.ledger.add_transactions(batch, block.id, transactions)
            self.ledger.link(batch, block)
            self.ledger.set_head(batch, block.id)
            for name, value in (settings or {}).items():
                self.ledger.put_setting(batch, name, value)
            if flush:
                put_block(batch, number, changes)
                self.ledger.set_flushed(batch, block.id)
                self._change_state(batch, changes.old, changes.new, relaxed=False)
                self._flushed = block
            else:
                self.store.write(batch)
            self._mvcc.close_block(number)
            self._head, self._open, self._opened = block, [], {}
            if flush:
                self._mvcc.drop_through(number)
                self._publish()
            else:
                self._unflushed[number] = (block, changes)
            return changes.listed() if listing else ()

    def flush(self, through: int | None = None) -> tuple[int, ...]:
        """Move closed blocks up to number `through` (None for all) from MVCC to RocksDB's state, one batch each.

        Returns the numbers of the blocks flushed.

        Raises:
            StorageError: the disk is full or fails; what was flushed before stays so.
        """
        with self.lock:
            numbers = tuple(number for number in self._unflushed if through is None or number <= through)
            for number in numbers:
                self._flush_block(*self._unflushed[number])
            return numbers

    # moving in time

    def move_head(self, point: int | str | BlockRecord) -> None:
        """Make a stored block of any branch the head; what was above stays stored and can be returned to.

        Raises:
            InvalidInput: there is no such block, its history was dropped, or the open block has transactions.
            StorageError: the disk is full or fails; the head has not moved.
        """
        with self.lock:
            if self._open:
                raise InvalidInput(
                    "the head cannot move while the open block has transactions", advice="Produce or discard it first."
                )
            target = self.block(point)
            way = route(self.ledger, self._require_head(), target)
            flushed = self._flushed
            undone = [] if flushed is None else [step for step in way.down if step.number <= flushed.number]
            taken_back = [self._kept_changes(step) for step in undone]
            before, after = net_effect(taken_back, ())
            redone = [(step, self._kept_changes(step)) for step in way.up]
            batch = self.store.batch()
            for step, changes in zip(undone, taken_back, strict=True):
                forget_history(batch, step.number, changes.old)
            put_state(batch, after)
            for step in way.down:
                self.ledger.unlink(batch, step.number)
            for step in way.up:
                self.ledger.link(batch, step)
            self.ledger.set_head(batch, target.id)
            if undone:
                self.ledger.set_flushed(batch, way.ancestor.id)
                self._cuts.append(way.ancestor.number)
            self._change_state(batch, before, after, relaxed=False)
            if undone:
                self._flushed = way.ancestor
            self._head = target
            self._mvcc.roll_back_to(way.ancestor.number)
            self._unflushed = {n: kept for n, kept in self._unflushed.items() if n <= way.ancestor.number}
            for step, changes in redone:
                self._load(step, changes)
            self._publish()

    def set_checkpoint(self, name: str, *, note: str = "", point: int | str | BlockRecord | None = None) -> Checkpoint:
        """Name a block, the head by default; immediate. A name can be given again.

        Raises:
            InvalidInput: there is no block yet, or the name is not printable.
        """
        with self.lock:
            block = self._require_head() if point is None else self.block(point)
            checkpoint = Checkpoint(name, block.id, block.number, block.hash, time.time_ns(), note)
            batch = self.store.batch()
            self.ledger.put_checkpoint(batch, checkpoint)
            self.store.write(batch)
            return checkpoint

    def delete_checkpoint(self, name: str) -> None:
        """Forget a checkpoint's name.

        Raises:
            InvalidInput: there is none.
        """
        with self.lock:
            if self.ledger.checkpoint(name) is None:
                raise InvalidInput(f"there is no checkpoint {name!r}")
            batch = self.store.batch()
            self.ledger.delete_checkpoint(batch, name)
            self.store.write(batch)

    def put_setting(self, name: str, value: bytes | None) -> None:
        """Store a setting of the chain, in its own encoding; None removes it. `ledger.setting` reads it."""
        batch = self.store.batch()
        self.ledger.put_setting(batch, name, value)
        self.store.write(batch)

    def refresh(self) -> None:
        """Let the stack of a read-only view see what the other instance has written since."""
        with self.lock:
            self.store.catch_up()
            self._recover()

    # inside

    def _recover(self) -> None:
        self._texts, self._pages = HotTexts(self._state), Pages(self._state)
        self._epoch = Epoch()
        self._mvcc = Mvcc()
        self._open, self._opened, self._unflushed = [], {}, {}
        head, flushed = self.ledger.head(), self.ledger.flushed()
        self._head = None if head is None else self.ledger.block(head)
        self._flushed = None if flushed is None else self.ledger.block(flushed)
        pending: list[BlockRecord] = []
        block = self._head
        while block is not None and block.id != flushed:
            pending.append(block)
            block = None if block.parent is None else self.ledger.block(block.parent)
        if block is None and flushed is not None:
            raise damaged(self.store.directory, "", "the flushed block is not below the head")
        for block in reversed(pending):
            self._load(block, self.ledger.changes(block.id))
        self._publish()

    def _note_old_texts(self, writes: Mapping[str, str | None], known: Mapping[str, str | None]) -> None:
        opened, held, below = self._opened, self._mvcc.table.entries, []
        for key in writes:
            if key in opened:
                continue
            if key in known:
                opened[key] = known[key]
            elif key in held:
                opened[key] = self._view.read(key)[0]
            else:
                below.append(key)
        opened.update(zip(below, self._texts.get_many(below), strict=True))

    def _load(self, block: BlockRecord, changes: BlockChanges) -> None:
        for transaction in changes.transactions:
            self._mvcc.commit(transaction.writes)
        self._mvcc.close_block(block.number)
        self._unflushed[block.number] = (block, changes)

    def _publish(self) -> None:
        self._view = StateView(self._live(), self._mvcc.table, self._mvcc.version)

    def _live(self) -> LiveBase:
        return LiveBase(self._state, self._texts, self._pages, self._epoch)

    def _flush_block(self, block: BlockRecord, changes: BlockChanges) -> None:
        batch = self.store.batch()
        put_block(batch, block.number, changes)
        self.ledger.set_flushed(batch, block.id)
        self._change_state(batch, changes.old, changes.new, relaxed=True)  # the changes are durable already
        self._flushed = block
        del self._unflushed[block.number]
        self._mvcc.drop_through(block.number)
        self._publish()

    def _change_state(
        self, batch: Batch, replaced: Mapping[str, str | None], texts: Mapping[str, str | None], *, relaxed: bool
    ) -> None:
        """Write a batch that changes `replaced` to `texts`, keeping views as they are. Caller publishes."""
        following = Epoch()
        self._epoch.following = following
        self._epoch.replaced = replaced
        try:
            self.store.write(batch, relaxed=relaxed)
        except BaseException:
            self._epoch.replaced = None
            raise
        self._texts.replaced(texts)
        self._pages.replaced(texts)
        self._epoch = following

    def _layers_after(self, block: BlockRecord) -> tuple[Base, VersionTable, int]:
        """Return what makes the view after a block of the chain."""
        flushed = -1 if self._flushed is None else self._flushed.number
        if block.number > flushed:
            return self._live(), self._mvcc.table, self._mvcc.version_after(block.number)
        if block.number == flushed:
            return self._live(), _EMPTY, 0
        self._require_reachable(block.number)
        base = HistoricBase(self._state, self._history, block.number, self._guard(block.number))
        return base, _EMPTY, 0

    def _guard(self, number: int) -> Callable[[], None]:
        start = len(self._cuts)

        def require_valid() -> None:
            if any(cut < number for cut in self._cuts[start:]):
                raise InvalidInput(
                    f"the head was moved below block {number} since it was checked out", advice="Check it out again."
                )
            self._require_reachable(number)

        return require_valid

    def _require_reachable(self, number: int) -> None:
        oldest = self.ledger.oldest()
        if oldest is not None and number < oldest:
            raise history_dropped(number, oldest)

    def _kept_changes(self, block: BlockRecord) -> BlockChanges:
        kept = self._unflushed.get(block.number)
        if kept is not None and kept[0].id == block.id:
            return kept[1]
        if not self.ledger.has_changes(block.id):
            raise history_dropped(block.number, self.ledger.oldest() or 0)
        return self.ledger.changes(block.id)

    def _identity(self, block_hash: str, head: BlockRecord | None, changes: BlockChanges) -> int:
        existing = self.ledger.id_of(block_hash)
        if existing is None:
            return self.ledger.next_id()
        block = self.ledger.block(existing)
        same_place = block.parent == (None if head is None else head.id)
        if not same_place or not self.ledger.has_changes(existing) or self.ledger.changes(existing) != changes:
            raise InvalidInput(f"another block has the hash {block_hash}", where=f"block {block.number}")
        return existing

    def _require_head(self) -> BlockRecord:
        if self._head is None:
            raise InvalidInput("there is no block yet", advice="Produce one first.")
        return self._head

    def _head_number(self) -> int:
        return -1 if self._head is None else self._head.number
