"""Messages between the engine and a worker process.

Two pipes join them. The *data* pipe carries one job at a time: `Job` down, then any number of `Ask` up and `Answer`
down, then `Done` or `Failed` up. The *control* pipe is served by a thread of its own in the worker, so it works while a
job runs: `Cancel` and `Stop` down, `Status` up when asked by `Report`. A closed pipe means that the other side is gone.

A worker that has been taken over by hostile code can send anything: what does not decode is a crash of that worker.
"""

from __future__ import annotations

from collections.abc import Sequence
from multiprocessing.connection import Connection

import msgspec

from engine import errors
from engine.errors import ContractFailure, InternalError, StrataError, UserError
from engine.values import Layer, Value
from engine.vm.outcome import well_formed

__all__ = [
    "ASK_CODE",
    "ASK_STATE",
    "MAX_MESSAGE",
    "Answer",
    "Ask",
    "Cancel",
    "Channel",
    "ChannelClosed",
    "Done",
    "Failed",
    "Job",
    "Message",
    "Ready",
    "Refused",
    "Report",
    "Status",
    "Stop",
    "WorkerSettings",
    "decode_message",
    "decode_reads",
    "decode_values",
    "encode_message",
    "encode_reads",
    "encode_values",
    "failure_of",
    "raise_failure",
]

MAX_MESSAGE = 256_000_000
ASK_STATE, ASK_CODE = "read_state", "load_code"
"""Names of the questions that every worker may ask; others belong to its worker program."""


class ChannelClosed(InternalError):
    """The process at the other end has gone, or sends what is no message."""


class WorkerSettings(Value, frozen=True):
    """What a worker process is told at its start.

    `program` names the worker program, `package.module:create`. `core` pins the process to a processor core. `profiles`
    are made ready before the first job, with the contracts of `warm_keys` loaded. `images` allows startup snapshots,
    `check` turns check mode on (`engine.vm.check_mode`).
    `patience` (seconds) is how long both ends of the data pipe wait for each other wide awake.
    """

    program: str
    time_limit: float
    heap_bytes: int
    process_bytes: int
    stepping: bool = False
    core: int | None = None
    profiles: tuple[str, ...] = ()
    warm_keys: tuple[str, ...] = ()
    images: bool = True
    check: bool = False
    patience: float = 0.0


class Ready(Value, tag=0, array_like=True, frozen=True):
    """A worker can take jobs; `v8` is its V8's version, `restored` whether it booted from a startup snapshot."""

    pid: int
    v8: str = ""
    restored: bool = False
    contracts: tuple[str, ...] = ()


class Job(Value, tag=1, array_like=True, frozen=True):
    """Do this. `soon` tells that somebody waits for it, who will probably ask for more."""

    id: int
    payload: bytes
    soon: bool = False


class Done(Value, tag=2, array_like=True, frozen=True):
    """A job's result; `memory_bytes` is the worker's resident size, `runs` its programs so far."""

    payload: bytes
    memory_bytes: int
    runs: int


class Failed(Value, tag=3, array_like=True, frozen=True):
    """A job ended with an exception: its class name in `engine.errors`, its text, the gas used.

    `last` announces that the worker ends.
    """

    error: str
    text: str
    gas: int = 0
    where: str = ""
    advice: str = ""
    last: bool = False


class Ask(Value, tag=4, array_like=True, frozen=True):
    """The worker needs something of the engine to go on."""

    name: str
    payload: bytes


class Answer(Value, tag=5, array_like=True, frozen=True):
    """What a worker asked for."""

    payload: bytes


class Refused(Value, tag=6, array_like=True, frozen=True):
    """A worker cannot have what it asked for."""

    failure: Failed


class Cancel(Value, tag=7, array_like=True, frozen=True):
    """Stop a job, if it is the one that runs."""

    job: int


class Stop(Value, tag=8, array_like=True, frozen=True):
    """End the process."""


class Report(Value, tag=9, array_like=True, frozen=True):
    """Tell your `Status`."""


class Status(Value, tag=10, array_like=True, frozen=True):
    """How a worker is; `contracts` are the keys of the code it has loaded."""

    memory_bytes: int
    runs: int
    contracts: tuple[str, ...]


Message = Ready | Job | Done | Failed | Ask | Answer | Refused | Cancel | Stop | Report | Status

_encode = msgspec.msgpack.Encoder().encode
_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def encode_message(message: Message) -> bytes:
    """Return a message's bytes."""
    return _encode(message)


def decode_message(data: bytes) -> Message:
    """Return the message in `data`; raises ChannelClosed for bytes that are no message."""
    try:
        return _decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise ChannelClosed(f"not a message: {error}") from error


class Channel:
    """One end of a pipe that carries messages. `patience` is in seconds (`engine.vm.data_channel`)."""

    patience = 0.0

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def send(self, message: Message) -> None:
        """Send a message; raises ChannelClosed."""
        try:
            self.connection.send_bytes(_encode(message))
        except (OSError, ValueError) as error:
            raise ChannelClosed(f"the pipe is closed: {error}") from error

    def receive(self, *, soon: bool = False) -> Message:
        """Wait for a message; raises ChannelClosed, also for bytes that are no message.

        One that is expected `soon` may be waited for in another way.
        """
        try:
            data = self.connection.recv_bytes(MAX_MESSAGE)
        except (EOFError, OSError) as error:
            raise ChannelClosed(f"the pipe is closed: {error}") from error
        return decode_message(data)

    def close(self) -> None:
        """Close this end."""
        self.connection.close()


# --- questions ------------------------------------------------------------------------------------

_decode_keys = msgspec.msgpack.Decoder(list[str]).decode
_decode_values = msgspec.msgpack.Decoder(list[tuple[str | None, Layer]]).decode


def encode_reads(keys: Sequence[str]) -> bytes:
    """Encode the keys of a read; lone surrogates cannot be in a key."""
    return _encode(keys)


def decode_reads(payload: bytes) -> list[str]:
    """Decode the keys of a read; raises ChannelClosed if they are none."""
    try:
        return _decode_keys(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ChannelClosed(f"not a list of keys: {error}") from error


def encode_values(values: Sequence[tuple[str | None, Layer]]) -> bytes:
    """Encode the answer to a read."""
    return _encode(values)


def decode_values(payload: bytes) -> list[tuple[str | None, Layer]]:
    """Decode the answer to a read."""
    return _decode_values(payload)


# --- errors ---------------------------------------------------------------------------------------


def failure_of(error: BaseException) -> Failed:
    """Describe an exception so that `raise_failure` can raise it in another process."""
    if isinstance(error, ContractFailure):
        return Failed(type(error).__name__, well_formed(error.text), error.gas)
    if isinstance(error, UserError):
        what, where, advice = (well_formed(text) for text in (error.what, error.where, error.advice))
        return Failed(type(error).__name__, what, where=where, advice=advice)
    if isinstance(error, StrataError):
        return Failed("InternalError", well_formed(str(error)))
    return Failed("InternalError", well_formed(f"{type(error).__name__}: {error}"))


def raise_failure(failed: Failed) -> None:
    """Raise the error that a message describes."""
    kind = getattr(errors, failed.error, InternalError)
    if isinstance(kind, type) and issubclass(kind, ContractFailure):
        raise kind(failed.text, gas=failed.gas)
    if isinstance(kind, type) and issubclass(kind, errors.CompileError):
        raise errors.InvalidInput(failed.text, where=failed.where, advice=failed.advice)
    if isinstance(kind, type) and issubclass(kind, UserError):
        raise kind(failed.text, where=failed.where, advice=failed.advice)
    raise InternalError(failed.text)
