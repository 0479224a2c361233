"""The worker program that executes transactions: `engine.chain.worker_program:create`.

A job is a batch of transactions that follow each other in one block; each sees the writes of those before it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from engine.chain.compile_request import (
    REQUEST_NAME,
    CompileReply,
    CompileRequest,
    decode_reply,
    encode_message,
)
from engine.chain.context import BlockContext
from engine.chain.executor import Execution, LocateSites, Mode, TransactionRun
from engine.chain.natives.registry import BuiltInContracts
from engine.chain.transaction import Transaction
from engine.errors import ContractFailure, InternalError
from engine.state.local_cache import PendingWrites
from engine.values import Layer, SourceLocation, Value
from engine.vm.interface import Handler, Program, Run

if TYPE_CHECKING:
    from engine.chain.host_interface import FailureSite
    from engine.values import CompiledContract
    from engine.vm.interface import WorkerServices

PROGRAM = "engine.chain.worker_program:create"
SYSTEM_TIME_LIMIT = 10.0
"""Seconds for transactions of the chain itself, as the reference gives its genesis (spec/vm.md §1)."""


Answer: TypeAlias = tuple[str | None, Layer]
"""A stored text and the layer that answered, as `StateReader` returns it."""


class NeedsScript(Exception):
    """A transaction that is executed without a sandbox wants to run JavaScript."""


class QueuedTransaction(Value, array_like=True, frozen=True):
    """A transaction with what was computed when it was received: its hash and the size of its full encoding."""

    transaction: Transaction
    hash: str
    size: int
    mode: Mode = Mode.NORMAL


class Batch(Value, array_like=True, frozen=True):
    """A worker's job. `time_limit` is in seconds a transaction; with `observe` every access is recorded.

    `state` names the state it stands on: 0 the newest, others are registered with the engine (`READ_REQUEST`). `known`
    are texts of that state that will probably be needed. A transaction that is rejected ends the batch if `stops`.

    With `plain` no JavaScript runs: a transaction that needs it ends the job. So the blocks of `following`, whose
    transactions see the writes of those before, can be executed before it is known what their parents' hashes will be.
    """

    number: int
    parent_hash: str
    witness: str
    time: int
    transactions: tuple[QueuedTransaction, ...]
    state: int = 0
    observe: bool = True
    time_limit: float | None = None
    known: dict[str, Answer] = msgspec.field(default_factory=dict)
    stops: bool = True
    plain: bool = False
    following: tuple[Batch, ...] = ()

    def block(self) -> BlockContext:
        """Return the block as contracts see it."""
        return BlockContext(self.number, self.parent_hash, self.witness, self.time)


class BatchReply(Value, array_like=True, frozen=True):
    """What a job came to: one execution a transaction, and the keys that it had to ask for."""

    executions: tuple[Execution, ...]
    missed: tuple[str, ...] = ()


class StateRead(Value, array_like=True, frozen=True):
    """Asks for keys of a registered state."""

    state: int
    keys: tuple[str, ...]


READ_REQUEST = "read"
_batch_decoder = msgspec.msgpack.Decoder(Batch)
_read_decoder = msgspec.msgpack.Decoder(StateRead)
_answer_decoder = msgspec.msgpack.Decoder(list[Answer])
_reply_decoder = msgspec.msgpack.Decoder(BatchReply)


def encode_batch(batch: Batch) -> bytes:
    """Return a job's bytes."""
    return msgspec.msgpack.encode(batch)


def decode_batch_reply(data: bytes) -> BatchReply:
    """Return what a job came to."""
    return _reply_decoder.decode(data)


def decode_read(data: bytes) -> StateRead:
    """Return the request for keys in `data`."""
    return _read_decoder.decode(data)


def encode_answer(answer: list[Answer]) -> bytes:
    """Return the bytes of the answer to a `StateRead`."""
    return msgspec.msgpack.encode(answer)


def create(services: WorkerServices) -> Handler:
    """Return the handler of a worker's jobs."""
    worker = _Worker(services)
    return worker.handle


class _Worker:
    """Implements `ContractCompiler` on a worker's services."""

    def __init__(self, services: WorkerServices) -> None:
        self._services = services
        self._natives = BuiltInContracts(self)

    def handle(self, job: bytes) -> Generator[Run, object, bytes]:
        batch = _batch_decoder.decode(job)
        state = KnownState(RemoteState(self._services, batch.state), batch.known)
        pending = PendingWrites(state)
        if batch.plain:
            executions = execute_plainly(batch, pending, self._natives)
        else:
            executions = yield from execute_batch(batch, pending, self._natives, locate_sites(self._services))
        return msgspec.msgpack.encode(BatchReply(executions, tuple(state.missed)))

    def compile(self, request: CompileRequest) -> CompileReply:
        return decode_reply(self._services.request(REQUEST_NAME, encode_message(request)))


class KnownState:
    """Implements `StateReader` on texts that are known already; asks `reader` for others, each once."""

    def __init__(self, reader: RemoteState, known: dict[str, Answer]) -> None:
        self.missed: list[str] = []
        self._reader = reader
        self._known = known

    def read(self, key: str) -> Answer:
        """Return a stored text; see `StateReader`."""
        found = self._known.get(key)
        return self.read_many((key,))[0] if found is None else found

    def read_many(self, keys: Sequence[str]) -> list[Answer]:
        """Return stored texts, in at most one trip; see `StateReader`."""
        missing = [key for key in keys if key not in self._known]
        if missing:
            self.missed += missing
            self._known.update(zip(missing, self._reader.read_many(missing), strict=True))
        return [self._known[key] for key in keys]


class RemoteState:
    """Implements `StateReader` by asking the engine for a state it has registered, 0 the newest."""

    def __init__(self, services: WorkerServices, state: int) -> None:
        self._services = services
        self._state = state

    def read(self, key: str) -> Answer:
        """Return a stored text; see `StateReader`."""
        return self.read_many([key])[0]

    def read_many(self, keys: Sequence[str]) -> list[Answer]:
        """Return stored texts, in one trip; see `StateReader`."""
        if self._state == 0:
            return self._services.read_state(keys)
        request = msgspec.msgpack.encode(StateRead(self._state, tuple(keys)))
        return _answer_decoder.decode(self._services.request(READ_REQUEST, request))


def locate_sites(services: WorkerServices) -> LocateSites:
    """Return what finds places of the author's source, with the code that the worker has."""

    def locate(sites: Sequence[FailureSite]) -> tuple[SourceLocation, ...]:
        found: list[SourceLocation] = []
        for site in sites:
            code = services.load_code(site.code_key)
            lines = site.stack or ((site.contract, site.line, site.column),)
            found += [location for _, line, _ in lines if (location := source_location(site, code, line))]
        return tuple(found)

    return locate


def execute_batch(
    batch: Batch, state: PendingWrites, natives: BuiltInContracts, locate: LocateSites
) -> Generator[Run, object, tuple[Execution, ...]]:
    """Execute a batch's transactions in order."""
    block = batch.block()
    executions: list[Execution] = []
    for queued in batch.transactions:
        run = TransactionRun(
            queued.transaction,
            block,
            hash_text=queued.hash,
            size=queued.size,
            reader=state,
            natives=natives,
            locate=locate,
            mode=queued.mode,
            observe=batch.observe,
        )
        limit = SYSTEM_TIME_LIMIT if queued.mode is Mode.SYSTEM else batch.time_limit
        try:
            execution = yield Run(run, limit, incidental=("runs",))
        except ContractFailure as failure:
            execution = run.interrupted(failure)
        except InternalError as fault:
            raise InternalError(f"transaction {queued.hash}: {fault}") from fault
        if not isinstance(execution, Execution):
            raise InternalError(f"a transaction's program returned {type(execution).__name__}")
        executions.append(execution)
        if execution.rejection is not None and batch.stops:
            break
        state.apply(execution.write_set)
    return tuple(executions)


def execute_plainly(batch: Batch, state: PendingWrites, natives: BuiltInContracts) -> tuple[Execution, ...]:
    """Execute a batch's transactions, and those of the blocks that follow, up to the first that needs JavaScript."""
    executions: list[Execution] = []
    for block in (batch, *batch.following):
        if executions:
            state.settle()
        task = execute_batch(block, state, natives, nowhere)
        execution: object = None
        try:
            while True:
                program, _ = task.send(execution).factory()
                execution = _finished(program)
                if not isinstance(execution, Execution):
                    return tuple(executions)
                executions.append(execution)
        except StopIteration:
            continue
    return tuple(executions)


def _finished(program: Program) -> object:
    """Return what a program comes to without JavaScript, None if it needs some."""
    try:
        next(program)
    except StopIteration as stop:
        return stop.value
    except NeedsScript:
        return None
    program.close()
    return None


def nowhere(_sites: Sequence[FailureSite]) -> tuple[SourceLocation, ...]:
    """Locate nothing: where no JavaScript runs, nothing fails in it."""
    return ()


def source_location(site: FailureSite, code: CompiledContract, line: int) -> SourceLocation | None:
    """Return where a place in metered text stands in the author's source, None if it has no counterpart."""
    if not 1 <= line <= len(code.line_map):
        return None
    file, source_line = code.line_map[line - 1]
    name = code.files[file] if file < len(code.files) else code.file
    return SourceLocation(site.contract, name, source_line)
