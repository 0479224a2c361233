"""Checking a database: every file and every row's checksum, and whether state, history and blocks agree.

A table's bloom filter is not checked: RocksDB does without one that fails its checksum, nothing is lost by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import StorageDamaged
from engine.state.columns import ColumnName
from engine.state.encoding import decode_optional, history_key
from engine.state.ledger import Ledger
from engine.state.store import Store
from engine.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from engine.state.records import BlockRecord

__all__ = ["Problem", "VerifyReport", "verify", "verify_store"]


class Problem(Value, frozen=True):
    """One thing that is wrong; `where` is a file or what the database calls it."""

    where: str
    what: str


class VerifyReport(Value, frozen=True):
    """What `verify` looked at and what it found."""

    problems: tuple[Problem, ...]
    files: int = 0
    rows: int = 0
    blocks: int = 0

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(directory: Path, progress: Callable[[int, int], None] | None = None) -> VerifyReport:
    """Check the database in `directory`, which nobody may have open. Nothing is changed.

    Raises:
        StorageLocked, StorageError: it cannot be opened for another reason than damage.
    """
    try:
        store = Store.open(directory)
    except StorageDamaged as error:
        return VerifyReport((_problem(error),))
    with store:
        return verify_store(store, progress)


def verify_store(store: Store, progress: Callable[[int, int], None] | None = None) -> VerifyReport:
    """Check an open database while nothing writes to it."""
    files = store.files()
    missing = [name for name in files if not (store.directory / name).exists()]
    if missing:  # a compaction may have replaced a file since it was listed
        still_listed = set(store.files())
        missing = [name for name in missing if name in still_listed]
    problems = [Problem(name, "the file is missing") for name in missing]
    steps = len(ColumnName) + 1
    rows = 0
    for done, name in enumerate(ColumnName, 1):
        try:
            rows += sum(1 for _ in store.columns[name].scan())
        except StorageDamaged as error:
            problems.append(_problem(error))
        if progress is not None:
            progress(done, steps)
    blocks = 0
    if not problems:  # what follows reads the same rows and would only repeat them
        try:
            problems.extend(_disagreements(store))
            blocks = sum(1 for _ in Ledger(store).all_blocks())
        except StorageDamaged as error:
            problems.append(_problem(error))
    if progress is not None:
        progress(steps, steps)
    return VerifyReport(tuple(problems), len(files), rows, blocks)


def chain_below(ledger: Ledger, head: int) -> list[BlockRecord]:
    """Return the blocks from the first to the block with id `head`.

    Raises:
        StorageDamaged: one of them is missing or unreadable.
    """
    blocks = [ledger.block(head)]
    while (parent := blocks[-1].parent) is not None:
        blocks.append(ledger.block(parent))
    return blocks[::-1]


def _problem(error: StorageDamaged) -> Problem:
    return Problem(error.where, error.what)


def _disagreements(store: Store) -> Iterator[Problem]:
    """Replay the changes of every block and compare with the state, the history and the index."""
    ledger = Ledger(store)
    head, flushed = ledger.head(), ledger.flushed()
    if head is None:
        if store.columns[ColumnName.STATE].first_from(b"", b"") is not None:
            yield Problem("state", "there is state but no block")
        return
    chain = chain_below(ledger, head)
    if flushed is not None and flushed not in {block.id for block in chain}:
        yield Problem("meta", "the flushed block is not below the head")
        return
    indexed = sum(1 for _ in ledger.chain(0, chain[-1].number + 2))
    if indexed != len(chain):
        yield Problem("index", f"it names {indexed} blocks of a chain of {len(chain)}")
    oldest = ledger.oldest() or 0
    history = store.columns[ColumnName.HISTORY]
    replayed: dict[str, str | None] = {}
    entries = 0
    reached = flushed is None
    for position, block in enumerate(chain):
        where = f"block {block.number}"
        if block.number != chain[0].number + position:
            yield Problem(where, "its number does not follow the block below")
        if ledger.id_at(block.number) != block.id:
            yield Problem(where, "the index names another block")
        if oldest and block.number <= oldest:
            reached = reached or block.id == flushed
            continue
        changes = ledger.changes(block.id)
        for key, text in changes.old.items():
            if replayed.get(key, None if not oldest else text) != text:
                yield Problem(where, f"it found another text of {key!r} than the blocks below left")
        if not reached or block.id == flushed:
            for key, text in changes.old.items():
                entries += 1
                raw = history.get(history_key(key.encode(), block.number))
                if raw is None or decode_optional(raw) != text:
                    yield Problem("history", f"wrong entry of {key!r} at block {block.number}")
        if flushed is not None and not reached:
            replayed.update(changes.new)
            reached = block.id == flushed
            if reached:
                yield from _state_differences(store, replayed, complete=not oldest)
        else:
            replayed.update(changes.new)
    if (ledger.swept() or 0) == oldest and entries != sum(1 for _ in history.scan()):
        yield Problem("history", "there are entries that no block of the chain made")


def _state_differences(store: Store, expected: dict[str, str | None], *, complete: bool) -> Iterator[Problem]:
    state = store.columns[ColumnName.STATE]
    for key, text in expected.items():
        raw = state.get(key.encode())
        if (None if raw is None else raw.decode()) != text:
            yield Problem("state", f"wrong text of {key!r}")
    if complete:
        for raw, _ in state.scan():
            if expected.get(raw.decode()) is None:
                yield Problem("state", f"{raw.decode()!r} was written by no block")
