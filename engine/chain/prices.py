"""Prices of host operations, as `system.iost/hostSettings` can change them (spec/natives.md §2)."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from engine.chain.host_interface import GasPrices, StateCache
from engine.chain.stored import decode
from engine.errors import ContractException
from engine.values import Value

SETTINGS_KEY = "m-system.iost-settings-host"
_NAMES = {
    "JSCost": "javascript",
    "PutCost": "put",
    "GetCost": "get",
    "DelCost": "delete",
    "KeysCost": "keys",
    "ContextCost": "context",
    "EventPrice": "event_byte",
    "CodePrice": "code_byte",
    "SetCodeBasePrice": "set_code_base",
    "SetCodePrice": "set_code_byte",
}


_DEFAULT = GasPrices()


class _Price(Value, frozen=True):
    Data: int = 0
    Net: int = 0
    CPU: int = 0


class _Settings(Value, frozen=True):
    costs: dict[str, _Price] | None = None


def read_prices(text: str) -> GasPrices:
    """Return the prices in a settings text; what it does not name keeps its default.

    Raises:
        ContractException: the text is not of that form.
    """
    try:
        settings = msgspec.json.decode(text, type=_Settings)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ContractException(f"invalid host settings: {error}") from None
    changes: dict[str, int] = {}
    for name, price in (settings.costs or {}).items():
        if name in _NAMES:
            changes[_NAMES[name]] = price.CPU + 10 * price.Net
        elif name == "ReceiptPrice":
            changes["receipt_byte_net"] = price.Net
        elif name == "OpPrice":
            changes["operation"] = 10 * (price.CPU + 10 * price.Net)
        elif name == "ErrPrice":
            changes["refusal"] = 10 * (price.CPU + 10 * price.Net)
    return replace(GasPrices(), **changes)


def current_prices(cache: StateCache) -> GasPrices:
    """Return the prices that are in force."""
    stored = cache.get(SETTINGS_KEY)
    return read_prices(str(decode(stored)[0])) if stored else _DEFAULT
