"""Checks before a transaction's first action (spec/transactions.md §2, stage C)."""

from __future__ import annotations

from engine.chain import amounts, gas_ledger
from engine.chain.accounts import AuthorityLevel, resolve
from engine.chain.amount_limits import check_amount_limits, token_decimals
from engine.chain.amounts import AmountError, decimal_text, parse_decimal
from engine.chain.arguments import parse_arguments
from engine.chain.context import TransactionContext
from engine.chain.host_interface import StateCache
from engine.chain.natives import gas
from engine.chain.stored import FixedPoint, decode
from engine.chain.transaction import (
    MAXIMUM_GAS_LIMIT,
    MAXIMUM_GAS_RATIO,
    MINIMUM_GAS_LIMIT,
    MINIMUM_GAS_RATIO,
    Transaction,
)
from engine.errors import ContractException, RejectedTransaction
from engine.values import AbiMethod

_PLEDGE = AbiMethod("pledge", ("string", "string", "string"))


def check_gas_settings(transaction: Transaction, *, prefix: str = "") -> None:
    """Raise `RejectedTransaction` unless gas ratio and limit are within the chain's bounds."""
    if not MINIMUM_GAS_RATIO <= transaction.gas_ratio <= MAXIMUM_GAS_RATIO:
        raise RejectedTransaction(f"{prefix}gas ratio illegal, should in [1, 100]")
    if not MINIMUM_GAS_LIMIT <= transaction.gas_limit <= MAXIMUM_GAS_LIMIT:
        raise RejectedTransaction(f"{prefix}gas limit illegal, should in [6000, 4000000]")


def check_gas_balance(cache: StateCache, transaction: Transaction, time: int) -> None:
    """Raise `RejectedTransaction` unless the publisher has the gas limit at `time`, or is about to pledge for it."""
    publisher = transaction.publisher
    limit = FixedPoint(transaction.gas_limit, 2)
    current = gas_ledger.gas_at(cache, publisher, time)
    if not amounts.less(current, limit):
        return
    refusal = RejectedTransaction(
        f"gas not enough: user {publisher} has {decimal_text(current)} < {decimal_text(limit)}"
    )
    action = transaction.actions[0] if len(transaction.actions) == 1 else None
    if action is None or (action.contract, action.action_name) != (gas.ID, "pledge"):
        raise refusal
    try:
        pledger, user, text = parse_arguments(_PLEDGE, action.data)
    except ContractException as error:
        raise RejectedTransaction(f"invalid gas pledge args {error.text} {action.data}") from None
    if not pledger == user == publisher:
        raise refusal
    _check_pledge(cache, publisher, current, limit, str(text))


def _check_pledge(cache: StateCache, publisher: str, current: FixedPoint, limit: FixedPoint, text: str) -> None:
    try:
        pledged = parse_decimal(text, 8)
    except AmountError as error:
        raise RejectedTransaction(f"invalid gas pledge amount {error} {text}") from None
    if amounts.less(pledged, gas_ledger.MINIMUM_PLEDGE):
        raise RejectedTransaction(f"invalid gas pledge amount <nil> {text}")
    stored = cache.get(f"m-token.iost-TB{publisher}-iost")
    balance = FixedPoint(int(decode(stored)[0]) if stored else 0, token_decimals(cache, "iost") or 0)  # type: ignore[arg-type]
    if amounts.less(balance, pledged):
        raise RejectedTransaction(
            f"iost token amount not enough for pledgement {decimal_text(balance)} < {decimal_text(pledged)}"
        )
    reward = amounts.times(pledged, gas_ledger.REWARD_PER_IOST)
    if amounts.less(amounts.plus(current, reward), limit):
        raise RejectedTransaction(
            "gas not enough even if considering the new gas pledgement "
            f"{decimal_text(current)} + {decimal_text(reward)} < {decimal_text(limit)}"
        )


def prepaid_units(cache: StateCache, transaction: Transaction, context: TransactionContext, size: int) -> int:
    """Check a transaction of `size` bytes against the state; returns the units it has to pay for that.

    Raises:
        RejectedTransaction: it may not be executed.
    """
    check_gas_settings(transaction)
    paid = 10 * size
    _check_paid(transaction, paid)
    check_gas_balance(cache, transaction, context.block.time or 0)
    for signer in transaction.signers:
        account, separator, permission = signer.partition("@")
        if not separator or "@" in permission:
            raise RejectedTransaction(f"illegal signer: {signer}")
        granted, price = resolve(cache, context, account, permission, AuthorityLevel.SIGNER)
        if not granted:
            raise RejectedTransaction(f"unauthorized signer: {signer}")
        paid += price
    granted, price = resolve(cache, context, transaction.publisher, "active", AuthorityLevel.PUBLISHER)
    if not granted:
        raise RejectedTransaction(f"unauthorized publisher: {transaction.publisher}")
    paid += price
    try:
        check_amount_limits(cache, transaction.amount_limit)
    except ContractException as error:
        raise RejectedTransaction(error.text) from None
    _check_paid(transaction, paid)
    return paid


def _check_paid(transaction: Transaction, paid: int) -> None:
    if paid * transaction.gas_ratio >= transaction.gas_limit:
        raise RejectedTransaction(
            f"gas limit should be larger, paid: {paid}, gas limit: {transaction.gas_limit}, "
            f"gas ratio: {transaction.gas_ratio}"
        )
