"""Records executed transactions and replays them, in debug workers.

A replay is a worker that stands at a step and answers questions. It is kept while the position does not move, is
run on when the position moves forward, and is started again when it moves back.
"""

from __future__ import annotations

import itertools
import queue
import threading
from array import array
from collections.abc import Callable
from concurrent.futures import Future
from typing import NamedTuple, Protocol

from engine.debug.protocol import (
    PAUSED_REQUEST,
    TO_THE_END,
    Charges,
    Command,
    DebugJob,
    Finding,
    Pause,
    Recording,
    RunCommand,
    decode_finding,
    decode_pause,
    decode_recording,
    encode_command,
    encode_job,
)
from engine.debug.trace import Trace, TraceBuilder
from engine.errors import InternalError, InvalidInput
from engine.values import CompiledContract

__all__ = ["DebugPool", "Debugger", "Recorded", "Replay"]

REPLAY_SECONDS = 60.0
"""How long a replay may take to reach a step or answer a question before it is given up."""


class DebugPool(Protocol):
    """The pool of debug workers, as far as the debugger needs it (`engine.vm.pool.WorkerPool`)."""

    def submit(self, job: bytes) -> Future[bytes]:
        """Queue a job."""
        ...

    def cancel(self, future: Future[bytes]) -> None:
        """Stop a job."""
        ...


class Recorded(NamedTuple):
    """A recorded transaction: its trace, the encoded executions of its batch, and where its gas went."""

    trace: Trace
    executions: bytes
    charges: Charges


class Debugger:
    """Starts recordings and replays, and hands the workers' messages to the replay they belong to."""

    def __init__(self, load_code: Callable[[str], CompiledContract]) -> None:
        self._load_code = load_code
        self._pool: DebugPool | None = None
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._replays: dict[int, Replay] = {}

    def attach(self, pool: DebugPool) -> None:
        """Use this pool; its workers' requests must come to `serve`."""
        self._pool = pool

    def record(self, batch: bytes) -> Recorded:
        """Execute a batch again and record its last transaction."""
        job = DebugJob(next(self._numbers), batch)
        recording = decode_recording(self._submit(job).result())
        return Recorded(self._trace(recording), recording.executions, recording.charges)

    def replay(self, batch: bytes, position: int) -> Replay:
        """Start a replay that stops at a position; close it when it is no longer needed."""
        number = next(self._numbers)
        replay = Replay(self, number, position)
        with self._lock:
            self._replays[number] = replay
        replay.follow(self._submit(DebugJob(number, batch, position)))
        return replay

    def serve(self, name: str, payload: bytes) -> bytes:
        """Answer a debug worker at a stop; blocks until somebody says how to go on."""
        if name != PAUSED_REQUEST:
            raise InternalError(f"a debug worker asked for {name!r}")
        pause = decode_pause(payload)
        with self._lock:
            replay = self._replays.get(pause.session)
        command: Command = RunCommand(TO_THE_END) if replay is None else replay.stopped(pause)
        return encode_command(command)

    def forget(self, number: int, job: Future[bytes] | None) -> None:
        """Drop a replay and end its run."""
        with self._lock:
            self._replays.pop(number, None)
        if job is not None and self._pool is not None:
            self._pool.cancel(job)

    def _submit(self, job: DebugJob) -> Future[bytes]:
        if self._pool is None:
            raise InternalError("the debugger has no workers")
        return self._pool.submit(encode_job(job))

    def _trace(self, recording: Recording) -> Trace:
        builder = TraceBuilder()
        for entry in recording.contracts:
            builder.enter_contract(entry.contract, self._load_code(entry.code_key))
        accesses_after = array("i")
        accesses_after.frombytes(recording.accesses_after)
        for accesses in accesses_after[1:]:
            builder.operation(accesses)
        builder.columns(recording.sites, recording.depths, recording.operations, recording.gas)
        return builder.build(truncated=recording.truncated)


class Replay:
    """A run that stands at a step. One thread may use it at a time."""

    def __init__(self, debugger: Debugger, number: int, position: int) -> None:
        self.position = position
        self._debugger = debugger
        self._number = number
        self._job: Future[bytes] | None = None
        self._stops: queue.SimpleQueue[Pause | None] = queue.SimpleQueue()
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._closed = False

    def follow(self, job: Future[bytes]) -> None:
        """Watch the worker's job: if it ends, nobody will stop any more."""
        self._job = job
        job.add_done_callback(lambda _: self._stops.put(None))

    def stopped(self, pause: Pause) -> Command:
        """Take note of a stop, on the thread that serves the worker; return the next command when there is one."""
        self._stops.put(pause)
        return self._commands.get()

    def wait(self) -> None:
        """Wait until the run stands at its position.

        Raises:
            InternalError: it ended before, so it did not repeat what was recorded.
        """
        pause = self._next()
        if pause.position != self.position:
            raise InternalError(f"a replay stopped at step {pause.position} instead of {self.position}")

    def run_to(self, position: int) -> None:
        """Go on to a later position and wait."""
        self.position = position
        self._commands.put(RunCommand(position))
        self.wait()

    def ask(self, command: Command) -> Finding:
        """Ask the recorder something and return its answer."""
        self._commands.put(command)
        text = self._next().finding
        if text is None:
            raise InternalError("a replay gave no answer")
        return decode_finding(text)

    def close(self) -> None:
        """End the run."""
        if not self._closed:
            self._closed = True
            self._commands.put(RunCommand(TO_THE_END))
            self._debugger.forget(self._number, self._job)

    def _next(self) -> Pause:
        try:
            pause = self._stops.get(timeout=REPLAY_SECONDS)
        except queue.Empty:
            raise InvalidInput(
                "the replay takes too long", advice="Stop the debugger and start it again at an earlier step."
            ) from None
        if pause is None:
            self._stops.put(None)
            reason = self._job.exception() if self._job is not None else None
            raise InternalError(f"a replay ended before the step that was wanted: {reason or 'the run was different'}")
        return pause
