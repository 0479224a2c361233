"""Stored texts: the typed values behind state keys (spec/vm.md §4.1).

A stored text is a type letter, a body, `@` and the payer of its bytes. The payer is what follows the *last*
`@`, so a payer that contains one corrupts the value on reading, as on the reference chain.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, TypeAlias

from engine.errors import InternalError


class JsonText(str):
    """A value stored as JSON (type letter `j`)."""

    __slots__ = ()


class FixedPoint(NamedTuple):
    """A decimal stored as `value` × 10^-`scale` (type letter `f`)."""

    value: int
    scale: int


StoredValue: TypeAlias = str | int | bool | JsonText | FixedPoint

_NUMBER_BYTES = {"i": 8, "f": 12}


def encode(value: StoredValue, payer: str) -> str:
    """Return the stored text of `value` whose bytes `payer` pays."""
    if type(value) is int:  # the most frequent one first
        return f"i{value}@{payer}"
    match value:
        case bool():
            return f"b{'t' if value else 'f'}@{payer}"
        case int():
            return f"i{value}@{payer}"
        case FixedPoint():
            return f"f{value.value}/{value.scale}@{payer}"
        case JsonText():
            return f"j{value}@{payer}"
        case str():
            return f"s{value}@{payer}"


def decode(text: str) -> tuple[StoredValue, str]:
    """Return the value and the payer in a stored text."""
    return _decoded_short(text) if len(text) <= _SHORT else _decoded(text)


def _decoded(text: str) -> tuple[StoredValue, str]:
    letter, (body, _, payer) = text[:1], text[1:].rpartition("@")
    match letter:
        case "s":
            return body, payer
        case "i":
            return int(body), payer
        case "b":
            return body == "t", payer
        case "j":
            return JsonText(body), payer
        case "f":
            value, _, scale = body.partition("/")
            return FixedPoint(int(value), int(scale)), payer
    raise InternalError(f"stored text of unknown type: {text[:40]!r}")


_SHORT = 512
"""Texts up to this length are worth remembering: a transaction reads some of them several times."""
_decoded_short = lru_cache(maxsize=4096)(_decoded)


def payer_of(text: str) -> str:
    """Return who pays for a stored text; empty if nobody is named."""
    return text.rpartition("@")[2]


def size_of(text: str) -> int:
    """Return the bytes the reference counts for a stored text: integers take 8, decimals 12."""
    number = _NUMBER_BYTES.get(text[:1])
    if number is None:
        return len(text.encode())
    return 2 + number + len(payer_of(text).encode())


def to_contract(value: StoredValue) -> str | None:
    """Return a value as a contract reads it; None if it has no text (decimals)."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case FixedPoint():
            return None
        case _:
            return str(value)
