"""The one way to do work off the GUI thread: functions and futures in, calls on the GUI thread out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent import futures
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import TypeVar, cast

from PySide6.QtCore import QObject, Qt, Signal, Slot

from engine.errors import RunCancelled

Result = TypeVar("Result")


class Progress:
    """What a running function uses to report and to notice that it is no longer wanted.

    Safe to use from the worker thread.
    """

    def __init__(self, report: Callable[[float, str], None]) -> None:
        self._report = report
        self._cancelled = Event()

    @property
    def cancelled(self) -> bool:
        """Whether the user no longer wants the result."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raise `RunCancelled` if the user no longer wants the result."""
        if self.cancelled:
            raise RunCancelled("cancelled")

    def report(self, fraction: float, text: str = "") -> None:
        """Tell how far the work is (0 … 1, negative if unknown) and what it is doing."""
        self._report(fraction, text)

    def cancel(self) -> None:
        """Ask the function to stop."""
        self._cancelled.set()


class Task(QObject):
    """One piece of work; `fraction` and `text` tell how far it is (negative: unknown).

    Signals arrive on the GUI thread; after `cancel` only `finished` comes. `succeeded` carries the result,
    `failed` the exception, `progressed` fraction and text.
    """

    succeeded = Signal(object)
    failed = Signal(object)
    progressed = Signal(float, str)
    finished = Signal()
    _settled = Signal(object)

    def __init__(self, title: str, on_cancel: Callable[[], object] | None, parent: QObject) -> None:
        super().__init__(parent)
        self.title = title
        self.quiet = False
        self.running = True
        self.fraction, self.text = -1.0, ""
        self.cancelled = False
        self.progress = Progress(self.progressed.emit)
        self._on_cancel = on_cancel
        self._future: Future[object] | None = None
        self.progressed.connect(self._note_progress)
        self._settled.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def cancel(self) -> None:
        """Stop the work; its result will not arrive."""
        if not self.running or self.cancelled:
            return
        self.cancelled = True
        self.progress.cancel()
        if self._on_cancel is not None:
            self._on_cancel()

    def watch(self, future: Future[Result]) -> None:
        """Deliver the outcome of `future` when it is there."""
        self._future = cast("Future[object]", future)
        future.add_done_callback(self._settled.emit)

    def wait(self) -> None:
        """Wait for the outcome and deliver it now, for what must not be left half done."""
        if self._future is not None and self.running:
            futures.wait([self._future])
            self._deliver(self._future)

    def _note_progress(self, fraction: float, text: str) -> None:
        self.fraction, self.text = fraction, text

    @Slot(object)
    def _deliver(self, future: Future[object]) -> None:
        if not self.running:
            return
        self.running = False
        if not self.cancelled:
            try:
                result = future.result()
            except (CancelledError, RunCancelled):
                self.cancelled = True
            except BaseException as error:
                self.failed.emit(error)
            else:
                self.succeeded.emit(result)
        self.finished.emit()
        self.deleteLater()


class TaskService(QObject):
    """Starts tasks and knows those that run.

    `unhandled` carries the task and exception of a failure nobody handles; `changed` tells that tasks
    began, ended or progressed.
    """

    changed = Signal()
    unhandled = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="strata-task")
        self._tasks: list[Task] = []

    @property
    def tasks(self) -> list[Task]:
        """The tasks that run now, oldest first."""
        return list(self._tasks)

    def start(
        self,
        title: str,
        function: Callable[[Progress], Result],
        *,
        succeeded: Callable[[Result], object] | None = None,
        failed: Callable[[BaseException], object] | None = None,
        quiet: bool = False,
    ) -> Task:
        """Run `function` on a worker thread; it must not touch any QObject. `quiet` keeps it out of the job list."""
        task = self._new_task(title, None, succeeded, failed)
        task.quiet = quiet
        task.watch(self._pool.submit(function, task.progress))
        return task

    def follow(
        self,
        title: str,
        future: Future[Result],
        *,
        succeeded: Callable[[Result], object] | None = None,
        failed: Callable[[BaseException], object] | None = None,
        cancel: Callable[[], object] | None = None,
    ) -> Task:
        """Deliver the outcome of an engine request; `cancel` reaches whoever does the work."""
        task = self._new_task(title, cancel or future.cancel, succeeded, failed)
        task.watch(future)
        return task

    def close(self) -> None:
        """Cancel everything and wait for the worker threads (they check for cancellation often)."""
        for task in self.tasks:
            task.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _new_task(
        self,
        title: str,
        on_cancel: Callable[[], object] | None,
        succeeded: Callable[[Result], object] | None,
        failed: Callable[[BaseException], object] | None,
    ) -> Task:
        task = Task(title, on_cancel, self)
        self._tasks.append(task)
        if succeeded is not None:
            task.succeeded.connect(succeeded)
        if failed is not None:
            task.failed.connect(failed)
        else:
            task.failed.connect(partial(self.unhandled.emit, task))
        task.progressed.connect(self.changed)
        task.finished.connect(partial(self._ended, task))
        self.changed.emit()
        return task

    def _ended(self, task: Task) -> None:
        if task in self._tasks:
            self._tasks.remove(task)
        self.changed.emit()
