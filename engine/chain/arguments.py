"""Action data to arguments, and results to texts (spec/contract-api.md §10)."""

from __future__ import annotations

import json
import re
from typing import Final

import msgspec

from engine.chain.go_json import NumberLiteral, go_json, well_formed
from engine.chain.json_errors import syntax_error
from engine.chain.stored import JsonText
from engine.errors import ContractException
from engine.values import AbiMethod

_INTEGER = re.compile(r"-?\d+")
_INT64 = range(-(2**63), 2**63)
_BRACKET = re.compile(r"""[\[\]{}]|"(?:[^"\\]|\\.)*"?""", re.DOTALL)
_TEXTS: Final = msgspec.json.Decoder(list[str])
MAXIMUM_DEPTH = 200
"""How deeply an action's data may be nested; the reference takes 10,000 levels."""
_WHITE_SPACE = " \t\r\n"


def _refuse_constant(name: str) -> object:
    raise ValueError(f"invalid character '{name[0]}' looking for beginning of value")


_DECODER: Final = json.JSONDecoder(
    parse_int=NumberLiteral, parse_float=NumberLiteral, parse_constant=_refuse_constant, strict=True
)


def parse_arguments(method: AbiMethod, data: str) -> list[object]:
    """Return the arguments of a call: `str`, `bool`, `int`, or `JsonText` for type `json`.

    Only the first JSON value of `data` counts and `,]` at the end is accepted, as on the reference chain.

    Raises:
        ContractException: `data` does not fit the method's interface.
    """
    if data.endswith(",]"):
        data = data[:-2] + "]"
    return _arguments(method, parse_json(data))


def _arguments(method: AbiMethod, parsed: object) -> list[object]:
    if not isinstance(parsed, list):
        raise ContractException(
            "error args should be array, type assertion to []interface{} failed, &" + _shown(parsed)
        )
    if len(parsed) != len(method.args):
        raise ContractException(
            f"args length unmatched to abi {method.name}. need {len(method.args)}, got {len(parsed)}"
        )
    return [_argument(kind, value) for kind, value in zip(method.args, parsed, strict=True)]


def parse_json(data: str) -> object:
    """Return the first JSON value of a text, numbers as `NumberLiteral`.

    Raises:
        ContractException: there is none, or it is nested too deeply.
    """
    try:
        return first_json_value(data)
    except ValueError as error:
        raise ContractException(f"error in data: {error}, {data}") from None


def first_json_value(data: str) -> object:
    """Return what `parse_json` does; raises `ValueError` with the reference's reason alone."""
    try:
        return _TEXTS.decode(data)  # most arguments are texts, and this reads no list of texts differently
    except ValueError:
        pass
    if _is_too_deep(data):
        raise ValueError("exceeded max depth")
    start = len(data) - len(data.lstrip(_WHITE_SPACE))
    try:
        value, _ = _DECODER.raw_decode(data, start)
    except ValueError as error:
        raise ValueError(_reason(data, start, error)) from None
    if data.isascii() and "\\u" not in data:
        return value  # no text in it can hold a surrogate
    return _well_formed(value)


def _is_too_deep(data: str) -> bool:
    """Return whether brackets outside texts are nested too deeply; the same on every machine and stack."""
    if data.count("[") + data.count("{") <= MAXIMUM_DEPTH:
        return False
    depth = 0
    for match in _BRACKET.finditer(data):
        bracket = match[0]
        if bracket in "[{":
            depth += 1
            if depth > MAXIMUM_DEPTH:
                return True
        elif bracket in "]}":
            depth -= 1
    return False


def argument_literals(arguments: list[object]) -> str:
    """Return the JSON array text that becomes a script's argument literals."""
    return "[" + ",".join(value if isinstance(value, JsonText) else go_json(value) for value in arguments) + "]"


def _argument(kind: str, value: object) -> object:
    match kind:
        case "string":
            if type(value) is not str:
                raise ContractException(f"error parse string arg &{_shown(value)}, type assertion to string failed")
            return value
        case "bool":
            if not isinstance(value, bool):
                raise ContractException(f"error parse bool arg &{_shown(value)}, type assertion to bool failed")
            return value
        case "number":
            return _integer(value)
        case _:
            return JsonText(go_json(value))


def _integer(value: object) -> int:
    problem = "invalid value type"
    if isinstance(value, NumberLiteral):
        if not _INTEGER.fullmatch(value):
            problem = f'strconv.ParseInt: parsing "{value}": invalid syntax'
        elif int(value) not in _INT64:
            problem = f'strconv.ParseInt: parsing "{value}": value out of range'
        else:
            return int(value)
    raise ContractException(f"error parse number arg &{_shown(value)}, {problem}")


def _shown(value: object) -> str:
    match value:
        case None:
            return "{<nil>}"
        case dict() | list():
            return go_json(value)
        case bool():
            return "{true}" if value else "{false}"
        case _:
            return f"{{{value}}}"


def _well_formed(value: object) -> object:
    match value:
        case NumberLiteral():
            return value
        case str():
            return well_formed(value)
        case list():
            return [_well_formed(item) for item in value]
        case dict():
            return {well_formed(key): _well_formed(item) for key, item in value.items()}
        case _:
            return value


def _reason(data: str, start: int, error: ValueError) -> str:
    if start == len(data):
        return "EOF"
    return syntax_error(data, error) if isinstance(error, json.JSONDecodeError) else str(error)
