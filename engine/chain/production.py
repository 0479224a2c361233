"""When blocks are produced, and how signed transactions get into them (spec/transactions.md §2, §8).

Transactions from outside are checked in the reference's order. In mode *instant* one is executed at once in a block of
its own, unless it is dated well ahead of the clock; otherwise it waits in the pool for the next block.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from engine.chain.admission import check_actions, verify
from engine.chain.chain import Chain
from engine.chain.executor import transaction_context
from engine.chain.prologue import check_gas_balance, prepaid_units
from engine.chain.transaction import Transaction
from engine.chain.transaction_pool import TransactionPool
from engine.chain.wallet import request_of
from engine.chain.worker_program import QueuedTransaction
from engine.errors import InvalidInput, RejectedTransaction, StrataError
from engine.interface import EngineEvent, Production, ProductionMode, ProductionStopped, TransactionRejected
from engine.state.local_cache import LocalCache
from engine.values import BlockSummary

LONGEST_INTERVAL = 3600.0
AHEAD = 10**9
"""How far ahead of the clock a block may be, in nanoseconds (spec/transactions.md §8, verification bounds)."""


class Producer:
    """Decides when the blocks of `chain` are closed; used by the chain's thread, `pool` may be looked at by any."""

    def __init__(self, chain: Chain, listener: Callable[[EngineEvent], None]) -> None:
        self.pool = TransactionPool()
        self._chain = chain
        self._listener = listener
        self._production = Production()
        self._due = 0.0

    @property
    def production(self) -> Production:
        """How blocks are produced."""
        return self._production

    @property
    def is_instant(self) -> bool:
        """Whether a block is closed with every transaction."""
        return self._production.mode is ProductionMode.INSTANT

    def set_production(self, production: Production) -> None:
        """Produce blocks like this from now on; call `beat` afterwards. Instant production closes an open block.

        Raises:
            InvalidInput: the interval is no time between a moment and an hour.
        """
        if production.mode is ProductionMode.INTERVAL and not 0 < production.seconds <= LONGEST_INTERVAL:
            raise InvalidInput(
                f"{production.seconds} is no interval between blocks",
                advice=f"Give seconds, more than 0 and at most {LONGEST_INTERVAL:.0f}.",
            )
        self._production = production
        if self.is_instant and self._chain.has_open_block:
            self._chain.produce()
        self._due = time.monotonic() + production.seconds

    def receive(self, transaction: Transaction) -> None:
        """Check a signed transaction; execute it or let it wait, as the mode says.

        Raises:
            RejectedTransaction: it cannot enter a block; nothing has changed, and listeners are told.
        """
        queued = QueuedTransaction(transaction, transaction.hash_text(), len(transaction.full_bytes()))
        try:
            self._receive(queued)
        except RejectedTransaction as rejection:
            self._tell_rejected(queued, rejection.what)
            raise

    def _receive(self, queued: QueuedTransaction) -> None:
        transaction = queued.transaction
        now = max(self._chain.clock.now(), self._chain.next_block().time or 0)
        self._drop_expired()
        self._check(queued, now)
        if self.is_instant and transaction.time <= max(now, self._chain.clock.now() + AHEAD):
            self._chain.enter(queued)
            return
        self._check_balances(queued)
        self.pool.add(queued)

    def check(self, transaction: Transaction) -> None:
        """Look whether a signed transaction could enter a block now; nothing is executed and nothing changes.

        Raises:
            RejectedTransaction: it could not, in the words that sending it would be answered with.
        """
        queued = QueuedTransaction(transaction, transaction.hash_text(), len(transaction.full_bytes()))
        self._check(queued, max(self._chain.clock.now(), self._chain.next_block().time or 0))
        self._check_balances(queued)

    def _check(self, queued: QueuedTransaction, now: int) -> None:
        """Raise `RejectedTransaction` for what is wrong with a transaction by itself, in the reference's order."""
        transaction = queued.transaction
        check_actions(transaction)
        check_gas_balance(LocalCache(self._chain.stack.reader()), transaction, now)
        if self.pool.get(queued.hash) is not None or queued.hash in self._chain.stack.open_transactions:
            raise RejectedTransaction("tx exists in pending")
        if self._chain.transaction(queued.hash) is not None:
            raise RejectedTransaction("tx exists in chain")
        self.pool.require_room(transaction)
        verify(transaction, size=queued.size, now=now, chain_id=self._chain.options.chain_id)

    def _check_balances(self, queued: QueuedTransaction) -> None:
        """Raise `RejectedTransaction` unless the accounts can pay and have allowed it, as the next block sees them."""
        context = transaction_context(queued.transaction, self._chain.next_block(), queued.hash)
        prepaid_units(LocalCache(self._chain.stack.reader()), queued.transaction, context, queued.size)

    def produce(self) -> BlockSummary:
        """Close a block with as many waiting transactions as it takes."""
        self._drop_expired()
        for queued in self.pool.executable(self._chain.next_block().time or 0):
            if self._chain.has_room(queued.transaction):
                self._enter(queued, close=False)
        return self._chain.produce()

    def beat(self) -> float | None:
        """Do what is due by the clock; return the seconds until something will be, None if nothing is to come."""
        try:
            self._drop_expired()
            match self._production.mode:
                case ProductionMode.INTERVAL:
                    return self._beat_of_interval()
                case ProductionMode.INSTANT:
                    return self._beat_of_instant()
                case ProductionMode.MANUAL:
                    return None
        except StrataError as error:  # a full disk, say: tell it once instead of failing twice a second
            self._production = Production(ProductionMode.MANUAL)
            self._listener(ProductionStopped(str(error)))
            return None

    def _beat_of_interval(self) -> float:
        now = time.monotonic()
        if now >= self._due:
            self.produce()
            self._due = max(self._due + self._production.seconds, now)
        return max(self._due - time.monotonic(), 0)

    def _beat_of_instant(self) -> float | None:
        for queued in self.pool.executable(self._chain.clock.now()):
            self._enter(queued, close=True)
        earliest = self.pool.earliest()
        if earliest is None or self._chain.clock.start is not None:
            return None
        return max(earliest - self._chain.clock.now(), 0) / 1e9

    def _enter(self, queued: QueuedTransaction, *, close: bool) -> None:
        self.pool.remove(queued)
        try:
            self._chain.enter(queued, close=close)
        except RejectedTransaction as rejection:
            self._tell_rejected(queued, rejection.what)

    def _drop_expired(self) -> None:
        for queued in self.pool.drop_expired(self._chain.clock.now()):
            self._tell_rejected(queued, "it expired while it waited for a block")

    def _tell_rejected(self, queued: QueuedTransaction, reason: str) -> None:
        self._listener(TransactionRejected(queued.hash, request_of(queued.transaction), reason))
