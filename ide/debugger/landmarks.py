"""What the timeline draws of a recording: depth and gas along the way, and where storage was written.

A recording may have millions of steps and a window some thousand pixels: depth and gas are sampled once a
pixel, writes are found by bisection on the number of accesses, which only grows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.values import AccessKind, StorageAccess

if TYPE_CHECKING:
    from engine.facade import DebugSession

MOST_MARKS = 2000
"""More writes than this are not marked one by one."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Depth and gas at one pixel; `depth` is the deepest of the steps that were looked at there."""

    depth: int
    gas: float


def sample_steps(session: DebugSession, columns: int) -> tuple[Sample, ...]:
    """Return depth and gas for `columns` pixels from the first step to the last."""
    last = session.step_count - 1
    samples = []
    for column in range(columns):
        step = session.step(round(column * last / max(columns - 1, 1)))
        samples.append(Sample(step.depth, step.gas))
    return tuple(samples)


def write_positions(session: DebugSession, accesses: Sequence[StorageAccess]) -> tuple[int, ...]:
    """Return the positions of the steps that wrote or deleted, in order, each once."""
    positions: list[int] = []
    changes = [number for number, access in enumerate(accesses) if access.kind is not AccessKind.READ]
    for number in changes[:MOST_MARKS]:
        position = step_of_access(session, number, positions[-1] if positions else 0)
        if not positions or positions[-1] != position:
            positions.append(position)
    return tuple(positions)


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
