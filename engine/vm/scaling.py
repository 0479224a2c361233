"""How many workers a pool wants: both how much waits and how long it has waited count."""

from __future__ import annotations

import math

__all__ = ["PATIENCE", "JobClock", "wanted_workers"]

PATIENCE = 0.01
"""Seconds that a job may wait before another worker is worth it: about what it costs to have one more ready."""

_WEIGHT = 0.125


class JobClock:
    """The seconds that a job takes, as a mean in which the newest count most."""

    def __init__(self) -> None:
        self.mean = 0.0

    def note(self, seconds: float) -> None:
        """Take note of a job that has ended."""
        self.mean += (seconds - self.mean) * _WEIGHT


def wanted_workers(*, workers: int, waiting: int, longest_wait: float, job_seconds: float) -> int:
    """Return how many workers should take jobs, `workers` if there are enough; limits are the caller's.

    `waiting` jobs queue, the first of them for `longest_wait` seconds; a job takes `job_seconds`. More workers are
    wanted when a job has waited too long, or foreseeably would: then so many that all is begun within `PATIENCE`.
    """
    if not waiting:
        return workers
    foreseen = waiting * job_seconds
    if workers and longest_wait < PATIENCE and foreseen <= PATIENCE * workers:
        return workers
    return min(workers + waiting, max(workers + 1, math.ceil(foreseen / PATIENCE)))
