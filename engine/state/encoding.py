"""How keys and texts are written to RocksDB. Every encoding here keeps the order of what it encodes.

    state      UTF-8 of the state key                      → UTF-8 of the stored text
    history    escaped key, 00 01, block number (8 bytes)  → 00, or 01 and the text before that block

UTF-8 sorts like code points, which is how Python sorts `str`. Escaping writes a NUL inside a key as `00 FF`, so
that the terminator `00 01` sorts before any continuation and no key's entries lie among another's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBER_BYTES = 8

_TERMINATOR = b"\x00\x01"
_ABSENT = b"\x00"
_PRESENT = b"\x01"


def encode_number(number: int) -> bytes:
    """Return a block number or id as eight bytes, big-endian."""
    return number.to_bytes(NUMBER_BYTES, "big")


def decode_number(raw: bytes) -> int:
    """Return the number written by `encode_number`."""
    return int.from_bytes(raw, "big")


def escape(key: bytes) -> bytes:
    """Return a state key, or the beginning of one, as history entries begin."""
    return key.replace(b"\x00", b"\x00\xff")


def history_prefix(key: bytes) -> bytes:
    """Return what all history entries of a state key start with."""
    return escape(key) + _TERMINATOR


def history_ending(number: int) -> bytes:
    """Return what follows the escaped state key in the history entries of block `number`."""
    return _TERMINATOR + encode_number(number)


def history_key(key: bytes, number: int) -> bytes:
    """Return the history entry's key of a state key that block `number` changed."""
    return escape(key) + history_ending(number)


def split_history_key(raw: bytes) -> tuple[bytes, int]:
    """Return the state key and block number of a history entry's key."""
    end = len(raw) - NUMBER_BYTES
    return raw[: end - len(_TERMINATOR)].replace(b"\x00\xff", b"\x00"), decode_number(raw[end:])


def encode_optional(text: str | None) -> bytes:
    """Return a text that may be absent as bytes."""
    return _ABSENT if text is None else _PRESENT + text.encode()


def decode_optional(raw: bytes) -> str | None:
    """Return the text written by `encode_optional`."""
    return None if raw == _ABSENT else raw[1:].decode()


def prefix_end(prefix: bytes) -> bytes | None:
    """Return the smallest bytes above everything that starts with `prefix`, None if there is no such bound."""
    stripped = prefix.rstrip(b"\xff")
    return stripped[:-1] + bytes([stripped[-1] + 1]) if stripped else None


def require_text(writes: Mapping[str, str | None]) -> None:
    """Refuse keys and texts that have no UTF-8 form.

    Raises:
        InvalidInput: a key or text holds half of a surrogate pair.
    """
    for key, text in writes.items():
        for part in (key, text):
            if part is None or part.isascii():
                continue
            try:
                part.encode()
            except UnicodeEncodeError:
                raise InvalidInput(
                    f"{part!r} holds half of a surrogate pair and cannot be stored",
                    where=f"state key {key!r}",
                    advice="Store text that is valid Unicode.",
                ) from None
