"""Bounds on the tokens an action may move (spec/contract-api.md §13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from engine.chain import amounts
from engine.chain.amounts import AmountError, decimal_text, parse_decimal
from engine.chain.context import is_contract_id
from engine.chain.host import Host
from engine.chain.host_interface import StateCache
from engine.chain.stored import FixedPoint, decode
from engine.errors import ContractException
from engine.values import AbiMethod, AmountLimit, ReceiptLine

_decode_receipt = msgspec.json.Decoder(list[Any]).decode
UNLIMITED = "unlimited"
ANY_TOKEN = "*"
_AMOUNT_POSITION = {"token.iost/transfer": 3, "token.iost/transferFreeze": 3, "token.iost/destroy": 2}


def token_decimals(cache: StateCache, token: str) -> int | None:
    """Return how many decimals a token has, None if there is no such token; free of charge."""
    stored = cache.get(f"m-token.iost-TI{token}-decimal")
    value = decode(stored)[0] if stored else None
    return value if isinstance(value, int) else None


def check_amount_limits(cache: StateCache, limits: Iterable[AmountLimit]) -> None:
    """Raise `ContractException` unless limits are for distinct tokens that exist, with readable values."""
    seen: set[str] = set()
    for limit in limits:
        if limit.token in seen:
            raise ContractException(f"duplicated token in amountLimit: {limit.token}")
        seen.add(limit.token)
        decimals = 0 if limit.token == ANY_TOKEN else token_decimals(cache, limit.token)
        if decimals is None:
            raise ContractException(f'token not exists in amountLimit, token:"{limit.token}"  val:"{limit.val}"')
        if limit.val != UNLIMITED:
            _parsed(limit.val, decimals)


class AmountLimits:
    """Implements `EntryChecks`: prices of limits, and their checks after each action of one transaction."""

    def __init__(self, transaction_limits: Sequence[AmountLimit]) -> None:
        self._transaction_limits = transaction_limits
        self._totals: dict[str, FixedPoint] = {}
        self._first_receipt = 0

    def before(self, host: Host, method: AbiMethod) -> None:
        """Charge for the entry method's limits."""
        host.charge_steps(len(method.amount_limit))
        self._first_receipt = len(host.receipts)

    def after(self, host: Host, method: AbiMethod) -> None:
        """Charge for looking at the action's receipts, and check what moved against both limits."""
        receipts = host.receipts[self._first_receipt :]
        host.charge_steps(len(receipts))
        if _bounds_nothing(method.amount_limit) and _bounds_nothing(self._transaction_limits):
            return
        for token, amount in _moved(host.cache, receipts).items():
            total = amounts.plus(self._totals.get(token, FixedPoint(0, 0)), amount)
            self._totals[token] = total
            if not _within(host.cache, method.amount_limit, token, amount):
                raise ContractException(f"token {token} exceed amountLimit in abi. need {decimal_text(amount)}")
            if not _within(host.cache, self._transaction_limits, token, total):
                raise ContractException(f"token {token} exceed amountLimit in tx. need {decimal_text(amount)}")


def _bounds_nothing(limits: Sequence[AmountLimit]) -> bool:
    """Return whether limits let any amount of any token pass."""
    return any(limit.token == ANY_TOKEN for limit in limits) and all(limit.val == UNLIMITED for limit in limits)


def _moved(cache: StateCache, receipts: Sequence[ReceiptLine]) -> dict[str, FixedPoint]:
    moved: dict[str, FixedPoint] = {}
    for receipt in receipts:
        position = _AMOUNT_POSITION.get(receipt.func_name)
        if position is None:
            continue
        content = _decode_receipt(receipt.content)
        token, sender = content[0], content[1]
        amount = FixedPoint(0, 0)
        if not is_contract_id(sender):
            amount = _parsed(content[position], token_decimals(cache, token) or 0)
        moved[token] = amounts.plus(moved.get(token, FixedPoint(0, 0)), amount)
    return moved


def _within(cache: StateCache, limits: Sequence[AmountLimit], token: str, amount: FixedPoint) -> bool:
    if amount.value <= 0:
        return True
    by_token = {limit.token: limit.val for limit in limits}
    applied = token if token in by_token else ANY_TOKEN
    value = by_token.get(applied)
    if value is None:
        return False
    if value == UNLIMITED:
        return True
    decimals = 0 if applied == ANY_TOKEN else token_decimals(cache, token) or 0
    return not amounts.less(_parsed(value, decimals), amount)


def _parsed(text: str, decimals: int) -> FixedPoint:
    try:
        return parse_decimal(text, decimals)
    except AmountError as error:
        raise ContractException(str(error)) from None
