"""Keys, maps and payers of contract storage (spec/gas.md §7.1, spec/contract-api.md §3 and §15).

A contract's plain entries live under `b-CONTRACT-KEY`. A map has an entry `m-CONTRACT-KEY-FIELD` for each field,
the field list `m-CONTRACT-KEY` = `@f1@f2…` in order of insertion, and the mark `m-CONTRACT-KEY@` once a field
has been deleted (the first deletion also drops listed names whose value is gone).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.chain.host_interface import RamCharge
from engine.chain.stored import StoredValue, decode, encode, payer_of, size_of
from engine.errors import ContractException

if TYPE_CHECKING:
    from engine.chain.host_interface import StateCache

MAX_KEY_BYTES = 64
_KEY = re.compile(r"[ -,.-?A-~]{1,64}")
MAX_LISTED_FIELDS = 256
"""A field list stops growing once it is longer than this, so that at most 257 fields are listed."""


def check_key(key: str) -> None:
    """Raise `ContractException` unless `key` may name an entry or a field in a write or delete."""
    if _KEY.fullmatch(key):
        return
    length = len(key.encode())
    if not 1 <= length <= MAX_KEY_BYTES:
        raise ContractException(f"key or field length invalid. expected [1, {MAX_KEY_BYTES}], actual {length}")
    for character in key:
        if not " " <= character <= "~" or character in "-@":
            raise ContractException(f"key or field has invalid char, {ord(character)}")


class ContractStorage:
    """Reads and writes typed values through a transaction's cache, without prices and without key checks."""

    def __init__(self, cache: StateCache) -> None:
        self._cache = cache

    def get(self, contract: str, key: str) -> StoredValue | None:
        """Return the value of an entry, None if there is none."""
        text = self._cache.get(f"b-{contract}-{key}")
        return None if text is None else decode(text)[0]

    def has(self, contract: str, key: str) -> bool:
        """Return whether an entry exists."""
        return self._cache.get(f"b-{contract}-{key}") is not None

    def put(self, contract: str, key: str, value: StoredValue, payer: str) -> tuple[int, list[RamCharge]]:
        """Write an entry; an empty `payer` keeps the old one, else the contract pays.

        Returns the stored bytes and the RAM that changes hands.
        """
        state_key = f"b-{contract}-{key}"
        text, size, ram = _replace(self._cache.get(state_key), value, payer, contract, _bytes(contract, key))
        self._cache.put(state_key, text)
        return size, ram

    def delete(self, contract: str, key: str) -> list[RamCharge]:
        """Delete an entry; returns the RAM given back."""
        state_key = f"b-{contract}-{key}"
        released = _release(self._cache.get(state_key), _bytes(contract, key))
        self._cache.delete(state_key)
        return released

    def map_get(self, contract: str, key: str, field: str) -> StoredValue | None:
        """Return the value of a map's field, None if there is none."""
        text = self._cache.get(f"m-{contract}-{key}-{field}")
        return None if text is None else decode(text)[0]

    def map_has(self, contract: str, key: str, field: str) -> bool:
        """Return whether a map has a field."""
        return self._cache.get(f"m-{contract}-{key}-{field}") is not None

    def map_keys(self, contract: str, key: str) -> list[str]:
        """Return the listed fields in order of insertion; at most 257, some may be gone."""
        return (self._cache.get(f"m-{contract}-{key}") or "").split("@")[1:]

    def map_put(
        self, contract: str, key: str, field: str, value: StoredValue, payer: str
    ) -> tuple[int, list[RamCharge]]:
        """Write a field and list it if it is new; otherwise as `put`."""
        state_key = f"m-{contract}-{key}-{field}"
        old = self._cache.get(state_key)
        if old is None:
            listed = self._cache.get(f"m-{contract}-{key}") or ""
            if listed.count("@") <= MAX_LISTED_FIELDS:
                self._cache.put(f"m-{contract}-{key}", f"{listed}@{field}")
        key_bytes = _bytes(contract, key) + 2 * len(field.encode())
        text, size, ram = _replace(old, value, payer, contract, key_bytes)
        self._cache.put(state_key, text)
        return size, ram

    def map_delete(self, contract: str, key: str, field: str) -> list[RamCharge]:
        """Delete a field and take it off the list; nothing happens if it is absent."""
        state_key = f"m-{contract}-{key}-{field}"
        old = self._cache.get(state_key)
        if old is None:
            return []
        self._cache.delete(state_key)
        self._unlist(contract, key, field)
        return _release(old, _bytes(contract, key) + 2 * len(field.encode()))

    def _unlist(self, contract: str, key: str, field: str) -> None:
        list_key = f"m-{contract}-{key}"
        remaining = [name for name in self.map_keys(contract, key) if name != field]
        if self._cache.get(f"{list_key}@") is None:
            remaining = [name for name in remaining if self.map_has(contract, key, name)]
            self._cache.put(f"{list_key}@", "1")
        if remaining:
            self._cache.put(list_key, "".join(f"@{name}" for name in remaining))
        else:
            self._cache.delete(list_key)


def _replace(
    old: str | None, value: StoredValue, payer: str, contract: str, key_bytes: int
) -> tuple[str, int, list[RamCharge]]:
    """Return the new text, its size, and the RAM that changes hands."""
    old_payer = (payer_of(old) if old else "") or contract
    new_payer = payer or old_payer
    text = encode(value, new_payer)
    size = size_of(text)
    if old is None:
        return text, size, [RamCharge(new_payer, size + key_bytes)]
    if old_payer == new_payer:
        return text, size, [RamCharge(new_payer, size - size_of(old))]
    return text, size, [RamCharge(old_payer, -size_of(old) - key_bytes), RamCharge(new_payer, size + key_bytes)]


def _release(old: str | None, key_bytes: int) -> list[RamCharge]:
    payer = payer_of(old) if old else ""
    return [RamCharge(payer, -size_of(old) - key_bytes)] if old and payer else []


def _bytes(contract: str, key: str) -> int:
    return len(contract.encode()) + 1 + len(key.encode())
