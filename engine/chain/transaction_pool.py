"""Transactions that wait for a block (spec/transactions.md §2 stage A4, §8.1)."""

from __future__ import annotations

from heapq import heappop, heappush

from engine.chain.transaction import LIFETIME, Transaction
from engine.chain.worker_program import QueuedTransaction
from engine.errors import RejectedTransaction

MAXIMUM = 10_000
MAXIMUM_BESIDES_TRANSFERS = 1000
SIMPLE_DATA_BYTES = 70


class TransactionPool:
    """Keeps admitted transactions until they are taken, in the order in which blocks take them."""

    def __init__(self) -> None:
        self._waiting: dict[str, QueuedTransaction] = {}
        self._deadlines: list[tuple[int, str]] = []
        """A heap of the times from which on transactions are expired; some have been taken out since."""

    def __len__(self) -> int:
        return len(self._waiting)

    def get(self, transaction_hash: str) -> Transaction | None:
        """Return a waiting transaction; from any thread."""
        queued = self._waiting.get(transaction_hash)
        return None if queued is None else queued.transaction

    def require_room(self, transaction: Transaction) -> None:
        """Raise `RejectedTransaction` if the pool takes no more of this kind: the rest is for simple transfers."""
        limit = MAXIMUM if _is_simple_transfer(transaction) else MAXIMUM_BESIDES_TRANSFERS
        if len(self._waiting) >= limit:
            raise RejectedTransaction("txpool is full", advice="Send again when blocks have been produced.")

    def add(self, queued: QueuedTransaction) -> None:
        """Let a transaction wait."""
        self._waiting[queued.hash] = queued
        transaction = queued.transaction
        heappush(self._deadlines, (min(transaction.expiration, transaction.time + LIFETIME + 1), queued.hash))

    def remove(self, queued: QueuedTransaction) -> None:
        """Take a transaction out."""
        del self._waiting[queued.hash]

    def drop_expired(self, now: int) -> tuple[QueuedTransaction, ...]:
        """Forget the transactions that can no longer enter a block at `now` (nanoseconds), and return them."""
        expired = []
        while self._deadlines and self._deadlines[0][0] <= now:
            queued = self._waiting.pop(heappop(self._deadlines)[1], None)
            if queued is not None:
                expired.append(queued)
        return tuple(expired)

    def executable(self, time: int) -> list[QueuedTransaction]:
        """Return what may enter a block of `time` (nanoseconds), first what it should take first."""
        found = [queued for queued in self._waiting.values() if queued.transaction.time <= time]
        found.sort(key=lambda queued: queued.transaction.hash(), reverse=True)
        found.sort(key=lambda queued: _rank(queued.transaction))
        return found

    def earliest(self) -> int | None:
        """Return the earliest time of a waiting transaction (nanoseconds)."""
        return min((queued.transaction.time for queued in self._waiting.values()), default=None)


def _rank(transaction: Transaction) -> tuple[bool, int, int, int]:
    is_transfer = _is_token_action(transaction)
    length = len(transaction.actions[0].data.encode()) if is_transfer else 0
    return not is_transfer, length, -transaction.gas_ratio, transaction.time


def _is_token_action(transaction: Transaction) -> bool:
    return len(transaction.actions) == 1 and transaction.actions[0].contract == "token.iost"


def _is_simple_transfer(transaction: Transaction) -> bool:
    return _is_token_action(transaction) and len(transaction.actions[0].data.encode()) <= SIMPLE_DATA_BYTES
