"""The steps of a scenario of mode `chain`: what each asks the engine, and what it compares."""

from __future__ import annotations

import json
from concurrent.futures import Future
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from msgspec import UNSET

from engine.entrance.scenario_file import (
    AdvanceStep,
    BalanceStep,
    BlocksStep,
    CheckpointStep,
    GasStep,
    RamStep,
    RestoreStep,
    Step,
    StorageStep,
    TransactionEntry,
    TransactionExpectation,
    TransactionStep,
    ValidateStep,
)
from engine.entrance.scenario_outcome import Comparison, as_json
from engine.errors import StrataError, UserError
from engine.facade import Engine
from engine.values import Action, AmountLimit, TransactionRequest, TransactionResult

Answer = TypeVar("Answer")

DESTROYED = frozenset({"WorkerCrashed", "DeadlineExceeded", "MemoryExceeded", "RunCancelled"})
"""Failures that are a failed step unless something else is expected: the run hung or its sandbox died."""

EVENT_TOPIC = "CONTRACT_EVENT"
TITLE_LENGTH = 100

_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
    "d": 86400 * 10**9,
}


class Wait(Protocol):
    """Waits for an answer of the engine, but not longer than a step may take."""

    def __call__(self, future: Future[Answer], /) -> Answer:
        """Return the future's result or raise its error."""
        ...


def title(entry: Step) -> str:
    """Return a step as one line for people."""
    match entry:
        case TransactionStep():
            return _transaction_title(entry.tx)
        case BlocksStep():
            return f"produce {entry.blocks} block{'s' if entry.blocks != 1 else ''}"
        case AdvanceStep():
            return f"advance {entry.advance}"
        case CheckpointStep():
            return f"checkpoint {entry.checkpoint}"
        case RestoreStep():
            return f"restore {entry.restore}"
        case StorageStep():
            return f"storage {' '.join(entry.storage)}"
        case BalanceStep():
            return f"balance {' '.join(entry.balance)}"
        case GasStep():
            return f"gas {entry.gas}"
        case RamStep():
            return f"ram {entry.ram}"
        case ValidateStep():
            return f"validate block {entry.validate_block}"


def perform(entry: Step, engine: Engine, wait: Wait, comparison: Comparison) -> dict[str, Any]:
    """Do a step, record its differences in `comparison`, and return what was observed as JSON."""
    match entry:
        case TransactionStep():
            return _transact(entry, engine, wait, comparison)
        case BlocksStep():
            numbers = [wait(engine.produce()).number for _ in range(entry.blocks)]
            return {"blocks": numbers}
        case AdvanceStep():
            return {"time": wait(engine.advance(nanoseconds(entry.advance)))}
        case CheckpointStep():
            return {"block": wait(engine.checkpoint(entry.checkpoint))}
        case RestoreStep():
            return {"block": wait(engine.restore(entry.restore))}
        case StorageStep():
            stored = wait(engine.storage(*entry.storage))
            comparison.equal("storage", entry.expect, stored)
            return {"storage": stored}
        case BalanceStep():
            balance = wait(engine.balance(*entry.balance))
            comparison.number("balance", entry.expect, balance)
            return {"balance": balance}
        case GasStep():
            gas = wait(engine.account(entry.gas)).gas
            comparison.number("gas", entry.expect, gas)
            comparison.at_least("gas", entry.expect_min, gas)
            comparison.at_most("gas", entry.expect_max, gas)
            return {"gas": gas}
        case RamStep():
            account = wait(engine.account(entry.ram))
            comparison.equal("used", entry.expect.used, account.ram_used)
            comparison.equal("available", entry.expect.available, account.ram_available)
            return {"used": account.ram_used, "available": account.ram_available}
        case ValidateStep():
            number = entry.validate_block
            difference = wait(engine.validate_block(wait(engine.head()).number if number == "head" else int(number)))
            comparison.equal("valid", entry.expect, difference is None)
            if comparison.differences and difference is not None:
                comparison.differences.append(difference)
            return {"valid": difference is None, "difference": difference}


def nanoseconds(duration: str) -> int:
    """Return a duration such as `3s` or `1.5h` in nanoseconds."""
    number = duration.rstrip("nsumhd")
    return int(Decimal(number) * _NANOSECONDS[duration[len(number) :]])


def observed(result: TransactionResult) -> dict[str, Any]:
    """Return what a scenario can expect of a transaction, as JSON."""
    receipt = result.receipt
    return {
        "status": str(receipt.status),
        "message": receipt.message,
        "returns": list(receipt.returns),
        "gas_usage": receipt.gas_usage,
        "ram_usage": dict(receipt.ram_usage),
        "receipts": [[line.func_name, line.content] for line in receipt.receipts],
        "events": [[event.contract, event.data] for event in result.events if event.topic == EVENT_TOPIC],
        "console": [[line.level, line.text] for line in result.console],
        "error": result.failure.error if result.failure else None,
    }


def _transact(entry: TransactionStep, engine: Engine, wait: Wait, comparison: Comparison) -> dict[str, Any]:
    future = engine.transact(_request(entry.tx), block=entry.block and entry.tx.block)
    try:
        result = wait(future)
    except StrataError as error:
        return _compare_refusal(entry.expect, error, comparison)
    got = observed(result)
    _compare_transaction(entry.expect, got, comparison)
    if got["error"] in DESTROYED and entry.expect.status is UNSET and entry.expect.error is UNSET:
        comparison.differences.append(f"{got['error']}: {got['message']}")
    return got


def _request(entry: TransactionEntry) -> TransactionRequest:
    return TransactionRequest(
        publisher=entry.publisher,
        actions=tuple(
            Action(contract, api, arguments if isinstance(arguments, str) else as_json(arguments))
            for contract, api, arguments in entry.actions
        ),
        signers=entry.signers,
        gas_limit=str(entry.gas_limit),
        gas_ratio=str(entry.gas_ratio),
        amount_limit=tuple(AmountLimit(token, amount) for token, amount in entry.amount_limit),
        time=entry.time,
        expiration=entry.expiration,
        delay=entry.delay,
    )


def _compare_transaction(expect: TransactionExpectation, got: dict[str, Any], comparison: Comparison) -> None:
    comparison.equal("status", expect.status, got["status"])
    comparison.equal("message", expect.message, got["message"])
    comparison.contains("message", expect.message_contains, got["message"])
    comparison.equal("error", expect.error, got["error"])
    for name in ("returns", "ram_usage", "receipts", "console"):
        comparison.equal(name, getattr(expect, name), got[name])
    comparison.number("gas_usage", expect.gas_usage, got["gas_usage"])
    if isinstance(expect.events, tuple):
        with_contract = any(not isinstance(event, str) for event in expect.events)
        events = got["events"] if with_contract else [data for _, data in got["events"]]
        comparison.equal("events", expect.events, events)
    if comparison.differences and got["message"] and expect.message != got["message"]:
        comparison.differences.append(f"message: {got['message']}")


def _compare_refusal(expect: TransactionExpectation, error: StrataError, comparison: Comparison) -> dict[str, Any]:
    """Compare a transaction that entered no block with what was expected of it."""
    message = error.what if isinstance(error, UserError) else str(error)
    got = {"status": None, "message": message, "error": type(error).__name__}
    if isinstance(expect.error, str) or isinstance(expect.message, str) or isinstance(expect.message_contains, str):
        comparison.equal("error", expect.error, got["error"])
        comparison.equal("message", expect.message, got["message"])
        comparison.contains("message", expect.message_contains, str(error))
        comparison.equal("status", expect.status, None)
    else:
        comparison.differences.append(f"{got['error']}: {error}")
    return got


def _transaction_title(entry: TransactionEntry) -> str:
    calls = []
    for contract, api, arguments in entry.actions:
        shown = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
        calls.append(f"{contract}.{api}({shown[1:-1] if shown.startswith('[') else shown})")
    text = f"{entry.publisher}: {'; '.join(calls)}"
    return text if len(text) <= TITLE_LENGTH else text[: TITLE_LENGTH - 1] + "…"
