"""A fork in memory: another future from any block, to be compared and thrown away ("what if this came first?")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.state.encoding import require_text
from engine.state.local_cache import PendingWrites
from engine.values import StateChange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.state.interface import StateReader
    from engine.state.records import BlockRecord
    from engine.state.stack import StateStack


class Fork:
    """Transactions on top of a block's state that never reach the database."""

    def __init__(self, stack: StateStack, point: int | str | BlockRecord) -> None:
        """Fork `stack` after the block `point` (as `StateStack.block` finds it).

        Raises:
            InvalidInput: there is no such block, or its history was dropped.
        """
        self.origin = stack.block(point)
        self.transactions: list[str] = []
        self._below = stack.checkout(self.origin)
        self._reader = PendingWrites(self._below)
        self._writes: dict[str, str | None] = {}

    def reader(self) -> StateReader:
        """Return the state of the fork, which follows later commits."""
        return self._reader

    def commit(self, transaction: str, writes: Mapping[str, str | None]) -> None:
        """Commit a transaction's write set to the fork.

        Raises:
            InvalidInput: a key or text cannot be stored.
        """
        require_text(writes)
        self.transactions.append(transaction)
        self._writes.update(writes)
        self._reader.apply(writes)

    def changes(self) -> tuple[StateChange, ...]:
        """Return the keys whose texts differ from the state forked from, in order."""
        return tuple(
            StateChange(key, old, new)
            for key, new in sorted(self._writes.items())
            if (old := self._below.read(key)[0]) != new
        )
