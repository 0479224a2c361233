"""Gas balances: pledges, growth with time, and payment (spec/natives.md §5).

Works on the stored entries of gas.iost directly and without prices: the transaction's prologue and settlement
use it, and the built-in contract gas.iost for what the reference does not charge. Gas is a decimal with two digits.
"""

from __future__ import annotations

from functools import lru_cache

from engine.chain import amounts
from engine.chain.host_interface import StateCache
from engine.chain.stored import FixedPoint, decode, encode
from engine.errors import InsufficientAssets

CONTRACT = "gas.iost"
TOTAL_PLEDGE, LIMIT, UPDATE_TIME, STOCK, PLEDGES = "gt", "gl", "gu", "gs", "gp"
REWARD_PER_IOST = FixedPoint(100_000_00, 2)
LIMIT_PER_IOST = FixedPoint(300_000_00, 2)
GROWTH_PER_IOST = FixedPoint(115, 2)
MAXIMUM_ELAPSED = 259_200.0
MINIMUM_PLEDGE = FixedPoint(10**8, 8)
MINIMUM_TOTAL_PLEDGE = FixedPoint(10 * 10**8, 8)
ZERO = FixedPoint(0, 2)


def entry_key(account: str, entry: str) -> str:
    """Return the state key of one of an account's gas entries."""
    return f"b-{CONTRACT}-{account}{entry}"


def decimal_entry(cache: StateCache, account: str, entry: str) -> FixedPoint:
    """Return one of an account's decimals, zero if it never pledged."""
    return _decimal(cache.get(entry_key(account, entry)))


def gas_at(cache: StateCache, account: str, time: int) -> FixedPoint:
    """Return the gas an account has at `time` (nanoseconds): its stock plus growth, up to its limit."""
    get = cache.get
    stock, limit, total_pledge, updated = _gas_keys(account)
    return _gas_of(get(stock), get(limit), get(total_pledge), get(updated), time)


@lru_cache(maxsize=1024)
def _gas_keys(account: str) -> tuple[str, str, str, str]:
    """Return the state keys of what an account's gas depends on."""
    return (
        entry_key(account, STOCK),
        entry_key(account, LIMIT),
        entry_key(account, TOTAL_PLEDGE),
        entry_key(account, UPDATE_TIME),
    )


@lru_cache(maxsize=1024)
def _gas_of(
    stock: str | None, limit: str | None, total_pledge: str | None, updated: str | None, time: int
) -> FixedPoint:
    """Return the gas in an account's stored entries; remembered, because a transaction asks several times."""
    return grown_gas(
        stock=_decimal(stock),
        limit=_decimal(limit),
        total_pledge=_decimal(total_pledge),
        updated=_time(updated),
        time=time,
    )


def _decimal(stored: str | None) -> FixedPoint:
    value = decode(stored)[0] if stored else ZERO
    return value if isinstance(value, FixedPoint) else ZERO


def _time(stored: str | None) -> int:
    value = decode(stored)[0] if stored else 0
    return value if isinstance(value, int) else 0


def grown_gas(*, stock: FixedPoint, limit: FixedPoint, total_pledge: FixedPoint, updated: int, time: int) -> FixedPoint:
    """Return `stock` after growing from `updated` to `time` (nanoseconds), up to `limit`, with two digits."""
    elapsed = min((time - updated) / 1e9, MAXIMUM_ELAPSED) if updated > 0 else 0.0
    growth = amounts.times_float(amounts.times(total_pledge, GROWTH_PER_IOST), elapsed)
    gas = amounts.plus(growth, stock)
    if amounts.less(limit, gas):
        gas = limit
    return amounts.rescale(gas, 2)


def pay(cache: StateCache, account: str, centi_gas: int, time: int) -> None:
    """Take `centi_gas` hundredths from an account, whose stock is brought up to date.

    Raises:
        InsufficientAssets: it has less.
    """
    gas = gas_at(cache, account, time)
    cost = FixedPoint(centi_gas, 2)
    if amounts.less(gas, cost):
        now, need = amounts.decimal_text(gas), amounts.decimal_text(cost)
        raise InsufficientAssets(f"gas not enough! Now: {now}(tgas:0,pgas:{now}), Need {need}")
    stock, _, _, updated = _gas_keys(account)
    cache.put(stock, encode(amounts.minus(gas, cost), CONTRACT))
    cache.put(updated, encode(time, CONTRACT))
