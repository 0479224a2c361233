"""Blocks as they are stored and hashed (spec/rpc.md §3.7): camelCase names, bytes in base64."""

from __future__ import annotations

import msgspec

from engine.values import Value


class RawHead(Value, rename="camel", frozen=True):
    """What a block's hash covers."""

    version: str
    parent_hash: bytes
    tx_merkle_hash: bytes
    tx_receipt_merkle_hash: bytes
    info: bytes
    number: str
    witness: str
    time: str


class RawSignature(Value, frozen=True):
    """A signature; `algorithm` is its number in the encoding."""

    algorithm: int
    sig: bytes
    public_key: bytes = msgspec.field(name="pubKey")


class RawAction(Value, rename="camel", frozen=True):
    """One contract call."""

    contract: str
    action_name: str
    data: str


class RawLimit(Value, frozen=True):
    """A bound on a token."""

    token: str
    val: str


class RawTransaction(Value, rename="camel", frozen=True):
    """A transaction with its signatures; gas limit and ratio in hundredths."""

    time: str
    expiration: str
    gas_limit: str
    gas_ratio: str
    actions: tuple[RawAction, ...]
    signers: tuple[str, ...]
    signs: tuple[RawSignature, ...]
    publisher: str
    publish_signs: tuple[RawSignature, ...]
    delay: str
    chain_id: int = msgspec.field(name="chain_id")
    referred_tx: bytes = b""
    amount_limit: tuple[RawLimit, ...] = ()
    reserved: bytes = b""


class RawStatus(Value, frozen=True):
    """How a transaction ended."""

    code: int
    message: str


class RawReceiptEntry(Value, rename="camel", frozen=True):
    """One receipt a contract left."""

    func_name: str
    content: str


class RawReceipt(Value, rename="camel", frozen=True):
    """A receipt; gas in hundredths."""

    tx_hash: bytes
    gas_usage: str
    ram_usage: dict[str, str]
    status: RawStatus
    returns: tuple[str, ...]
    receipts: tuple[RawReceiptEntry, ...]


class RawBlock(Value, rename="camel", frozen=True):
    """A block with its transactions (`NORMAL`) or their hashes (`ONLYHASH`)."""

    head: RawHead
    sign: RawSignature | None
    txs: tuple[RawTransaction, ...] = ()
    receipts: tuple[RawReceipt, ...] = ()
    tx_hashes: tuple[bytes, ...] = ()
    receipt_hashes: tuple[bytes, ...] = ()
    block_type: str = "NORMAL"


class RawBlockAnswer(Value, frozen=True):
    """Answer of getRawBlockByNumber."""

    status: str
    block: RawBlock


class RawBlockList(Value, frozen=True):
    """Answer of getBlockHeaderByRange."""

    block_list: tuple[RawBlock, ...]
