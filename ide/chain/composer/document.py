"""A transaction as JSON text, in the scenario format's form (spec/scenario.md `tx`), and back."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from engine.entrance.scenario_file import TransactionEntry
from engine.entrance.scenario_outcome import as_json
from engine.values import Action, AmountLimit, TransactionRequest

_DEFAULTS = TransactionRequest(publisher="", actions=())


class DocumentProblem(ValueError):
    """A text that is no transaction; says where and what is wrong."""


def to_text(request: TransactionRequest) -> str:
    """Return a transaction as indented JSON, with every field so that people see what there is."""
    value = to_entry(request) | {
        "signers": list(request.signers),
        "gas_limit": request.gas_limit,
        "gas_ratio": request.gas_ratio,
        "amount_limit": _limits(request),
        "delay": request.delay,
        "expiration": request.expiration,
        "time": request.time,
    }
    return _indented(value) + "\n"


def to_entry(request: TransactionRequest) -> dict[str, Any]:
    """Return a transaction as a scenario's `tx`: what is usual is left out."""
    entry: dict[str, Any] = {
        "publisher": request.publisher,
        "actions": [[action.contract, action.action_name, readable_data(action.data)] for action in request.actions],
    }
    if request.signers:
        entry["signers"] = list(request.signers)
    for name in ("gas_limit", "gas_ratio", "delay", "expiration", "time"):
        if getattr(request, name) != getattr(_DEFAULTS, name):
            entry[name] = getattr(request, name)
    if request.amount_limit != _DEFAULTS.amount_limit:
        entry["amount_limit"] = _limits(request)
    return entry


def from_text(text: str) -> TransactionRequest:
    """Return the transaction in a JSON text.

    Raises:
        DocumentProblem: it is not JSON, or not a transaction.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise DocumentProblem(f"Line {error.lineno}, column {error.colno}: {error.msg}.") from None
    except RecursionError:
        raise DocumentProblem("The JSON is nested too deeply.") from None
    try:
        entry = msgspec.convert(value, TransactionEntry)
    except msgspec.ValidationError as error:
        raise DocumentProblem(f"{error}.".replace(" - at `$", " at `transaction")) from None
    return TransactionRequest(
        publisher=entry.publisher,
        actions=tuple(
            Action(contract, method, arguments if isinstance(arguments, str) else as_json(arguments))
            for contract, method, arguments in entry.actions
        ),
        signers=entry.signers,
        gas_limit=str(entry.gas_limit),
        gas_ratio=str(entry.gas_ratio),
        amount_limit=tuple(AmountLimit(token, value) for token, value in entry.amount_limit),
        time=entry.time,
        expiration=entry.expiration,
        delay=entry.delay,
    )


def readable_data(data: str) -> list[Any] | str:
    """Return an action's arguments as a list, or the text itself if that would not come back as it is."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return data
    return value if isinstance(value, list) and as_json(value) == compact(data) else data


def compact(data: str) -> str:
    """Return JSON text without blanks between its parts; one with decimal numbers, or no JSON, stays as it is."""
    try:
        return as_json(json.loads(data, parse_float=_refuse_decimal))
    except (ValueError, RecursionError):
        return data


def _refuse_decimal(text: str) -> float:
    raise ValueError(f"{text} might be written otherwise than it was read")


def _limits(request: TransactionRequest) -> list[list[str]]:
    return [[limit.token, limit.val] for limit in request.amount_limit]


def _indented(value: dict[str, Any]) -> str:
    """Return JSON with one line a field, and one an action: short enough to be read, long enough to be edited."""
    lines = []
    for name, content in value.items():
        if name == "actions" and content:
            inner = ",\n".join(f"    {json.dumps(action, ensure_ascii=False)}" for action in content)
            lines.append(f'  "actions": [\n{inner}\n  ]')
        else:
            lines.append(f"  {json.dumps(name)}: {json.dumps(content, ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + "\n}"
