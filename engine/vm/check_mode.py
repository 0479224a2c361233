"""Check mode: every run is repeated in isolates of its own, and both must come to the same.

Isolates are reused (design.md, "One isolate, many runs"), but what can be observed must equal a fresh one
(spec/decisions.md). A difference is a fault of Strata, never of the contract.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from typing import NamedTuple, TypeVar

import msgspec

from engine.errors import ContractFailure, DeadlineExceeded, InternalError, MemoryExceeded, RunCancelled
from engine.vm.interface import Run

__all__ = ["CHECK_VARIABLE", "checked", "checks_by_default", "first_difference"]

CHECK_VARIABLE = "STRATA_CHECK"
"""Environment variable that, set to 1, puts every pool and chain into check mode that is not told otherwise."""

Result = TypeVar("Result")

_BY_CHANCE = (DeadlineExceeded, MemoryExceeded, RunCancelled)
"""How runs end that do not by their own steps alone: by the clock, by memory that others use too, by somebody."""

_PATIENCE = 10.0
"""So many times the time limit, and seconds besides, the fresh run gets: its code has not been optimised yet."""

_SHOWN = 200


def checks_by_default() -> bool:
    """Whether the environment asks for check mode."""
    return os.environ.get(CHECK_VARIABLE) == "1"


class _Ending(NamedTuple):
    """A program's value, or what its run raised."""

    value: object
    error: Exception | None
    overflowed: bool

    @property
    def repeats(self) -> bool:
        """Whether another run must come to the same."""
        if self.overflowed:
            return False
        return self.error is None or (
            isinstance(self.error, ContractFailure) and not isinstance(self.error, _BY_CHANCE)
        )

    def observed(self) -> object:
        """What is compared."""
        if self.error is None:
            return self.value
        gas = self.error.gas if isinstance(self.error, ContractFailure) else 0
        return {"error": type(self.error).__name__, "text": str(self.error), "gas": gas}


def checked(
    task: Generator[Run, object, Result], *, time_limit: float, overflowed: Callable[[], bool]
) -> Generator[Run, object, Result]:
    """Return `task` in check mode: runs that end differently in fresh isolates raise InternalError in it.

    `time_limit` is that of runs without one; `overflowed` tells whether the last run exhausted the JavaScript stack.
    How deep that is depends on what V8 has optimised: such a run is not compared, nor one ended by time, memory, Stop.
    """
    try:
        run = next(task)
        while True:
            ending = yield from _ending(run, overflowed)
            if ending.repeats:
                limit = time_limit if run.time_limit is None else run.time_limit
                again = msgspec.structs.replace(run, fresh=True, time_limit=_PATIENCE * (1 + limit))
                ending = _compared(ending, (yield from _ending(again, overflowed)), run.incidental)
            run = task.send(ending.value) if ending.error is None else task.throw(ending.error)
    except StopIteration as stop:
        result: Result = stop.value
        return result


def _ending(run: Run, overflowed: Callable[[], bool]) -> Generator[Run, object, _Ending]:
    try:
        return _Ending((yield run), None, overflowed())
    except Exception as error:
        return _Ending(None, error, overflowed())


def _compared(used: _Ending, fresh: _Ending, incidental: tuple[str, ...]) -> _Ending:
    """Return how both runs ended, else the failure that tells how they differ."""
    if isinstance(fresh.error, RunCancelled):
        return fresh
    if fresh.overflowed:
        return used
    difference = first_difference(used.observed(), fresh.observed(), ignored=incidental)
    return used if difference is None else _Ending(None, InternalError(f"check mode: {difference}"), overflowed=False)


def first_difference(used: object, fresh: object, *, ignored: tuple[str, ...] = ()) -> str | None:
    """Return where two values differ and how (`receipt gas_usage is "1" …`); None if they are equal.

    Members of the outermost value that are `ignored` may differ.
    """
    if used == fresh:
        return None
    parts = list(_parts(used, fresh))
    if not parts:
        return f"is {_shown(used)} in a used isolate, {_shown(fresh)} in a fresh one"
    for name, old, new in parts:
        inner = None if name in ignored else first_difference(old, new)
        if inner is not None:
            return f"{name} {inner}"
    return None


def _parts(used: object, fresh: object) -> Iterator[tuple[str, object, object]]:
    """Give name and both values of every part of two values of one kind."""
    if isinstance(used, msgspec.Struct) and type(used) is type(fresh):
        for name in used.__struct_fields__:
            yield name, getattr(used, name), getattr(fresh, name)
    elif isinstance(used, dict) and isinstance(fresh, dict):
        for key in dict.fromkeys((*used, *fresh)):
            yield str(key), used.get(key), fresh.get(key)
    elif isinstance(used, list | tuple) and isinstance(fresh, list | tuple) and len(used) == len(fresh):
        for index, (old, new) in enumerate(zip(used, fresh, strict=True)):
            yield f"[{index}]", old, new


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
