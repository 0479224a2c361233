"""What the parts of the facade stand on: an open chain, and the threads that may touch it.

One thread at a time has the chain (everything that may change it, in order: `Door`); others read, compile, debug and
serve. No method here blocks its caller.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from engine.chain.deployment_news import DeploymentNews
from engine.chain.pacemaker import Pacemaker
from engine.entrance.door import Door, Errand
from engine.errors import StorageError
from engine.interface import BlockProduced, ContractDeployed, EngineEvent, TransactionExecuted

if TYPE_CHECKING:
    from engine.assembly import Assembly
    from engine.contract_book import ContractBook

__all__ = ["OpenChain"]

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Listener = Callable[[EngineEvent], None]

_WATCHING = {EngineEvent, TransactionExecuted, BlockProduced, ContractDeployed}
"""Kinds of events for whose sake what transactions do is recorded."""

READERS = 2
READ_ONLY_ADVICE = "Close the other Strata that has it open, then open the project again."


class OpenChain:
    """The parts of an open chain and who does what with them."""

    _parts: Assembly
    _book: ContractBook

    def __init__(self) -> None:
        """Start the threads; `_parts` and `_book` follow."""
        self._listeners: list[tuple[Listener, type[EngineEvent]]] = []
        self._closed = threading.Event()
        self._door = Door("engine-chain")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="engine-read")
        self._compiling = ThreadPoolExecutor(1, thread_name_prefix="engine-compile")
        self._debugging = ThreadPoolExecutor(1, thread_name_prefix="engine-debug")
        self._serving = ThreadPoolExecutor(1, thread_name_prefix="engine-node")
        self._read_only = False
        self._news = DeploymentNews(lambda identity: self._emit(ContractDeployed(self._book.deployed(identity))))
        self._pacemaker = Pacemaker(lambda: self._change(self._parts.producer.beat))

    @property
    def is_read_only(self) -> bool:
        """Whether the chain is only looked at; whatever would change it raises `StorageError`."""
        return self._read_only

    def subscribe(self, listener: Listener, *, only: type[EngineEvent] = EngineEvent) -> Callable[[], None]:
        """Deliver every event to `listener` on an engine thread, or only those of a kind; the result unsubscribes.

        Transactions and blocks are watched, which costs time, while somebody wants to be told of them.
        """
        entry = (listener, only)
        self._listeners = [*self._listeners, entry]

        def unsubscribe() -> None:
            self._listeners = [known for known in self._listeners if known is not entry]

        return unsubscribe

    def _is_watched(self) -> bool:
        return any(only in _WATCHING for _, only in self._listeners)

    def _emit(self, event: EngineEvent) -> None:
        for listener, only in self._listeners:
            if isinstance(event, only):
                listener(event)
        if isinstance(event, BlockProduced):
            self._news.block_changed(event.changes)

    def _shut_down(self) -> None:
        for executor in (self._compiling, self._readers, self._debugging, self._serving):
            executor.shutdown(wait=False, cancel_futures=True)
        self._door.close()

    def _change(self, work: Callable[[], Result], errand: Errand = Errand.ORDERED) -> Future[Result]:
        """Do what may change the chain; refused where it is only looked at."""
        try:
            self._require_writable()
        except StorageError as error:
            refused: Future[Result] = Future()
            refused.set_exception(error)
            return refused
        return self._execute(work, errand)

    def _require_writable(self) -> None:
        if self._read_only:
            raise StorageError("the chain is open read-only", advice=READ_ONLY_ADVICE)

    def _execute(self, work: Callable[[], Result], errand: Errand = Errand.ORDERED) -> Future[Result]:
        """Do what runs transactions but keeps nothing, in turn with the changes."""
        return self._door.submit(work, errand)

    def _read(
        self, work: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> Future[Result]:
        return self._readers.submit(work, *arguments, **named)

    def _compile_soon(
        self, work: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> Future[Result]:
        return self._compiling.submit(work, *arguments, **named)
