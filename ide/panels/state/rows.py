"""What the three panes of the state stack show, without Qt: rows of reads, writes and held versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.facade import BlockProduced
from engine.values import AccessKind, Layer, StateEntry, TransactionResult
from ide.panels.readable import ReadableKey, ReadableValue, read_key, read_value

KEPT_ROWS = 500
"""How many rows of past changes a pane keeps listed."""


class Fate(StrEnum):
    """What became of a row's value."""

    HELD = "held"
    """The layer holds it now (a read counts as held)."""
    THROWN_AWAY = "thrown away"
    """The transaction failed or was a dry run: it never left the local cache."""
    MOVED_DOWN = "moved down"
    """The layer below holds it now."""
    AHEAD = "ahead"
    """The debugger has not come to it yet."""


@dataclass(frozen=True, slots=True)
class StackRow:
    """One row of a pane; `glow_from` is a monotonic time in seconds (0: never), `order` the place of an access."""

    key: str
    kind: AccessKind
    old: str | None
    new: str | None
    layer: Layer
    fate: Fate = Fate.HELD
    block: int | None = None
    transaction: str = ""
    order: int = -1
    line: int = 0
    glow_from: float = 0.0
    has_old: bool = True

    @property
    def readable_key(self) -> ReadableKey:
        """The key taken apart."""
        return read_key(self.key)

    def readable_value(self, stored: str | None) -> ReadableValue:
        """A stored text of this row's key taken apart."""
        return read_value(self.readable_key, stored)

    @property
    def is_access(self) -> bool:
        """Whether the row is an access of a transaction, not a value that a layer holds."""
        return self.order >= 0

    @property
    def is_change(self) -> bool:
        """Whether the row wrote or deleted."""
        return self.kind is not AccessKind.READ


def access_rows(
    result: TransactionResult, *, kept: bool, reached: int | None = None, glow_from: float = 0.0
) -> list[StackRow]:
    """Return a transaction's reads and writes in order.

    `kept` is False for a dry run; `reached` is how many accesses the debugger has passed (None: all);
    changes glow from `glow_from`.
    """
    thrown = not kept or not result.succeeded
    rows = []
    for order, access in enumerate(result.accesses):
        if reached is not None and order >= reached:
            fate = Fate.AHEAD
        elif thrown and access.kind is not AccessKind.READ and reached is None:
            fate = Fate.THROWN_AWAY
        else:
            fate = Fate.HELD
        rows.append(
            StackRow(
                key=access.key,
                kind=access.kind,
                old=access.old,
                new=access.new if access.kind is not AccessKind.READ else access.old,
                layer=access.layer,
                fate=fate,
                transaction=result.hash,
                order=order,
                line=access.line,
                glow_from=glow_from if access.kind is not AccessKind.READ else 0.0,
            )
        )
    return rows


class VersionList:
    """The rows of the MVCC pane: every version of the blocks that are not flushed, newest first."""

    def __init__(self) -> None:
        self.rows: list[StackRow] = []

    def load(self, entries: Iterable[StateEntry]) -> None:
        """Replace everything by what the layer holds; old values are not known."""
        self.rows = [held_row(entry) for entry in entries]

    def add_block(self, event: BlockProduced, glow_from: float) -> int:
        """Put a block's changes on top; returns how many."""
        fresh = [
            StackRow(
                key=change.key,
                kind=AccessKind.DELETE if change.new is None else AccessKind.WRITE,
                old=change.old,
                new=change.new,
                layer=Layer.MVCC,
                block=event.block.number,
                glow_from=glow_from,
            )
            for change in event.changes
        ]
        self.rows = (fresh + self.rows)[: max(KEPT_ROWS, len(fresh))]
        return len(fresh)

    def flush(self, number: int) -> list[StackRow]:
        """Mark the versions of blocks up to `number` as moved down; returns those of them that were held."""
        moved = []
        for place, row in enumerate(self.rows):
            if row.fate is Fate.HELD and (row.block is None or row.block <= number):
                moved.append(row)
                self.rows[place] = replace(row, fate=Fate.MOVED_DOWN)
        return moved

    def dismiss(self) -> None:
        """Drop the rows that the layer does not hold any more."""
        self.rows = [row for row in self.rows if row.fate is Fate.HELD]

    @property
    def held(self) -> int:
        """How many versions the layer holds."""
        return sum(row.fate is Fate.HELD for row in self.rows)


class FlushedList:
    """The rows of the RocksDB pane: what was just flushed on top, then the rest of what it holds, by key."""

    def __init__(self) -> None:
        self.recent: list[StackRow] = []
        self.rest: list[StackRow] = []

    @property
    def rows(self) -> list[StackRow]:
        """All rows in order of display."""
        return self.recent + self.rest

    def flush(self, moved: Sequence[StackRow], glow_from: float) -> None:
        """Put what came down from MVCC on top; an older row of the same key goes."""
        newest: dict[str, StackRow] = {}
        for row in moved:
            newest.setdefault(row.key, replace(row, layer=Layer.ROCKSDB, glow_from=glow_from))
        keys = newest.keys()
        self.recent = [*newest.values(), *(row for row in self.recent if row.key not in keys)][:KEPT_ROWS]
        self.rest = [row for row in self.rest if row.key not in keys]

    def load(self, entries: Iterable[StateEntry]) -> None:
        """Replace the rest; keys that changed recently stay on top."""
        keys = {row.key for row in self.recent}
        self.rest = [held_row(entry) for entry in entries if entry.key not in keys]

    def dismiss(self) -> None:
        """Sort the recent changes in among the rest."""
        settled = [replace(row, has_old=False, glow_from=0.0) for row in self.recent if row.new is not None]
        self.rest = sorted(self.rest + settled, key=lambda row: row.key)
        self.recent = []


def held_row(entry: StateEntry) -> StackRow:
    """Return the row of a value whose past is not known."""
    kind = AccessKind.DELETE if entry.value is None else AccessKind.WRITE
    return StackRow(key=entry.key, kind=kind, old=None, new=entry.value, layer=entry.layer, has_old=False)
