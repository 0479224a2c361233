"""Permissions: who may act for whom, and what finding out costs (spec/transactions.md §5)."""

from __future__ import annotations

import msgspec
import pytest

from engine.chain.accounts import Account, AuthorityLevel, Group, Item, Permission, resolve
from engine.chain.context import TransactionContext
from engine.chain.encoding import base58_text
from engine.chain.genesis import account_entry
from engine.chain.keys import Algorithm, KeyPair, ethereum_address

NORMAL, SIGNER, PUBLISHER = AuthorityLevel


class Cache:
    def __init__(self, *accounts):
        self.entries = dict(map(account_entry, accounts))

    def get(self, key):
        return self.entries.get(key)

    def size(self, name):
        return len(self.entries[f"m-auth.iost-auth-{name}"].encode())


def account(name, groups=None, **permissions):
    built = {
        permission: Permission(permission, tuple(wanted.get("groups", ())), tuple(wanted["items"]), wanted["threshold"])
        for permission, wanted in permissions.items()
    }
    return Account(name, "", built, groups or {})


def key(name, weight=1):
    return Item(name, is_key_pair=True, weight=weight)


def other(name, permission, weight=1):
    return Item(name, is_key_pair=False, weight=weight, permission=permission)


def needs(threshold, *items, groups=()):
    return {"threshold": threshold, "items": items, "groups": groups}


def ask(cache, name, permission, level, *, keys=None, signers=(), publisher="nobody"):
    context = TransactionContext(publisher, auth_list=keys or {}, signers=frozenset(signers))
    return resolve(cache, context, name, permission, level)


PLAIN = account("plain", owner=needs(1, key("owner")), active=needs(1, key("active")))


@pytest.mark.parametrize(
    ("permission", "keys", "granted"),
    [
        ("active", {"active": 1}, True),
        ("active", {"owner": 1}, True),
        ("owner", {"owner": 1}, True),
        ("owner", {"active": 1}, False),
        ("transfer", {"active": 1}, True),
        ("transfer", {"owner": 1}, True),
        ("transfer", {"other": 2}, False),
    ],
)
def test_owner_covers_active_covers_the_rest(permission, keys, granted):
    assert ask(Cache(PLAIN), "plain", permission, SIGNER, keys=keys)[0] is granted


def test_the_publisher_level_counts_only_the_publishers_keys():
    cache = Cache(PLAIN)
    assert not ask(cache, "plain", "active", PUBLISHER, keys={"active": 1})[0]
    assert ask(cache, "plain", "active", PUBLISHER, keys={"active": 2})[0]


def test_contracts_do_not_see_keys_but_verified_signers():
    cache = Cache(PLAIN)
    assert not ask(cache, "plain", "active", NORMAL, keys={"active": 2})[0]
    assert ask(cache, "plain", "active", NORMAL, signers=["plain@active"]) == (True, 10)
    assert ask(cache, "plain", "active", NORMAL, publisher="plain") == (True, 10)
    assert ask(cache, "plain", "owner", NORMAL, publisher="plain")[0] is False
    assert ask(cache, "plain", "transfer", NORMAL, publisher="plain") == (True, 10)


def test_prices_are_the_records_looked_at():
    cache = Cache(PLAIN)
    size = cache.size("plain")
    assert ask(cache, "nobody1", "active", SIGNER) == (False, 1)
    assert ask(cache, "plain", "active", SIGNER, keys={"active": 1}) == (True, size)
    assert ask(cache, "plain", "active", SIGNER) == (False, 2 * size)  # and `owner`
    assert ask(cache, "plain", "custom", SIGNER) == (False, 2 * size)  # a missing one is free


def test_weights_groups_and_other_accounts():
    group = Group("board", (key("k1", 1), other("plain", "active", 2)))
    company = account(
        "company", {"board": group}, active=needs(3, key("k2", 2), groups=("board", "gone")), owner=needs(9)
    )
    cache = Cache(PLAIN, company)
    assert ask(cache, "company", "active", SIGNER, keys={"k1": 1, "k2": 1})[0]
    assert not ask(cache, "company", "active", SIGNER, keys={"k1": 1})[0]
    assert ask(cache, "company", "active", SIGNER, keys={"k1": 1, "active": 1})[0]
    granted, price = ask(cache, "company", "active", SIGNER, keys={"k1": 1, "active": 1})
    assert (granted, price) == (True, cache.size("company") + cache.size("plain"))


def test_a_threshold_of_zero_is_always_reached():
    assert ask(Cache(account("open", active=needs(0), owner=needs(1))), "open", "active", SIGNER)[0]


def test_circles_end():
    left = account("left", active=needs(1, other("right", "active")), owner=needs(1))
    right = account("right", active=needs(1, other("left", "active")), owner=needs(1))
    cache = Cache(left, right)
    granted, price = ask(cache, "left", "active", SIGNER)
    assert not granted
    assert price == 2 * cache.size("left") + 2 * cache.size("right") + 10


def test_an_address_is_granted_to_its_key():
    pair = KeyPair.from_secret_text(base58_text(bytes(range(1, 33))), Algorithm.SECP256K1)
    address = ethereum_address(pair.public_key)
    cache = Cache(account(address, active=needs(100, key("")), owner=needs(100, key(""))))
    assert ask(cache, address, "active", PUBLISHER, keys={pair.id: 2})[0]
    assert not ask(cache, address, "active", PUBLISHER, keys={"other": 2, "0OIl": 2})[0]


def test_records_are_written_as_auth_iost_writes_them():
    text = account_entry(PLAIN)[1]
    assert text == (
        's{"id":"plain","referrer":"","permissions":{"owner":{"name":"owner","groups":[],"items":[{"id":"owner",'
        '"is_key_pair":true,"weight":1}],"threshold":1},"active":{"name":"active","groups":[],"items":[{"id":"active",'
        '"is_key_pair":true,"weight":1}],"threshold":1}},"groups":{}}@auth.iost'
    )
    assert msgspec.json.decode(text[1:].rpartition("@")[0], type=Account) == PLAIN
