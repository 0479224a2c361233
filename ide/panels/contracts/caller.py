"""Sends transactions for the window, one at a time, and tells what came of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QObject, Signal

from engine.errors import RejectedTransaction
from engine.values import TransactionRequest, TransactionResult
from ide.bridge import Request
from ide.panels.workbench import Workbench


class Caller(QObject):
    """One call is under way at most, so that Stop knows what it stops."""

    running_changed = Signal()
    """`is_running` changed."""

    answered = Signal(object, bool)
    """A `TransactionResult`, and whether it was kept (False for a dry run)."""

    failed = Signal(object)
    """The call could not be executed (`Exception`)."""

    def __init__(self, workbench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._request: Request[TransactionResult] | None = None
        self._sent: TransactionRequest | None = None
        workbench.resend_requested.connect(self.call)
        workbench.bridge.engine_changed.connect(self._engine_changed)

    @property
    def is_running(self) -> bool:
        """Whether a call is under way."""
        return self._request is not None

    def call(self, request: TransactionRequest) -> None:
        """Send a transaction; what it writes is kept if it succeeds."""
        engine = self._workbench.engine
        if engine is not None and not self.is_running:
            self._begin(request, engine.transact(request), self._called)

    def query(self, request: TransactionRequest) -> None:
        """Run a transaction on the present state and keep nothing."""
        engine = self._workbench.engine
        if engine is not None and not self.is_running:
            self._begin(request, engine.query(request), self._queried)

    def debug(self, request: TransactionRequest) -> None:
        """Send a transaction and step through what it did."""
        engine = self._workbench.engine
        if engine is not None and not self.is_running:
            self._begin(request, engine.transact(request), self._debugged)

    def stop(self) -> None:
        """Stop the call that is under way; it fails as a cancelled run."""
        if self._workbench.engine is not None and self.is_running:
            self._workbench.engine.cancel()

    def _begin(
        self,
        request: TransactionRequest,
        future: Future[TransactionResult],
        success: Callable[[TransactionResult], None],
    ) -> None:
        self._sent = request
        self._request = self._workbench.bridge.request(future, self, success, self._refused)
        self.running_changed.emit()

    def _end(self) -> None:
        self._request = None
        self.running_changed.emit()

    def _engine_changed(self) -> None:
        if self._request is not None:
            self._request.drop()
            self._end()

    def _called(self, result: TransactionResult) -> None:
        self._end()
        self.answered.emit(result, True)

    def _queried(self, result: TransactionResult) -> None:
        self._end()
        self.answered.emit(result, False)

    def _debugged(self, result: TransactionResult) -> None:
        self._called(result)
        self._workbench.debug_requested.emit(result)

    def _refused(self, error: Exception) -> None:
        self._end()
        if isinstance(error, RejectedTransaction) and self._sent is not None:
            self._workbench.rejected.emit(self._sent, error)
        self.failed.emit(error)
