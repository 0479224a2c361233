"""One worker process as the engine sees it: giving it a job, answering its questions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import msgspec

from engine.errors import ContractFailure, DeadlineExceeded, InternalError, RunCancelled, WorkerCrashed
from engine.interface import Temperature
from engine.values import CompiledContract, Layer, Value
from engine.vm.channel import (
    ASK_CODE,
    ASK_STATE,
    Answer,
    Ask,
    ChannelClosed,
    Done,
    Failed,
    Job,
    Ready,
    Refused,
    WorkerSettings,
    decode_reads,
    encode_values,
    failure_of,
    raise_failure,
)
from engine.vm.launcher import WorkerProcess
from engine.vm.pool_settings import PoolSettings

__all__ = ["FOREVER", "Questions", "ServeCode", "ServeRead", "ServeRequest", "Task", "WorkerHandle"]

ServeRead = Callable[[Sequence[str]], list[tuple[str | None, Layer]]]
ServeCode = Callable[[str], CompiledContract]
ServeRequest = Callable[[str, bytes], bytes]

FOREVER = float("inf")


class Questions(Value, frozen=True):
    """What answers workers' questions, on the thread that speaks with the worker."""

    serve_read: ServeRead
    serve_code: ServeCode
    serve_request: ServeRequest | None

    def answer(self, question: Ask) -> Answer | Refused:
        """Answer a question; what a service raises is raised in the worker."""
        try:
            if question.name == ASK_STATE:
                return Answer(encode_values(self.serve_read(decode_reads(question.payload))))
            if question.name == ASK_CODE:
                return Answer(msgspec.msgpack.encode(self.serve_code(question.payload.decode())))
            if self.serve_request is None:
                raise InternalError(f"nobody answers {question.name}")
            return Answer(self.serve_request(question.name, question.payload))
        except ChannelClosed:
            raise
        except Exception as error:
            return Refused(failure_of(error))


class Task(msgspec.Struct, eq=False):
    """A job, asked for at the moment `asked_at`. `kill_at` is when its worker is killed, `overdue` whether it was.

    `meanwhile` is done by who speaks with the worker, once that has the job; it must not raise. `soon` tells that
    somebody waits for the result, and probably not for long.
    """

    id: int
    payload: bytes
    seconds: float | None
    future: Future[bytes]
    cancelled: bool = False
    kill_at: float = FOREVER
    overdue: bool = False
    asked_at: float = 0.0
    meanwhile: Callable[[], None] | None = None
    soon: bool = False

    def death(self) -> ContractFailure:
        """Say why a worker died."""
        if self.cancelled:
            return RunCancelled("the run was stopped")
        if self.overdue:
            return DeadlineExceeded("execution killed")
        return WorkerCrashed("the sandbox process died during the run")


class WorkerHandle:
    """What the pool knows about a worker process, and how to speak with it."""

    def __init__(self, number: int, process: WorkerProcess, settings: WorkerSettings) -> None:
        self.number = number
        self.process = process
        self.settings = settings
        process.data.patience = settings.patience
        self.state = "starting"
        self.runs = 0
        self.memory_bytes = 0
        self.contracts: tuple[str, ...] = ()
        self.task: Task | None = None
        self.idle_since = self.busy_since = time.monotonic()
        self.busy_seconds = 0.0
        self.v8 = ""
        self.restored = False
        self.ending = False
        """Whether it announced that it ends, or is to be replaced once it is idle."""
        self.silent = False
        """Whether its control pipe has closed."""
        self.wake = threading.Semaphore(0)

    @property
    def core(self) -> int | None:
        """The processor core that it is bound to."""
        return self.settings.core

    @property
    def temperature(self) -> Temperature:
        """How much of a contract's way to its first statement it has behind it."""
        if self.runs:
            return Temperature.HOT
        return Temperature.RESTORED if self.restored or self.contracts else Temperature.COLD

    def obeys(self, settings: PoolSettings) -> bool:
        """Whether it was started with these limits."""
        mine = self.settings
        return (mine.time_limit, mine.heap_bytes, mine.process_bytes, mine.check) == (
            settings.time_limit,
            settings.heap_bytes,
            settings.process_bytes,
            settings.check,
        )

    def busy_until(self, now: float) -> float:
        """Return how many seconds it has been busy altogether, a job in progress included."""
        return self.busy_seconds + (now - self.busy_since if self.task is not None else 0.0)

    def perform(self, task: Task, questions: Questions) -> bytes:
        """Send a job and answer the worker's questions until it is done.

        Raises ChannelClosed if the worker died, and what the worker's handler raised.
        """
        data = self.process.data
        data.send(Job(task.id, task.payload, task.soon))
        if task.meanwhile is not None:
            task.meanwhile()
        while True:
            message = data.receive(soon=task.soon)
            if isinstance(message, Ask):
                data.send(questions.answer(message))
            elif isinstance(message, Done):
                self.runs = message.runs
                self.memory_bytes = message.memory_bytes or self.memory_bytes
                return message.payload
            elif isinstance(message, Failed):
                self.ending = self.ending or message.last
                raise_failure(message)
            else:
                raise ChannelClosed(f"unexpected {type(message).__name__}")

    def await_ready(self, questions: Questions, seconds: float) -> None:
        """Answer the questions of a worker that starts until it is ready; raises InternalError if it fails."""
        data = self.process.data
        while True:
            if not data.connection.poll(seconds):
                self.process.kill()
                raise InternalError("a worker did not get ready in time")
            message = data.receive()
            if isinstance(message, Ready):
                self.v8, self.restored, self.contracts = message.v8, message.restored, message.contracts
                return
            if isinstance(message, Ask):
                data.send(questions.answer(message))
            elif isinstance(message, Failed):
                raise_failure(message)
