"""The worker processes that run contracts: what they do, and how many there may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import InvalidInput
from engine.front.open_chain import OpenChain
from engine.interface import problem_of

if TYPE_CHECKING:
    from concurrent.futures import Future

    from engine.interface import VmDiagnostics, VmLoad, VmSettings, WorkerStatus

__all__ = ["Sandboxes"]


class Sandboxes(OpenChain):
    """What the VM monitor and the settings ask for."""

    def workers(self) -> tuple[WorkerStatus, ...]:
        """Return the worker processes, as they were known last; `refresh_workers` asks them."""
        return self._parts.monitor.workers()

    def refresh_workers(self) -> None:
        """Ask the workers for their memory and loaded contracts; a `WorkerChanged` follows when they have answered."""
        self._parts.monitor.refresh()

    def kill_worker(self, kind: str, worker: int) -> None:
        """Kill a worker process; what it runs fails with `WorkerCrashed`, and another takes its place."""
        self._parts.pool_of(kind).kill(worker)

    def recycle_worker(self, kind: str, worker: int) -> None:
        """Replace a worker by a fresh one as soon as it is idle."""
        self._parts.pool_of(kind).recycle(worker)

    def vm_load(self) -> VmLoad:
        """Return how much the workers have to do at this moment."""
        return self._parts.monitor.load()

    def vm_diagnostics(self) -> Future[VmDiagnostics]:
        """Tell V8's version, whether the startup snapshot is used and why not, limits, and workers that died."""
        return self._read(self._parts.vm_diagnostics)

    @property
    def vm_settings(self) -> VmSettings:
        """How many workers run contracts, and what bounds a transaction."""
        return self._parts.vm_settings

    def configure_vm(self, settings: VmSettings) -> Future[None]:
        """Change how many workers run contracts, and what bounds a transaction, from the next one on.

        Workers with other limits are replaced as soon as they are idle.

        Raises:
            InvalidInput: a number is out of its range.
        """

        def configure() -> None:
            problem = problem_of(settings)
            if problem:
                raise InvalidInput(problem, where="VM settings", advice="Choose a number within the range.")
            self._parts.configure_vm(settings)

        return self._execute(configure)
