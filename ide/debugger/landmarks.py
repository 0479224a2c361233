"""What the timeline draws of a recording: depth and gas along the way, and where storage was written.

A recording may have millions of steps and a window some thousand pixels: depth and gas are sampled once a
pixel, writes are found by bisection on the number of accesses, which only grows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.values import AccessKind, StorageAccess

if TYPE_CHECKING:
    from engine.facade import DebugSession


@dataclass(frozen=True, slots=True)
class Sample:
    """Depth, gas and accesses made before it at the step that stands for a pixel."""

    depth: int
    gas: float
    accesses: int


def sample_steps(session: DebugSession, columns: int) -> tuple[Sample, ...]:
    """Return a sample for each of `columns` pixels from the first step to the last."""
    last = session.step_count - 1
    samples = []
    for column in range(columns):
        step = session.step(round(column * last / max(columns - 1, 1)))
        samples.append(Sample(step.depth, step.gas, step.accesses))
    return tuple(samples)


class WriteMarks:
    """Where the contract wrote: pixels for the eye, exact steps for the keys."""

    def __init__(self, session: DebugSession, accesses: Sequence[StorageAccess]) -> None:
        self._session = session
        # What belongs to no action is the chain's own settlement, which no step made.
        self._numbers = [
            number
            for number, access in enumerate(accesses)
            if access.kind is not AccessKind.READ and access.action >= 0
        ]

    def columns(self, samples: Sequence[Sample]) -> tuple[int, ...]:
        """Return the pixels between which and the next something was written; the last pixel takes the rest."""
        made = [bisect_left(self._numbers, sample.accesses) for sample in samples]
        made.append(len(self._numbers))
        return tuple(column for column in range(len(samples)) if made[column + 1] > made[column])

    def after(self, position: int) -> int | None:
        """Return the next step behind `position` that writes, None if there is none."""
        if position + 1 >= self._session.step_count:
            return None
        place = bisect_left(self._numbers, self._session.step(position + 1).accesses)
        return step_of_access(self._session, self._numbers[place], position + 1) if place < len(self._numbers) else None

    def before(self, position: int) -> int | None:
        """Return the last step before `position` that wrote, None if there is none."""
        place = bisect_left(self._numbers, self._session.step(position).accesses) - 1
        return step_of_access(self._session, self._numbers[place]) if place >= 0 else None


def step_of_access(session: DebugSession, number: int, start: int = 0) -> int:
    """Return the position of the step that made access `number` (from 0): the last one with no more before it."""
    low, high = start, session.step_count - 1
    while low < high:
        middle = (low + high + 1) // 2
        if session.step(middle).accesses <= number:
            low = middle
        else:
            high = middle - 1
    return low
