"""The timeline of an open chain as the window asks for it: every answer is a future."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

from engine.chain.chain import GENESIS
from engine.chain.edit import EDIT
from engine.chain.executor import Execution
from engine.chain.worker_program import encode_batch
from engine.errors import InvalidInput
from engine.state.portable import export_chain
from engine.state.retention import PruneReport, apply_retention, set_retention
from engine.timeline.search import prepare, search
from engine.timeline.values import (
    Author,
    KeyHistory,
    KeyWrite,
    LeftBranch,
    NamedState,
    Point,
    Retention,
    SearchPage,
    StateDifference,
    StateQuery,
    WhatIf,
    WriteSite,
)
from engine.timeline.what_if import what_if
from engine.values import (
    AccessKind,
    BlockSummary,
    SourceLocation,
    StateEdit,
    StateEntry,
    StorageAccess,
    TransactionRequest,
)

if TYPE_CHECKING:
    from engine.assembly import Assembly
    from engine.debug.trace import Trace
    from engine.state.records import Checkpoint, KeyVersion
    from engine.state.view import StateView

__all__ = ["Timeline"]

MOST_CHANGES = 5000
MOST_WRITES = 500
KEPT_BRANCHES = 50
_BRANCHES = "left-branches"
Result = TypeVar("Result")


class Work(Protocol):
    """Does work on one of the engine's threads."""

    def __call__(self, work: Callable[[], Result], /) -> Future[Result]:
        """Return the future of its result."""
        ...


class Timeline:
    """Looks at any moment of a chain and moves between them.

    `read` and `debug` only look, `execute` runs transactions that are not kept, `change` may change the chain.
    """

    def __init__(
        self,
        parts: Assembly,
        *,
        read: Work,
        execute: Work,
        change: Work,
        debug: Work,
        path_of: Callable[[str, str], str],
    ) -> None:
        """`path_of` turns a contract's id and file name into the path that people know."""
        self._chain, self._stack = parts.chain, parts.stack
        self._executions, self._debugger = parts.executions, parts.debugger
        self._read, self._execute, self._change, self._debug = read, execute, change, debug
        self._path_of = path_of

    # looking

    def entries(
        self, *, at: Point = None, prefix: str = "", after: str = "", count: int = 200
    ) -> Future[tuple[StateEntry, ...]]:
        """Return entries of the state at a moment, in order.

        Raises:
            InvalidInput: there is no such moment, or its history was dropped.
        """
        return self._read(lambda: self._view(at).entries(prefix=prefix, after=after, count=count))

    def search(self, query: StateQuery, *, at: Point = None, after: str = "", count: int = 200) -> Future[SearchPage]:
        """Search the state at a moment for a short while (about 20 ms); ask again with `after` until it is None.

        The first page may hold entries that come again later. Raises as `entries`.
        """
        return self._read(lambda: search(self._view(at), query, after=after, count=count))

    def prepare_search(self, after: str = "") -> Future[str | None]:
        """Read what searches of now will look through, for about 20 ms; ask again with the answer until it is None.

        Without this the first search does it: a million keys take it a second, instead of some hundredths.
        """
        return self._read(lambda: prepare(self._view(None), after))

    def value(self, key: str, *, at: Point = None) -> Future[StateEntry]:
        """Return one key of the state at a moment; raises as `entries`."""

        def look() -> StateEntry:
            text, layer = self._view(at).read(key)
            return StateEntry(key, text, layer)

        return self._read(look)

    def difference(
        self, old: Point, new: Point, *, prefix: str = "", contains: str = "", count: int = MOST_CHANGES
    ) -> Future[StateDifference]:
        """Return the keys that differ between two moments, on whatever branch; raises as `entries`."""

        def compare() -> StateDifference:
            first, second = self._block_of(old), self._block_of(new)
            changes = self._stack.diff(first, second, prefix=prefix, contains=contains, count=count + 1)
            return StateDifference(changes[:count], truncated=len(changes) > count)

        return self._read(compare)

    def history(self, key: str, *, count: int = MOST_WRITES) -> Future[KeyHistory]:
        """Return the values that a key had on this chain, newest first."""

        def look() -> KeyHistory:
            versions = self._stack.key_history(key, count=count + 1)
            return KeyHistory(key, tuple(map(self._write_of, versions[:count])), truncated=len(versions) > count)

        return self._read(look)

    def write_site(self, transaction: str, key: str) -> Future[WriteSite]:
        """Find the last access of a transaction that wrote `key`, and its line, by recording it again.

        Raises:
            InvalidInput: there is no such transaction, or it did not write the key.
        """
        return self._debug(lambda: self._locate(transaction, key))

    def what_if(self, request: TransactionRequest, number: int, *, moved: str = "") -> Future[WhatIf]:
        """Run a call right after block `number` and then what came later; nothing is kept.

        `moved` names the transaction that the call is, if it is one that came later. Raises as `entries`.
        """
        return self._execute(lambda: what_if(self._chain, self._executions, request, number, moved=moved))

    # named states and branches

    def checkpoints(self) -> Future[tuple[NamedState, ...]]:
        """Return all checkpoints, by block and name."""

        def look() -> tuple[NamedState, ...]:
            return tuple(sorted(map(self._named, self._stack.ledger.checkpoints()), key=lambda c: (c.number, c.name)))

        return self._read(look)

    def set_checkpoint(self, name: str, point: Point = None) -> Future[NamedState]:
        """Name a block's state, by default the head's; a name that exists then means this state.

        Raises:
            InvalidInput: the name is not printable, or there is no such block.
        """

        def change() -> NamedState:
            if point is None:
                self._chain.checkpoint(name)
            else:
                self._stack.set_checkpoint(name, point=point)
            return self._named(self._checkpoint(name))

        return self._change(change)

    def rename_checkpoint(self, old: str, new: str) -> Future[NamedState]:
        """Give a checkpoint another name.

        Raises:
            InvalidInput: there is none of the old name, or there is one of the new name.
        """

        def change() -> NamedState:
            checkpoint = self._checkpoint(old)
            if self._stack.ledger.checkpoint(new) is not None:
                raise InvalidInput(f"there is a checkpoint {new!r} already", advice="Choose another name.")
            block = self._stack.ledger.block(checkpoint.block)
            renamed = self._stack.set_checkpoint(new, note=checkpoint.note, point=block)
            self._stack.delete_checkpoint(old)
            return self._named(renamed)

        return self._change(change)

    def delete_checkpoint(self, name: str) -> Future[None]:
        """Forget a checkpoint; the blocks stay. Raises `InvalidInput` if there is none of that name."""
        return self._change(lambda: self._stack.delete_checkpoint(name))

    def go_to(self, point: int | str) -> Future[int]:
        """Make a block of any branch the head and return its number; what is left stays as a branch.

        Raises:
            InvalidInput: there is no such block or checkpoint, or its history was dropped.
        """

        def move() -> int:
            left = self._stack.head
            number = self._chain.restore(point)
            if left is not None:
                self._remember_branch(left.hash, left.number)
            return number

        return self._change(move)

    def branches(self) -> Future[tuple[LeftBranch, ...]]:
        """Return the branches that were left and are not part of the chain, the last one left first."""
        return self._read(lambda: tuple(filter(self._is_left, self._branches())))

    # changing

    def edit(self, edit: StateEdit) -> Future[BlockSummary]:
        """Change an entry by hand, in a block of its own that says so.

        Raises:
            InvalidInput: the entry cannot be that, or its payer has not enough RAM.
        """
        return self._change(lambda: self._chain.edit(edit))

    def retention(self) -> Future[Retention]:
        """Return how far back one can go."""
        return self._read(lambda: Retention(self._stack.ledger.retention(), self._stack.ledger.oldest() or 0))

    def set_retention(
        self, blocks: int | None, progress: Callable[[int, int], None] | None = None
    ) -> Future[PruneReport]:
        """Keep so many blocks below the head reachable (None: all) and drop what is older now.

        `progress` is called on an engine thread with steps done and steps in all.
        """

        def change() -> PruneReport:
            set_retention(self._stack, blocks)
            return apply_retention(self._stack, progress)

        return self._change(change)

    def export(self, file: Path) -> Future[int]:
        """Write the whole chain in the portable format (engine/state/portable.py); returns the number of lines.

        Raises:
            InvalidInput: transactions wait in the open block. StorageError: the file cannot be written.
        """
        return self._execute(lambda: export_chain(self._stack, file))

    # inside

    def _view(self, at: Point) -> StateView:
        return self._stack.reader() if at is None else self._stack.checkout(at)

    def _block_of(self, point: Point) -> int | str:
        return self._chain.head_number if point is None else point

    def _named(self, checkpoint: Checkpoint) -> NamedState:
        on_chain = self._stack.ledger.id_at(checkpoint.number) == checkpoint.block
        return NamedState(checkpoint.name, checkpoint.number, checkpoint.hash, checkpoint.created, on_chain)

    def _checkpoint(self, name: str) -> Checkpoint:
        checkpoint = self._stack.ledger.checkpoint(name)
        if checkpoint is None:
            raise InvalidInput(f"there is no checkpoint {name!r}", advice="Choose one of the list.")
        return checkpoint

    def _write_of(self, version: KeyVersion) -> KeyWrite:
        if version.block_number is None:
            author = Author(transaction=self._chain.result(version.transaction))
            return KeyWrite(None, 0, author, version.old, version.new)
        block = self._chain.block(version.block_number)
        if version.transaction == EDIT:
            author = Author(edit=block.edits[0])
        elif version.transaction == GENESIS:
            author = Author(is_genesis=True)
        else:
            author = Author(transaction=self._chain.result(version.transaction))
        return KeyWrite(version.block_number, block.head.time, author, version.old, version.new)

    def _locate(self, transaction: str, key: str) -> WriteSite:
        batch, state = self._chain.replay(transaction)
        identity = self._executions.register(state)
        try:
            job = encode_batch(msgspec.structs.replace(batch, state=identity))
            trace, executions, *_ = self._debugger.record(job)
        finally:
            self._executions.release(identity)
        *_, execution = msgspec.msgpack.decode(executions, type=tuple[Execution, ...])
        accesses = execution.accesses
        number = _last_write(accesses, key)
        if number is None:
            raise InvalidInput(f"transaction {transaction} did not write {key}")
        return WriteSite(number, self._place(trace, number) if accesses[number].action >= 0 else None)

    def _place(self, trace: Trace, access: int) -> SourceLocation | None:
        position = bisect_right(trace.accesses_of, access) - 1
        if position < 0:
            return None
        place = trace.site(position)
        path = self._path_of(place.contract, place.file)
        return SourceLocation(place.contract, path, place.site.line, place.site.column)

    def _branches(self) -> tuple[LeftBranch, ...]:
        raw = self._stack.ledger.setting(_BRANCHES)
        return () if raw is None else msgspec.msgpack.decode(raw, type=tuple[LeftBranch, ...])

    def _is_left(self, branch: LeftBranch) -> bool:
        identity = self._stack.ledger.id_of(branch.hash)
        return identity is not None and self._stack.ledger.id_at(branch.number) != identity

    def _remember_branch(self, block_hash: str, number: int) -> None:
        kept = [branch for branch in self._branches() if branch.hash != block_hash and self._is_left(branch)]
        branch = LeftBranch(number, block_hash, time.time_ns(), min(number, self._chain.head_number))
        if self._is_left(branch):
            kept.insert(0, branch)
        self._stack.put_setting(_BRANCHES, msgspec.msgpack.encode(kept[:KEPT_BRANCHES]))


def _last_write(accesses: tuple[StorageAccess, ...], key: str) -> int | None:
    writes = [
        number for number, access in enumerate(accesses) if access.key == key and access.kind is not AccessKind.READ
    ]
    return writes[-1] if writes else None
