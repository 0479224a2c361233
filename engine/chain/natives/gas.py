"""gas.iost 1.0.0: pledging iost for gas (spec/natives.md §5)."""

from __future__ import annotations

from engine.chain import amounts, gas_ledger
from engine.chain.amounts import AmountError, decimal_text, parse_decimal
from engine.chain.gas_ledger import LIMIT, PLEDGES, STOCK, TOTAL_PLEDGE, UPDATE_TIME
from engine.chain.go_json import go_json
from engine.chain.host import Host
from engine.chain.host_interface import Invocation, Returns
from engine.chain.natives.method import COMMON, NativeContract, NativeMethod, require_valid_account
from engine.chain.stored import FixedPoint
from engine.errors import ContractException

ID = "gas.iost"
UNPLEDGE_FREEZE = 3 * 24 * 3600 * 10**9
_NO_PLEDGE = FixedPoint(0, 8)


def constructor(host: Host) -> Returns:
    """Do nothing, for the price of a refusal."""
    host.charge(host.prices.refusal)
    return []


def pledge(host: Host, pledger: str, user: str, amount_text: str) -> Invocation:
    """Lock iost of `pledger` so that `user` gets gas."""
    amount = _checked_amount(host, pledger, user, amount_text, wrong_first=pledger, wrong_second=user, verb="pledge")
    _change_pledge(host, pledger, user, amount)
    host.charge(host.prices.context)
    if pledger != "token.iost":
        data = f'["iost", "{pledger}", "{ID}", "{amount_text}", ""]'
        yield from host.call_contract("token.iost", "transfer", data)
    host.charge_steps()
    host.receipt(go_json([pledger, user, amount_text]))
    return []


def unpledge(host: Host, pledger: str, user: str, amount_text: str) -> Invocation:
    """Take back pledged iost; `pledger` can use them after three days."""
    amount = _checked_amount(host, pledger, user, amount_text, wrong_first=user, wrong_second=pledger, verb="unpledge")
    if _pledged(host, pledger, user).value == 0:
        raise ContractException(f"{pledger} did not pledge for {user}")
    _check_unpledge(host, pledger, user, amount)
    _change_pledge(host, pledger, user, FixedPoint(-amount.value, amount.scale))
    if pledger != "token.iost":
        host.charge(host.prices.context)
        due = (host.transaction.block.time or 0) + UNPLEDGE_FREEZE
        data = f'["iost", "{ID}", "{pledger}", "{decimal_text(amount)}", {due}, ""]'
        yield from host.call_contract("token.iost", "transferFreeze", data, lend_authority=True)
    host.charge_steps()
    host.receipt(go_json([pledger, user, amount_text]))
    return []


def _checked_amount(
    host: Host, pledger: str, user: str, text: str, *, wrong_first: str, wrong_second: str, verb: str
) -> FixedPoint:
    host.charge(host.prices.refusal)
    require_valid_account(host, pledger, f"invalid user name {wrong_first}")
    host.charge(host.prices.refusal)
    require_valid_account(host, user, f"invalid user name {wrong_second}")
    if not host.require_auth(pledger, "transfer"):
        raise ContractException("transaction has no permission")
    host.charge(host.prices.refusal)
    try:
        amount = parse_decimal(text, 8)
    except AmountError:
        amount = _NO_PLEDGE
    if amount.value <= 0:
        raise ContractException(f"invalid amount {text}")
    if amounts.less(amount, gas_ledger.MINIMUM_PLEDGE):
        raise ContractException(f"min {verb} num is &{{{gas_ledger.MINIMUM_PLEDGE.value} 8 <nil>}}")
    return amount


def _check_unpledge(host: Host, pledger: str, user: str, amount: FixedPoint) -> None:
    total = _decimal(host, user, TOTAL_PLEDGE)
    minimum = gas_ledger.MINIMUM_TOTAL_PLEDGE
    if amounts.less(amounts.minus(total, amount), minimum):
        has, wants, least = decimal_text(total), decimal_text(amount), decimal_text(minimum)
        raise ContractException(f"unpledge too much ({has} - {wants}) less than {least}")
    pledged = _pledged(host, pledger, user)
    if amounts.less(pledged, amount):
        raise ContractException(
            f"you cannot unpledge more than your pledge {decimal_text(amount)} > {decimal_text(pledged)}"
        )


def _change_pledge(host: Host, pledger: str, user: str, change: FixedPoint) -> None:
    """Change an account's pledge, limit and stock by a pledge of `change` iost (negative: taken back)."""
    limit_change = amounts.times(change, gas_ledger.LIMIT_PER_IOST)
    reward = amounts.times(change, gas_ledger.REWARD_PER_IOST) if change.value > 0 else gas_ledger.ZERO
    now = host.transaction.block.time or 0
    if not host.get(user + UPDATE_TIME):
        if change.value < 0:
            raise ContractException("cannot unpledge! No pledge before")
        host.map_put(pledger + PLEDGES, user, change)
        host.put(user + UPDATE_TIME, now)
        host.put(user + TOTAL_PLEDGE, change)
        host.put(user + LIMIT, limit_change)
        host.put(user + STOCK, reward)
        return
    host.put(user + STOCK, gas_ledger.gas_at(host.cache, user, now))
    host.put(user + UPDATE_TIME, now)
    total = _decimal(host, user, TOTAL_PLEDGE)
    new_total = amounts.plus(total, change)
    if new_total.value <= 0:
        raise ContractException(
            f"change gasPledgeTotal failed! current: {decimal_text(total)}, delta {decimal_text(change)}"
        )
    host.put(user + TOTAL_PLEDGE, new_total)
    limit = _decimal(host, user, LIMIT)
    new_limit = _fitting(amounts.plus(limit, limit_change))
    if new_limit.value <= 0:
        raise ContractException(
            f"change gasLimit failed! current: {decimal_text(limit)}, delta {decimal_text(limit_change)}"
        )
    host.put(user + LIMIT, new_limit)
    stock = _fitting(amounts.plus(_decimal(host, user, STOCK), reward))
    host.put(user + STOCK, new_limit if amounts.less(new_limit, stock) else stock)
    personal = amounts.plus(_pledged(host, pledger, user), change)
    if personal.value == 0:
        host.map_delete(pledger + PLEDGES, user)
    else:
        host.map_put(pledger + PLEDGES, user, personal)


def _decimal(host: Host, account: str, entry: str) -> FixedPoint:
    value = host.get(account + entry)
    return value if isinstance(value, FixedPoint) else gas_ledger.ZERO


def _pledged(host: Host, pledger: str, user: str) -> FixedPoint:
    if not host.map_has(pledger + PLEDGES, user):
        return _NO_PLEDGE
    value = host.map_get(pledger + PLEDGES, user)
    return value if isinstance(value, FixedPoint) else _NO_PLEDGE


def _fitting(number: FixedPoint) -> FixedPoint:
    """Return `number` with two digits if its value exceeds 64 bits at its own scale."""
    return number if abs(number.value) <= amounts.INT64_MAX else amounts.rescale(number, 2)


CONTRACT = NativeContract(
    id=ID,
    version="1.0.0",
    methods=COMMON
    | {
        "constructor": NativeMethod((), constructor),
        "pledge": NativeMethod(("string",) * 3, pledge),
        "unpledge": NativeMethod(("string",) * 3, unpledge),
    },
)
