"""Starts the workers of a pool, and judges what it means when one does not get ready."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from engine.vm import startup_snapshot
from engine.vm.channel import ChannelClosed, WorkerSettings
from engine.vm.cores import Cores, usable_cores
from engine.vm.launcher import Launcher, create_launcher
from engine.vm.pool_settings import PoolSettings
from engine.vm.worker_handle import WorkerHandle

__all__ = ["Starter"]

_TRUSTED_DEATHS = 2
"""So many workers in a row may die while booting before startup snapshots are blamed."""

_MOST_FAILURES = 5
"""So many workers in a row may fail to start before no more are."""


class Starter:
    """Launches workers of one program; any thread may do so, several at once."""

    def __init__(
        self,
        program: str,
        settings: PoolSettings,
        *,
        stepping: bool,
        warm_keys: Callable[[], Sequence[str]],
        launcher: Launcher | None,
    ) -> None:
        """Get ready to launch workers, in the background where that takes time."""
        self._program, self._stepping, self._warm_keys = program, stepping, warm_keys
        self._cores = Cores(pinned=settings.pin)
        self._numbers = itertools.count(1)
        self._failures = self._image_deaths = 0
        self._launcher = launcher or create_launcher(
            self._worker_settings(settings, None), fork_server=settings.fork_server
        )
        if settings.images and not stepping:
            startup_snapshot.start_building()

    @property
    def gave_up(self) -> bool:
        """Whether so many workers in a row have failed that no more should be started."""
        return self._failures > _MOST_FAILURES

    def launch(self, settings: PoolSettings) -> WorkerHandle:
        """Start a worker's process; raises InternalError. `WorkerHandle.await_ready` tells when it can be used."""
        core = self._cores.take()
        try:
            found = self._worker_settings(settings, core)
            return WorkerHandle(next(self._numbers), self._launcher.launch(found), found)
        except BaseException:
            self._cores.give_back(core)
            raise

    def succeeded(self) -> None:
        """Take note that a worker got ready."""
        self._failures = self._image_deaths = 0

    def failed(self, error: Exception, worker: WorkerHandle | None) -> None:
        """Take note that a worker, if it came to one, did not get ready."""
        self._failures += 1
        died = isinstance(error, ChannelClosed) and worker is not None and not worker.ending
        if died and worker is not None and worker.settings.images and self._image_deaths < _TRUSTED_DEATHS:
            self._image_deaths += 1
            if self._image_deaths == _TRUSTED_DEATHS:
                startup_snapshot.distrust("two workers in a row died while booting from it")

    def ended(self, worker: WorkerHandle) -> None:
        """Take note that a worker's core is free."""
        self._cores.give_back(worker.core)

    def close(self) -> None:
        """End what the launcher itself runs."""
        self._launcher.close()

    def _worker_settings(self, settings: PoolSettings, core: int | None) -> WorkerSettings:
        return WorkerSettings(
            program=self._program,
            time_limit=settings.time_limit,
            heap_bytes=settings.heap_bytes,
            process_bytes=settings.process_bytes,
            stepping=self._stepping,
            core=core,
            profiles=tuple(profile.value for profile in settings.profiles),
            warm_keys=tuple(self._warm_keys()),
            patience=settings.patience if usable_cores() > 1 else 0.0,
            images=settings.images and not self._stepping and self._image_deaths < _TRUSTED_DEATHS,
            check=settings.check,
        )
