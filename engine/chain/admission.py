"""Checks of a transaction that arrives, before it is executed (spec/transactions.md §2, stage A)."""

from __future__ import annotations

import re

from engine.chain.amounts import AmountError, parse_decimal, shrink
from engine.chain.arguments import first_json_value
from engine.chain.encoding import sha3
from engine.chain.prologue import check_gas_settings
from engine.chain.transaction import LIFETIME, MAXIMUM_CLOCK_LEAD, MAXIMUM_SIZE, Transaction
from engine.chain.worker_program import QueuedTransaction
from engine.errors import RejectedTransaction
from engine.values import Action

IOST_DECIMALS, PLEDGE_DECIMALS = 8, 2
LARGEST_ERROR = 1e-4
"""How far an amount may be from the double that its text is read as."""
_AMOUNT = re.compile(r"([0-9]+[.])?[0-9]+")


def encoded(transaction: Transaction) -> QueuedTransaction:
    """Return a transaction with its hash and size; raises `RejectedTransaction` if it cannot be encoded."""
    try:
        return QueuedTransaction(transaction, transaction.hash_text(), len(transaction.full_bytes()))
    except (OverflowError, UnicodeEncodeError):
        raise RejectedTransaction(
            "VerifyError tx cannot be encoded", advice="Numbers must fit 64 bits, texts must be valid Unicode."
        ) from None


def check_actions(transaction: Transaction) -> None:
    """Raise `RejectedTransaction` for an action that cannot be meant: what is looked at before anything else."""
    for action in transaction.actions:
        check_action(action)


def verify(transaction: Transaction, *, size: int, now: int, chain_id: int, signed_here: bool = False) -> None:
    """Raise `RejectedTransaction` unless times, chain, size, gas settings and signatures are right.

    `size` is the length of its full encoding, `now` the chain's clock in nanoseconds. What was `signed_here` needs no
    check of its signatures. The words and their order are the reference's.
    """
    if transaction.time > now + MAXIMUM_CLOCK_LEAD:
        raise RejectedTransaction(
            f"TimeError: tx.time is too large(tx.time: {transaction.time}, now: {now}). Please sync time"
        )
    if transaction.expiration <= now or now - transaction.time > LIFETIME:
        raise RejectedTransaction(
            f"TimeError: tx.time is expired(tx.time: {transaction.time}, now: {now}). Please sync time"
        )
    if transaction.chain_id != chain_id:
        raise RejectedTransaction(f"VerifyError invalid chain_id, should be {chain_id}, yours:{transaction.chain_id}")
    if transaction.time <= 0 or transaction.expiration <= transaction.time:
        raise RejectedTransaction("VerifyError invalid time and expiration")
    if transaction.delay != 0:
        raise RejectedTransaction("VerifyError invalid delay time")
    if size > MAXIMUM_SIZE:
        raise RejectedTransaction(f"VerifyError tx size illegal, should <= {MAXIMUM_SIZE}, got {size}")
    check_gas_settings(transaction, prefix="VerifyError ")
    if not signed_here:
        check_signatures(transaction, prefix="VerifyError ")


def check_signatures(transaction: Transaction, *, prefix: str = "") -> None:
    """Raise `RejectedTransaction` unless every signature is valid and the publisher signed."""
    base_hash = sha3(transaction.base_bytes())
    if not all(signature.verifies(base_hash) for signature in transaction.signatures):
        raise RejectedTransaction(f"{prefix}signer error")
    if not transaction.publisher_signatures:
        raise RejectedTransaction(f"{prefix}publisher empty error")
    publish_hash = sha3(transaction.publish_bytes())
    if not all(signature.verifies(publish_hash) for signature in transaction.publisher_signatures):
        raise RejectedTransaction(f"{prefix}publisher error")


def check_action(action: Action) -> None:
    """Raise `RejectedTransaction` for data that is no array, or a transfer or pledge that cannot be meant.

    As on the reference chain, only the first JSON value of the data counts.
    """
    data = action.data
    try:
        arguments = first_json_value(data)
    except ValueError as error:
        raise RejectedTransaction(f"invalid json array: {error}, {data}") from None
    if not isinstance(arguments, list):
        raise RejectedTransaction(f"invalid json array: type assertion to []interface{{}} failed, {data}")
    name = (action.contract, action.action_name)
    if name == ("token.iost", "transfer"):
        _check_count(arguments, 5, data)
        token = _text(arguments[0], "token", data)
        _check_amount(_text(arguments[3], "amount", data), token)
    elif name in {("gas.iost", "pledge"), ("gas.iost", "unpledge")}:
        _check_count(arguments, 3, data)
        amount = _text(arguments[2], "amount", data)
        try:
            _check_amount(amount, "iost")
        except RejectedTransaction as refusal:
            raise RejectedTransaction(f"invalid amount: {refusal.what}, {data}") from None
        if shrink(parse_decimal(amount, -1)).scale > PLEDGE_DECIMALS:
            raise RejectedTransaction(f"decimal should not exceed {PLEDGE_DECIMALS}: {data}")


def _check_count(arguments: list[object], count: int, data: str) -> None:
    if len(arguments) != count:
        raise RejectedTransaction(f"wrong args num: {data}")


def _text(value: object, name: str, data: str) -> str:
    if type(value) is not str:  # numbers are kept as a kind of text
        raise RejectedTransaction(f"invalid {name}: type assertion to string failed, {data}")
    return value


def _check_amount(amount: str, token: str) -> None:
    if not _AMOUNT.fullmatch(amount):
        raise RejectedTransaction(f"invalid amount: {amount}")
    try:
        number = parse_decimal(amount, -1)
    except AmountError as error:
        raise RejectedTransaction(f"invalid amount: {error}, {amount}") from None
    if abs(number.value / 10.0**number.scale - float(amount)) > LARGEST_ERROR:
        raise RejectedTransaction(f"invalid amount: <nil>, {amount}")
    if token == "iost" and number.scale > IOST_DECIMALS:
        raise RejectedTransaction(f"invalid decimal: {amount}")
