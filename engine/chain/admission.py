"""Checks of a transaction that arrives, before it is executed (spec/transactions.md §2, stage A)."""

from __future__ import annotations

import json
import re

from engine.chain.encoding import sha3
from engine.chain.prologue import check_gas_settings
from engine.chain.transaction import LIFETIME, MAXIMUM_CLOCK_LEAD, MAXIMUM_SIZE, Transaction
from engine.errors import RejectedTransaction
from engine.values import Action

_AMOUNT = re.compile(r"([0-9]+[.])?[0-9]+")


def admit(transaction: Transaction, *, size: int, now: int, chain_id: int, signed_here: bool = False) -> None:
    """Raise `RejectedTransaction`, in the reference's words and order, unless a transaction may be executed.

    `size` is the length of its full encoding, `now` the chain's clock in nanoseconds. What was `signed_here` needs no
    check of its signatures.
    """
    check_actions(transaction)
    verify(transaction, size=size, now=now, chain_id=chain_id, signed_here=signed_here)


def check_actions(transaction: Transaction) -> None:
    """Raise `RejectedTransaction` for an action that cannot be meant: what is looked at before anything else."""
    for action in transaction.actions:
        check_action(action)


def verify(transaction: Transaction, *, size: int, now: int, chain_id: int, signed_here: bool = False) -> None:
    """Raise `RejectedTransaction` unless times, chain, size, gas settings and signatures are right; see `admit`."""
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
    """Raise `RejectedTransaction` for data that is no array, or a transfer or pledge that cannot be meant."""
    try:
        arguments = json.loads(action.data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise RejectedTransaction(f"invalid json array: {error}, {action.data}") from None
    if not isinstance(arguments, list):
        raise RejectedTransaction(f"invalid json array: not an array, {action.data}")
    name = (action.contract, action.action_name)
    if name == ("token.iost", "transfer"):
        _check_count(arguments, 5, action.data)
        if not isinstance(arguments[0], str):
            raise RejectedTransaction(f"invalid token: {arguments[0]}")
        _check_amount(arguments[3], 8 if arguments[0] == "iost" else None)
    elif name in {("gas.iost", "pledge"), ("gas.iost", "unpledge")}:
        _check_count(arguments, 3, action.data)
        _check_amount(arguments[2], None)
        if len(str(arguments[2]).partition(".")[2].rstrip("0")) > 2:
            raise RejectedTransaction(f"decimal should not exceed 2: {action.data}")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"invalid character {name[0]!r} looking for beginning of value")


def _check_count(arguments: list[object], count: int, data: str) -> None:
    if len(arguments) != count:
        raise RejectedTransaction(f"wrong args num: {data}")


def _check_amount(amount: object, decimals: int | None) -> None:
    if not isinstance(amount, str) or not _AMOUNT.fullmatch(amount):
        raise RejectedTransaction(f"invalid amount: {amount}")
    if int(amount.replace(".", "")) >= 2**63:
        raise RejectedTransaction(f"invalid amount: {amount}")
    if decimals is not None and len(amount.partition(".")[2]) > decimals:
        raise RejectedTransaction(f"invalid decimal: {amount}")
