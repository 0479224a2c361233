"""State keys, stored texts, amounts and times in a form that people read.

The state's keys and texts are the chain's own (spec/vm.md §4.1): `m-ContractX-balances-alice` holding
`s42@alice`. Panels show *X · balances · alice* = `42`, paid by alice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

MISSING = "—"
"""Shown where there is no value."""


class KeyKind(StrEnum):
    """What a state key stands for."""

    VALUE = "value"
    MAP_FIELD = "map field"
    MAP_KEYS = "map key list"
    MAP_FLAG = "map repair flag"
    CODE = "contract code"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ReadableKey:
    """A state key taken apart; `key` and `field` are empty where the kind has none."""

    kind: KeyKind
    contract: str
    key: str = ""
    field: str = ""

    @property
    def is_bookkeeping(self) -> bool:
        """Whether the chain itself keeps this key and a contract never names it."""
        return self.kind in (KeyKind.MAP_KEYS, KeyKind.MAP_FLAG)

    @property
    def label(self) -> str:
        """The key without its contract, in one line."""
        match self.kind:
            case KeyKind.MAP_FIELD:
                return f"{self.key} · {self.field}"
            case KeyKind.MAP_KEYS:
                return f"{self.key} · (list of fields)"
            case KeyKind.MAP_FLAG:
                return f"{self.key} · (repaired)"
            case KeyKind.CODE:
                return "(code)"
            case _:
                return self.key


@lru_cache(maxsize=65_536)
def read_key(state_key: str) -> ReadableKey:
    """Take a state key apart; keys and fields hold no `-`, so the parts are unambiguous."""
    parts = state_key.split("-", 3)
    match parts:
        case ["b", contract, *rest] if rest:
            return ReadableKey(KeyKind.VALUE, contract, "-".join(rest))
        case ["m", contract, key, field]:
            return ReadableKey(KeyKind.MAP_FIELD, contract, key, field)
        case ["m", contract, key] if key.endswith("@"):
            return ReadableKey(KeyKind.MAP_FLAG, contract, key[:-1])
        case ["m", contract, key]:
            return ReadableKey(KeyKind.MAP_KEYS, contract, key)
        case ["c" | "s", contract, *rest]:
            return ReadableKey(KeyKind.CODE, "-".join([contract, *rest]))
        case _:
            return ReadableKey(KeyKind.OTHER, "", state_key)


class ValueKind(StrEnum):
    """The stored types by their letters."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    JSON = "json"
    DECIMAL = "decimal"
    NOTHING = "nothing"
    FIELDS = "fields"
    CODE = "code"
    ABSENT = "absent"
    RAW = "raw"


_LETTERS = {
    "s": ValueKind.TEXT,
    "i": ValueKind.NUMBER,
    "b": ValueKind.BOOLEAN,
    "j": ValueKind.JSON,
    "f": ValueKind.DECIMAL,
    "n": ValueKind.NOTHING,
}


@dataclass(frozen=True, slots=True)
class ReadableValue:
    """A stored text taken apart; `payer` pays for its RAM."""

    kind: ValueKind
    text: str
    payer: str = ""

    @property
    def pretty(self) -> str:
        """The text, indented if it is JSON."""
        if self.kind not in (ValueKind.TEXT, ValueKind.JSON) or self.text[:1] not in ("{", "["):
            return self.text
        try:
            return json.dumps(json.loads(self.text), indent=2, ensure_ascii=False)
        except ValueError:
            return self.text


def read_value(key: ReadableKey, stored: str | None) -> ReadableValue:
    """Take a stored text apart; what does not look like one is shown as it is."""
    if stored is None:
        return ReadableValue(ValueKind.ABSENT, MISSING)
    if key.kind is KeyKind.CODE:
        return ReadableValue(ValueKind.CODE, f"{len(stored):,} characters of code")
    if key.kind is KeyKind.MAP_KEYS:
        return ReadableValue(ValueKind.FIELDS, ", ".join(field for field in stored.split("@") if field))
    kind = _LETTERS.get(stored[:1])
    body, separator, payer = stored[1:].rpartition("@")
    if kind is None or not separator or key.kind is KeyKind.MAP_FLAG:
        return ReadableValue(ValueKind.RAW, stored)
    if kind is ValueKind.BOOLEAN:
        return ReadableValue(kind, {"t": "true", "f": "false"}.get(body, body), payer)
    if kind is ValueKind.NOTHING:
        return ReadableValue(kind, "null", payer)
    return ReadableValue(kind, body, payer)


def group_digits(number: str | int) -> str:
    """Write a whole number or decimal with thin groups of three: `1234567.5` → `1 234 567.5`."""
    text = str(number)
    sign = "-" if text.startswith("-") else ""
    whole, point, fraction = text.removeprefix("-").partition(".")
    if not whole.isdigit():
        return text
    grouped = f"{int(whole):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{sign}{grouped}{point}{fraction}"


def byte_size(count: int) -> str:
    """Write a number of bytes with a unit: `1536` → `1.5 KiB`."""
    if abs(count) < 1024:
        return f"{count} B"
    size = float(count)
    for unit in ("KiB", "MiB", "GiB"):
        size /= 1024
        if abs(size) < 1024 or unit == "GiB":
            return f"{size:,.1f} {unit}"
    raise AssertionError("unreachable: the last unit takes every size")


def clock_time(nanoseconds: int) -> str:
    """Write a chain time (nanoseconds since the epoch) as hours, minutes, seconds and milliseconds, UTC."""
    moment = datetime.fromtimestamp(nanoseconds // 1_000_000 / 1000, UTC)
    return moment.strftime("%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


def shorten(text: str, limit: int = 120) -> str:
    """Put a text into one line of at most `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def call_text(contract: str, method: str, data: str, limit: int = 80) -> str:
    """Write a call as a program would: `token.transfer("alice", "10")`; `data` is the JSON argument array."""
    arguments = data.strip()
    if arguments.startswith("[") and arguments.endswith("]"):
        arguments = arguments[1:-1].strip()
    return f"{contract}.{method}({shorten(arguments, limit)})"
