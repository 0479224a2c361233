"""Block 0 (spec/transactions.md §8.2): the built-in contracts and the first accounts.

Block 0 holds two transactions. The first is the reference's: it deploys the built-in contracts, creates iost and ram,
and signs up the administrator, the foundation, the producer and `deadaddr`. The second, ours, funds the
development accounts and whatever else a chain is to begin with. In block 0 everything is authorised and nothing
charged. What a transaction needs to find in the state is written directly before it (`GenesisStep.before`).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from engine.chain import settlement
from engine.chain.accounts import Account, Item, Permission, account_key
from engine.chain.amounts import decimal_text, parse_decimal, plus
from engine.chain.builtin_contracts import IDS, BuiltInSource
from engine.chain.contract_source import ContractInfo, ContractSource, encode_contract, write_contract
from engine.chain.contracts import owner_key
from engine.chain.development import ADMIN, DEAD, FOUNDATION, PEOPLE, PRODUCER, derived_key, development_accounts
from engine.chain.gas_ledger import CONTRACT as GAS
from engine.chain.gas_ledger import LIMIT, STOCK, TOTAL_PLEDGE, UPDATE_TIME, entry_key
from engine.chain.keys import KeyPair
from engine.chain.natives.method import NativeContract
from engine.chain.natives.registry import GENESIS_VERSIONS
from engine.chain.stored import FixedPoint, encode
from engine.chain.transaction import DEFAULT_CHAIN_ID, Transaction
from engine.errors import InvalidInput
from engine.interface import Genesis, GenesisAccount, GenesisContract
from engine.values import Abi, Action, AmountLimit, Profile

GENESIS_TIME = 1541847845000000000
"""2018-11-10T11:04:05Z in nanoseconds."""

TOTAL_SUPPLY = 90_000_000_000
ADMIN_BALANCE = 21_000_000_000
SYSTEM_PLEDGE = "100"
SYSTEM_RAM = 100_000
TOTAL_RAM = 128 * 2**30
RAM_RESERVE = TOTAL_RAM * 3 // 10
RAM_INTERVAL = 600
RAM_INCREASE = 10 * (64 * 2**30) // (365 * 24 * 60)
DEAD_KEY = "0"
SIGN_UP_PLEDGE = "10"
FUNDED = GenesisAccount(balances={"iost": "10000000"}, ram=1_000_000, pledge="1000")
"""What each of the ten development accounts begins with."""


@dataclass(frozen=True, slots=True)
class GenesisStep:
    """One transaction of block 0 with what is written before and after it."""

    actions: tuple[Action, ...]
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)

    def transaction(self, time: int, chain_id: int = DEFAULT_CHAIN_ID, *, serial: int = 0) -> Transaction:
        """Return the transaction; `serial` tells those of one block apart."""
        return Transaction(
            time=time,
            expiration=serial,
            gas_ratio=100,
            gas_limit=10**12,
            chain_id=chain_id,
            actions=self.actions,
            publisher=DEAD,
            amount_limit=(AmountLimit("*", "unlimited"),),
        )


# --- built-in contracts and the reference's accounts -----------------------------------------------


def default_step(sources: Mapping[str, BuiltInSource]) -> GenesisStep:
    """Return the reference's genesis; `sources` holds its JavaScript contracts by id."""
    return GenesisStep(tuple(_default_actions(sources)))


def _default_actions(sources: Mapping[str, BuiltInSource]) -> Iterable[Action]:
    tokens, tokens721, gas, domains = map(_deploy_native, GENESIS_VERSIONS)
    admin_key, producer_key = (development_accounts()[name].key.id for name in (ADMIN, PRODUCER))
    yield from (tokens, tokens721, gas, _deploy(sources, "issue.iost"))
    config = {"FoundationAccount": FOUNDATION, "IOSTTotalSupply": TOTAL_SUPPLY, "IOSTDecimal": 8}
    holders = [
        {"ID": PRODUCER, "Owner": producer_key, "Active": producer_key, "Balance": 0},
        {"ID": ADMIN, "Owner": admin_key, "Active": admin_key, "Balance": ADMIN_BALANCE},
    ]
    yield _action("issue.iost", "initGenesis", ADMIN, config, holders)
    yield _deploy(sources, "auth.iost")
    yield _action("auth.iost", "initAdmin", ADMIN)
    yield domains
    for name, key in ((ADMIN, admin_key), (FOUNDATION, admin_key), (PRODUCER, producer_key), (DEAD, DEAD_KEY)):
        yield _action("auth.iost", "signUp", name, key, key)
    for contract in ("bonus.iost", "vote.iost", "vote_producer.iost", "base.iost"):
        yield _deploy(sources, contract)
        yield _action(contract, "initAdmin", ADMIN)
    yield _deploy(sources, "exchange.iost")
    yield _action("vote_producer.iost", "initProducer", PRODUCER, producer_key)
    yield _action("gas.iost", "pledge", ADMIN, ADMIN, SYSTEM_PLEDGE)
    yield _deploy(sources, "ram.iost")
    yield _action("ram.iost", "initAdmin", ADMIN)
    yield _action("ram.iost", "issue", TOTAL_RAM, RAM_INTERVAL, RAM_INCREASE, RAM_RESERVE)
    yield _action("ram.iost", "buy", ADMIN, ADMIN, SYSTEM_RAM)
    yield _action("token.iost", "transfer", "ram", "ram.iost", FOUNDATION, str(RAM_RESERVE), "")
    yield _action("ram.iost", "buy", ADMIN, PRODUCER, SYSTEM_RAM)
    yield _action("gas.iost", "pledge", ADMIN, FOUNDATION, SYSTEM_PLEDGE)
    yield _action("gas.iost", "pledge", ADMIN, PRODUCER, SYSTEM_PLEDGE)


def native_step() -> GenesisStep:
    """Return a genesis without JavaScript: the native contracts, the same accounts, iost and ram."""
    keys = {name: account.key.id for name, account in development_accounts().items() if name not in PEOPLE}
    accounts = [simple_account(name, key, key, DEAD) for name, key in (keys | {DEAD: DEAD_KEY}).items()]
    listing = {"m-auth.iost-auth": "".join(f"@{account.id}" for account in accounts)}
    actions = [*map(_deploy_native, GENESIS_VERSIONS)]
    actions.append(_action("token.iost", "create", "iost", "issue.iost", TOTAL_SUPPLY, {"decimal": 8}))
    actions.append(_action("token.iost", "issue", "iost", ADMIN, str(ADMIN_BALANCE)))
    ram_config = {"decimal": 0, "onlyIssuerCanTransfer": True}
    actions.append(_action("token.iost", "create", "ram", "ram.iost", 50 * TOTAL_RAM, ram_config))
    for name in keys:
        actions.append(_action("gas.iost", "pledge", ADMIN, name, SYSTEM_PLEDGE))
        actions.append(_action("token.iost", "issue", "ram", name, str(SYSTEM_RAM)))
    return GenesisStep(tuple(actions), before=dict(map(account_entry, accounts)) | listing)


# --- what a chain begins with besides ----------------------------------------------------------------


def development_step(genesis: Genesis, time: int, known_accounts: str) -> GenesisStep:
    """Return the step that makes development accounts, and the accounts and contracts of `genesis`.

    `known_accounts` is the field list of the accounts that exist already.

    Raises:
        InvalidInput: an amount, key or contract of `genesis` cannot be used.
    """
    accounts = dict.fromkeys(PEOPLE, FUNDED) | genesis.accounts
    new = [name for name in accounts if f"{known_accounts}@".find(f"@{name}@") < 0]
    keys = account_keys(genesis)
    records = [simple_account(name, keys[name].id, keys[name].id, ADMIN) for name in new]
    before = dict(map(account_entry, records))
    before |= {settlement.usage_key(name): encode("0", "") for name in new}
    before["m-auth.iost-auth"] = known_accounts + "".join(f"@{name}" for name in new)
    actions = [action for token in _foreign_tokens(accounts.values()) for action in _create_token(token)]
    after: dict[str, str] = {}
    for name, account in accounts.items():
        actions += _fund(name, account)
        after |= _gas_entries(name, account, time)
    for contract in genesis.contracts:
        if not _replaces(genesis, contract):
            actions.append(_action("system.iost", "initSetCode", contract.id, _written(contract)))
        after[owner_key(contract.id)] = encode(contract.owner, "system.iost")
    return GenesisStep(tuple(actions), before, after)


def replacing_sources(genesis: Genesis) -> dict[str, BuiltInSource]:
    """Return the contracts of `genesis` that stand in place of JavaScript built-ins, by id."""
    return {
        contract.id: BuiltInSource(contract.source, _interface(contract), contract.profile)
        for contract in genesis.contracts
        if _replaces(genesis, contract)
    }


def _replaces(genesis: Genesis, contract: GenesisContract) -> bool:
    return genesis.builtin != "none" and contract.id in IDS


def account_keys(genesis: Genesis) -> dict[str, KeyPair]:
    """Return the keys of all accounts that people can use.

    Raises:
        InvalidInput: a key of `genesis` is neither a base58 secret key nor a seed text.
    """
    keys = {name: account.key for name, account in development_accounts().items()}
    for name, account in genesis.accounts.items():
        if account.key is not None:
            keys[name] = _key(account.key)
        elif name not in keys:
            keys[name] = derived_key(name)
    return keys


def _key(text: str) -> KeyPair:
    try:
        return KeyPair.from_secret_text(text)
    except InvalidInput:
        return KeyPair.from_phrase(text)


def _fund(name: str, account: GenesisAccount) -> Iterable[Action]:
    pledge = SIGN_UP_PLEDGE if account.pledge is None else account.pledge
    pledged = _amount(pledge, name)
    for token, amount in account.balances.items():
        if token not in {"iost", "ram"} and _amount(amount, name).value:
            yield _action("token.iost", "issue", token, name, amount)
    iost = plus(pledged, _amount(account.balances.get("iost", "0"), name))
    if iost.value:
        yield _action("token.iost", "issue", "iost", name, decimal_text(iost))
    if pledged.value:
        yield _action("gas.iost", "pledge", name, name, pledge)
    ram = _amount(account.balances.get("ram", "0"), name, 0).value if account.ram is None else account.ram
    if ram < 0:
        raise InvalidInput(f"{ram} bytes are less than nothing", where=name, advice="Write a positive number.")
    if ram:
        yield _action("token.iost", "issue", "ram", name, str(ram))


def _gas_entries(name: str, account: GenesisAccount, time: int) -> dict[str, str]:
    """Return the entries that give an account exactly the gas it shall have."""
    if account.gas is None:
        return {}
    gas = _amount(account.gas, name, 2)
    entries = {STOCK: encode(gas, GAS), UPDATE_TIME: encode(time, GAS)}
    pledged = _amount(SIGN_UP_PLEDGE if account.pledge is None else account.pledge, name)
    limit = FixedPoint(max(gas.value, pledged.value * 300_000 // 10**6), 2)
    entries |= {LIMIT: encode(limit, GAS), TOTAL_PLEDGE: encode(pledged, GAS)}
    return {entry_key(name, entry): text for entry, text in entries.items()}


def _foreign_tokens(accounts: Iterable[GenesisAccount]) -> list[str]:
    tokens = dict.fromkeys(token for account in accounts for token in account.balances)
    return [token for token in tokens if token not in {"iost", "ram", "contribute"}]


def _create_token(token: str) -> Iterable[Action]:
    yield _action("token.iost", "create", token, ADMIN, TOTAL_SUPPLY, {"decimal": 8})


def _interface(contract: GenesisContract) -> Abi:
    if contract.abi is None:
        raise InvalidInput("a contract of the genesis has no interface", where=contract.id, advice="Give its ABI.")
    return contract.abi


def _written(contract: GenesisContract) -> str:
    abi = _interface(contract)
    info = ContractInfo("javascript", abi.version, abi.abi)
    return write_contract(ContractSource(id=contract.id, info=info, code=contract.source, profile=contract.profile))


def _amount(text: str, where: str, decimals: int = 8) -> FixedPoint:
    try:
        amount = parse_decimal(text, decimals)
    except ValueError as error:
        raise InvalidInput(f"{text!r} is no amount: {error}", where=where, advice="Write a decimal number.") from None
    if amount.value < 0:
        raise InvalidInput(f"{text!r} is less than nothing", where=where, advice="Write a positive number.")
    return amount


# --- parts -------------------------------------------------------------------------------------------


def simple_account(name: str, owner_key: str, active_key: str, referrer: str) -> Account:
    """Return the record of a new account: one key a permission, weight and threshold 100."""
    permissions = {
        permission: Permission(permission, items=(Item(key, is_key_pair=True, weight=100),), threshold=100)
        for permission, key in (("active", active_key), ("owner", owner_key))
    }
    return Account(name, referrer, permissions)


def account_entry(account: Account) -> tuple[str, str]:
    """Return an account's state key and stored text, as auth.iost leaves them after sign-up."""
    return account_key(account.id), encode(_record_text(account), "auth.iost")


def _record_text(account: Account) -> str:
    builtins = msgspec.to_builtins(account)
    for permission in builtins["permissions"].values():
        permission["items"] = [
            {key: value for key, value in item.items() if (key, value) != ("permission", "")}
            for item in permission["items"]
        ]
    return json.dumps(builtins, separators=(",", ":"), ensure_ascii=False)


def _deploy(sources: Mapping[str, BuiltInSource], contract: str) -> Action:
    source = sources[contract]
    info = ContractInfo(source.abi.lang, source.abi.version, source.abi.abi)
    text = ContractSource(contract, info, source.code, source.profile)
    written = _encoded(text) if source.profile is Profile.IOST else write_contract(text)
    return _action("system.iost", "initSetCode", contract, written)


def _deploy_native(native: NativeContract) -> Action:
    abi = native.abi()
    info = ContractInfo(abi.lang, abi.version, abi.abi)
    return _action("system.iost", "initSetCode", native.id, _encoded(ContractSource(native.id, info, "codes")))


def _encoded(source: ContractSource) -> str:
    return base64.b64encode(encode_contract(source)).decode()


def _action(contract: str, method: str, *arguments: object) -> Action:
    return Action(contract, method, json.dumps(arguments, separators=(",", ":"), ensure_ascii=False))
