"""Canonical binary encoding of everything that is hashed or signed (spec/transactions.md §3).

Integers are big-endian two's complement, byte strings carry their length as a 32-bit integer, a list is its
count followed by each element as a byte string.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS = {character: digit for digit, character in enumerate(_ALPHABET)}
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]
_TWO, _FOUR, _CHUNK = 58**2, 58**4, 58**10
"""What two, four and ten digits can tell apart. Ten are converted at once: they fit a machine word, so that
the long number is divided a few times only."""


def int64(value: int) -> bytes:
    """Encode a signed 64-bit integer; raises `OverflowError` if it does not fit."""
    return value.to_bytes(8, "big", signed=True)


def int32(value: int) -> bytes:
    """Encode a signed 32-bit integer; raises `OverflowError` if it does not fit."""
    return value.to_bytes(4, "big", signed=True)


def blob(value: bytes) -> bytes:
    """Encode a byte string with its length."""
    return len(value).to_bytes(4, "big") + value


def text(value: str) -> bytes:
    """Encode a string as its UTF-8 bytes with their length."""
    raw = value.encode()
    return len(raw).to_bytes(4, "big") + raw


def listing(elements: Sequence[bytes]) -> bytes:
    """Encode a list of already encoded elements."""
    parts = [len(elements).to_bytes(4, "big")]
    for element in elements:
        parts += (len(element).to_bytes(4, "big"), element)
    return b"".join(parts)


def sha3(value: bytes) -> bytes:
    """Return the SHA3-256 hash (FIPS 202)."""
    return hashlib.sha3_256(value).digest()


@lru_cache(maxsize=1024)
def base58_text(value: bytes) -> str:
    """Return base58 with Bitcoin's alphabet and no checksum."""
    number = int.from_bytes(value, "big")
    digits, pairs = "", _PAIRS
    while number:
        number, part = divmod(number, _CHUNK)
        six, four = divmod(part, _FOUR)
        digits = (
            pairs[six // _FOUR]
            + pairs[six // _TWO % _TWO]
            + pairs[six % _TWO]
            + pairs[four // _TWO]
            + pairs[four % _TWO]
            + digits
        )
    zeros = len(value) - len(value.lstrip(b"\0"))
    return "1" * zeros + digits.lstrip("1")


@lru_cache(maxsize=256)
def base58_bytes(value: str) -> bytes:
    """Decode base58; raises `ValueError` for characters outside the alphabet."""
    number = 0
    for character in value:
        digit = _DIGITS.get(character)
        if digit is None:
            raise ValueError(f"invalid base58 character {character!r}")
        number = number * 58 + digit
    zeros = len(value) - len(value.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
