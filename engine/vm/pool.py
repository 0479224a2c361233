"""The pool of worker processes: how many there are, who does which job, and what happens when one dies.

Every worker has a thread here that starts it and then speaks with it; a caller of `call` speaks with an idle worker
itself, which saves two changes of thread. One more thread, the keeper, watches deadlines and deaths, has workers and
spares started, and ends workers that are not needed.
"""

from __future__ import annotations

import itertools
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from multiprocessing.connection import Connection, wait

from engine.errors import InternalError, RunCancelled, StrataError
from engine.interface import VmLoad, WorkerDeath, WorkerStatus
from engine.vm.alarm import Alarm
from engine.vm.channel import Cancel, ChannelClosed, Report, Status
from engine.vm.job_queue import JobQueue
from engine.vm.launcher import Launcher
from engine.vm.pool_settings import PoolSettings, Priority
from engine.vm.roster import Roster
from engine.vm.scaling import PATIENCE, JobClock, wanted_workers
from engine.vm.starter import Starter
from engine.vm.worker_handle import FOREVER, Questions, ServeCode, ServeRead, ServeRequest, Task, WorkerHandle

__all__ = ["PoolSettings", "Priority", "ServeRead", "ServeRequest", "WorkerPool"]

_AFTER_FAULT_SECONDS = 0.01
_CANCEL_SECONDS = 0.05
_CLOSE_SECONDS = 0.4
_FIRST = -1
"""The priority of a job that somebody waits for right here."""
_START_SECONDS = 60.0


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
        self._questions = Questions(serve_read, serve_code, serve_request)
        self._ceiling = self._settings.ceiling or os.cpu_count() or 1
        self._lock = threading.Lock()
        self._sequence = itertools.count(1)
        self._queue = JobQueue()
        self._roster = Roster(kind)
        self._starter = Starter(
            program, self._settings, stepping=stepping, warm_keys=warm_keys or tuple, launcher=launcher
        )
        self._jobs = JobClock()
        self._v8 = ""
        self._closing = False
        self._listeners: list[Callable[[], None]] = []
        self._alarm = Alarm()
        self._looks_again = FOREVER
        self._keeper = threading.Thread(target=self._keep, name=f"{kind} pool", daemon=True)
        self._keeper.start()

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
            self._queue.push(task, priority)
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
            worker = self._roster.idle.pop() if self._roster.idle else None
            if worker is None:
                self._queue.push(task, _FIRST)
                self._dispatch()
            else:
                self._assign(worker, task)
        if worker is not None:
            task.meanwhile, task.soon = meanwhile, True
            return self._result(worker, task)
        if meanwhile is not None:
            meanwhile()
        return task.future.result()

    def cancel(self, future: Future[bytes]) -> None:
        """Stop a job within 100 ms; its future raises `RunCancelled`. Does nothing if it has ended."""
        running = None
        with self._lock:
            if self._queue.withdraw(future):
                future.set_exception(RunCancelled("the run was stopped before it began"))
                return
            for worker in self._roster.working:
                if worker.task is not None and worker.task.future is future:
                    running = worker
                    worker.task.cancelled = True
                    worker.task.kill_at = min(worker.task.kill_at, time.monotonic() + _CANCEL_SECONDS)
                    job = worker.task.id
        if running is not None:
            self._tell(running, Cancel(job))
            self._alarm.ring()

    def _task(self, job: bytes, deadline: float | None) -> Task:
        return Task(next(self._sequence), job, deadline, Future(), asked_at=time.monotonic())

    def _require_open(self) -> None:
        if self._closing:
            raise InternalError("the pool of workers is closed")

    # --- monitoring --------------------------------------------------------------------------------

    def statuses(self) -> tuple[WorkerStatus, ...]:
        """Return what is known about every worker."""
        with self._lock:
            return self._roster.statuses()

    def load(self) -> VmLoad:
        """Return how much the workers have to do."""
        with self._lock:
            return self._roster.load(len(self._queue))

    def deaths(self) -> tuple[WorkerDeath, ...]:
        """Return the last workers that ended without being asked to, oldest first."""
        return tuple(self._roster.deaths)

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
            workers = [*self._roster.working, *self._roster.spares]
        for worker in workers:
            self._tell(worker, Report())

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have `listener` called, on any thread, after workers changed; returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def kill(self, number: int) -> None:
        """Kill a worker; a job it does fails with `WorkerCrashed`, and another worker takes its place."""
        with self._lock:
            worker = self._roster.with_number(number)
        if worker is not None:
            worker.ending = True
            worker.process.kill()

    def recycle(self, number: int) -> None:
        """Replace a worker once it is idle."""
        with self._lock:
            worker = self._roster.with_number(number)
            if worker is not None:
                self._replace(worker)

    def configure(self, settings: PoolSettings) -> None:
        """Use other sizes and limits from now on; a worker with outdated limits is replaced once it is idle."""
        with self._lock:
            self._settings = settings
            self._ceiling = settings.ceiling or os.cpu_count() or 1
            for worker in (*self._roster.working, *self._roster.spares):
                if not worker.obeys(self._settings):
                    self._replace(worker)
            self._alarm.ring()

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
            while sum(worker.state in ("idle", "busy") for worker in list(self._roster.working)) < self._settings.floor:
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
            waiting = self._queue.drain()
            workers = self._roster.everyone()
        for task in waiting:
            task.future.set_exception(RunCancelled("the pool of workers was closed"))
        for worker in workers:
            worker.process.kill()
            worker.wake.release()
        self._starter.close()  # first: somebody may be waiting for it to launch a worker
        self._alarm.ring()
        self._keeper.join(_CLOSE_SECONDS)

    # --- who does which job ------------------------------------------------------------------------

    def _assign(self, worker: WorkerHandle, task: Task) -> None:
        """Give a worker a task; under the lock."""
        seconds = self._settings.hard_seconds if task.seconds is None else task.seconds
        task.kill_at = time.monotonic() + seconds
        worker.task, worker.state, worker.busy_since = task, "busy", time.monotonic()
        if task.kill_at < self._looks_again:
            self._looks_again = task.kill_at
            self._alarm.ring()

    def _dispatch(self) -> None:
        """Give waiting jobs to idle workers; under the lock."""
        while self._queue and self._roster.idle:
            worker = self._roster.idle.pop()
            self._assign(worker, self._queue.pop())
            worker.wake.release()
        if self._queue and len(self._roster.working) < self._ceiling:
            self._alarm.ring()

    def _perform(self, worker: WorkerHandle, task: Task) -> None:
        """Do a task with its worker for somebody who has its future."""
        try:
            result = self._result(worker, task)
        except StrataError as error:
            task.future.set_exception(error)
        else:
            task.future.set_result(result)

    def _result(self, worker: WorkerHandle, task: Task) -> bytes:
        """Do a task with its worker, and let the worker go on to the next one; raises what the future would."""
        try:
            result = worker.perform(task, self._questions)
        except ChannelClosed:
            with self._lock:
                self._remove(worker)
            raise task.death() from None
        except StrataError as error:
            self._release(worker)
            raise (RunCancelled("the run was stopped") if task.cancelled else error) from None
        self._release(worker)
        return result

    def _release(self, worker: WorkerHandle) -> None:
        """A worker has done its task."""
        settings = self._settings
        now = time.monotonic()
        with self._lock:
            worker.task = None
            worker.busy_seconds += now - worker.busy_since
            self._jobs.note(now - worker.busy_since)
            worn = (
                worker.ending or worker.runs >= settings.recycle_runs or worker.memory_bytes >= settings.recycle_bytes
            )
            if worn or self._closing:
                self._end(worker)
                self._alarm.ring()
                return
            self._roster.rest(worker)
            if self._queue:
                self._dispatch()
            elif len(self._roster.working) > self._settings.floor and self._looks_again == FOREVER:
                self._alarm.ring()

    def _end(self, worker: WorkerHandle) -> None:
        """End a worker that does nothing; under the lock."""
        worker.ending = True
        worker.process.kill()
        self._remove(worker)

    def _remove(self, worker: WorkerHandle) -> None:
        """Forget a worker; under the lock."""
        if self._roster.remove(worker):
            worker.wake.release()
            self._alarm.ring()

    def _tell(self, worker: WorkerHandle, message: Cancel | Report) -> None:
        try:
            worker.process.control.send(message)
        except ChannelClosed:
            self._alarm.ring()

    # --- the keeper --------------------------------------------------------------------------------

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
                if self._alarm.connection.closed:
                    return
                time.sleep(_AFTER_FAULT_SECONDS)
            except Exception:
                threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
                time.sleep(_AFTER_FAULT_SECONDS)

    def _keep_once(self) -> bool:
        """Do what is due, then wait for the next event; False when the pool is closed."""
        roster = self._roster
        with self._lock:
            if self._closing and not roster.everyone() and not roster.launching:
                return False
            now = time.monotonic()
            self._looks_again = min(self._fill(now), self._enforce(now))
            alive = [
                worker
                for worker in (*roster.working, *roster.spares)
                if not worker.silent and not worker.process.control.connection.closed
            ]
            ended, roster.ended = roster.ended, []
            changed, roster.changed = roster.changed, False
        for worker in ended:
            self._bury(worker)
        if changed:
            self._changed()
        controls: dict[object, WorkerHandle] = {worker.process.control.connection: worker for worker in alive}
        connections: list[Connection] = [
            self._alarm.connection,
            *(worker.process.control.connection for worker in alive),
        ]
        timeout = None if self._looks_again == FOREVER else max(0.0, self._looks_again - now)
        for ready in wait(connections, timeout):
            if ready is self._alarm.connection:
                self._alarm.take_note()
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
            self._roster.changed = True
        except ChannelClosed:
            worker.process.kill()
            worker.silent = True
            with self._lock:
                if worker.task is None:  # else whoever speaks with it notices
                    self._remove(worker)

    def _bury(self, worker: WorkerHandle) -> None:
        """Release what is left of a worker; one that was not asked to end is remembered."""
        if not worker.ending and not self._closing:
            self._roster.note_death(worker)
        worker.process.close()

    def _fill(self, now: float) -> float:
        """Start what is missing; returns when to look again. Under the lock."""
        roster = self._roster
        if self._closing or self._starter.gave_up:
            return FOREVER
        wanted = self._settings.floor
        looks_again = FOREVER
        if self._queue:
            first = self._queue.oldest()
            scaled = wanted_workers(
                workers=len(roster.working),
                waiting=len(self._queue),
                longest_wait=now - first,
                job_seconds=self._jobs.mean,
            )
            wanted = max(wanted, min(self._ceiling, scaled))
            if len(roster.working) < self._ceiling:
                looks_again = max(first, now) + PATIENCE
        while len(roster.working) < wanted and roster.spares:
            roster.promote()
            self._dispatch()
        missing = wanted + self._settings.spares - len(roster.working) - len(roster.spares) - roster.coming
        for _ in range(max(0, missing)):
            roster.launching += 1
            threading.Thread(target=self._run_worker, name="worker", daemon=True).start()
        return looks_again

    def _enforce(self, now: float) -> float:
        """Kill workers whose time is up, end those that idle too long; returns when to look again. Under the lock."""
        moments = []
        for worker in list(self._roster.working):
            task = worker.task
            if task is not None:
                if now >= task.kill_at:
                    task.overdue = worker.ending = True
                    worker.process.kill()
                elif task.kill_at < FOREVER:
                    moments.append(task.kill_at)
            elif worker in self._roster.idle and len(self._roster.working) > self._settings.floor:
                ends = worker.idle_since + self._settings.idle_seconds
                if now >= ends:
                    self._end(worker)
                else:
                    moments.append(ends)
        return min(moments, default=FOREVER)

    # --- workers' threads --------------------------------------------------------------------------

    def _run_worker(self) -> None:
        """Start a worker and speak with it until it has ended; a thread of its own."""
        worker = self._started()
        if worker is None:
            return
        self._alarm.ring()
        self._serve_worker(worker)
        self._starter.ended(worker)
        with self._lock:
            self._remove(worker)
            self._roster.ended.append(worker)
        self._alarm.ring()

    def _started(self) -> WorkerHandle | None:
        """Start a worker; None if it did not get ready."""
        worker = None
        try:
            worker = self._starter.launch(self._settings)
            with self._lock:
                self._roster.launched(worker)
                if self._closing:
                    worker.process.kill()
            self._alarm.ring()
            worker.await_ready(self._questions, _START_SECONDS)
        except Exception as error:
            self._start_failed(error, worker)
            return None
        with self._lock:
            self._starter.succeeded()
            self._v8 = worker.v8
            self._roster.ready(worker)
            if worker.ending or self._closing or not worker.obeys(self._settings):
                self._replace(worker)
        return worker

    def _start_failed(self, error: Exception, worker: WorkerHandle | None) -> None:
        """Note that a worker could not start; after several in a row waiting jobs fail instead of waiting for ever."""
        self._starter.failed(error, worker)
        with self._lock:
            if worker is None:
                self._roster.launching -= 1
            else:
                self._starter.ended(worker)
                self._remove(worker)
                self._roster.ended.append(worker)
            hopeless = self._starter.gave_up and not self._roster.working
            waiting = self._queue.drain() if hopeless else []
        for task in waiting:
            task.future.set_exception(InternalError(f"no worker could be started: {error}"))
        self._alarm.ring()

    def _serve_worker(self, worker: WorkerHandle) -> None:
        """Speak with one worker until it has ended."""
        while True:
            worker.wake.acquire()
            task = worker.task
            if worker.state == "ended" or task is None:
                return
            self._perform(worker, task)
