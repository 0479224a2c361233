"""The worker process: one sandbox, one worker program, two pipes to the engine.

Threads: the realm's thread does all the work of a job, also reading and writing the data pipe, so that a job costs no
change of thread; the main thread watches time and memory (`Sandbox.run`); a third one serves the control pipe. When the
control pipe closes, the engine has gone, and the process ends at once.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import threading
from collections.abc import Generator, Sequence
from multiprocessing.connection import Connection

import msgspec

from engine.errors import InternalError, StrataError
from engine.values import CompiledContract, Layer, Profile
from engine.vm.channel import (
    ASK_CODE,
    ASK_STATE,
    Answer,
    Ask,
    Cancel,
    Channel,
    ChannelClosed,
    Done,
    Job,
    Message,
    Ready,
    Refused,
    Report,
    Status,
    WorkerSettings,
    decode_values,
    encode_reads,
    failure_of,
    raise_failure,
)
from engine.vm.data_channel import data_channel
from engine.vm.interface import Handler, ProgramFactory, Run
from engine.vm.isolate import initialise_v8
from engine.vm.memory import limit_data, resident_bytes
from engine.vm.sandbox import Sandbox, SandboxLimits, SandboxStuck
from engine.vm.startup_snapshot import SNAPSHOT_PROFILE, load

__all__ = ["load_program", "serve", "startup_image"]

_image: bytes | None = None
_MEMORY_SAMPLE = 16
_DATA_FACTOR = 2
_DATA_SLACK = 512_000_000


def startup_image(profile: Profile) -> bytes | None:
    """Return the startup snapshot of a profile; loaded once a process, in the fork server for all its workers."""
    global _image  # noqa: PLW0603  tried again while there is none: it may have been built meanwhile
    if profile is not SNAPSHOT_PROFILE:
        return None
    if _image is None:
        _image = load()
    return _image


def load_program(name: str) -> object:
    """Import a worker program's `create`; `name` is `package.module:create`."""
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


def serve(data: Connection, control: Connection, settings: WorkerSettings) -> None:
    """Do jobs until the engine goes away. Does not return: the process ends without waiting for V8."""
    channel, control_channel = data_channel(data), Channel(control)
    try:
        if settings.core is not None and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {settings.core})
        limit_data(settings.process_bytes * _DATA_FACTOR + _DATA_SLACK)
        channel.patience = settings.patience
        worker = _Worker(channel, settings)
        threading.Thread(target=worker.serve_control, args=(control_channel,), name="control", daemon=True).start()
        worker.prepare(settings)
        channel.send(worker.ready(settings))
        worker.work()
    except ChannelClosed:
        os._exit(0)
    except SandboxStuck as stuck:
        channel.send(msgspec.structs.replace(failure_of(stuck.reason), last=True))
        os._exit(1)
    except BaseException as error:
        try:
            channel.send(failure_of(error))
        finally:
            os._exit(1)
    os._exit(0)


class _Worker:
    """Implements `engine.vm.interface.WorkerServices`."""

    def __init__(self, channel: Channel, settings: WorkerSettings) -> None:
        self._channel = channel
        self._codes: dict[str, CompiledContract] = {}
        limits = SandboxLimits(settings.time_limit, settings.heap_bytes, settings.process_bytes)
        image = startup_image if settings.images else None
        self._sandbox = Sandbox(
            self.load_code, limits=limits, stepping=settings.stepping, image=image, check=settings.check
        )
        create = load_program(settings.program)
        assert callable(create)
        self._handler: Handler = create(self)
        self._job: int | None = None
        self._next_is_soon = False
        self._jobs = 0
        self._memory = 0

    def prepare(self, settings: WorkerSettings) -> None:
        """Make the realms and load the contracts that are most likely needed."""
        contracts = []
        for key in settings.warm_keys:
            with contextlib.suppress(InternalError):  # only a hint: the contract may be gone
                contracts.append(self.load_code(key))
        for name in settings.profiles:
            self._sandbox.warm(Profile(name), contracts)

    def ready(self, settings: WorkerSettings) -> Ready:
        """Return what to tell the engine before the first job."""
        version = initialise_v8().mr_v8_version().decode()
        restored = settings.images and not settings.stepping and _image is not None
        return Ready(os.getpid(), version, restored, self._sandbox.loaded())

    # --- jobs --------------------------------------------------------------------------------------

    def work(self) -> None:
        """Do jobs until the data pipe closes."""
        if inspect.isgeneratorfunction(self._handler):
            self._sandbox.run(self._jobs_of_generator())
        else:
            while True:
                job = self._next_job()
                try:
                    result = self._handler(job.payload)
                    assert isinstance(result, bytes)
                except SandboxStuck:
                    raise
                except Exception as error:
                    self._fail(error)
                else:
                    self._done(result)

    def _jobs_of_generator(self) -> Generator[Run, object, None]:
        while True:
            job = self._next_job()
            try:
                handled = self._handler(job.payload)
                assert not isinstance(handled, bytes)
                result = yield from handled
            except Exception as error:
                self._fail(error)
            else:
                self._done(result)

    def _next_job(self) -> Job:
        message = self._channel.receive(soon=self._next_is_soon)
        if not isinstance(message, Job):
            raise ChannelClosed(f"unexpected {type(message).__name__}")
        self._job, self._next_is_soon = message.id, message.soon
        self._jobs += 1
        return message

    def _done(self, result: bytes) -> None:
        self._job = None
        if self._jobs % _MEMORY_SAMPLE == 1:
            self._memory = resident_bytes()
        self._channel.send(Done(result, self._memory, self._sandbox.runs))

    def _fail(self, error: Exception) -> None:
        if isinstance(error, ChannelClosed):
            raise error
        self._job = None
        self._channel.send(failure_of(error))

    # --- services ----------------------------------------------------------------------------------

    def execute(self, factory: ProgramFactory, *, time_limit: float | None = None) -> object:
        """Run a program; see `WorkerServices`."""
        return self._sandbox.execute(factory, time_limit=time_limit)

    def read_state(self, keys: Sequence[str]) -> list[tuple[str | None, Layer]]:
        """Ask the engine for stored texts; see `WorkerServices`."""
        return decode_values(self.request(ASK_STATE, encode_reads(keys)))

    def load_code(self, key: str) -> CompiledContract:
        """Return a compiled contract; see `WorkerServices`."""
        code = self._codes.get(key)
        if code is None:
            payload = self.request(ASK_CODE, key.encode())
            code = self._codes[key] = msgspec.msgpack.decode(payload, type=CompiledContract)
        return code

    def request(self, name: str, payload: bytes) -> bytes:
        """Ask the engine; see `WorkerServices`."""
        self._channel.send(Ask(name, payload))
        message = self._channel.receive(soon=True)
        if isinstance(message, Answer):
            return message.payload
        if isinstance(message, Refused):
            raise_failure(message.failure)
        raise ChannelClosed(f"unexpected {type(message).__name__}")

    # --- control -----------------------------------------------------------------------------------

    def serve_control(self, control: Channel) -> None:
        """Serve the control pipe, on a thread of its own; ends the process when it closes."""
        try:
            while True:
                self._control(control, control.receive())
        except (StrataError, OSError):
            os._exit(0)

    def _control(self, control: Channel, message: Message) -> None:
        if isinstance(message, Cancel):
            if message.job == self._job:
                self._sandbox.cancel()
        elif isinstance(message, Report):
            control.send(Status(resident_bytes(), self._sandbox.runs, self._sandbox.loaded()))
        else:
            raise InternalError(f"the worker ends: {type(message).__name__}")
