"""How the chain keeps blocks, transactions and its own settings in the store (MessagePack)."""

from __future__ import annotations

import msgspec

from engine.chain.block import Block
from engine.chain.keys import KeyPair
from engine.chain.transaction import Transaction
from engine.values import TransactionResult, Value


class ExecutionTrace(Value, array_like=True, frozen=True):
    """How a transaction that ran beside others was executed: its worker's lane (0 the engine itself) and runs.

    `conflicts` are the keys on which it was overtaken, each with the hash of the transaction that wrote it.
    """

    worker: int
    runs: int
    conflicts: tuple[tuple[str, str], ...] = ()


class StoredResult(Value, frozen=True):
    """An executed transaction as it is kept: without the accesses, which can be found again by executing it."""

    transaction: Transaction
    result: TransactionResult
    trace: ExecutionTrace | None = None


class ChainSettings(Value, frozen=True):
    """What a chain was created with, how its clock stands, and the keys it signs with; kept with the chain.

    `serial` was the newest serial number when this was written; those used since are stored by themselves.
    """

    chain_id: int
    clock_start: int | None = None
    clock_offset: int = 0
    serial: int = 0
    keys: dict[str, KeyPair] = msgspec.field(default_factory=dict)


_block_decoder = msgspec.msgpack.Decoder(Block)
_result_decoder = msgspec.msgpack.Decoder(StoredResult)
_settings_decoder = msgspec.msgpack.Decoder(ChainSettings)


def encode_record(record: Block | StoredResult | ChainSettings) -> bytes:
    """Return a record's bytes."""
    return msgspec.msgpack.encode(record)


def encode_serial(serial: int) -> bytes:
    """Return a serial number's bytes."""
    return msgspec.msgpack.encode(serial)


def decode_serial(data: bytes | None) -> int:
    """Return the serial number in `data`, 0 if there is none."""
    return 0 if data is None else msgspec.msgpack.decode(data, type=int)


def decode_block(data: bytes) -> Block:
    """Return the block in `data`."""
    return _block_decoder.decode(data)


def decode_result(data: bytes) -> StoredResult:
    """Return the executed transaction in `data`."""
    return _result_decoder.decode(data)


def decode_settings(data: bytes) -> ChainSettings:
    """Return the settings in `data`."""
    return _settings_decoder.decode(data)
