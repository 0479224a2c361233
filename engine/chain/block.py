"""Blocks: heads, Merkle roots, signatures (spec/transactions.md §8)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from engine.chain.encoding import base58_text, blob, int64, sha3, text
from engine.chain.keys import Signature
from engine.chain.once import once
from engine.chain.receipt import centi_gas, gas_text, receipt_hash
from engine.chain.transaction import Transaction
from engine.values import BlockSummary, StateEdit, TransactionReceipt, Value

MAXIMUM_TRANSACTIONS = 50
MAXIMUM_PER_PUBLISHER = 10
MAXIMUM_GAS = 8_000_000 * 100


class BlockHead(Value, frozen=True, dict=True):
    """What a block's hash covers. Hashes are raw bytes, `witness` a readable key id, `time` nanoseconds."""

    version: int
    parent_hash: bytes
    tx_merkle_hash: bytes
    tx_receipt_merkle_hash: bytes
    number: int
    witness: str
    time: int
    info: bytes = b"{}"

    def hash(self) -> bytes:
        """Return the block's hash (32 bytes)."""
        return self._digest

    @once
    def _digest(self) -> bytes:
        return sha3(
            b"".join(
                (
                    int64(self.version),
                    blob(self.parent_hash),
                    blob(self.tx_merkle_hash),
                    blob(self.tx_receipt_merkle_hash),
                    blob(self.info),
                    int64(self.number),
                    text(self.witness),
                    int64(self.time),
                )
            )
        )


class Block(Value, frozen=True):
    """A closed block; transaction 0 is the base transaction."""

    head: BlockHead
    signature: Signature | None
    transactions: tuple[Transaction, ...]
    receipts: tuple[TransactionReceipt, ...]
    edits: tuple[StateEdit, ...] = ()
    """Made by hand after the transactions; the head's `info` covers them."""

    def gas_usage(self) -> str:
        """Return the sum of all receipts' gas as a decimal text."""
        return gas_text(sum(centi_gas(receipt.gas_usage) for receipt in self.receipts))

    def summary(self, *, flushed: bool) -> BlockSummary:
        """Return the block without its bodies."""
        return BlockSummary(
            number=self.head.number,
            hash=base58_text(self.head.hash()),
            parent_hash=base58_text(self.head.parent_hash),
            time=self.head.time,
            witness=self.head.witness,
            gas_usage=self.gas_usage(),
            transactions=tuple(receipt.tx_hash for receipt in self.receipts),
            flushed=flushed,
            edits=self.edits,
        )


def head_info(edits: Sequence[StateEdit]) -> bytes:
    """Return a head's `info`: empty as on the reference, or the mark of what was edited by hand in the block."""
    if not edits:
        return b"{}"
    return msgspec.json.encode({"edited_by_hand": base58_text(sha3(msgspec.json.encode(edits)))})


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle root: an odd node is paired with itself, a single leaf too; nothing gives nothing."""
    level = list(leaves)
    if not level:
        return b""
    while True:
        level = [sha3(level[i] + level[min(i + 1, len(level) - 1)]) for i in range(0, len(level), 2)]
        if len(level) == 1:
            return level[0]


def transactions_root(transactions: Sequence[Transaction]) -> bytes:
    """Return the Merkle root over the transactions' hashes."""
    return merkle_root([transaction.hash() for transaction in transactions])


def receipts_root(receipts: Sequence[TransactionReceipt]) -> bytes:
    """Return the Merkle root over the receipts' hashes."""
    return merkle_root([receipt_hash(receipt) for receipt in receipts])
