"""Having transactions executed: by a worker process, or right here if only built-in contracts take part."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

import msgspec

from engine.chain.anticipation import Anticipation, Foreseen
from engine.chain.compile_request import (
    REQUEST_NAME,
    CompileReply,
    CompileRequest,
    ContractCompiler,
    decode_request,
    encode_message,
)
from engine.chain.executor import Execution, Mode, TransactionRun
from engine.chain.natives import domain, gas, system, token, token721
from engine.chain.natives.registry import BuiltInContracts
from engine.chain.routine import Routine
from engine.chain.worker_program import (
    READ_REQUEST,
    Answer,
    Batch,
    NeedsScript,
    QueuedTransaction,
    decode_batch_reply,
    decode_read,
    encode_answer,
    encode_batch,
    execute_plainly,
    nowhere,
)
from engine.errors import ContractFailure, InternalError, RunCancelled
from engine.state.local_cache import PendingWrites
from engine.vm.hotspots import HotSpots

if TYPE_CHECKING:
    from engine.state.interface import StateReader

_LOCAL_CONTRACTS = frozenset({token.ID, token721.ID, gas.ID, domain.ID})
_LOCAL_SYSTEM_METHODS = frozenset({"requireAuth", "receipt", "hostSettings", "cancelDelaytx", "initSetCode"})

SubmitJob = Callable[[bytes], "Future[bytes]"]
"""Gives a job to a worker; the future raises `WorkerCrashed`, `RunCancelled`, … if the worker did not finish it."""

CallWorker = Callable[[bytes, "Callable[[], None] | None"], bytes]
"""Has a job done and waits for it; raises what the future of `SubmitJob` would. The other is done meanwhile."""


class Executions:
    """Executes batches. `head` returns the newest state; `serve` answers what workers ask for.

    `call` does a single job, where there is a quicker way than `submit`; `hot_spots` learns which contracts are used.
    """

    def __init__(
        self,
        submit: SubmitJob,
        compiler: ContractCompiler,
        head: Callable[[], StateReader],
        *,
        call: CallWorker | None = None,
        hot_spots: HotSpots | None = None,
    ) -> None:
        self.anticipation = Anticipation()
        self._submit = submit
        self._call = call or self._submit_and_wait
        self._hot_spots = hot_spots
        self._compiler = compiler
        self._head = head
        self._natives = BuiltInContracts(_Uncompiled())
        self._routine = Routine()
        self._states: dict[int, StateReader] = {}
        self._state_ids = itertools.count(1)
        self._lock = threading.Lock()

    def execute(self, batch: Batch, state: StateReader | None = None) -> tuple[Execution, ...]:
        """Execute a batch on `state`, the newest one by default; one execution a transaction, as far as it came.

        Raises:
            InternalError: Strata itself failed.
        """
        executions = self.execute_here(batch, state)
        return self._run_in_worker(batch, state) if executions is None else executions

    def execute_here(self, batch: Batch, state: StateReader | None = None) -> tuple[Execution, ...] | None:
        """Execute a batch as `execute` does, but without a worker; None if it needs one."""
        if not self.is_local(batch):
            return None
        reader = state or self._head()
        repeated = self._routine.again(batch, reader)
        if repeated is not None:
            return (repeated,)
        executions = execute_plainly(batch, PendingWrites(reader), self._natives)
        ended = batch.stops and bool(executions) and executions[-1].rejection is not None
        if len(executions) < len(batch.transactions) and not ended:
            return None
        self._routine.learn(batch, reader, executions)
        return executions

    def serve(self, name: str, payload: bytes) -> bytes:
        """Answer a worker's request; from any thread."""
        if name == REQUEST_NAME:
            return encode_message(self._compiler.compile(decode_request(payload)))
        if name == READ_REQUEST:
            read = decode_read(payload)
            return encode_answer(self._states[read.state].read_many(read.keys))
        raise InternalError(f"a worker asked for {name!r}")

    def register(self, state: StateReader) -> int:
        """Let workers read `state` under the number returned (`Batch.state`), until it is released."""
        with self._lock:
            identity = next(self._state_ids)
            self._states[identity] = state
        return identity

    def release(self, identity: int) -> None:
        """Forget a registered state."""
        with self._lock:
            self._states.pop(identity, None)

    def is_local(self, batch: Batch) -> bool:
        """Return whether the engine itself probably can execute a batch, without JavaScript."""
        return all(map(is_local, batch.transactions))

    def start(self, batch: Batch) -> Future[bytes]:
        """Give a batch on the newest state to a worker, beside others; `finish` tells what came of it."""
        return self._submit(encode_batch(batch))

    def finish(self, batch: Batch, state: StateReader, job: Future[bytes]) -> tuple[Execution, ...]:
        """Wait for a batch that was started on `state`, and return its executions.

        Raises:
            InternalError: Strata itself failed.
        """
        try:
            return self._learned(batch, job.result())
        except ContractFailure as failure:
            return self._after_failure(batch, state, failure)

    def finish_plain(self, job: Future[bytes]) -> tuple[Execution, ...]:
        """Wait for a plain batch that was started, and return its executions as far as it came.

        Raises:
            RunCancelled: somebody stopped it.
        """
        try:
            return decode_batch_reply(job.result()).executions
        except RunCancelled:
            raise
        except ContractFailure:
            return ()

    def _known(self, transactions: Sequence[QueuedTransaction], state: StateReader) -> dict[str, Answer]:
        foresee = self.anticipation.foresee
        return known_texts([foresee(queued.transaction) for queued in transactions], state)

    def execute_beside(self, batch: Batch, work: Callable[[], None]) -> tuple[Execution, ...]:
        """Execute a batch on the newest state in a worker, and do something else at the same time.

        `work` may change the state: who calls this has to see whether the batch has read what was changed. It must not
        execute anything in a worker: there may be only this one.
        """
        problems: list[BaseException] = []

        def work_quietly() -> None:
            try:
                work()
            except BaseException as problem:  # told when the worker has been heard
                problems.append(problem)

        executions = self._run_in_worker(batch, None, work_quietly)
        if problems:
            raise problems[0]
        return executions

    def _submit_and_wait(self, job: bytes, meanwhile: Callable[[], None] | None) -> bytes:
        future = self._submit(job)
        if meanwhile is not None:
            meanwhile()
        return future.result()

    def _run_in_worker(
        self, batch: Batch, state: StateReader | None, meanwhile: Callable[[], None] | None = None
    ) -> tuple[Execution, ...]:
        reader = state or self._head()
        identity = 0 if state is None else self.register(state)
        job = msgspec.structs.replace(batch, state=identity, known=self._known(batch.transactions, reader))

        def beside() -> None:
            self._note_use(batch)
            if meanwhile is not None:
                meanwhile()

        try:
            return self._learned(batch, self._call(encode_batch(job), beside))
        except ContractFailure as failure:
            return self._after_failure(batch, reader, failure)
        finally:
            if identity:
                self.release(identity)

    def _note_use(self, batch: Batch) -> None:
        if self._hot_spots is not None:
            self._hot_spots.note(
                action.contract for queued in batch.transactions for action in queued.transaction.actions
            )

    def _learned(self, batch: Batch, data: bytes) -> tuple[Execution, ...]:
        reply = decode_batch_reply(data)
        if reply.missed:
            for queued, execution in zip(batch.transactions, reply.executions, strict=False):
                self.anticipation.learn(queued.transaction, execution.reads, execution.write_set)
        return reply.executions

    def _after_failure(self, batch: Batch, state: StateReader, failure: ContractFailure) -> tuple[Execution, ...]:
        """Find out which transaction a worker failed on; that one gets the failure. All do if somebody stopped it."""
        if len(batch.transactions) == 1:
            return (_transaction_run(batch, batch.transactions[0], state, self._natives).interrupted(failure),)
        pending = PendingWrites(state)
        executions: list[Execution] = []
        for queued in batch.transactions:
            if isinstance(failure, RunCancelled):
                execution = _transaction_run(batch, queued, pending, self._natives).interrupted(failure)
            else:
                (execution,) = self.execute(_with_transactions(batch, (queued,)), pending)
            executions.append(execution)
            if execution.rejection is not None and batch.stops:
                break
            pending.apply(execution.write_set)
        return tuple(executions)


def known_texts(foreseen: Iterable[Foreseen | None], state: StateReader) -> dict[str, Answer]:
    """Return the texts of `state` that transactions will probably need."""
    keys: dict[str, None] = {}
    for expected in foreseen:
        if expected is not None:
            keys.update(dict.fromkeys(expected.reads))
            keys.update(dict.fromkeys(expected.writes))
    names = list(keys)
    return dict(zip(names, state.read_many(names), strict=True))


class _Uncompiled:
    """Stands in for the compiler where deployments never run."""

    def compile(self, request: CompileRequest) -> CompileReply:
        raise NeedsScript


def is_local(queued: QueuedTransaction) -> bool:
    """Return whether a transaction probably runs no JavaScript: a base transaction, or calls of built-in contracts."""
    return queued.mode is Mode.SYSTEM or all(
        action.contract in _LOCAL_CONTRACTS
        or (action.contract == system.ID and action.action_name in _LOCAL_SYSTEM_METHODS)
        for action in queued.transaction.actions
    )


def _transaction_run(
    batch: Batch, queued: QueuedTransaction, state: StateReader, natives: BuiltInContracts
) -> TransactionRun:
    return TransactionRun(
        queued.transaction,
        batch.block(),
        hash_text=queued.hash,
        size=queued.size,
        reader=state,
        natives=natives,
        locate=nowhere,
        mode=queued.mode,
        observe=batch.observe,
    )


def _with_transactions(batch: Batch, transactions: tuple[QueuedTransaction, ...]) -> Batch:
    return msgspec.structs.replace(batch, transactions=transactions)
