"""token721.iost 1.0.0: tokens that are not interchangeable (spec/natives.md §4)."""

from __future__ import annotations

from engine.chain.go_json import go_json
from engine.chain.host import Host
from engine.chain.host_interface import Returns
from engine.chain.natives.method import COMMON, NativeContract, NativeMethod, publisher
from engine.chain.natives.token import check_symbol
from engine.errors import ContractException

ID = "token721.iost"
ISSUER = "T721issuer"


def _info(symbol: str) -> str:
    return f"T721I{symbol}"


def _balances(account: str) -> str:
    return f"T721B{account}"


def _metadata(symbol: str, account: str) -> str:
    return f"T721M{symbol}#{account}"


def create(host: Host, symbol: str, issuer: str, total_supply: int) -> Returns:
    """Create a kind of token of which `issuer` may issue `total_supply`."""
    host.charge_steps(2)
    check_symbol(symbol)
    _require(host, issuer, "token")
    if _exists(host, symbol):
        raise ContractException("token exists")
    host.map_put(_info(symbol), ISSUER, issuer, publisher(host))
    host.map_put(_info(symbol), "totalSupply", total_supply, publisher(host))
    host.map_put(_info(symbol), "supply", 0, publisher(host))
    _leave_receipt(host, symbol, issuer, total_supply)
    return []


def issue(host: Host, symbol: str, to: str, metadata: str) -> Returns:
    """Issue the next token to `to`; returns its id."""
    host.charge_steps()
    _require_token(host, symbol)
    issuer = str(host.map_get(_info(symbol), ISSUER))
    supply = _integer(host, _info(symbol), "supply")
    if _integer(host, _info(symbol), "totalSupply") - supply <= 0:
        raise ContractException("supply too much")
    _require(host, issuer, "token")
    payer, token = publisher(host), str(supply)
    host.map_put(_info(symbol), "supply", supply + 1, payer)
    host.map_put(_info(symbol), token, to, payer)
    host.map_put(_balances(to), symbol, _balance(host, symbol, to) + 1, payer)
    host.map_put(_metadata(symbol, to), token, metadata, payer)
    _leave_receipt(host, symbol, to, metadata)
    return [token]


def transfer(host: Host, symbol: str, sender: str, to: str, token: str) -> Returns:
    """Move one token with its metadata."""
    host.charge_steps()
    if sender == to:
        return []
    _require_token(host, symbol)
    _require(host, sender, "transfer")
    owner = host.map_get(_info(symbol), token)
    if owner is None:
        raise ContractException(f"error tokenID not exists. {symbol} {token}")
    if owner != sender:
        raise ContractException(f"error token owner isn't from. owner: {owner}, from: {sender}")
    payer = publisher(host)
    host.map_put(_info(symbol), token, to, payer)
    senders_balance = _balance(host, symbol, sender)
    receivers_balance = _balance(host, symbol, to)
    host.map_put(_balances(sender), symbol, senders_balance - 1, payer)
    host.map_put(_balances(to), symbol, receivers_balance + 1, payer)
    metadata = str(host.map_get(_metadata(symbol, sender), token))
    host.map_delete(_metadata(symbol, sender), token)
    host.map_put(_metadata(symbol, to), token, metadata, payer)
    _leave_receipt(host, symbol, sender, to, token)
    return []


def balance_of(host: Host, symbol: str, account: str) -> Returns:
    """Return how many tokens an account has."""
    host.charge_steps()
    _require_token(host, symbol)
    return [_balance(host, symbol, account)]


def owner_of(host: Host, symbol: str, token: str) -> Returns:
    """Return who has a token."""
    host.charge_steps()
    _require_token(host, symbol)
    return [_owner(host, symbol, token)]


def token_of_owner_by_index(host: Host, symbol: str, owner: str, index: int) -> Returns:
    """Return the id of an account's token number `index`, as far as they are listed."""
    host.charge_steps()
    _require_token(host, symbol)
    tokens = host.map_keys(_metadata(symbol, owner))
    if not 0 <= index < len(tokens):
        raise ContractException("out of range")
    return [tokens[index]]


def token_metadata(host: Host, symbol: str, token: str) -> Returns:
    """Return what a token was issued with."""
    host.charge_steps()
    _require_token(host, symbol)
    owner = _owner(host, symbol, token)
    if not host.map_has(_metadata(symbol, owner), token):
        raise ContractException("token exists")
    return [str(host.map_get(_metadata(symbol, owner), token))]


def _owner(host: Host, symbol: str, token: str) -> str:
    if not host.map_has(_info(symbol), token):
        raise ContractException("token exists")
    return str(host.map_get(_info(symbol), token))


def _exists(host: Host, symbol: str) -> bool:
    return host.map_has(_info(symbol), ISSUER)


def _require_token(host: Host, symbol: str) -> None:
    if not _exists(host, symbol):
        raise ContractException("token not exists")


def _require(host: Host, account: str, permission: str) -> None:
    if not host.require_auth(account, permission):
        raise ContractException("transaction has no permission")


def _balance(host: Host, symbol: str, account: str) -> int:
    return _integer(host, _balances(account), symbol) if host.map_has(_balances(account), symbol) else 0


def _integer(host: Host, key: str, field: str) -> int:
    value = host.map_get(key, field)
    return value if isinstance(value, int) else 0


def _leave_receipt(host: Host, *content: object) -> None:
    host.charge_steps()
    host.receipt(go_json(content))


_STRING = "string"
CONTRACT = NativeContract(
    id=ID,
    version="1.0.0",
    methods=COMMON
    | {
        "create": NativeMethod((_STRING, _STRING, "number"), create),
        "issue": NativeMethod((_STRING,) * 3, issue),
        "transfer": NativeMethod((_STRING,) * 4, transfer),
        "balanceOf": NativeMethod((_STRING,) * 2, balance_of),
        "ownerOf": NativeMethod((_STRING,) * 2, owner_of),
        "tokenOfOwnerByIndex": NativeMethod((_STRING, _STRING, "number"), token_of_owner_by_index),
        "tokenMetadata": NativeMethod((_STRING,) * 2, token_metadata),
    },
)
