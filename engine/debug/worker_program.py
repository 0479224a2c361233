"""The worker program of debug workers, `engine.debug.worker_program:create`: records and replays transactions.

Such a worker runs stepping variants in a sandbox of its own; the recorder in there calls back for every chunk of
steps and at every stop.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, TypeVar, cast

import msgspec

from engine.chain.compile_request import REQUEST_NAME, CompileReply, CompileRequest, decode_reply, encode_message
from engine.chain.host import Host
from engine.chain.natives.registry import BuiltInContracts
from engine.chain.worker_program import Batch, RemoteState, execute_batch, locate_sites
from engine.debug.protocol import (
    PAUSED_REQUEST,
    TO_THE_END,
    Charges,
    DebugJob,
    DebugOperation,
    Pause,
    RecordedContract,
    Recording,
    RunCommand,
    decode_command,
)
from engine.errors import InternalError
from engine.state.local_cache import LocalCache, PendingWrites
from engine.vm.interface import (
    Handler,
    HostReply,
    Operation,
    ProgramFactory,
    Run,
    ScriptFrame,
    ScriptHost,
    ScriptOutcome,
)
from engine.vm.sandbox import Sandbox, SandboxLimits

if TYPE_CHECKING:
    from engine.vm.interface import NestedCall, Program, WorkerServices

Returned = TypeVar("Returned")

PROGRAM = "engine.debug.worker_program:create"
MAX_STEPS = 5_000_000
"""Steps kept of one recording; a longer run is recorded up to here."""

LIMITS = SandboxLimits(time_limit=24 * 3600.0, heap_bytes=512_000_000, process_bytes=2_000_000_000)
"""Gas still bounds a run; the clock must not, while somebody looks at a step."""

_job_decoder = msgspec.msgpack.Decoder(DebugJob)
_batch_decoder = msgspec.msgpack.Decoder(Batch)


def create(services: WorkerServices) -> Handler:
    """Return the handler of a debug worker's jobs."""
    return _DebugWorker(services).handle


class _DebugWorker:
    """Implements `ContractCompiler` on a worker's services."""

    def __init__(self, services: WorkerServices) -> None:
        self._services = services
        self._natives = BuiltInContracts(self)
        self._recorder = _Recorder(services)
        self._sandbox = Sandbox(services.load_code, limits=LIMITS, stepping=True, debug=self._recorder.debug)

    def handle(self, payload: bytes) -> bytes:
        return self._sandbox.run(self._execute(_job_decoder.decode(payload)))

    def _execute(self, job: DebugJob) -> Generator[Run, object, bytes]:
        """Execute a job's batch, the last transaction watched by the recorder."""
        batch = _batch_decoder.decode(job.batch)
        state = PendingWrites(RemoteState(self._services, batch.state))
        self._recorder.silence()
        executions = execute_batch(batch, state, self._natives, locate_sites(self._services))
        remaining = len(batch.transactions)
        value: object = None
        try:
            while True:
                run = executions.send(value)
                remaining -= 1
                factory = run.factory if remaining else self._recorder.watched(run.factory, job)
                value = yield Run(factory, run.time_limit)
        except StopIteration as stop:
            return msgspec.msgpack.encode(self._recorder.recording(msgspec.msgpack.encode(stop.value)))

    def compile(self, request: CompileRequest) -> CompileReply:
        return decode_reply(self._services.request(REQUEST_NAME, encode_message(request)))


class _Recorder:
    """Gathers the columns of one recording and pauses replays."""

    def __init__(self, services: WorkerServices) -> None:
        self._services = services
        self._stop = TO_THE_END
        self._session = 0
        self._active = False
        self._callers: list[tuple[int, float]] = []
        self._clear()

    def silence(self) -> None:
        """Let programs run without recording them."""
        self._active = False
        self._clear()

    def watched(self, factory: ProgramFactory, job: DebugJob) -> ProgramFactory:
        """Return a factory whose programs are recorded; a repeated run is recorded anew."""

        def start() -> tuple[Program, ScriptHost]:
            program, host = factory()
            self._clear()
            self._active, self._stop, self._session = True, job.stop, job.session
            assert isinstance(host, Host), "batches run on the chain's own host"
            return self._charges.watched(program), _CountingHost(host, self._accesses_after, self._charges)

        return start

    def recording(self, executions: bytes) -> Recording:
        """Return what was gathered."""
        return Recording(
            executions=executions,
            contracts=tuple(self._contracts),
            sites=bytes(self._sites),
            depths=bytes(self._depths),
            operations=bytes(self._operations),
            gas=bytes(self._gas),
            accesses_after=self._accesses_after.tobytes(),
            truncated=self._truncated,
            charges=self._charges.finished(),
        )

    def debug(self, operation: int, arguments: Sequence[str | None]) -> str | None:
        """Answer the recorder in the sandbox."""
        match operation, arguments:
            case DebugOperation.ENTER_CONTRACT, (str(contract), str(code_key)):
                return str(self._base(contract, code_key))
            case DebugOperation.STEPS, [*columns] if len(columns) == 8:
                self._append([_bytes_of(column) for column in columns])
                return None
            case DebugOperation.PAUSED, (finding, str(position)):
                return self._paused(Pause(self._session, int(position), finding))
            case DebugOperation.BEGIN, _:
                self._callers = []
                return None
            case DebugOperation.AWAY, (str(depth), str(used)):
                self._callers.append((int(depth), float(used)))
                return None
            case DebugOperation.BACK, _:
                self._callers.pop()
                return json.dumps(self._progress())
            case DebugOperation.JOIN, _:
                caller = self._callers[-1] if self._callers else (0, 0.0)
                return json.dumps({"depth": caller[0], "gas": caller[1], "progress": self._progress()})
        raise InternalError(f"the recorder asked for {operation} with {len(arguments)} arguments")

    def _base(self, contract: str, code_key: str) -> int:
        known = self._bases.get((contract, code_key))
        if known is None:
            known = self._bases[contract, code_key] = self._next_base
            self._next_base += len(self._services.load_code(code_key).steps)
            self._contracts.append(RecordedContract(contract, code_key))
        return known

    def _progress(self) -> tuple[int, int, int]:
        """Return the position, the operations answered so far, and the position of the next stop."""
        if not self._active:
            return 0, 0, TO_THE_END
        return self._steps, len(self._accesses_after) - 1, self._stop

    def _append(self, columns: Sequence[bytes]) -> None:
        if not self._active:
            return
        before = len(self._sites) // 4
        self._steps += len(columns[0]) // 4
        if before >= MAX_STEPS:
            self._truncated = True
            return
        ours = (self._sites, self._depths, self._operations, self._gas)
        for column, more in zip(ours, columns[:4], strict=True):
            column.extend(more)
        self._charges.mark(before, *columns[4:])

    def _paused(self, pause: Pause) -> str:
        text = self._services.request(PAUSED_REQUEST, msgspec.msgpack.encode(pause))
        command = decode_command(text)
        if isinstance(command, RunCommand):
            self._stop = command.position
        return text.decode()

    def _clear(self) -> None:
        self._steps = 0
        self._contracts: list[RecordedContract] = []
        self._bases: dict[tuple[str, str], int] = {}
        self._next_base = 0
        self._sites, self._depths, self._operations, self._gas = bytearray(), bytearray(), bytearray(), bytearray()
        self._accesses_after = array("i", [0])
        self._charges = _ChargeCollector()
        self._truncated = False


def _bytes_of(column: str | None) -> bytes:
    return (column or "").encode("utf-16-le", "surrogatepass")


class _ChargeCollector:
    """Gathers the columns of `Charges`."""

    def __init__(self) -> None:
        self._kinds, self._gas = array("i"), array("d")
        self._mark_steps, self._mark_kinds = array("i"), bytearray()
        self._mark_operations, self._mark_gas = bytearray(), bytearray()
        self._frame_gas = array("d")
        self._total = 0

    def watched(self, program: Program) -> Program:
        """Return the program of a run, whose frames are the outermost ones."""
        return self._passed_on(program, self._ended)

    def nested(self, call: NestedCall, index: int) -> NestedCall:
        """Return a nested program; what its frames used is no gas of operation `index`."""

        def ended(outcome: ScriptOutcome) -> None:
            self._frame_gas.append(outcome.gas)
            self._gas[index] -= outcome.gas

        return self._passed_on(call, ended)

    def operation(self, kind: int, gas: int = 0) -> int:
        """Note an operation and return its index."""
        self._kinds.append(kind)
        self._gas.append(gas)
        return len(self._kinds) - 1

    def add(self, index: int, gas: int) -> None:
        """Note what an operation cost in the end."""
        self._gas[index] += gas

    def mark(self, before: int, steps: bytes, kinds: bytes, operations: bytes, gas: bytes) -> None:
        """Append a chunk of marks; `before` is how many steps there were before the chunk."""
        inside = array("i")
        inside.frombytes(steps)
        self._mark_steps.extend(before + step for step in inside)
        self._mark_kinds.extend(kinds)
        self._mark_operations.extend(operations)
        self._mark_gas.extend(gas)

    def finished(self) -> Charges:
        """Return what was gathered."""
        return Charges(
            kinds=self._kinds.tobytes(),
            gas=self._gas.tobytes(),
            mark_steps=self._mark_steps.tobytes(),
            mark_kinds=bytes(self._mark_kinds),
            mark_operations=bytes(self._mark_operations),
            mark_gas=bytes(self._mark_gas),
            frame_gas=self._frame_gas.tobytes(),
            total=self._total,
        )

    def _ended(self, outcome: ScriptOutcome) -> None:
        self._frame_gas.append(outcome.gas)
        self._total += outcome.gas

    @staticmethod
    def _passed_on(
        program: Generator[ScriptFrame, ScriptOutcome, Returned], ended: Callable[[ScriptOutcome], None]
    ) -> Generator[ScriptFrame, ScriptOutcome, Returned]:
        """Run a program and tell of each frame's outcome; errors that a sandbox throws into it reach it."""
        try:
            frame = next(program)
            while True:
                try:
                    outcome = yield frame
                except GeneratorExit:
                    program.close()
                    raise
                except BaseException as error:
                    frame = program.throw(error)
                else:
                    ended(outcome)
                    frame = program.send(outcome)
        except StopIteration as stop:
            return cast("Returned", stop.value)


class _CountingHost:
    """Passes on to a transaction's host and notes how many accesses had been made when an operation was answered.

    Entries count operations as the sandbox does: a call counts when it begins, before those of the contract called.
    """

    def __init__(self, host: Host, accesses_after: array[int], charges: _ChargeCollector) -> None:
        assert isinstance(host.cache, LocalCache), "transactions run on a local cache"
        self._host = host
        self._accesses = host.cache.accesses
        self._accesses_after = accesses_after
        self._charges = charges

    def operate(self, operation: Operation, arguments: Sequence[str | None]) -> HostReply:
        reply = self._host.operate(operation, arguments)
        self._accesses_after.append(len(self._accesses))
        self._charges.operation(operation, reply.gas)
        return reply

    def call(self, contract: str, api: str, arguments: str, *, lend_authority: bool, gas_used: int) -> NestedCall:
        self._accesses_after.append(len(self._accesses))
        index = self._charges.operation(Operation.CALL_WITH_AUTH if lend_authority else Operation.CALL)
        nested = self._host.call(contract, api, arguments, lend_authority=lend_authority, gas_used=gas_used)
        reply = yield from self._charges.nested(nested, index)
        self._charges.add(index, reply.gas)
        self._accesses_after[-1] = len(self._accesses)
        return reply
