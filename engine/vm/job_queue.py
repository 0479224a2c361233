"""The jobs of a pool that wait for a worker, in the order of their turns."""

from __future__ import annotations

import heapq
import itertools
from concurrent.futures import Future

from engine.vm.worker_handle import Task

__all__ = ["JobQueue"]


class JobQueue:
    """Jobs by priority, those of one in the order in which they came. Whoever uses it holds the pool's lock."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, int, Task]] = []
        self._arrivals = itertools.count()

    def __len__(self) -> int:
        return len(self._entries)

    def push(self, task: Task, priority: int) -> None:
        """Let a job wait; a lower number goes first."""
        heapq.heappush(self._entries, (priority, next(self._arrivals), task))

    def pop(self) -> Task:
        """Remove and return the job whose turn it is."""
        return heapq.heappop(self._entries)[2]

    def withdraw(self, future: Future[bytes]) -> bool:
        """Remove the job of a future; whether it waited."""
        for entry in self._entries:
            if entry[2].future is future:
                self._entries.remove(entry)
                heapq.heapify(self._entries)
                return True
        return False

    def drain(self) -> list[Task]:
        """Remove and return all jobs."""
        entries, self._entries = self._entries, []
        return [task for _, _, task in entries]

    def oldest(self) -> float:
        """Return the moment at which the job that waits longest was asked for; there must be one."""
        return min(task.asked_at for _, _, task in self._entries)
