"""How a pool of workers is told its sizes and limits, and which of its jobs go first."""

from __future__ import annotations

from enum import IntEnum

import msgspec

from engine.values import Profile, Value
from engine.vm.check_mode import checks_by_default

__all__ = ["PoolSettings", "Priority"]


class Priority(IntEnum):
    """Which jobs go first."""

    INTERACTIVE = 0
    NORMAL = 1
    BULK = 2


class PoolSettings(Value, frozen=True):
    """Sizes and limits of a pool.

    `floor` workers always exist; up to `ceiling` (0: the number of cores) while jobs wait; `spares` more stand ready,
    so that nobody waits for a process to start. A worker is replaced after `recycle_runs` programs or above
    `recycle_bytes`. `time_limit`, `heap_bytes`, `process_bytes` bound every run. A job without a deadline of its own
    is given `hard_seconds` before its worker is killed. `pin` binds each worker to a processor core: messages then
    cross 2–5 times faster (spec/v8.md, "Costs"). `images` allows startup snapshots where they are trusted.
    `patience` (seconds) is how long the two ends of a busy pipe wait wide awake, where there is more than one core.
    `check` runs everything also in a fresh isolate and compares (`engine.vm.check_mode`).
    """

    floor: int = 1
    ceiling: int = 0
    spares: int = 1
    idle_seconds: float = 30.0
    recycle_runs: int = 50_000
    recycle_bytes: int = 256_000_000
    time_limit: float = 0.2
    heap_bytes: int = 128_000_000
    process_bytes: int = 768_000_000
    hard_seconds: float = 60.0
    pin: bool = True
    fork_server: bool | None = None
    images: bool = True
    patience: float = 0.001
    profiles: tuple[Profile, ...] = (Profile.IOST,)
    check: bool = msgspec.field(default_factory=checks_by_default)
