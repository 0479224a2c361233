"""Checks of account names, contract ids and hashes that the node is asked for (spec/natives.md §11)."""

from __future__ import annotations

from engine.chain.accounts import is_ethereum_id
from engine.entrance.http.failure import RequestFailure

LONGEST_ID = 100
"""Contract ids and hashes are shorter than this, in bytes."""


def check_id(name: str) -> None:
    """Raise `RequestFailure` unless `name` can be an account or contract."""
    if is_ethereum_id(name):
        return
    length = len(name.encode())
    if name.startswith("Contract") or name.endswith(".iost"):
        if length >= LONGEST_ID:
            raise RequestFailure(f"id invalid. ContractID length should be less then {LONGEST_ID} - {length}")
        return
    if not 5 <= length <= 11:
        raise RequestFailure(f"id invalid. id length should be between 5,11 - {length} ")
    for character in name:
        if not ("a" <= character <= "z" or "0" <= character <= "9" or character == "_"):
            raise RequestFailure(f"id invalid. id contains invalid character - {ord(character)}")


def check_hash(text: str) -> None:
    """Raise `RequestFailure` for what is too long to be a hash."""
    length = len(text.encode())
    if length >= LONGEST_ID:
        raise RequestFailure(f"hash len({length}) is greater then {LONGEST_ID}")
