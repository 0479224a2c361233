"""Who pays for a transaction: gas from pledges, RAM from the token `ram` (spec/vm.md §8)."""

from __future__ import annotations

from collections.abc import Iterable

from engine.chain import gas_ledger
from engine.chain.context import is_contract_id
from engine.chain.contracts import owner_key
from engine.chain.host_interface import RamCharge, StateCache
from engine.chain.stored import decode, encode
from engine.errors import InsufficientAssets, InternalError

RAM_TOKEN = "ram"


def ram_usage(charges: Iterable[RamCharge]) -> dict[str, int]:
    """Return bytes by payer (accounts and contract ids) as a receipt lists them; nothing is left out but zeros."""
    usage: dict[str, int] = {}
    for charge in charges:
        usage[charge.payer] = usage.get(charge.payer, 0) + charge.bytes
    return {payer: size for payer, size in usage.items() if size}


def settle(cache: StateCache, publisher: str, centi_gas: int, usage: dict[str, int], time: int) -> None:
    """Take gas from the publisher at `time` (nanoseconds) and RAM from every payer; ids ending `.iost` pay nothing.

    Raises:
        InsufficientAssets: somebody has not enough; what was written until then has to be dropped.
    """
    if centi_gas:
        gas_ledger.pay(cache, publisher, centi_gas, time)
    for payer in dict.fromkeys((publisher, *usage)):
        if not payer.endswith(".iost"):
            _pay_ram(cache, _owner(cache, payer) if is_contract_id(payer) else payer, usage.get(payer, 0))


def ram_balance(cache: StateCache, account: str) -> int:
    """Return the bytes an account can still use."""
    return _integer(cache, f"m-token.iost-TB{account}-{RAM_TOKEN}") or 0


def used_ram(cache: StateCache, account: str) -> int:
    """Return the bytes an account uses."""
    return _integer(cache, usage_key(account)) or 0


def _pay_ram(cache: StateCache, account: str, size: int) -> None:
    balance_key = f"m-token.iost-TB{account}-{RAM_TOKEN}"
    balance, used = _integer(cache, balance_key), _integer(cache, usage_key(account))
    available = balance or 0
    if available < size:
        raise InsufficientAssets(f"pay ram failed. id: {account} need {size}, actual {available}")
    # The reference writes both entries even if nothing changes; that shows only where they did not exist.
    if size or balance is None:
        cache.put(balance_key, encode(available - size, ""))
    if size or used is None:
        cache.put(usage_key(account), encode(str((used or 0) + size), ""))


def usage_key(account: str) -> str:
    """Return the state key of the bytes an account uses."""
    return f"b-ram.iost-UR{account}"


def _integer(cache: StateCache, key: str) -> int | None:
    stored = cache.get(key)
    return None if stored is None else int(decode(stored)[0])  # type: ignore[arg-type]


def _owner(cache: StateCache, contract: str) -> str:
    stored = cache.get(owner_key(contract))
    if stored is None:
        raise InternalError(f"contract {contract} pays RAM but has no owner")
    return str(decode(stored)[0])
