"""Accounts: their records, and who may act for them (spec/transactions.md §5)."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from engine.chain.encoding import base58_bytes
from engine.chain.host_interface import StateCache
from engine.chain.keys import ethereum_address
from engine.chain.stored import decode
from engine.values import Value

if TYPE_CHECKING:
    from engine.chain.context import TransactionContext
    from engine.chain.host import Host

REVISIT_PRICE = 10
ETHEREUM_ID_LENGTH = 42


class Item(Value, frozen=True):
    """A key (`is_key_pair`) or `account@permission` that contributes `weight` to a permission or group."""

    id: str
    is_key_pair: bool
    weight: int
    permission: str = ""


class Group(Value, frozen=True):
    """A named list of items that permissions can refer to."""

    name: str
    items: tuple[Item, ...] = ()


class Permission(Value, frozen=True):
    """What a permission needs: weights of its items and groups that add up to `threshold`."""

    name: str
    groups: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    threshold: int = 0


class Account(Value, frozen=True):
    """An account record as auth.iost stores it (JSON)."""

    id: str
    referrer: str = ""
    permissions: dict[str, Permission] = msgspec.field(default_factory=dict)
    groups: dict[str, Group] = msgspec.field(default_factory=dict)


class AuthorityLevel(Enum):
    """Which keys count: none (signers are looked up by name), all that signed, or the publisher's only."""

    NORMAL = None
    SIGNER = 1
    PUBLISHER = 2


def account_key(account: str) -> str:
    """Return the state key of an account's record."""
    return f"m-auth.iost-auth-{account}"


def account_exists(cache: StateCache, account: str) -> bool:
    """Return whether an account has a record; free of charge, as the reference's own check."""
    return cache.get(account_key(account)) is not None


def is_ethereum_id(account: str) -> bool:
    """Return whether `account` has the form `0x` and 40 characters in lower case."""
    return account.startswith("0x") and len(account) == ETHEREUM_ID_LENGTH and account.lower() == account


@lru_cache(maxsize=4096)
def parse_account(record: str) -> Account:
    """Return the account in a stored text."""
    value, _ = decode(record)
    return msgspec.json.decode(str(value), type=Account)


def named_keys(account: Account) -> tuple[str, ...]:
    """Return the ids of the keys that an account's permissions and groups name."""
    parts: list[Permission | Group] = [*account.permissions.values(), *account.groups.values()]
    return tuple(dict.fromkeys(item.id for part in parts for item in part.items if item.is_key_pair))


class AccountAuthority:
    """Implements `Authority` on account records; charges the bytes of every record looked at."""

    def require_auth(self, host: Host, account: str, permission: str) -> tuple[bool, int]:
        """Return whether `account@permission` is granted to the transaction, and the CPU price of the walk."""
        return resolve(host.cache, host.transaction, account, permission, AuthorityLevel.NORMAL)


def resolve(
    cache: StateCache, transaction: TransactionContext, account: str, permission: str, level: AuthorityLevel
) -> tuple[bool, int]:
    """Walk through permissions from `account@permission`; returns the answer and its CPU price."""
    if level is AuthorityLevel.NORMAL and transaction.grants(account, permission):
        return True, REVISIT_PRICE  # where the walk would end at once
    walk = _Walk(cache, transaction, level)
    granted = walk.grants(account, permission)
    return granted, walk.price


class _Walk:
    def __init__(self, cache: StateCache, transaction: TransactionContext, level: AuthorityLevel) -> None:
        self.price = 0
        self._cache = cache
        self._transaction = transaction
        self._level = level
        self._visited: set[tuple[str, str]] = set()
        self._keys = transaction.auth_list or {}

    def grants(self, account: str, permission: str) -> bool:
        if (account, permission) in self._visited:
            self.price += REVISIT_PRICE
            return False
        self._visited.add((account, permission))
        if self._level is AuthorityLevel.NORMAL and self._transaction.grants(account, permission):
            self.price += REVISIT_PRICE
            return True
        stored = self._cache.get(account_key(account))
        size = len(stored.encode()) if stored else 1
        if stored is None:
            self.price += size
            return False
        if account.startswith("0x") and len(account) == ETHEREUM_ID_LENGTH:
            self.price += size
            return any(_address_of(key) == account for key in self._keys)
        record = parse_account(stored)
        wanted = record.permissions.get(permission)
        if wanted is None and permission not in {"owner", "active"}:
            return self.grants(account, "active")
        self.price += size
        if wanted is None:
            return False
        if self._reaches(record, wanted):
            return True
        if permission == "owner":
            return False
        return self.grants(account, "owner" if permission == "active" else "active")

    def _reaches(self, record: Account, wanted: Permission) -> bool:
        items = list(wanted.items)
        for name in wanted.groups:
            group = record.groups.get(name)
            items += group.items if group else ()
        weight = 0
        for item in items:
            if self._counts(item):
                weight += item.weight
                if weight >= wanted.threshold:
                    return True
        return weight >= wanted.threshold

    def _counts(self, item: Item) -> bool:
        if not item.is_key_pair:
            return self.grants(item.id, item.permission)
        minimum = self._level.value
        return minimum is not None and self._keys.get(item.id, 0) >= minimum


@lru_cache(maxsize=1024)
def _address_of(key: str) -> str | None:
    try:
        return ethereum_address(base58_bytes(key))
    except ValueError:
        return None
