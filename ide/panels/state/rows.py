"""What the three panes of the state stack show, without Qt: rows of reads, writes and held versions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.facade import BlockProduced
from engine.values import AccessKind, Layer, StateEntry, StorageAccess, TransactionResult
from ide.panels.readable import KeyKind, ReadableKey, ReadableValue, read_key, read_value

BOOKKEEPERS = frozenset({"auth.iost", "base.iost", "gas.iost", "ram.iost", "system.iost", "vote_producer.iost"})
"""Built-in contracts that the chain itself calls for fees, permissions and block rewards."""

BUILT_IN_SUFFIX = ".iost"
"""How the names of built-in contracts end."""

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
    glow_from: float = 0.0
    has_old: bool = True
    is_book: bool = False

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

    Fees are paid outside the actions, and stay paid when those are rolled back. `kept` is False for a dry
    run; `reached` is how many accesses the debugger has passed (None: all); changes glow from `glow_from`.
    """
    called = {action.contract for action in result.request.actions}
    rows = []
    for order, access in enumerate(result.accesses):
        is_fee = is_settlement(access)
        thrown = not kept or not (result.succeeded or is_fee)
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
                glow_from=glow_from if access.kind is not AccessKind.READ else 0.0,
                is_book=is_fee or is_book_key(access.key, called),
            )
        )
    return rows


class VersionList:
    """The rows of the MVCC pane: every version of the blocks that are not flushed, newest first."""

    def __init__(self) -> None:
        self.rows: list[StackRow] = []
        self._unflushed = 0

    def load(self, entries: Iterable[StateEntry]) -> None:
        """Replace everything by what the layer holds; old values are not known."""
        self.rows = [held_row(entry) for entry in entries]

    def add_block(self, event: BlockProduced, written: Collection[str], glow_from: float) -> int:
        """Put a block's changes on top; returns how many of them are `written`, that is not the chain's own."""
        fresh = [
            StackRow(
                key=change.key,
                kind=AccessKind.DELETE if change.new is None else AccessKind.WRITE,
                old=change.old,
                new=change.new,
                layer=Layer.MVCC,
                block=event.block.number,
                glow_from=glow_from,
                is_book=change.key not in written,
            )
            for change in event.changes
        ]
        self._unflushed += len(fresh)
        self.rows = (fresh + self.rows)[: max(KEPT_ROWS, len(fresh))]
        return sum(not row.is_book for row in fresh)

    def flush(self, number: int) -> list[StackRow]:
        """Mark the versions of blocks up to `number` as moved down; returns those of them that were held."""
        self._unflushed = 0
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
    def is_crowded(self) -> bool:
        """Whether rows that were not flushed will soon fall off the end of the list."""
        return self._unflushed > KEPT_ROWS // 2

    @property
    def held(self) -> int:
        """How many versions the layer holds."""
        return sum(row.fate is Fate.HELD for row in self.rows)


class FlushedList:
    """The rows of the RocksDB pane: what was just flushed on top, then the rest of what it holds, by key."""

    def __init__(self) -> None:
        self.recent: list[StackRow] = []
        self._rest: dict[str, StackRow] = {}

    @property
    def rows(self) -> list[StackRow]:
        """All rows in order of display."""
        recent = {row.key for row in self.recent}
        return self.recent + [self._rest[key] for key in sorted(self._rest.keys() - recent)]

    def flush(self, moved: Sequence[StackRow], glow_from: float) -> None:
        """Put what came down from MVCC on top; an older row of the same key goes."""
        newest: dict[str, StackRow] = {}
        for row in moved:
            newest.setdefault(row.key, replace(row, fate=Fate.HELD, layer=Layer.ROCKSDB, glow_from=glow_from))
        self.recent = [*newest.values(), *(row for row in self.recent if row.key not in newest)][:KEPT_ROWS]
        for row in newest.values():
            self._settle(row)

    def load(self, entries: Iterable[StateEntry]) -> None:
        """Take in what the layer holds; keys that changed recently stay on top."""
        self._rest |= {entry.key: held_row(entry) for entry in entries}

    def dismiss(self) -> None:
        """Sort the recent changes in among the rest."""
        self.recent = []

    def _settle(self, row: StackRow) -> None:
        if row.new is None:
            self._rest.pop(row.key, None)
        else:
            self._rest[row.key] = replace(row, has_old=False, glow_from=0.0, block=None)


def held_row(entry: StateEntry) -> StackRow:
    """Return the row of a value whose past is not known; what the chain's own contracts hold counts as its books."""
    return StackRow(
        key=entry.key,
        kind=AccessKind.DELETE if entry.value is None else AccessKind.WRITE,
        old=None,
        new=entry.value,
        layer=entry.layer,
        has_old=False,
        is_book=is_book_key(entry.key) or read_key(entry.key).contract.endswith(BUILT_IN_SUFFIX),
    )


def written_keys(result: TransactionResult) -> set[str]:
    """Return the keys that a transaction's actions wrote for good, without the chain's own books."""
    if not result.succeeded:
        return set()
    called = {action.contract for action in result.request.actions}
    changes = {access.key for access in result.accesses if access.kind is not AccessKind.READ and access.action >= 0}
    return {key for key in changes if not is_book_key(key, called)}


def is_settlement(access: StorageAccess) -> bool:
    """Whether an access belongs to no action: the chain's checks before them and the payment of fees after them."""
    return access.action < 0


def is_book_key(state_key: str, called: Collection[str] = ()) -> bool:
    """Whether a key is one of the chain's own books, which no contract named; `called` are the contracts called."""
    key = read_key(state_key)
    if key.kind in (KeyKind.MAP_KEYS, KeyKind.MAP_FLAG, KeyKind.CODE):
        return True
    if key.contract in BOOKKEEPERS:
        return key.contract not in called
    return key.contract == "token.iost" and key.field == "ram"
