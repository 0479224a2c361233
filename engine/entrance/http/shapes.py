"""Turns what the chain holds into the node's messages (spec/rpc.md §3)."""

from __future__ import annotations

from collections.abc import Sequence

from engine.chain.block import Block
from engine.chain.encoding import base58_bytes, base58_text
from engine.chain.keys import Signature
from engine.chain.receipt import STATUS_CODES, centi_gas, receipt_hash
from engine.chain.transaction import Transaction
from engine.entrance.http.messages import (
    AbiMessage,
    ActionMessage,
    BlockMessage,
    ContractMessage,
    LimitMessage,
    ReceiptEntry,
    ReceiptMessage,
    TransactionMessage,
    double,
)
from engine.entrance.http.raw_messages import (
    RawAction,
    RawBlock,
    RawHead,
    RawLimit,
    RawReceipt,
    RawReceiptEntry,
    RawSignature,
    RawStatus,
    RawTransaction,
)
from engine.values import AbiMethod, TransactionReceipt


def receipt_message(receipt: TransactionReceipt) -> ReceiptMessage:
    """Return a receipt as it is answered."""
    return ReceiptMessage(
        tx_hash=receipt.tx_hash,
        gas_usage=double(receipt.gas_usage),
        ram_usage={payer: str(size) for payer, size in receipt.ram_usage.items()},
        status_code=receipt.status.value,
        message=receipt.message,
        returns=receipt.returns,
        receipts=tuple(ReceiptEntry(line.func_name, line.content) for line in receipt.receipts),
    )


def transaction_message(transaction: Transaction, receipt: TransactionReceipt | None) -> TransactionMessage:
    """Return a transaction as it is answered; `receipt` None if it has not been executed."""
    return TransactionMessage(
        hash=transaction.hash_text(),
        time=str(transaction.time),
        expiration=str(transaction.expiration),
        gas_ratio=double(transaction.gas_ratio / 100),
        gas_limit=double(transaction.gas_limit / 100),
        delay=str(transaction.delay),
        chain_id=transaction.chain_id,
        actions=tuple(
            ActionMessage(action.contract, action.action_name, action.data) for action in transaction.actions
        ),
        signers=transaction.signers,
        publisher=transaction.publisher,
        referred_tx="",
        amount_limit=tuple(LimitMessage(limit.token, limit.val) for limit in transaction.amount_limit),
        tx_receipt=None if receipt is None else receipt_message(receipt),
    )


def block_message(block: Block, *, complete: bool) -> BlockMessage:
    """Return a block as it is answered, with its transactions if it is to be `complete`.

    The reference does not store a block's gas and answers 0 for irreversible ones (spec/rpc.md §3.4); so do we.
    """
    head = block.head
    pairs = zip(block.transactions, block.receipts, strict=True) if complete else ()
    return BlockMessage(
        hash=base58_text(head.hash()),
        version=str(head.version),
        parent_hash=base58_text(head.parent_hash),
        tx_merkle_hash=base58_text(head.tx_merkle_hash),
        tx_receipt_merkle_hash=base58_text(head.tx_receipt_merkle_hash),
        number=str(head.number),
        witness=head.witness,
        time=str(head.time),
        gas_usage=0,
        tx_count=str(len(block.transactions)),
        info=None,
        orig_info="",
        transactions=tuple(transaction_message(transaction, receipt) for transaction, receipt in pairs),
    )


def contract_message(
    contract: str, *, language: str, version: str, abi: Sequence[AbiMethod], code: str, original: str
) -> ContractMessage:
    """Return a contract as it is answered."""
    return ContractMessage(
        id=contract,
        code=code,
        language=language,
        version=version,
        abis=tuple(
            AbiMessage(
                method.name, method.args, tuple(LimitMessage(limit.token, limit.val) for limit in method.amount_limit)
            )
            for method in abi
        ),
        orig_code=original,
    )


# --- raw blocks ------------------------------------------------------------------------------------


def raw_header(block: Block) -> RawBlock:
    """Return a block's head and signature."""
    head = block.head
    return RawBlock(
        head=RawHead(
            version=str(head.version),
            parent_hash=head.parent_hash,
            tx_merkle_hash=head.tx_merkle_hash,
            tx_receipt_merkle_hash=head.tx_receipt_merkle_hash,
            info=head.info,
            number=str(head.number),
            witness=head.witness,
            time=str(head.time),
        ),
        sign=None if block.signature is None else _raw_signature(block.signature),
    )


def raw_block(block: Block, *, complete: bool) -> RawBlock:
    """Return a block with its transactions and receipts, or only their hashes."""
    header = raw_header(block)
    if not complete:
        return RawBlock(
            head=header.head,
            sign=header.sign,
            tx_hashes=tuple(transaction.hash() for transaction in block.transactions),
            receipt_hashes=tuple(map(receipt_hash, block.receipts)),
            block_type="ONLYHASH",
        )
    return RawBlock(
        head=header.head,
        sign=header.sign,
        txs=tuple(map(_raw_transaction, block.transactions)),
        receipts=tuple(map(_raw_receipt, block.receipts)),
    )


def _raw_transaction(transaction: Transaction) -> RawTransaction:
    return RawTransaction(
        time=str(transaction.time),
        expiration=str(transaction.expiration),
        gas_limit=str(transaction.gas_limit),
        gas_ratio=str(transaction.gas_ratio),
        actions=tuple(RawAction(action.contract, action.action_name, action.data) for action in transaction.actions),
        signers=transaction.signers,
        signs=tuple(map(_raw_signature, transaction.signatures)),
        publisher=transaction.publisher,
        publish_signs=tuple(map(_raw_signature, transaction.publisher_signatures)),
        delay=str(transaction.delay),
        chain_id=transaction.chain_id,
        amount_limit=tuple(RawLimit(limit.token, limit.val) for limit in transaction.amount_limit),
    )


def _raw_receipt(receipt: TransactionReceipt) -> RawReceipt:
    return RawReceipt(
        tx_hash=base58_bytes(receipt.tx_hash),
        gas_usage=str(centi_gas(receipt.gas_usage)),
        ram_usage={payer: str(size) for payer, size in receipt.ram_usage.items()},
        status=RawStatus(STATUS_CODES[receipt.status], receipt.message),
        returns=receipt.returns,
        receipts=tuple(RawReceiptEntry(line.func_name, line.content) for line in receipt.receipts),
    )


def _raw_signature(signature: Signature) -> RawSignature:
    return RawSignature(signature.algorithm, signature.signature, signature.public_key)
