"""What a debug worker and the engine tell each other, and the numbers it shares with the recorder.

A debug job executes the transactions of a block up to the one that is looked at, which is recorded, or replayed
to a step. In a replay the worker asks `PAUSED_REQUEST` at every stop; the answer tells it what to find out, or
how far to run on.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec

from engine.interface import Variable
from engine.values import Value

PAUSED_REQUEST = "paused"
TO_THE_END = -1
"""A position no run reaches: do not stop any more."""


class DebugOperation(IntEnum):
    """Operations of the recorder; `resources/runtime/sandbox/recorder.js` holds the same numbers (a test compares)."""

    ENTER_CONTRACT = 100
    STEPS = 101
    PAUSED = 102
    BEGIN = 103
    AWAY = 104
    BACK = 105
    JOIN = 106


class DebugJob(Value, frozen=True):
    """Execute `batch` (an encoded `engine.chain.worker_program.Batch`); its last transaction is recorded.

    With `stop` at a step's position the run is a replay that pauses there. `session` comes back in every `Pause`.
    """

    session: int
    batch: bytes
    stop: int = TO_THE_END


class RecordedContract(Value, frozen=True, array_like=True):
    """A contract that took part in a recording, in order of appearance."""

    contract: str
    code_key: str


class Charges(Value, frozen=True):
    """What tells where the gas of a recording went (`engine.debug.profile` reads it), in columns of native numbers.

    `kinds` (int32) and `gas` (float64) have a row a host operation; the gas of a call does not include that of the
    frames it ran. Marks have a row where a function or frame begins or ends: `mark_steps` counts the steps before
    it, `mark_kinds` is its kind and 4 × depth, `mark_operations` counts the operations before it (all int32),
    `mark_gas` is as in steps (float64). `frame_gas` (float64) is what each frame used, in the order they ended;
    `total` is the gas of the outermost frames.
    """

    kinds: bytes = b""
    gas: bytes = b""
    mark_steps: bytes = b""
    mark_kinds: bytes = b""
    mark_operations: bytes = b""
    mark_gas: bytes = b""
    frame_gas: bytes = b""
    total: int = 0


class Recording(Value, frozen=True):
    """What a debug job came to: executions of the batch, and the columns of the trace (`TraceBuilder.columns`)."""

    executions: bytes
    contracts: tuple[RecordedContract, ...]
    sites: bytes
    depths: bytes
    operations: bytes
    gas: bytes
    accesses_after: bytes
    truncated: bool
    charges: Charges = Charges()


class RunCommand(Value, frozen=True, tag_field="kind", tag="run"):
    """Go on to a position."""

    position: int


class VariablesCommand(Value, frozen=True, tag_field="kind", tag="variables"):
    """Describe variables in a stack frame, 0 the innermost."""

    frame: int
    names: tuple[str, ...]


class EvaluateCommand(Value, frozen=True, tag_field="kind", tag="evaluate"):
    """Evaluate an expression in a stack frame."""

    frame: int
    expression: str


Command = RunCommand | VariablesCommand | EvaluateCommand


class Finding(Value, frozen=True):
    """The recorder's answer to a question: `variables`, or a `value`, or an `error` text."""

    variables: tuple[Variable, ...] = ()
    value: Variable | None = None
    error: str | None = None


class Pause(Value, frozen=True):
    """The worker stands at `position`; `finding` answers the last question (JSON text), None right after a stop."""

    session: int
    position: int
    finding: str | None = None


_finding_decoder = msgspec.json.Decoder(Finding)


_command_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
_command_encoder = msgspec.json.Encoder()
_pause_decoder = msgspec.msgpack.Decoder(Pause)
_recording_decoder = msgspec.msgpack.Decoder(Recording)


def encode_command(command: Command) -> bytes:
    """Return a command as the JSON text that the recorder reads."""
    return _command_encoder.encode(command)


def decode_command(data: bytes) -> Command:
    """Return a command from its JSON text."""
    return _command_decoder.decode(data)


def encode_job(job: DebugJob) -> bytes:
    """Return a job's bytes."""
    return msgspec.msgpack.encode(job)


def decode_pause(data: bytes) -> Pause:
    """Return the worker's message at a stop."""
    return _pause_decoder.decode(data)


def decode_recording(data: bytes) -> Recording:
    """Return what a debug job came to."""
    return _recording_decoder.decode(data)


def decode_finding(text: str) -> Finding:
    """Return the recorder's answer in a JSON text; raises `msgspec.MsgspecError` for anything else."""
    return _finding_decoder.decode(text)
