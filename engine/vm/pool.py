"""The pool of worker processes: how many there are, who does which job, and what happens when one dies.

Every worker has a thread here that speaks with it; a caller of `call` speaks with an idle worker itself, which saves
two changes of thread. One more thread, the keeper, watches deadlines and deaths, starts workers and spares, and ends
workers that are not needed.
"""

from __future__ import annotations

import heapq
import itertools
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from multiprocessing.connection import Connection, Pipe, wait

from engine.errors import InternalError, RunCancelled, StrataError
from engine.interface import VmLoad, WorkerDeath, WorkerStatus
from engine.vm import startup_snapshot
from engine.vm.channel import Cancel, ChannelClosed, Report, Status, WorkerSettings
from engine.vm.cores import Cores
from engine.vm.launcher import Launcher, create_launcher
from engine.vm.pool_settings import PoolSettings, Priority
from engine.vm.worker_handle import FOREVER, Questions, ServeCode, ServeRead, ServeRequest, Task, WorkerHandle

__all__ = ["PoolSettings", "Priority", "ServeRead", "ServeRequest", "WorkerPool"]

_AFTER_FAULT_SECONDS = 0.01
_CANCEL_SECONDS = 0.05
_CLOSE_SECONDS = 0.4
_START_SECONDS = 60.0
_REMEMBERED_DEATHS = 50
_TRUSTED_DEATHS = 2
"""So many workers in a row may die while booting before startup snapshots are blamed."""


class WorkerPool:
    """Runs jobs of one worker program in worker processes."""

    def __init__(
        self,
        program: str,
        *,
        serve_read: ServeRead,
        serve_code: ServeCode,
        serve_request: ServeRequest | None = None,
        settings: PoolSettings | None = None,
        stepping: bool = False,
        kind: str = "run",
        warm_keys: Callable[[], Sequence[str]] | None = None,
        launcher: Launcher | None = None,
    ) -> None:
        """Start the pool; workers get ready in the background.

        `serve_read`, `serve_code` and `serve_request` answer workers' questions, on the thread that speaks with the
        worker; what they raise is raised in the worker. `warm_keys` names the contracts to load into new workers ahead.
        """
        self._settings = settings or PoolSettings()
        self._program, self._kind, self._stepping = program, kind, stepping
        self._questions = Questions(serve_read, serve_code, serve_request)
        self._warm_keys = warm_keys or tuple
        self._image_deaths = 0
        self._ceiling = self._settings.ceiling or os.cpu_count() or 1
        self._launcher = launcher or create_launcher(
            self._worker_settings(None), fork_server=self._settings.fork_server
        )
        self._lock = threading.Lock()
        self._numbers, self._sequence = itertools.count(1), itertools.count(1)
        self._queue: list[tuple[int, int, Task]] = []
        self._workers: list[WorkerHandle] = []
        self._idle: list[WorkerHandle] = []
        self._spares: list[WorkerHandle] = []
        self._starting = 0
        self._failed_starts = 0
        self._past_busy_seconds = 0.0
        self._deaths: deque[WorkerDeath] = deque(maxlen=_REMEMBERED_DEATHS)
        self._v8 = ""
        self._closing = False
        self._listeners: list[Callable[[], None]] = []
        self._wake_reader, self._wake_writer = Pipe(duplex=False)
        self._wake_sent = False
        self._looks_again = FOREVER
        self._dirty = True
        self._ended: list[WorkerHandle] = []
        self._cores = Cores(pinned=self._settings.pin)
        self._keeper = threading.Thread(target=self._keep, name=f"{kind} pool", daemon=True)
        self._keeper.start()
        if self._settings.images and not stepping:
            startup_snapshot.start_building()

    # --- jobs --------------------------------------------------------------------------------------

    def submit(
        self, job: bytes, *, priority: Priority = Priority.NORMAL, deadline: float | None = None
    ) -> Future[bytes]:
        """Queue a job; the future gives its result, or raises what the handler raised.

        `deadline` is in seconds from the job's start: its worker is then killed, and the future raises
        `DeadlineExceeded`. A worker that dies otherwise makes it raise `WorkerCrashed`.
        """
        task = self._task(job, deadline)
        with self._lock:
            self._require_open()
            heapq.heappush(self._queue, (priority, next(self._sequence), task))
            self._dispatch()
        return task.future

    def call(
        self,
        job: bytes,
        *,
        deadline: float | None = None,
        started: Callable[[Future[bytes]], None] | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> bytes:
        """Do a job and wait for it, ahead of all queued ones; the quickest way for a single job.

        `started` is told the future by which it can be cancelled. `meanwhile` is called while the worker is busy, on
        the caller's thread; it must not raise.
        """
        task = self._task(job, deadline)
        if started is not None:
            started(task.future)
        with self._lock:
            self._require_open()
            worker = self._idle.pop() if self._idle else None
            if worker is None:
                heapq.heappush(self._queue, (-1, next(self._sequence), task))
                self._dispatch()
            else:
                self._assign(worker, task)
        if worker is not None:
            task.meanwhile = meanwhile
            self._perform(worker, task)
        elif meanwhile is not None:
            meanwhile()
        return task.future.result()

    def cancel(self, future: Future[bytes]) -> None:
        """Stop a job within 100 ms; its future raises `RunCancelled`. Does nothing if it has ended."""
        running = None
        with self._lock:
            for entry in self._queue:
                if entry[2].future is future:
                    self._queue.remove(entry)
                    heapq.heapify(self._queue)
                    future.set_exception(RunCancelled("the run was stopped before it began"))
                    return
            for worker in self._workers:
                if worker.task is not None and worker.task.future is future:
                    running = worker
                    worker.task.cancelled = True
                    worker.task.kill_at = min(worker.task.kill_at, time.monotonic() + _CANCEL_SECONDS)
                    job = worker.task.id
        if running is not None:
            self._tell(running, Cancel(job))
            self._wake()

    def _task(self, job: bytes, deadline: float | None) -> Task:
        return Task(next(self._sequence), job, deadline, Future())

    def _require_open(self) -> None:
        if self._closing:
            raise InternalError("the pool of workers is closed")

    # --- monitoring --------------------------------------------------------------------------------

    def statuses(self) -> tuple[WorkerStatus, ...]:
        """Return what is known about every worker."""
        with self._lock:
            workers = [*self._workers, *self._spares]
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
                for worker in workers
            )

    def load(self) -> VmLoad:
        """Return how much the workers have to do."""
        with self._lock:
            now = time.monotonic()
            return VmLoad(
                workers=len(self._workers),
                busy=sum(worker.task is not None for worker in self._workers),
                spares=len(self._spares),
                waiting=len(self._queue),
                busy_seconds=self._past_busy_seconds + sum(worker.busy_until(now) for worker in self._workers),
                memory_bytes=sum(worker.memory_bytes for worker in (*self._workers, *self._spares)),
            )

    def deaths(self) -> tuple[WorkerDeath, ...]:
        """Return the last workers that ended without being asked to, oldest first."""
        return tuple(self._deaths)

    @property
    def v8_version(self) -> str:
        """The version of the workers' V8; empty until one was ready."""
        return self._v8

    def queue_length(self) -> int:
        """Return how many jobs wait for a worker."""
        return len(self._queue)

    def refresh(self) -> None:
        """Ask all workers for memory and loaded contracts; listeners are told when they have answered."""
        with self._lock:
            workers = [*self._workers, *self._spares]
        for worker in workers:
            self._tell(worker, Report())

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have `listener` called, on any thread, after workers changed; returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def kill(self, number: int) -> None:
        """Kill a worker; a job it does fails with `WorkerCrashed`, and another worker takes its place."""
        with self._lock:
            found = [worker for worker in (*self._workers, *self._spares) if worker.number == number]
        for worker in found:
            worker.ending = True
            worker.process.kill()

    def recycle(self, number: int) -> None:
        """Replace a worker once it is idle."""
        with self._lock:
            for worker in (*self._workers, *self._spares):
                if worker.number == number:
                    self._replace(worker)

    def configure(self, settings: PoolSettings) -> None:
        """Use other sizes and limits from now on; a worker with outdated limits is replaced once it is idle."""
        with self._lock:
            self._settings = settings
            self._ceiling = settings.ceiling or os.cpu_count() or 1
            for worker in (*self._workers, *self._spares):
                if self._is_outdated(worker):
                    self._replace(worker)
            self._wake()

    def _is_outdated(self, worker: WorkerHandle) -> bool:
        """Whether a worker was started with other limits."""
        here, there = self._settings, worker.settings
        return (here.time_limit, here.heap_bytes, here.process_bytes, here.check) != (
            there.time_limit,
            there.heap_bytes,
            there.process_bytes,
            there.check,
        )

    def _replace(self, worker: WorkerHandle) -> None:
        """End a worker as soon as it is idle; under the lock."""
        worker.ending = True
        if worker.task is None:
            self._end(worker)

    def wait_ready(self, timeout: float = _START_SECONDS) -> bool:
        """Wait until `floor` workers are ready; whether they are."""
        limit = time.monotonic() + timeout
        ready = threading.Event()
        unsubscribe = self.subscribe(ready.set)
        try:
            while sum(worker.state in ("idle", "busy") for worker in list(self._workers)) < self._settings.floor:
                if not ready.wait(max(0.0, limit - time.monotonic())):
                    return False
                ready.clear()
            return True
        finally:
            unsubscribe()

    def close(self) -> None:
        """End all workers; jobs that have not ended raise `RunCancelled`. Takes less than a second."""
        with self._lock:
            if self._closing:
                return
            self._closing = True
            waiting = [entry[2] for entry in self._queue]
            self._queue.clear()
            workers = [*self._workers, *self._spares]
        for task in waiting:
            task.future.set_exception(RunCancelled("the pool of workers was closed"))
        for worker in workers:
            worker.process.kill()
            worker.wake.release()
        self._wake()
        self._keeper.join(_CLOSE_SECONDS)
        self._launcher.close()

    # --- workers' threads --------------------------------------------------------------------------

    def _serve_worker(self, worker: WorkerHandle) -> None:
        """Speak with one worker until it has ended."""
        while True:
            worker.wake.acquire()
            task = worker.task
            if worker.state == "ended" or task is None:
                return
            self._perform(worker, task)

    def _assign(self, worker: WorkerHandle, task: Task) -> None:
        """Give a worker a task; under the lock."""
        seconds = self._settings.hard_seconds if task.seconds is None else task.seconds
        task.kill_at = time.monotonic() + seconds
        worker.task, worker.state, worker.busy_since = task, "busy", time.monotonic()
        if task.kill_at < self._looks_again:
            self._looks_again = task.kill_at
            self._wake()

    def _dispatch(self) -> None:
        """Give waiting jobs to idle workers; under the lock."""
        while self._queue and self._idle:
            worker = self._idle.pop()
            self._assign(worker, heapq.heappop(self._queue)[2])
            worker.wake.release()
        if self._queue and len(self._workers) < self._ceiling:
            self._wake()

    def _perform(self, worker: WorkerHandle, task: Task) -> None:
        """Do a task with its worker, and let the worker go on to the next one."""
        try:
            result = worker.perform(task, self._questions)
        except ChannelClosed:
            with self._lock:
                self._remove(worker)
            task.future.set_exception(task.death())
        except StrataError as error:
            self._release(worker)
            task.future.set_exception(RunCancelled("the run was stopped") if task.cancelled else error)
        else:
            self._release(worker)
            task.future.set_result(result)

    def _release(self, worker: WorkerHandle) -> None:
        """A worker has done its task."""
        settings = self._settings
        now = time.monotonic()
        with self._lock:
            worker.task = None
            worker.busy_seconds += now - worker.busy_since
            worn = (
                worker.ending or worker.runs >= settings.recycle_runs or worker.memory_bytes >= settings.recycle_bytes
            )
            if worn or self._closing:
                self._end(worker)
                self._wake()
                return
            worker.state, worker.idle_since = "idle", now
            self._idle.append(worker)
            if self._queue:
                self._dispatch()
            elif len(self._workers) > self._settings.floor and self._looks_again == FOREVER:
                self._wake()

    def _end(self, worker: WorkerHandle) -> None:
        """End a worker that does nothing; under the lock."""
        worker.ending = True
        worker.process.kill()
        self._remove(worker)

    def _remove(self, worker: WorkerHandle) -> None:
        """Forget a worker; under the lock."""
        if worker.state == "ended":
            return
        self._past_busy_seconds += worker.busy_until(time.monotonic())
        worker.state, worker.task = "ended", None
        self._dirty = True
        for workers in (self._workers, self._spares, self._idle):
            if worker in workers:
                workers.remove(worker)
        worker.wake.release()
        self._wake()

    def _tell(self, worker: WorkerHandle, message: Cancel | Report) -> None:
        try:
            worker.process.control.send(message)
        except ChannelClosed:
            self._wake()

    # --- the keeper --------------------------------------------------------------------------------

    def _wake(self) -> None:
        if not self._wake_sent:
            self._wake_sent = True
            self._wake_writer.send_bytes(b"\0")

    def _changed(self) -> None:
        for listener in list(self._listeners):
            listener()

    def _keep(self) -> None:
        """Keep the pool as it should be, until it is closed; nothing may end this thread before: calls would hang."""
        while True:
            try:
                if not self._keep_once():
                    return
            except OSError:  # a pipe was closed while it was waited on
                if self._wake_reader.closed:
                    return
                time.sleep(_AFTER_FAULT_SECONDS)
            except Exception:
                threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
                time.sleep(_AFTER_FAULT_SECONDS)

    def _keep_once(self) -> bool:
        """Do what is due, then wait for the next event; False when the pool is closed."""
        with self._lock:
            if self._closing and not self._workers and not self._spares and not self._starting:
                return False
            self._fill()
            now = time.monotonic()
            self._looks_again = self._enforce(now)
            alive = [
                worker
                for worker in (*self._workers, *self._spares)
                if not worker.silent and not worker.process.control.connection.closed
            ]
            ended, self._ended = self._ended, []
            dirty, self._dirty = self._dirty, False
        for worker in ended:
            self._bury(worker)
        if dirty:
            self._changed()
        controls: dict[object, WorkerHandle] = {worker.process.control.connection: worker for worker in alive}
        connections: list[Connection] = [
            self._wake_reader,
            *(worker.process.control.connection for worker in alive),
        ]
        timeout = None if self._looks_again == FOREVER else max(0.0, self._looks_again - now)
        for ready in wait(connections, timeout):
            if ready is self._wake_reader:
                self._wake_sent = False
                self._wake_reader.recv_bytes()
            else:
                self._hear(controls[ready])
        return True

    def _hear(self, worker: WorkerHandle) -> None:
        """Read what came through a control pipe: a status, or the end."""
        try:
            message = worker.process.control.receive()
            if not isinstance(message, Status):
                raise ChannelClosed(f"unexpected {type(message).__name__}")
            worker.memory_bytes, worker.contracts = message.memory_bytes, message.contracts
            worker.runs = max(worker.runs, message.runs)
            self._dirty = True
        except ChannelClosed:
            worker.process.kill()
            worker.silent = True
            with self._lock:
                if worker.task is None:  # else whoever speaks with it notices
                    self._remove(worker)

    def _bury(self, worker: WorkerHandle) -> None:
        """Release what is left of a worker; one that was not asked to end is remembered."""
        if not worker.ending and not self._closing:
            words = worker.process.last_words()
            self._deaths.append(WorkerDeath(self._kind, worker.number, worker.process.pid, time.time_ns(), words))
        worker.process.close()

    def _fill(self) -> None:
        """Start what is missing; under the lock."""
        if self._closing or self._failed_starts > 5:
            return
        wanted = self._settings.floor
        if self._queue:
            wanted = max(wanted, min(self._ceiling, len(self._workers) + len(self._queue)))
        while len(self._workers) < wanted and self._spares:
            worker = self._spares.pop(0)
            worker.state, worker.idle_since = "idle", time.monotonic()
            self._dirty = True
            self._workers.append(worker)
            self._idle.append(worker)
            self._dispatch()
        missing = wanted + self._settings.spares - len(self._workers) - len(self._spares) - self._starting
        for _ in range(max(0, missing)):
            self._starting += 1
            threading.Thread(target=self._start, name="start worker", daemon=True).start()

    def _enforce(self, now: float) -> float:
        """Kill workers whose time is up, end those that idle too long; returns when to look again. Under the lock."""
        moments = []
        for worker in list(self._workers):
            task = worker.task
            if task is not None:
                if now >= task.kill_at:
                    task.overdue = worker.ending = True
                    worker.process.kill()
                elif task.kill_at < FOREVER:
                    moments.append(task.kill_at)
            elif worker in self._idle and len(self._workers) > self._settings.floor:
                ends = worker.idle_since + self._settings.idle_seconds
                if now >= ends:
                    self._idle.remove(worker)
                    self._end(worker)
                else:
                    moments.append(ends)
        return min(moments, default=FOREVER)

    def _start(self) -> None:
        """Start a worker, on a thread that will then speak with it."""
        core = self._cores.take()
        settings = self._worker_settings(core)
        try:
            worker = WorkerHandle(next(self._numbers), self._launcher.launch(settings), settings)
            worker.await_ready(self._questions, _START_SECONDS)
        except Exception as error:
            self._start_failed(error, core)
            return
        with self._lock:
            self._starting -= 1
            self._failed_starts = self._image_deaths = 0
            if self._closing:
                worker.process.kill()
                return
            self._v8 = worker.v8
            worker.state = "spare"
            self._spares.append(worker)
            self._dirty = True
            if self._is_outdated(worker):
                self._replace(worker)
        self._wake()
        self._serve_worker(worker)
        self._cores.give_back(core)
        with self._lock:
            self._remove(worker)
            self._ended.append(worker)
        self._wake()

    def _start_failed(self, error: Exception, core: int | None) -> None:
        """Note that a worker could not start; after several in a row waiting jobs fail instead of waiting for ever."""
        if isinstance(error, ChannelClosed) and self._settings.images and self._image_deaths < _TRUSTED_DEATHS:
            self._image_deaths += 1
            if self._image_deaths == _TRUSTED_DEATHS:
                startup_snapshot.distrust("two workers in a row died while booting from it")
        self._cores.give_back(core)
        with self._lock:
            self._starting -= 1
            self._failed_starts += 1
            hopeless = self._failed_starts > 5 and not self._workers
            waiting = [entry[2] for entry in self._queue] if hopeless else []
            if hopeless:
                self._queue.clear()
        for task in waiting:
            task.future.set_exception(InternalError(f"no worker could be started: {error}"))
        self._wake()

    def _worker_settings(self, core: int | None) -> WorkerSettings:
        settings = self._settings
        return WorkerSettings(
            program=self._program,
            time_limit=settings.time_limit,
            heap_bytes=settings.heap_bytes,
            process_bytes=settings.process_bytes,
            stepping=self._stepping,
            core=core,
            profiles=tuple(profile.value for profile in settings.profiles),
            warm_keys=tuple(self._warm_keys()),
            images=settings.images and self._image_deaths < _TRUSTED_DEATHS,
            check=settings.check,
        )
