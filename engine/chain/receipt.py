"""Receipts as they are hashed into a block (spec/transactions.md §7)."""

from __future__ import annotations

from decimal import Decimal

from engine.chain.encoding import base58_bytes, blob, int32, int64, listing, sha3, text
from engine.values import Status, TransactionReceipt

STATUS_CODES = {status: code for code, status in enumerate(Status)}


def gas_text(centi_gas: int) -> str:
    """Return hundredths of gas as the shortest decimal text."""
    whole, rest = divmod(centi_gas, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def centi_gas(gas: str) -> int:
    """Return a decimal gas text in hundredths, truncated."""
    if gas.isascii() and gas.isdigit():
        return 100 * int(gas)
    return int(Decimal(gas) * 100)


def receipt_hash(receipt: TransactionReceipt, tx_hash: bytes | None = None) -> bytes:
    """Return the hash of a receipt (32 bytes); `tx_hash` is that of its transaction, where it is known as bytes."""
    usage = sorted(receipt.ram_usage.items())  # the order of code points is that of their bytes in UTF-8
    return sha3(
        b"".join(
            (
                blob(tx_hash or base58_bytes(receipt.tx_hash)),
                int64(centi_gas(receipt.gas_usage)),
                blob(int32(STATUS_CODES[receipt.status]) + text(receipt.message)),
                int32(len(usage)),
                *(text(payer) + int64(amount) for payer, amount in usage),
                listing([value.encode() for value in receipt.returns]),
                listing([text(line.func_name) + text(line.content) for line in receipt.receipts]),
            )
        )
    )
