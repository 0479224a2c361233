"""Priced storage of a host: what built-in contracts call and scripts reach through operations (spec/gas.md §7.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.chain.storage_rules import ContractStorage, check_key
from engine.errors import ContractException

if TYPE_CHECKING:
    from engine.chain.host_interface import CallFrame, GasPrices, RamCharge, StateCache
    from engine.chain.stored import StoredValue

_HIDDEN_KEYS = ("base.iost", "chain_info_")
"""Keys of this contract with this prefix read as absent from other contracts (spec/contract-api.md §3)."""


class HostStorage:
    """Storage of the frame that is running, charged to it.

    Reads take `contract` to look into another contract's storage. Writes check keys and fields and raise
    `ContractException` for bad ones. An empty `payer` keeps the entry's payer, else the contract pays.
    """

    frame: CallFrame

    def __init__(self, cache: StateCache, prices: GasPrices) -> None:
        self.cache = cache
        self.prices = prices
        self.ram: list[RamCharge] = []
        self._storage = ContractStorage(cache)

    def charge(self, cpu: int, net: int = 0) -> None:
        """Charge the frame that is running."""
        self.frame.cpu += cpu
        self.frame.net += net

    def get(self, key: str, *, contract: str = "") -> StoredValue | None:
        """Return the value of an entry, None if there is none."""
        self.charge(self.prices.get)
        if contract == _HIDDEN_KEYS[0] and key.startswith(_HIDDEN_KEYS[1]):
            return None
        return self._storage.get(contract or self.frame.contract, key)

    def has(self, key: str, *, contract: str = "") -> bool:
        """Return whether an entry exists."""
        self.charge(self.prices.get)
        return self._storage.has(contract or self.frame.contract, key)

    def put(self, key: str, value: StoredValue, payer: str = "") -> None:
        """Write an entry."""
        self._check(key)
        size, ram = self._storage.put(self.frame.contract, key, value, payer)
        self._wrote(size, ram)

    def delete(self, key: str) -> None:
        """Delete an entry."""
        self._check(key)
        self.charge(self.prices.delete)
        self._record(self._storage.delete(self.frame.contract, key))

    def map_get(self, key: str, field: str, *, contract: str = "") -> StoredValue | None:
        """Return the value of a map's field, None if there is none."""
        self.charge(self.prices.get)
        return self._storage.map_get(contract or self.frame.contract, key, field)

    def map_has(self, key: str, field: str, *, contract: str = "") -> bool:
        """Return whether a map has a field."""
        self.charge(self.prices.get)
        return self._storage.map_has(contract or self.frame.contract, key, field)

    def map_keys(self, key: str, *, contract: str = "") -> list[str]:
        """Return a map's listed fields in order of insertion."""
        self.charge(self.prices.keys)
        return self._storage.map_keys(contract or self.frame.contract, key)

    def map_put(self, key: str, field: str, value: StoredValue, payer: str = "") -> None:
        """Write a map's field."""
        self._check(key, field)
        size, ram = self._storage.map_put(self.frame.contract, key, field, value, payer)
        self._wrote(size, ram)

    def map_delete(self, key: str, field: str) -> None:
        """Delete a map's field; nothing happens if it is absent."""
        self._check(key, field)
        self.charge(self.prices.delete)
        self._record(self._storage.map_delete(self.frame.contract, key, field))

    def _check(self, *names: str) -> None:
        try:
            for name in names:
                check_key(name)
        except ContractException:
            self.charge(self.prices.refusal)
            raise

    def _wrote(self, size: int, ram: list[RamCharge]) -> None:
        self.charge(max(self.prices.put, size // 10))
        self._record(ram)

    def _record(self, ram: list[RamCharge]) -> None:
        self.ram += ram
        self.frame.ram += ram
