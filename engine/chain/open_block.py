"""The block that is being filled, and how it is closed (spec/transactions.md §8)."""

from __future__ import annotations

from collections import Counter

from engine.chain.block import (
    MAXIMUM_GAS,
    MAXIMUM_PER_PUBLISHER,
    MAXIMUM_TRANSACTIONS,
    Block,
    BlockHead,
    head_info,
    merkle_root,
    transactions_root,
)
from engine.chain.encoding import base58_text
from engine.chain.executor import Execution
from engine.chain.keys import KeyPair
from engine.chain.receipt import centi_gas, receipt_hash
from engine.chain.transaction import Transaction
from engine.chain.worker_program import QueuedTransaction
from engine.state.records import StoredTransaction
from engine.values import StateEdit, TransactionResult


class OpenBlock:
    """Collects executed transactions; number, time and parent are fixed when it is opened."""

    def __init__(self, *, number: int, time: int, parent_hash: bytes, witness: KeyPair) -> None:
        self.number = number
        self.time = time
        self.parent_hash = parent_hash
        self.entries: list[tuple[QueuedTransaction, Execution]] = []
        self.results: list[TransactionResult] = []
        self.records: list[StoredTransaction] = []
        """What is kept of the transactions, as it will be stored."""
        self.edits: list[StateEdit] = []
        self.publishers: Counter[str] = Counter()
        """How many transactions each account has published."""
        self.gas = 0
        """What the transactions have used, in hundredths."""
        self._witness = witness
        self._receipt_hashes: list[bytes] = []
        self._names: set[str] = set()

    @property
    def parent_text(self) -> str:
        """The parent's hash in base58, as contracts see it."""
        return base58_text(self.parent_hash)

    @property
    def witness(self) -> str:
        """The producer's readable key id."""
        return self._witness.id

    def has_room(self, transaction: Transaction) -> bool:
        """Return whether a transaction may still enter: count, count of its publisher, gas, and its time."""
        return (
            len(self.entries) < MAXIMUM_TRANSACTIONS
            and self.publishers[transaction.publisher] < MAXIMUM_PER_PUBLISHER
            and self.gas + transaction.gas_limit <= MAXIMUM_GAS
            and transaction.time <= self.time
        )

    def holds(self, transaction_hash: str) -> bool:
        """Return whether a transaction is in the block."""
        return transaction_hash in self._names

    def add(self, queued: QueuedTransaction, execution: Execution) -> int:
        """Append an executed transaction and return its index."""
        self.entries.append((queued, execution))
        self._names.add(queued.hash)
        self.publishers[queued.transaction.publisher] += 1
        self.gas += centi_gas(execution.receipt.gas_usage)
        self._receipt_hashes.append(receipt_hash(execution.receipt, queued.transaction.hash()))
        return len(self.entries) - 1

    def close(self) -> Block:
        """Return the signed block."""
        transactions = tuple(queued.transaction for queued, _ in self.entries)
        receipts = tuple(execution.receipt for _, execution in self.entries)
        head = BlockHead(
            version=1 if self.number else 0,
            parent_hash=self.parent_hash,
            tx_merkle_hash=transactions_root(transactions),
            tx_receipt_merkle_hash=merkle_root(self._receipt_hashes),
            number=self.number,
            witness=self.witness if self.number else "0",
            time=self.time,
            info=head_info(self.edits),
        )
        signature = self._witness.sign(head.hash()) if self.number else None
        return Block(head, signature, transactions, receipts, tuple(self.edits))
