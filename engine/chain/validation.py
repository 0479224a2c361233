"""Checking a block by executing it again (spec/vm.md §6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.chain.admission import check_signatures
from engine.chain.block import (
    MAXIMUM_GAS,
    MAXIMUM_TRANSACTIONS,
    Block,
    head_info,
    receipts_root,
    transactions_root,
)
from engine.chain.executor import Execution
from engine.chain.receipt import centi_gas
from engine.chain.transaction import LIFETIME, Transaction
from engine.errors import RejectedTransaction, RunCancelled
from engine.values import Status, TransactionReceipt

ExecuteBlock = Callable[[Block], Sequence[Execution]]
"""Executes a block's transactions again, on the state before it."""


def block_difference(
    block: Block, parent: Block, *, base: Transaction, witness: str, execute: ExecuteBlock
) -> str | None:
    """Return the first thing that is wrong with `block` after `parent`, None if nothing is.

    `base` is the base transaction it should begin with, `witness` the key id of its producer.

    Raises:
        RunCancelled: somebody stopped it.
    """
    return (
        _head_difference(block, parent, witness)
        or _content_difference(block, base)
        or _outcome_difference(block, execute(block))
    )


def _head_difference(block: Block, parent: Block, witness: str) -> str | None:
    head = block.head
    if head.number != parent.head.number + 1:
        return f"block number {head.number} does not follow {parent.head.number}"
    if head.parent_hash != parent.head.hash():
        return "parent hash is not the hash of the block below"
    if head.time <= parent.head.time:
        return f"block time {head.time} is not after {parent.head.time}"
    if head.tx_merkle_hash != transactions_root(block.transactions):
        return "transaction merkle hash does not match the transactions"
    if head.tx_receipt_merkle_hash != receipts_root(block.receipts):
        return "receipt merkle hash does not match the receipts"
    if head.info != head_info(block.edits):
        return "the head's info does not match what was edited by hand"
    if head.witness != witness:
        return f"witness {head.witness} is not the producer {witness}"
    if block.signature is None or not block.signature.verifies(head.hash()):
        return "block signature is not valid"
    return None


def _content_difference(block: Block, base: Transaction) -> str | None:
    if not block.transactions or block.transactions[0] != base:
        return "base transaction is not the expected one"
    if len(block.transactions) > MAXIMUM_TRANSACTIONS:
        return f"{len(block.transactions)} transactions are more than {MAXIMUM_TRANSACTIONS}"
    hashes = [transaction.hash() for transaction in block.transactions]
    if len(set(hashes)) < len(hashes):
        return "a transaction occurs twice"
    if sum(centi_gas(receipt.gas_usage) for receipt in block.receipts) > MAXIMUM_GAS:
        return "gas of all receipts exceeds the block's limit"
    for index, transaction in enumerate(block.transactions[1:], start=1):
        problem = _transaction_problem(transaction, block.head.time)
        if problem:
            return f"transaction {index}: {problem}"
    return None


def _transaction_problem(transaction: Transaction, block_time: int) -> str | None:
    if transaction.time > block_time:
        return "time is after the block's"
    if transaction.expiration <= block_time or block_time - transaction.time > LIFETIME:
        return "expired"
    if transaction.delay != 0:
        return "delayed"
    try:
        check_signatures(transaction)
    except RejectedTransaction as rejection:
        return rejection.what
    return None


def _outcome_difference(block: Block, executions: Sequence[Execution]) -> str | None:
    for index, (recorded, execution) in enumerate(zip(block.receipts, executions, strict=False)):
        if execution.failure is not None and execution.failure.error == RunCancelled.__name__:
            raise RunCancelled("the validation was stopped")
        if execution.rejection is not None:
            return f"transaction {index}: {execution.rejection}"
        difference = receipt_difference(recorded, execution.receipt)
        if difference:
            return f"transaction {index}: {difference}"
    if len(executions) != len(block.receipts):
        return f"{len(block.receipts)} receipts for {len(executions)} transactions"
    return None


def receipt_difference(recorded: TransactionReceipt, found: TransactionReceipt) -> str | None:
    """Return how two receipts of a transaction differ; messages of failures do not count."""
    names = ["tx_hash", "status", "gas_usage", "ram_usage", "returns", "receipts"]
    if recorded.status is Status.SUCCESS:
        names.append("message")
    for name in names:
        old, new = getattr(recorded, name), getattr(found, name)
        if old != new:
            return f"{name.replace('_', ' ')} is recorded as {old}, executing gives {new}"
    return None
