"""Changing an entry by hand: what is written so that field lists and RAM stay what transactions would have left."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from engine.chain.accounts import account_key
from engine.chain.contracts import record_key
from engine.chain.settlement import ram_usage, settle
from engine.chain.storage_rules import ContractStorage, check_key
from engine.chain.stored import FixedPoint, JsonText, StoredValue
from engine.errors import ContractException, InsufficientAssets, InvalidInput
from engine.state.encoding import require_text
from engine.state.local_cache import LocalCache

if TYPE_CHECKING:
    from engine.state.interface import StateReader
    from engine.values import StateEdit

__all__ = ["EDIT", "edit_writes", "parse_value"]

EDIT = "edited by hand"
"""Stands where a transaction's hash would in what the state stack keeps."""
NOBODY = "system.iost"
"""Pays nothing, as the settlement's publisher."""
_INT64 = range(-(2**63), 2**63)


def edit_writes(state: StateReader, edit: StateEdit, time: int) -> dict[str, str | None]:
    """Return what an edit at `time` (nanoseconds) writes: the entry, its map's field list, and who pays for the bytes.

    Raises:
        InvalidInput: contract, key, value or payer cannot be that, or the payer has not enough RAM.
    """
    require_text({edit.state_key: edit.text})
    cache = LocalCache(state)
    storage = ContractStorage(cache)
    where = edit.state_key
    exists = cache.get(where) is not None
    if not exists:
        _check_new(cache, edit)
    if edit.payer and not any(cache.get(key) for key in (account_key(edit.payer), record_key(edit.payer))):
        raise InvalidInput(f"there is no account or contract {edit.payer!r} to pay", where=where)
    if edit.text is None:
        if not exists:
            raise InvalidInput("there is nothing to delete", where=where, advice="Choose an entry that exists.")
        charges = (
            storage.delete(edit.contract, edit.key)
            if edit.field is None
            else storage.map_delete(edit.contract, edit.key, edit.field)
        )
    else:
        value = parse_value(edit.kind, edit.text)
        _, charges = (
            storage.put(edit.contract, edit.key, value, edit.payer)
            if edit.field is None
            else storage.map_put(edit.contract, edit.key, edit.field, value, edit.payer)
        )
    try:
        settle(cache, NOBODY, 0, ram_usage(charges), time)
    except InsufficientAssets as error:
        raise InvalidInput(error.text, where=where, advice="Buy RAM for the payer, or let another one pay.") from None
    return cache.write_set()


def parse_value(kind: str, text: str) -> StoredValue:
    """Return the stored value that a person wrote as `text`.

    Raises:
        InvalidInput: the text is no value of that kind.
    """
    try:
        match kind:
            case "text":
                return text
            case "number" if int(text) in _INT64:
                return int(text)
            case "boolean" if text in ("true", "false"):
                return text == "true"
            case "json":
                json.loads(text)
                return JsonText(text)
            case "decimal":
                return _fixed_point(text)
    except (ValueError, InvalidOperation):
        pass
    wanted = {
        "number": "a whole number of 64 bits",
        "boolean": "true or false",
        "json": "JSON",
        "decimal": "a decimal number",
    }.get(kind)
    if wanted is None:
        raise InvalidInput(f"there is no type {kind!r}", advice="Choose text, number, boolean, json or decimal.")
    raise InvalidInput(f"{text[:60]!r} is not {wanted}", advice="Correct the value, or choose another type.")


def _fixed_point(text: str) -> FixedPoint:
    sign, digits, exponent = Decimal(text).as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(text)
    number = int("".join(map(str, digits))) * (-1 if sign else 1)
    value = FixedPoint(number, -exponent) if exponent <= 0 else FixedPoint(number * 10**exponent, 0)
    if value.value not in _INT64 or value.scale > 18:
        raise ValueError(text)
    return value


def _check_new(cache: LocalCache, edit: StateEdit) -> None:
    if cache.get(record_key(edit.contract)) is None:
        raise InvalidInput(f"there is no contract {edit.contract!r}", advice="Choose a contract of the list.")
    try:
        check_key(edit.key)
        if edit.field is not None:
            check_key(edit.field)
    except ContractException as error:
        raise InvalidInput(error.text, where=edit.state_key, advice="Use 1 to 64 printable characters.") from None
