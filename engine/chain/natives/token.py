"""token.iost 1.0.6: fungible tokens (spec/natives.md §3, gas recipes spec/transactions.md §4.1).

Amounts are stored as integers scaled by the token's decimals. Checks and charges stand in the reference's order.
"""

from __future__ import annotations

import base64
import json
import math
import re

import msgspec

from engine.chain.accounts import is_ethereum_id
from engine.chain.amounts import INT64_MAX, AmountError, decimal_text, parse_decimal
from engine.chain.go_json import go_json
from engine.chain.host import Host
from engine.chain.host_interface import Invocation, Returns
from engine.chain.natives.method import (
    COMMON,
    NativeContract,
    NativeMethod,
    is_valid_account,
    publisher,
    require_valid_account,
)
from engine.chain.stored import FixedPoint, JsonText
from engine.errors import ContractException
from engine.values import Value

ID = "token.iost"
MAXIMUM_MEMO_BYTES = 512
MAXIMUM_FULL_NAME_BYTES = 50
_AMOUNT = re.compile(r"([0-9]+[.])?[0-9]+")
_NO_PERMISSION = "transaction has no permission"


class FreezeItem(Value, frozen=True):
    """Tokens that become available at a time (nanoseconds)."""

    Amount: int
    Ftime: int


def check_symbol(symbol: str) -> None:
    """Raise `ContractException` unless `symbol` can name a token."""
    if not 2 <= len(symbol.encode()) <= 16:
        raise ContractException(f"token symbol invalid. token symbol length should be between 2,16 got {symbol}")
    for character in symbol:
        if not ("a" <= character <= "z" or "0" <= character <= "9" or character == "_"):
            raise ContractException(f"token symbol invalid. token symbol contains invalid character {ord(character)}")


class TokenConfig(Value, frozen=True):
    """What `create` is told about a token."""

    full_name: str
    decimal: int = 8
    can_transfer: bool = True
    only_issuer_can_transfer: bool = False
    default_rate: str = "1.0"


def read_config(symbol: str, text: str) -> TokenConfig:
    """Return the settings in the JSON text of `create`'s last argument; unknown keys are ignored.

    Raises:
        ContractException: a setting has the wrong type.
    """
    members = json.loads(text, parse_int=_double, parse_float=_double)
    if members is None:
        members = {}
    if not isinstance(members, dict):
        shown_kind = {list: "array", str: "string", bool: "bool"}.get(type(members), "number")
        raise ContractException(f"json: cannot unmarshal {shown_kind} into Go value of type map[string]interface {{}}")
    settings: dict[str, object] = {"full_name": symbol}
    kinds: tuple[tuple[str, str, type, str], ...] = (
        ("decimal", "decimal", float, "number"),
        ("canTransfer", "can_transfer", bool, "bool"),
        ("onlyIssuerCanTransfer", "only_issuer_can_transfer", bool, "bool"),
        ("defaultRate", "default_rate", str, "string"),
        ("fullName", "full_name", str, "string"),
    )
    for key, name, kind, shown in kinds:
        if key not in members:
            continue
        value = members[key]
        if type(value) is not kind:
            raise ContractException(f"{key} in config should be {shown}")
        settings[name] = int(value) if isinstance(value, float) else value
    config = msgspec.convert(settings, TokenConfig)
    if len(config.full_name.encode()) > MAXIMUM_FULL_NAME_BYTES:
        raise ContractException("fullName is too long")
    return config


def _double(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ContractException(f"json: cannot unmarshal number {text} into Go value of type float64")
    return number


def create(host: Host, symbol: str, issuer: str, total_supply: int, config_text: str) -> Returns:
    """Create a token whose supply `issuer` may issue, at most `total_supply` whole tokens."""
    host.charge_steps(2)
    check_symbol(symbol)
    host.charge_steps(5)
    config = read_config(symbol, config_text)
    _require(host, issuer, "token")
    if _exists(host, symbol):
        raise ContractException("token exists")
    if not 0 <= config.decimal <= 18:
        raise ContractException("invalid decimal")
    if total_supply > INT64_MAX // 10**config.decimal:
        raise ContractException("invalid totalSupply")
    scaled = _wrapped(total_supply * 10**config.decimal)
    for field, value in (
        ("issuer", issuer),
        ("totalSupply", scaled),
        ("supply", 0),
        ("canTransfer", config.can_transfer),
        ("onlyIssuerCanTransfer", config.only_issuer_can_transfer),
        ("defaultRate", config.default_rate),
        ("decimal", config.decimal),
        ("fullName", config.full_name),
    ):
        host.map_put(f"TI{symbol}", field, value, publisher(host))
    config_base64 = base64.b64encode(config_text.encode()).decode()
    _leave_receipt(host, symbol, issuer, total_supply, config_base64)
    return []


def issue(host: Host, symbol: str, to: str, amount: str) -> Returns:
    """Issue new tokens to `to`."""
    host.charge_steps()
    _require_token(host, symbol)
    amount = _refined(host, symbol, amount)
    issuer = _text_setting(host, symbol, "issuer")
    supply = _integer_setting(host, symbol, "supply")
    total_supply = _integer_setting(host, symbol, "totalSupply")
    _require(host, issuer, "token")
    value = _positive(_parsed(host, symbol, amount))
    if total_supply - supply < value:
        raise ContractException("supply too much")
    host.map_put(f"TI{symbol}", "supply", supply + value)
    before = host.frame.cost
    balance = _balance(host, symbol, to)
    spent = host.frame.cost
    host.charge(spent.cpu - before.cpu, spent.net - before.net)  # the reference adds this cost twice
    _set_balance(host, symbol, to, balance + value)
    _leave_receipt(host, symbol, to, amount)
    return []


def transfer(host: Host, symbol: str, sender: str, to: str, amount: str, memo: str) -> Invocation:
    """Move tokens; an address like Ethereum's that is new gets an account first."""
    host.charge_steps()
    _check_memo(memo)
    require_valid_account(host, sender, f"invalid account {sender}")
    if is_ethereum_id(to) and not is_valid_account(host, to):
        yield from host.call_contract("auth.iost", "signUp", f'["{to}","",""]', lend_authority=True)
    require_valid_account(host, to, f"invalid account {to}")
    amount, value = _checked_transfer(host, symbol, sender, amount)
    _take(host, symbol, sender, value)
    _set_balance(host, symbol, to, _balance(host, symbol, to) + value)
    _leave_receipt(host, symbol, sender, to, amount, memo)
    return []


def transfer_freeze(host: Host, symbol: str, sender: str, to: str, amount: str, time: int, memo: str) -> Returns:
    """Move tokens that `to` can use from `time` (nanoseconds) on."""
    host.charge_steps()
    _check_memo(memo)
    amount, value = _checked_transfer(host, symbol, sender, amount)
    _take(host, symbol, sender, value)
    _freeze(host, symbol, to, FreezeItem(value, time))
    _leave_receipt(host, symbol, sender, to, amount, time, memo)
    return []


def destroy(host: Host, symbol: str, sender: str, amount: str) -> Returns:
    """Destroy tokens and reduce the supply."""
    host.charge_steps()
    _require_token(host, symbol)
    amount = _refined(host, symbol, amount)
    _require(host, sender, "transfer")
    value = _positive(_parsed(host, symbol, amount))
    _take(host, symbol, sender, value)
    host.map_put(f"TI{symbol}", "supply", _integer_setting(host, symbol, "supply") - value)
    _leave_receipt(host, symbol, sender, amount)
    return []


def balance_of(host: Host, symbol: str, account: str) -> Returns:
    """Return a balance as decimal text; frozen tokens that are due are added to it."""
    host.charge_steps()
    _require_token(host, symbol)
    return [_generated(host, symbol, _balance(host, symbol, account))]


def supply_of(host: Host, symbol: str) -> Returns:
    """Return how much has been issued and not destroyed."""
    host.charge_steps()
    _require_token(host, symbol)
    return [_generated(host, symbol, _integer_setting(host, symbol, "supply"))]


def total_supply_of(host: Host, symbol: str) -> Returns:
    """Return how much may be issued at most."""
    host.charge_steps()
    _require_token(host, symbol)
    return [_generated(host, symbol, _integer_setting(host, symbol, "totalSupply"))]


def recycle(host: Host, _symbol: str) -> Returns:
    """Refuse, always."""
    host.charge_steps()
    raise ContractException("permission denied")


# --- parts ---------------------------------------------------------------------------------------


def _checked_transfer(host: Host, symbol: str, sender: str, amount: str) -> tuple[str, int]:
    _require_token(host, symbol)
    amount = _refined(host, symbol, amount)
    if not host.map_get(f"TI{symbol}", "canTransfer"):
        raise ContractException("token can't transfer")
    if host.map_get(f"TI{symbol}", "onlyIssuerCanTransfer") and not host.require_auth(
        _text_setting(host, symbol, "issuer"), "transfer"
    ):
        raise ContractException("transfer need issuer permission")
    _require(host, sender, "transfer")
    return amount, _positive(_parsed(host, symbol, amount))


def _require(host: Host, account: str, permission: str) -> None:
    if not host.require_auth(account, permission):
        raise ContractException(_NO_PERMISSION)


def _exists(host: Host, symbol: str) -> bool:
    return host.map_has(f"TI{symbol}", "issuer")


def _require_token(host: Host, symbol: str) -> None:
    if not _exists(host, symbol):
        raise ContractException("token not exists")


def _check_memo(memo: str) -> None:
    if len(memo.encode()) > MAXIMUM_MEMO_BYTES:
        raise ContractException("memo too large")


def _text_setting(host: Host, symbol: str, field: str) -> str:
    return str(host.map_get(f"TI{symbol}", field))


def _integer_setting(host: Host, symbol: str, field: str) -> int:
    value = host.map_get(f"TI{symbol}", field)
    return value if isinstance(value, int) else 0


def _refined(host: Host, symbol: str, amount: str) -> str:
    decimal = _integer_setting(host, symbol, "decimal")
    if not _AMOUNT.fullmatch(amount):
        raise ContractException(f"invalid amount {amount} <nil>")
    return decimal_text(_decimal(amount, decimal))


def _parsed(host: Host, symbol: str, amount: str) -> int:
    decimal = _integer_setting(host, symbol, "decimal")
    host.charge_steps(3)
    return _decimal(amount, decimal).value


def _decimal(amount: str, scale: int) -> FixedPoint:
    try:
        return parse_decimal(amount, scale)
    except AmountError as error:
        raise ContractException(f"invalid amount {amount} {error}") from None


def _positive(value: int) -> int:
    if value <= 0:
        raise ContractException("invalid amount")
    return value


def _generated(host: Host, symbol: str, value: int) -> str:
    decimal = _integer_setting(host, symbol, "decimal")
    host.charge_steps()
    return decimal_text(FixedPoint(value, decimal))


def _take(host: Host, symbol: str, sender: str, value: int) -> None:
    balance = _balance(host, symbol, sender)
    if balance < value:
        decimal = _integer_setting(host, symbol, "decimal")
        has, need = decimal_text(FixedPoint(balance, decimal)), decimal_text(FixedPoint(value, decimal))
        raise ContractException(f"balance not enough {has} < {need}")
    _set_balance(host, symbol, sender, balance - value)


def _balance(host: Host, symbol: str, account: str) -> int:
    """Return a balance, after frozen tokens that are due were added to it."""
    stored = host.map_get(f"TB{account}", symbol)
    if stored is not None:
        host.charge(host.prices.get)  # the reference looks whether it exists, then reads it
    balance = stored if isinstance(stored, int) else 0
    if not host.map_has(f"TF{account}", symbol):
        return balance
    host.charge(host.prices.context)
    items = _frozen(host, symbol, account)
    due = [item for item in items if item.Ftime <= (host.transaction.block.time or 0)]
    host.charge_steps(len(due))
    matured = sum(item.Amount for item in due)
    if matured > 0:
        balance += matured
        _set_balance(host, symbol, account, balance)
    if due:
        host.charge_steps()
        host.map_put(f"TF{account}", symbol, _freeze_text(items[len(due) :]))
    return balance


def _set_balance(host: Host, symbol: str, account: str, balance: int) -> None:
    known = host.map_has(f"TB{account}", symbol)
    free = symbol in {"iost", "ram"} and not account.startswith("Contract")
    host.map_put(f"TB{account}", symbol, balance, "" if known or free else publisher(host))


def _freeze(host: Host, symbol: str, account: str, item: FreezeItem) -> None:
    items = [item]
    if host.map_has(f"TF{account}", symbol):
        items = [*_frozen(host, symbol, account), item]
    items.sort(key=lambda frozen: (frozen.Ftime, frozen.Amount))
    host.charge_steps(len(items) + 1)
    host.map_put(f"TF{account}", symbol, _freeze_text(items), publisher(host))


def _frozen(host: Host, symbol: str, account: str) -> list[FreezeItem]:
    text = host.map_get(f"TF{account}", symbol)
    host.charge_steps()
    return msgspec.json.decode(str(text), type=list[FreezeItem])


def _freeze_text(items: list[FreezeItem]) -> JsonText:
    return JsonText(msgspec.json.encode(items).decode())


def _leave_receipt(host: Host, *content: object) -> None:
    host.charge_steps()
    host.receipt(go_json(content))


def _wrapped(value: int) -> int:
    return (value + 2**63) % 2**64 - 2**63


_STRING = "string"
CONTRACT = NativeContract(
    id=ID,
    version="1.0.6",
    methods=COMMON
    | {
        "create": NativeMethod((_STRING, _STRING, "number", "json"), create),
        "issue": NativeMethod((_STRING,) * 3, issue),
        "transfer": NativeMethod((_STRING,) * 5, transfer),
        "transferFreeze": NativeMethod((_STRING, _STRING, _STRING, _STRING, "number", _STRING), transfer_freeze),
        "destroy": NativeMethod((_STRING,) * 3, destroy),
        "balanceOf": NativeMethod((_STRING,) * 2, balance_of),
        "supply": NativeMethod((_STRING,), supply_of),
        "totalSupply": NativeMethod((_STRING,), total_supply_of),
        "recycle": NativeMethod((_STRING,), recycle),
    },
)
