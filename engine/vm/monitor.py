"""All workers of a chain in one view: how many, how busy, with which limits, and what ended unasked."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from engine.interface import CHAIN_HEAP_BYTES, CHAIN_TIME_LIMIT, Limit, VmDiagnostics, VmLoad, VmSettings, WorkerStatus
from engine.vm import startup_snapshot
from engine.vm.outcome import MAX_RESULT_BYTES
from engine.vm.pool import WorkerPool
from engine.vm.pool_settings import PoolSettings

__all__ = ["VmMonitor", "limits_of", "pool_settings_of"]


def limits_of(settings: VmSettings) -> tuple[Limit, ...]:
    """Return the bounds of a transaction beside those of the chain."""
    return (
        Limit("time of a transaction", settings.time_limit, CHAIN_TIME_LIMIT, "s"),
        Limit("heap of an isolate", settings.heap_bytes, CHAIN_HEAP_BYTES, "bytes"),
        Limit("memory of a worker", settings.process_bytes, None, "bytes"),
        Limit("length of a result", MAX_RESULT_BYTES, MAX_RESULT_BYTES, "bytes"),
    )


def pool_settings_of(settings: VmSettings, base: PoolSettings) -> PoolSettings:
    """Return `base` with what people may choose; the time limit itself comes with each job."""
    return msgspec.structs.replace(
        base,
        floor=settings.floor,
        ceiling=settings.ceiling,
        heap_bytes=settings.heap_bytes,
        process_bytes=settings.process_bytes,
        check=settings.check,
        hard_seconds=max(base.hard_seconds, 3 * settings.time_limit),
    )


class VmMonitor:
    """Looks at the pools of a chain, the one that runs contracts first."""

    def __init__(self, pools: Sequence[WorkerPool]) -> None:
        self._pools = tuple(pools)

    def workers(self) -> tuple[WorkerStatus, ...]:
        """Return all workers, as they were known last."""
        return tuple(status for pool in self._pools for status in pool.statuses())

    def refresh(self) -> None:
        """Ask all workers how they are; listeners of the pools are told when they have answered."""
        for pool in self._pools:
            pool.refresh()

    def load(self) -> VmLoad:
        """Return how much all workers together have to do."""
        loads = [pool.load() for pool in self._pools]
        return VmLoad(
            workers=sum(load.workers for load in loads),
            busy=sum(load.busy for load in loads),
            spares=sum(load.spares for load in loads),
            waiting=sum(load.waiting for load in loads),
            busy_seconds=sum(load.busy_seconds for load in loads),
            memory_bytes=sum(load.memory_bytes for load in loads),
        )

    def diagnostics(self, settings: VmSettings) -> VmDiagnostics:
        """Tell what the sandboxes are made of. Reads the startup snapshot from disk: not for the window's thread."""
        snapshot = startup_snapshot.status()
        deaths = sorted((death for pool in self._pools for death in pool.deaths()), key=lambda death: death.time)
        return VmDiagnostics(
            v8_version=next((pool.v8_version for pool in self._pools if pool.v8_version), ""),
            startup_snapshot=snapshot.enabled,
            snapshot_reason=snapshot.reason,
            limits=limits_of(settings),
            deaths=tuple(deaths),
            check=settings.check,
        )
