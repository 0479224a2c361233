"""The node's answers about accounts, tokens, contracts and storage (spec/rpc.md §2, §3.5)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, TypeVar

from engine.chain import gas_ledger, settlement
from engine.chain.accounts import Account, Item, account_key, parse_account
from engine.chain.amounts import decimal_text, times
from engine.chain.contracts import NATIVE_LANGUAGE, parse_record, record_key, source_key, source_of
from engine.chain.go_json import go_json
from engine.chain.inspection import Inspection, ReadOnlyCache
from engine.chain.natives.token import FreezeItem
from engine.chain.storage_rules import ContractStorage
from engine.chain.stored import FixedPoint, JsonText, StoredValue, decode
from engine.entrance.http.failure import RequestFailure
from engine.entrance.http.identifiers import check_id
from engine.entrance.http.messages import (
    AccountMessage,
    AccountRam,
    BalanceAnswer,
    ContractMessage,
    FrozenBalance,
    GasInfo,
    GroupMessage,
    PermissionItem,
    PermissionMessage,
    PledgeInfo,
    RamInfo,
    StorageAnswer,
    StorageBatchAnswer,
    StorageFieldsAnswer,
    StorageItem,
    StorageListAnswer,
    Token721Balance,
    Token721Metadata,
    Token721Owner,
    TokenInfo,
    double,
)
from engine.entrance.http.requests import (
    StorageBatchRequest,
    StorageFieldsRequest,
    StorageListRequest,
    StorageRequest,
    storage_type,
)
from engine.entrance.http.shapes import contract_message
from engine.entrance.http.votes import Votes

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.state.view import StateView
    from engine.values import BlockSummary, CompiledContract

BATCH = 50
LISTED = 100
_TOKEN721 = "token721.iost"
Decoded = TypeVar("Decoded")


class StateQueries:
    """Answers from the state after the block `block`; any thread may ask.

    `load_code` returns compiled contracts by key.
    """

    def __init__(self, view: StateView, block: BlockSummary, load_code: Callable[[str], CompiledContract]) -> None:
        self._view = view
        self._block = block
        self._load_code = load_code
        self._cache = ReadOnlyCache(view)
        self._storage = ContractStorage(self._cache)
        self._inspection = Inspection(view, block.time)
        self.votes = Votes(self._storage)

    # --- accounts --------------------------------------------------------------------------------

    def account(self, name: str) -> AccountMessage:
        """Answer getAccount."""
        check_id(name)
        record = self._account(name)
        balance = self._inspection.balance(name, "iost")
        used, available = settlement.used_ram(self._cache, name), settlement.ram_balance(self._cache, name)
        return AccountMessage(
            name=name,
            balance=double(balance),
            gas_info=self._gas_info(name),
            ram_info=AccountRam(str(available), str(used), str(available + used)),
            permissions={
                key: PermissionMessage(
                    permission.name, permission.groups, _items(permission.items), str(permission.threshold)
                )
                for key, permission in record.permissions.items()
            },
            groups={key: GroupMessage(group.name, _items(group.items)) for key, group in record.groups.items()},
            frozen_balances=self._frozen(name, "iost"),
            vote_infos=self.votes.of_account(name),
            balance_string=balance,
        )

    def token_balance(self, account: str, token: str) -> BalanceAnswer:
        """Answer getTokenBalance; an unknown account or token has nothing."""
        check_id(account)
        return BalanceAnswer(double(self._inspection.balance(account, token)), self._frozen(account, token))

    def ram_info(self) -> RamInfo:
        """Answer getRAMInfo; all zero on a chain without ram.iost."""
        used, left, balance = (self._ram_number(key) for key in ("usedSpace", "leftSpace", "balance"))
        price = balance / left if left else 0.0
        return RamInfo(str(int(used)), str(int(left)), str(int(used + left)), double(price), double(1.02 * price))

    def producers(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the keys of the producers that take turns now, and of those that will next."""
        return self.votes.producer_keys("currentProducerList"), self.votes.producer_keys("pendingProducerList")

    def _account(self, name: str) -> Account:
        stored = self._view.read(account_key(name))[0]
        if stored is None:
            raise RequestFailure("account not found")
        return parse_account(stored)

    def _gas_info(self, name: str) -> GasInfo:
        gas = double(decimal_text(gas_ledger.gas_at(self._cache, name, self._block.time)))
        pledged = gas_ledger.decimal_entry(self._cache, name, gas_ledger.TOTAL_PLEDGE)
        limit = gas_ledger.decimal_entry(self._cache, name, gas_ledger.LIMIT)
        pledges = []
        for user in self._storage.map_keys(gas_ledger.CONTRACT, name + gas_ledger.PLEDGES):
            amount = self._storage.map_get(gas_ledger.CONTRACT, name + gas_ledger.PLEDGES, user)
            if isinstance(amount, FixedPoint):
                pledges.append(PledgeInfo(user, double(decimal_text(amount))))
        return GasInfo(
            current_total=gas,
            transferable_gas=0,
            pledge_gas=gas,
            increase_speed=double(decimal_text(times(pledged, gas_ledger.GROWTH_PER_IOST))),
            limit=double(decimal_text(limit)),
            pledged_info=tuple(pledges),
        )

    def _frozen(self, name: str, token: str) -> tuple[FrozenBalance, ...]:
        still: list[FreezeItem] = [
            item for item in self._inspection.frozen(name, token) if item.Ftime > self._block.time
        ]
        decimals = self._inspection.decimals(token)
        return tuple(
            FrozenBalance(double(decimal_text(FixedPoint(item.Amount, decimals))), str(item.Ftime)) for item in still
        )

    def _ram_number(self, key: str) -> float:
        value = self._storage.get("ram.iost", key)
        return float(str(value)) if value is not None else 0.0

    # --- tokens ----------------------------------------------------------------------------------

    def token_info(self, symbol: str) -> TokenInfo:
        """Answer getTokenInfo."""
        decimals = self._token(symbol, "decimal", int)
        if decimals is None:
            raise RequestFailure("token not found")
        total, current = self._token(symbol, "totalSupply", int) or 0, self._token(symbol, "supply", int) or 0
        return TokenInfo(
            symbol=symbol,
            full_name=self._token(symbol, "fullName", str) or "",
            issuer=self._token(symbol, "issuer", str) or "",
            total_supply=str(total),
            current_supply=str(current),
            decimal=decimals,
            can_transfer=bool(self._token(symbol, "canTransfer", bool)),
            only_issuer_can_transfer=bool(self._token(symbol, "onlyIssuerCanTransfer", bool)),
            total_supply_float=double(decimal_text(FixedPoint(total, decimals))),
            current_supply_float=double(decimal_text(FixedPoint(current, decimals))),
        )

    def _token(self, symbol: str, field: str, kind: type[Decoded]) -> Decoded | None:
        value = self._storage.map_get("token.iost", f"TI{symbol}", field)
        return value if isinstance(value, kind) else None

    def token721_balance(self, account: str, symbol: str) -> Token721Balance:
        """Answer getToken721Balance."""
        check_id(account)
        self._account(account)
        balance = self._storage.map_get(_TOKEN721, f"T721B{account}", symbol)
        return Token721Balance(
            str(balance if isinstance(balance, int) else 0),
            tuple(self._storage.map_keys(_TOKEN721, f"T721M{symbol}#{account}")),
        )

    def token721_owner(self, symbol: str, token: str) -> Token721Owner:
        """Answer getToken721Owner."""
        owner = self._storage.map_get(_TOKEN721, f"T721I{symbol}", token)
        if not isinstance(owner, str):
            raise RequestFailure(f"token {symbol} {token} not found")
        return Token721Owner(owner)

    def token721_metadata(self, symbol: str, token: str) -> Token721Metadata:
        """Answer getToken721Metadata."""
        owner = self.token721_owner(symbol, token).owner
        metadata = self._storage.map_get(_TOKEN721, f"T721M{symbol}#{owner}", token)
        if not isinstance(metadata, str):
            raise RequestFailure(f"token {symbol} {token} not found")
        return Token721Metadata(metadata)

    # --- contracts and storage -------------------------------------------------------------------

    def contract(self, identity: str) -> ContractMessage:
        """Answer getContract."""
        check_id(identity)
        stored = self._view.read(record_key(identity))[0]
        if stored is None:
            raise RequestFailure("contract not found")
        record = parse_record(stored)
        source = self._view.read(source_key(identity))[0]
        is_native = record.language == NATIVE_LANGUAGE
        return contract_message(
            identity,
            language=record.language,
            version=record.version,
            abi=record.abi,
            code="codes" if is_native else self._load_code(record.code_key).metered,
            original="" if source is None else source_of(source),
        )

    def storage(self, request: StorageRequest) -> StorageAnswer:
        """Answer getContractStorage."""
        return StorageAnswer(self._data(request.id, request.key, request.field), *self._position())

    def storage_batch(self, request: StorageBatchRequest) -> StorageBatchAnswer:
        """Answer getBatchContractStorage: for the first 50."""
        wanted = request.key_fields[:BATCH]
        return StorageBatchAnswer(
            tuple(self._data(request.id, entry.key, entry.field) for entry in wanted), *self._position()
        )

    def storage_fields(self, request: StorageFieldsRequest) -> StorageFieldsAnswer:
        """Answer getContractStorageFields."""
        return StorageFieldsAnswer(tuple(self._storage.map_keys(request.id, request.key)), *self._position())

    def storage_list(self, request: StorageListRequest) -> StorageListAnswer:
        """Answer listContractStorage."""
        if not request.id:
            raise RequestFailure("invalid contract id")
        if not 0 <= request.limit <= LISTED:
            raise RequestFailure("invalid limit in request. Max: 500")
        letter = "b" if storage_type(request.storage_type) == "KV" else "m"
        space = f"{letter}-{request.id}-"
        start = space + max(request.start, request.prefix)
        found: list[StorageItem] = []
        first = self._view.read(start)[0]
        if first is not None and start != space:
            found.append(StorageItem(start.removeprefix(space), _listed(start, first)))
        found += (
            StorageItem(entry.key.removeprefix(space), _listed(entry.key, entry.value))
            for entry in self._view.entries(prefix=space + request.prefix, after=start, count=LISTED)
            if entry.value is not None
        )
        within = [
            item
            for item in found
            if item.key.startswith(request.prefix) and (not request.end or item.key < request.end)
        ]
        return StorageListAnswer(tuple(within[: request.limit or LISTED]), *self._position())

    def _data(self, contract: str, key: str, field: str) -> str:
        value = self._storage.map_get(contract, key, field) if field else self._storage.get(contract, key)
        return storage_text(value)

    def _position(self) -> tuple[str, str]:
        return self._block.hash, str(self._block.number)


def storage_text(value: StoredValue | None) -> str:
    """Return a stored value as the reference answers it (spec/rpc.md §2)."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case FixedPoint():
            return f'{{"Value":{value.value},"Scale":{value.scale},"Err":null}}'
        case JsonText():
            return f'"{base64.b64encode(value.encode()).decode()}"'
        case _:
            return str(value)


def _listed(key: str, text: str) -> str:
    """Return what a listing says of an entry: field lists of maps and their marks have forms of their own."""
    if key.startswith("m-"):
        if key.endswith("@"):
            return "{}"
        if text.startswith("@"):
            return go_json(text.split("@")[1:])
    return storage_text(decode(text)[0])


def _items(items: tuple[Item, ...]) -> tuple[PermissionItem, ...]:
    return tuple(PermissionItem(item.id, item.is_key_pair, str(item.weight), item.permission) for item in items)
