"""Turns JSON texts into messages as the reference's gateway does, with its words for what cannot be read.

Names may be in snake_case or camelCase, `null` is absent, unknown fields are ignored, numbers may stand in texts and
64-bit ones keep every digit, enums come as names or numbers, bytes in either base64 alphabet. What is no Unicode
becomes U+FFFD. Only the first value of a text counts.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Final, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from engine.chain.go_json import NumberLiteral, well_formed
from engine.chain.json_errors import END, syntax_error
from engine.entrance.http.failure import bad_argument
from engine.values import Value

__all__ = ["Enum", "Int64", "UInt32", "read_message"]

Message = TypeVar("Message", bound=Value)
Read = Callable[[object], Any]


class Bits(NamedTuple):
    """What an integer holds: Go's name of its type, and its numbers."""

    name: str
    numbers: range


class Enum(NamedTuple):
    """An enum: its name, and the names of its values from 0."""

    name: str
    values: tuple[str, ...]


Int64 = Annotated[int, Bits("int64", range(-(2**63), 2**63))]
UInt32 = Annotated[int, Bits("uint32", range(2**32))]
_INT32: Final = range(-(2**31), 2**31)
_INTEGER = re.compile(r"-?[0-9]+")
_WHITE_SPACE = " \t\r\n"
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def read_message(body: bytes, kind: type[Message]) -> Message:
    """Return the message in a request's body; an empty body is an empty message.

    Raises:
        RequestFailure: it is no JSON object, or a field has the wrong type.
    """
    text = body.decode("utf-8", "surrogateescape").lstrip(_WHITE_SPACE)
    return _message(kind)(_first_value(text)) if text else kind()


def _refuse_constant(name: str) -> object:
    raise json.JSONDecodeError("Expecting value", name, 0)


_DECODER: Final = json.JSONDecoder(
    parse_int=NumberLiteral, parse_float=NumberLiteral, parse_constant=_refuse_constant, strict=True
)


def _first_value(text: str, *, only: bool = False) -> object:
    """Return the first JSON value of a body, or the `only` one of a text in it."""
    try:
        value, end = _DECODER.raw_decode(text)
    except json.JSONDecodeError as error:
        where = error if error.doc == text else json.JSONDecodeError(error.msg, text, _constant_at(text))
        problem = syntax_error(text, where)
        raise bad_argument("unexpected end of JSON input" if only and problem == END else problem) from None
    except RecursionError:
        raise bad_argument("exceeded max depth") from None
    rest = text[end:].lstrip(_WHITE_SPACE) if only else ""
    if rest:
        raise bad_argument(f"invalid character '{rest[0]}' after top-level value")
    return value


def _constant_at(text: str) -> int:
    """Return where Python's decoder found a number that JSON does not have."""
    match = re.search(r'(?:"(?:[^"\\]|\\.)*"|[^"])*?(?P<found>NaN|-?Infinity)', text, re.DOTALL)
    return 0 if match is None else match.start("found")


# --- by type ---------------------------------------------------------------------------------------


@cache
def _message(kind: type[Message]) -> Callable[[object], Message]:
    """Return what reads a message of a kind."""
    hints = get_type_hints(kind, include_extras=True)
    readers = [
        (field.name, field.encode_name, _camel_case(field.encode_name), _reader(hints[field.name]))
        for field in msgspec.structs.fields(kind)
    ]

    def read(value: object) -> Message:
        if value is None:
            return kind()
        if not isinstance(value, dict):
            raise _mismatch(value, "map[string]json.RawMessage")
        found = {}
        for name, original, camel, reader in readers:
            item = value.get(camel, value.get(original))
            if item is not None:
                found[name] = reader(item)
        return kind(**found)

    return read


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _reader(hint: object) -> Read:
    """Return what reads a field that is not null."""
    arguments = get_args(hint)
    if get_origin(hint) is Annotated:
        described = arguments[1]
        return (lambda value: _enum(value, described)) if isinstance(described, Enum) else _integer_reader(described)
    if get_origin(hint) is tuple:
        return _list_reader(arguments[0])
    if isinstance(hint, type) and issubclass(hint, Value):
        return _message(hint)
    return {str: _text, bool: _boolean, float: _double, bytes: _bytes}[hint]  # type: ignore[index]


def _list_reader(item: object) -> Read:
    reader = _reader(item)
    is_message = isinstance(item, type) and issubclass(item, Value)
    absent: object = "" if item is str else 0

    def read(value: object) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise _mismatch(value, "[]json.RawMessage")
        if None in value and is_message:
            raise bad_argument("proto: repeated field has nil element")
        return tuple(absent if entry is None else reader(entry) for entry in value)

    return read


def _text(value: object) -> str:
    if type(value) is not str:
        raise _mismatch(value, "string")
    return well_formed(value)


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise _mismatch(value, "bool")
    return value


def _integer_reader(bits: Bits) -> Read:
    def read(value: object) -> int:
        number = _unquoted(value)
        if not isinstance(number, NumberLiteral):
            if number is None:
                return 0
            raise _mismatch(number, bits.name)
        if not _INTEGER.fullmatch(number) or len(number) > 20 or int(number) not in bits.numbers:
            raise _mismatch(number, bits.name, literally=True)
        return int(number)

    return read


def _double(value: object) -> float:
    if type(value) is str and value in _NON_FINITE:
        return _NON_FINITE[value]
    number = _unquoted(value)
    if not isinstance(number, NumberLiteral):
        if number is None:
            return 0.0
        raise _mismatch(number, "float64")
    if math.isinf(float(number)):
        raise _mismatch(number, "float64", literally=True)
    return float(number)


def _unquoted(value: object) -> object:
    """Return a number that may stand in a text."""
    if type(value) is not str:
        return value
    inside = value.strip(_WHITE_SPACE)
    if not inside:
        raise bad_argument("unexpected end of JSON input")
    return _first_value(inside, only=True)


def _enum(value: object, enum: Enum) -> int:
    if isinstance(value, NumberLiteral):
        if not _INTEGER.fullmatch(value) or len(value) > 11 or int(value) not in _INT32:
            raise _mismatch(value, enum.name, literally=True)
        return int(value)
    if not isinstance(value, str):
        raise _mismatch(value, enum.name)
    if value not in enum.values:
        raise bad_argument(f"unknown value {json.dumps(well_formed(value), ensure_ascii=False)} for enum {enum.name}")
    return enum.values.index(value)


def _bytes(value: object) -> bytes:
    if type(value) is not str:
        raise _mismatch(value, "[]uint8")
    digits = value.replace("-", "+").replace("_", "/").replace("\r", "").replace("\n", "").rstrip("=")
    wrong = _NOT_BASE64.search(digits)
    try:
        if wrong is None:
            return base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    except binascii.Error:
        pass  # one digit too many
    position = len(digits) - len(digits) % 4 if wrong is None else wrong.start()
    raise bad_argument(f"illegal base64 data at input byte {position}")


def _mismatch(value: object, wanted: str, *, literally: bool = False) -> Exception:
    kind = (
        "number"
        if isinstance(value, NumberLiteral)
        else {bool: "bool", str: "string", list: "array", dict: "object"}[type(value)]
    )
    shown = f"{kind} {value}" if literally else kind
    return bad_argument(f"json: cannot unmarshal {shown} into Go value of type {wanted}")
