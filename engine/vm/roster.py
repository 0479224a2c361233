"""Who works in a pool: workers from their launch to their burial, and what is told about them.

starting ──▶ spare ──▶ idle ◀──▶ busy
    └──────────┴─────────┴────────┴──▶ ended (until its pipes are closed)
"""

from __future__ import annotations

import time
from collections import deque

from engine.interface import VmLoad, WorkerDeath, WorkerStatus
from engine.vm.worker_handle import WorkerHandle

__all__ = ["Roster"]

_REMEMBERED_DEATHS = 50


class Roster:
    """The workers of one pool. Whoever uses it holds the pool's lock."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self.launching = 0
        """Workers that have no process yet."""
        self.starting: list[WorkerHandle] = []
        self.spares: list[WorkerHandle] = []
        self.working: list[WorkerHandle] = []
        """Workers that take jobs, idle or busy."""
        self.idle: list[WorkerHandle] = []
        self.ended: list[WorkerHandle] = []
        """Workers whose thread has left them, with pipes to close."""
        self.deaths: deque[WorkerDeath] = deque(maxlen=_REMEMBERED_DEATHS)
        self.changed = True
        """Whether anything has happened that listeners have not been told."""
        self._past_busy_seconds = 0.0

    def everyone(self) -> list[WorkerHandle]:
        """Return all workers that have a process and have not ended."""
        return [*self.working, *self.spares, *self.starting]

    def with_number(self, number: int) -> WorkerHandle | None:
        """Return a worker by its number."""
        return next((worker for worker in self.everyone() if worker.number == number), None)

    @property
    def coming(self) -> int:
        """How many will be spares."""
        return self.launching + len(self.starting)

    # --- lives -------------------------------------------------------------------------------------

    def launched(self, worker: WorkerHandle) -> None:
        """A worker has a process, and gets ready."""
        self.launching -= 1
        self.starting.append(worker)
        self.changed = True

    def ready(self, worker: WorkerHandle) -> None:
        """A worker stands ready to take another one's place."""
        self.starting.remove(worker)
        worker.state = "spare"
        self.spares.append(worker)
        self.changed = True

    def promote(self) -> None:
        """Let a spare take jobs."""
        worker = self.spares.pop(0)
        self.working.append(worker)
        self.rest(worker)
        self.changed = True

    def rest(self, worker: WorkerHandle) -> None:
        """A worker has nothing to do."""
        worker.state, worker.idle_since = "idle", time.monotonic()
        self.idle.append(worker)

    def remove(self, worker: WorkerHandle) -> bool:
        """Forget a worker that has ended; False if that was done before."""
        if worker.state == "ended":
            return False
        self._past_busy_seconds += worker.busy_until(time.monotonic())
        worker.state, worker.task = "ended", None
        for workers in (self.starting, self.spares, self.working, self.idle):
            if worker in workers:
                workers.remove(worker)
        self.changed = True
        return True

    def note_death(self, worker: WorkerHandle) -> None:
        """Remember a worker that was not asked to end, while its error output can still be read."""
        words = worker.process.last_words()
        self.deaths.append(WorkerDeath(self._kind, worker.number, worker.process.pid, time.time_ns(), words))

    # --- telling -----------------------------------------------------------------------------------

    def statuses(self) -> tuple[WorkerStatus, ...]:
        """Return what is known about every worker."""
        return tuple(
            WorkerStatus(
                id=worker.number,
                pid=worker.process.pid,
                kind=self._kind,
                state=worker.state,
                runs=worker.runs,
                memory_bytes=worker.memory_bytes,
                contracts=worker.contracts,
                temperature=worker.temperature,
                core=worker.core,
            )
            for worker in self.everyone()
        )

    def load(self, waiting: int) -> VmLoad:
        """Return how much the workers have to do while `waiting` jobs wait."""
        now = time.monotonic()
        return VmLoad(
            workers=len(self.working),
            busy=sum(worker.task is not None for worker in self.working),
            spares=len(self.spares),
            waiting=waiting,
            busy_seconds=self._past_busy_seconds + sum(worker.busy_until(now) for worker in self.working),
            memory_bytes=sum(worker.memory_bytes for worker in self.everyone()),
        )
