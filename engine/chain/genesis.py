"""Block 0 of a development chain (spec/transactions.md §8.2), plus ten funded accounts.

The state of block 0 is made in two steps: `seed_entries`, what is written directly, and `genesis_transaction`, whose
actions are then executed. In block 0 everything is authorised and nothing is charged.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable

import msgspec

from engine.chain.accounts import Account, Item, Permission, account_key
from engine.chain.contract_source import ContractInfo, ContractSource, encode_contract
from engine.chain.development import ADMIN, DEAD, FOUNDATION, PEOPLE, PRODUCER, development_accounts
from engine.chain.natives.method import NativeContract
from engine.chain.natives.registry import GENESIS_VERSIONS
from engine.chain.stored import encode
from engine.chain.transaction import DEFAULT_CHAIN_ID, Transaction
from engine.values import Action, AmountLimit

GENESIS_TIME = 1541847845000000000
"""2018-11-10T11:04:05Z in nanoseconds."""

TOTAL_SUPPLY = 90_000_000_000
ADMIN_BALANCE = 21_000_000_000
PERSONAL_BALANCE = "10000000"
PERSONAL_RAM = 1_000_000
PERSONAL_PLEDGE = "1000"
SYSTEM_PLEDGE = "100"
TOTAL_RAM = 128 * 2**30
DEAD_KEY = "0"


def simple_account(name: str, owner_key: str, active_key: str, referrer: str) -> Account:
    """Return the record of a new account: one key a permission, weight and threshold 100."""
    permissions = {
        permission: Permission(permission, items=(Item(key, is_key_pair=True, weight=100),), threshold=100)
        for permission, key in (("active", active_key), ("owner", owner_key))
    }
    return Account(name, referrer, permissions)


def account_entry(account: Account) -> tuple[str, str]:
    """Return an account's state key and stored text, as auth.iost leaves them after sign-up."""
    return account_key(account.id), encode(record_text(account), "auth.iost")


def record_text(account: Account) -> str:
    """Return an account's record as the JSON text that auth.iost stores."""
    builtins = msgspec.to_builtins(account)
    for permission in builtins["permissions"].values():
        permission["items"] = [
            {key: value for key, value in item.items() if (key, value) != ("permission", "")}
            for item in permission["items"]
        ]
    return json.dumps(builtins, separators=(",", ":"), ensure_ascii=False)


def seed_entries() -> dict[str, str]:
    """Return what stands in the state before the genesis transaction: the accounts."""
    keys = {name: account.key.id for name, account in development_accounts().items()} | {DEAD: DEAD_KEY}
    accounts = [simple_account(name, key, key, DEAD) for name, key in keys.items()]
    names = [account.id for account in accounts]
    listing = {"m-auth.iost-auth": "".join(f"@{name}" for name in names)}
    return dict(map(account_entry, accounts)) | listing


def genesis_transaction(time: int = GENESIS_TIME, chain_id: int = DEFAULT_CHAIN_ID) -> Transaction:
    """Return the transaction of block 0: built-in contracts, tokens, balances, pledges."""
    return Transaction(
        time=time,
        expiration=0,
        gas_ratio=100,
        gas_limit=10**12,
        chain_id=chain_id,
        actions=tuple(_actions()),
        publisher=DEAD,
        amount_limit=(AmountLimit("*", "unlimited"),),
    )


def _actions() -> Iterable[Action]:
    for native in GENESIS_VERSIONS:
        yield _action("system.iost", "initSetCode", native.id, _encoded(native))
    yield _action("token.iost", "create", "iost", "issue.iost", TOTAL_SUPPLY, {"decimal": 8})
    yield _action("token.iost", "issue", "iost", ADMIN, str(ADMIN_BALANCE))
    ram_config = {"decimal": 0, "onlyIssuerCanTransfer": True}
    yield _action("token.iost", "create", "ram", "ram.iost", TOTAL_RAM, ram_config)
    for name in (ADMIN, FOUNDATION, PRODUCER):
        yield _action("gas.iost", "pledge", ADMIN, name, SYSTEM_PLEDGE)
        yield _action("token.iost", "issue", "ram", name, str(PERSONAL_RAM))
    for name in PEOPLE:
        yield _action("token.iost", "transfer", "iost", ADMIN, name, PERSONAL_BALANCE, "")
        yield _action("token.iost", "issue", "ram", name, str(PERSONAL_RAM))
        yield _action("gas.iost", "pledge", ADMIN, name, PERSONAL_PLEDGE)


def _action(contract: str, method: str, *arguments: object) -> Action:
    return Action(contract, method, json.dumps(arguments, separators=(",", ":")))


def _encoded(native: NativeContract) -> str:
    abi = native.abi()
    source = ContractSource(id=native.id, info=ContractInfo(abi.lang, abi.version, abi.abi), code="codes")
    return base64.b64encode(encode_contract(source)).decode()
