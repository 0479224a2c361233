"""How benchmarks are written: a function that yields figures, registered under a name.

Every module `bench_*.py` in this folder is imported by `python3 main.py bench`. Figures that are to be
compared are measured in the same run, because the machine is shared; the spread of a fixed loop shows how noisy it was.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence

import msgspec

__all__ = ["BENCHMARKS", "Benchmark", "Figure", "Missing", "Spread", "benchmark", "noise", "times"]


class Figure(msgspec.Struct, frozen=True):
    """One measured number; `goal` is the text of the number aimed at, `note` what it means."""

    name: str
    value: float
    unit: str
    goal: str = ""
    note: str = ""


class Spread(msgspec.Struct, frozen=True):
    """Quantiles of repeated measurements, in the unit they were taken in."""

    p50: float
    p99: float
    least: float


Benchmark = Callable[[], Iterable[Figure]]
BENCHMARKS: dict[str, Benchmark] = {}


class Missing(Exception):
    """What a benchmark needs is not there; the text says what, and how to give it."""


def benchmark(name: str) -> Callable[[Benchmark], Benchmark]:
    """Register a benchmark under `name`."""

    def register(function: Benchmark) -> Benchmark:
        BENCHMARKS[name] = function
        return function

    return register


def times(work: Callable[[], object], count: int, *, warm_up: int = 3) -> Spread:
    """Call `work` `count` times and return the spread of its duration in microseconds."""
    for _ in range(warm_up):
        work()
    taken = []
    for _ in range(count):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1e6)
    return spread(taken)


def spread(values: Sequence[float]) -> Spread:
    """Return the quantiles of some measurements."""
    ordered = sorted(values)
    return Spread(statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], ordered[0])


def noise() -> Spread:
    """Time a fixed loop ten times, in milliseconds: how steady the machine is."""

    def loop() -> None:
        total = 0
        for number in range(300_000):
            total += number

    taken = times(loop, 10)
    return Spread(taken.p50 / 1e3, taken.p99 / 1e3, taken.least / 1e3)
