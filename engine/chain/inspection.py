"""Looking at a state: accounts, balances, storage, contracts. Reads any consistent view and changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from engine.chain import gas_ledger, settlement
from engine.chain.accounts import Account, Item, account_key, parse_account
from engine.chain.amount_limits import token_decimals
from engine.chain.amounts import decimal_text, times
from engine.chain.contracts import ContractRecord, owner_key, parse_record, record_key
from engine.chain.natives.token import FreezeItem
from engine.chain.stored import FixedPoint, decode, to_contract
from engine.details import AccountGroup, AccountPermission, FrozenAmount, GasHolding, PermissionItem, TokenHolding
from engine.errors import InvalidInput
from engine.values import AccountSummary

if TYPE_CHECKING:
    from engine.state.view import StateView

_PAGE = 500


class Inspection:
    """Answers questions about the state in `view` at `time` (nanoseconds)."""

    def __init__(self, view: StateView, time: int) -> None:
        self._view = view
        self._time = time
        self._cache = ReadOnlyCache(view)

    def has_account(self, name: str) -> bool:
        """Return whether there is an account or contract of this name."""
        return any(self._view.read(key)[0] is not None for key in (account_key(name), record_key(name)))

    def account(self, name: str) -> AccountSummary:
        """Return an account's or contract's balances, gas and RAM.

        Raises:
            InvalidInput: there is none of that name.
        """
        if not self.has_account(name):
            raise InvalidInput(f"there is no account or contract {name!r}", advice="Check its spelling.")
        balances = {token: self.balance(name, token) for token in self._tokens_of(name) if token != "ram"}
        return AccountSummary(
            name=name,
            balances=balances or {"iost": "0"},
            gas=decimal_text(gas_ledger.gas_at(self._cache, name, self._time)),
            ram_available=settlement.ram_balance(self._cache, name),
            ram_used=settlement.used_ram(self._cache, name),
        )

    def balance(self, name: str, token: str) -> str:
        """Return what an account or contract holds of a token, with what was frozen and is due."""
        held = self._number(f"m-token.iost-TB{name}-{token}")
        due = sum(item.Amount for item in self.frozen(name, token) if item.Ftime <= self._time)
        return decimal_text(FixedPoint(held + due, self.decimals(token)))

    def decimals(self, token: str) -> int:
        """Return how many decimals a token has, 0 if there is no such token."""
        return token_decimals(self._cache, token) or 0

    def frozen(self, name: str, token: str) -> list[FreezeItem]:
        """Return what is frozen of a token, earliest first; also what is due but has not been touched since."""
        stored = self._view.read(f"m-token.iost-TF{name}-{token}")[0]
        return msgspec.json.decode(str(decode(stored)[0]), type=list[FreezeItem]) if stored else []

    def holding(self, name: str, token: str) -> TokenHolding:
        """Return what an account or contract has of a token, and what of it is still frozen."""
        decimals = self.decimals(token)
        frozen = tuple(
            FrozenAmount(decimal_text(FixedPoint(item.Amount, decimals)), item.Ftime)
            for item in self.frozen(name, token)
            if item.Ftime > self._time
        )
        return TokenHolding(token, self.balance(name, token), frozen)

    def gas(self, name: str) -> GasHolding:
        """Return an account's gas and pledges."""
        pledged = gas_ledger.decimal_entry(self._cache, name, gas_ledger.TOTAL_PLEDGE)
        prefix = f"m-{gas_ledger.CONTRACT}-{name}{gas_ledger.PLEDGES}-"
        pledges = {key.removeprefix(prefix): decode(text)[0] for key, text in self._scan(prefix).items()}
        return GasHolding(
            available=decimal_text(gas_ledger.gas_at(self._cache, name, self._time)),
            limit=decimal_text(gas_ledger.decimal_entry(self._cache, name, gas_ledger.LIMIT)),
            pledged=decimal_text(pledged),
            growth=decimal_text(times(pledged, gas_ledger.GROWTH_PER_IOST)),
            pledges={user: decimal_text(value) for user, value in pledges.items() if isinstance(value, FixedPoint)},
        )

    def permissions(self, name: str) -> tuple[AccountPermission, ...]:
        """Return who may act for an account; nobody for a contract."""
        account = self._record(name)
        return tuple(
            AccountPermission(permission.name, permission.threshold, _shown(permission.items), permission.groups)
            for permission in (account.permissions.values() if account else ())
        )

    def groups(self, name: str) -> tuple[AccountGroup, ...]:
        """Return an account's groups; a contract has none."""
        account = self._record(name)
        return tuple(
            AccountGroup(group.name, _shown(group.items)) for group in (account.groups.values() if account else ())
        )

    def _record(self, name: str) -> Account | None:
        stored = self._view.read(account_key(name))[0]
        return None if stored is None else parse_account(stored)

    def storage(self, contract: str, key: str, field: str | None = None) -> str | None:
        """Return a stored value as the contract would read it, None if there is none."""
        state_key = f"b-{contract}-{key}" if field is None else f"m-{contract}-{key}-{field}"
        stored = self._view.read(state_key)[0]
        if stored is None:
            return None
        value = decode(stored)[0]
        return decimal_text(value) if isinstance(value, FixedPoint) else to_contract(value)

    def has_contract(self, contract: str) -> bool:
        """Return whether a contract of this id is deployed."""
        return self._view.read(record_key(contract))[0] is not None

    def contract(self, contract: str) -> ContractRecord:
        """Return a contract's record; raises `InvalidInput` if there is none."""
        stored = self._view.read(record_key(contract))[0]
        if stored is None:
            raise InvalidInput(f"there is no contract {contract!r}", advice="Check its id.")
        return parse_record(stored)

    def contracts(self, prefix: str = "Contract") -> tuple[ContractRecord, ...]:
        """Return the records of all contracts whose id begins with `prefix`, by block."""
        entries = self._scan(record_key(prefix))
        return tuple(sorted((parse_record(text) for text in entries.values()), key=lambda record: record.block_number))

    def owner(self, contract: str) -> str:
        """Return who owns a contract, empty if nobody does."""
        stored = self._view.read(owner_key(contract))[0]
        return str(decode(stored)[0]) if stored else ""

    def _tokens_of(self, name: str) -> Iterable[str]:
        prefix = f"m-token.iost-TB{name}-"
        return [key.removeprefix(prefix) for key in self._scan(prefix)]

    def _number(self, key: str) -> int:
        stored = self._view.read(key)[0]
        value = decode(stored)[0] if stored else 0
        return value if isinstance(value, int) else 0

    def _scan(self, prefix: str) -> Mapping[str, str]:
        found: dict[str, str] = {}
        after = ""
        while page := self._view.entries(prefix=prefix, after=after, count=_PAGE):
            found |= {entry.key: entry.value for entry in page if entry.value is not None}
            after = page[-1].key
        return found


def _shown(items: tuple[Item, ...]) -> tuple[PermissionItem, ...]:
    return tuple(
        PermissionItem(item.id if item.is_key_pair else f"{item.id}@{item.permission}", item.is_key_pair, item.weight)
        for item in items
    )


class ReadOnlyCache:
    """Implements `StateCache` as far as reading goes."""

    contract = ""

    def __init__(self, view: StateView) -> None:
        self._view = view

    def get(self, key: str) -> str | None:
        """Return a stored text."""
        return self._view.read(key)[0]

    def put(self, key: str, text: str) -> None:
        """Refuse."""
        raise InvalidInput("this state is only looked at")

    def delete(self, key: str) -> None:
        """Refuse."""
        raise InvalidInput("this state is only looked at")

    def mark(self) -> int:
        """Refuse."""
        raise InvalidInput("this state is only looked at")

    def rollback_to(self, mark: int) -> None:
        """Refuse."""
        raise InvalidInput("this state is only looked at")

    def commit(self, mark: int) -> None:
        """Refuse."""
        raise InvalidInput("this state is only looked at")
