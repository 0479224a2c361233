"""Arguments of a contract method: from what people type to the JSON array a transaction carries.

The types are the ABI's (contract-api.md §10): `string`, `number` (an int64), `bool`, `json`. Numbers
are never turned into floating point, so that 9007199254740993 stays itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1

_INTEGER = re.compile(r"[+-]?\d+")
_AMOUNT = re.compile(r"\d+(\.\d+)?")


class ArgumentProblem(ValueError):
    """An argument that cannot be sent; the text says why and what to type instead."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument as typed: `text` is the input's text (`true`/`false` for a check box)."""

    type: str
    text: str


def to_json(argument: Argument) -> str:
    """Return the JSON text of one argument.

    Raises:
        ArgumentProblem: the text is not a value of the type.
    """
    match argument.type:
        case "string":
            return json.dumps(argument.text, ensure_ascii=False)
        case "number":
            return _integer(argument.text)
        case "bool":
            return "true" if argument.text == "true" else "false"
        case "json":
            return _json_text(argument.text)
        case _:
            raise ArgumentProblem(f"The type “{argument.type}” is not one of string, number, bool, json.")


def _integer(text: str) -> str:
    digits = text.strip().replace("_", "").replace("\N{NARROW NO-BREAK SPACE}", "")
    if not digits:
        raise ArgumentProblem("Type a whole number.")
    if not _INTEGER.fullmatch(digits):
        raise ArgumentProblem(f"“{text.strip()}” is not a whole number. Decimals are passed as strings.")
    number = int(digits)
    if not INT64_MIN <= number <= INT64_MAX:
        raise ArgumentProblem("The number does not fit into 64 bits (−2⁶³ … 2⁶³−1). Pass it as a string.")
    return str(number)


def _json_text(text: str) -> str:
    if not text.strip():
        raise ArgumentProblem("Type a JSON value, for example {} or [].")
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ArgumentProblem(f"Line {error.lineno}, column {error.colno}: {error.msg}.") from None
    except RecursionError:
        raise ArgumentProblem("The JSON is nested too deeply.") from None
    return text.strip()


def _refuse_constant(name: str) -> object:
    raise ArgumentProblem(f"{name} is not JSON.")


def to_json_array(arguments: Sequence[Argument]) -> str:
    """Return the `data` of an action; raises `ArgumentProblem` for the first argument that is wrong."""
    return f"[{', '.join(to_json(argument) for argument in arguments)}]"


def check_gas_limit(text: str) -> str:
    """Return a gas limit as the request wants it; raises `ArgumentProblem`."""
    cleaned = text.strip().replace("_", "").replace("\N{NARROW NO-BREAK SPACE}", "")
    if not _AMOUNT.fullmatch(cleaned) or float(cleaned) <= 0:
        raise ArgumentProblem("The gas limit is a positive number, for example 1000000.")
    return cleaned


def check_amount(text: str) -> str:
    """Return the value of an amount limit: a decimal or `unlimited`; raises `ArgumentProblem`."""
    cleaned = text.strip()
    if cleaned == "unlimited" or _AMOUNT.fullmatch(cleaned):
        return cleaned
    raise ArgumentProblem("An amount limit is a number such as 100.5, or the word unlimited.")
