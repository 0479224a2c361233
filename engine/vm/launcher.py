"""Starts worker processes: from a fork server on Linux, each by itself elsewhere.

What a process says on its error output, such as V8's dump when it gives up, goes to a nameless file: it is kept for
diagnostics and never reaches the user's terminal.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener, Pipe
from pathlib import Path
from typing import IO, Protocol

import msgspec

from engine.errors import InternalError
from engine.vm.channel import Channel, WorkerSettings
from engine.vm.data_channel import data_channel

__all__ = ["Launcher", "WorkerProcess", "create_launcher"]

_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 30.0
_LAST_WORDS = 4000
_STACK_LINE = re.compile(r"\[0x[0-9a-f]+\]$|^=+ C stack trace")


def last_words(errors: IO[bytes]) -> str:
    """Return the end of what a process that has ended wrote to its error output, without V8's stack of addresses."""
    end = os.fstat(errors.fileno()).st_size
    errors.seek(max(0, end - _LAST_WORDS))
    lines = (line.strip(" #") for line in errors.read().decode(errors="replace").splitlines())
    return "\n".join(line for line in lines if line.strip("=") and not _STACK_LINE.search(line))


class WorkerProcess:
    """A started process and the engine's ends of its pipes."""

    def __init__(self, pid: int, data: Connection, control: Connection, errors: IO[bytes]) -> None:
        self.pid = pid
        self._errors = errors
        self.data = data_channel(data)
        self.control = Channel(control)
        self._handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
        self._closed = False

    def kill(self) -> None:
        """End the process at once."""
        if self._closed:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._handle is not None:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)  # never hits a process that reused the pid
            else:
                os.kill(self.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

    def last_words(self) -> str:
        """Return what it said on its error output, until `close`; empty if it ended without a word."""
        return "" if self._closed else last_words(self._errors)

    def close(self) -> None:
        """Close the pipes; the worker ends when it notices."""
        self._closed = True
        self._errors.close()
        self.control.close()
        self.data.close()
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class Launcher(Protocol):
    """Starts workers; may be called by several threads."""

    def launch(self, settings: WorkerSettings) -> WorkerProcess:
        """Start a process; raises InternalError if that fails."""
        ...

    def close(self) -> None:
        """End what the launcher itself runs."""
        ...


def create_launcher(settings: WorkerSettings, *, fork_server: bool | None = None) -> Launcher:
    """Return the quickest launcher of this platform; `settings` tells what to preload."""
    if fork_server if fork_server is not None else sys.platform == "linux":
        return ForkServerLauncher(settings)
    return SpawnLauncher()


class ForkServerLauncher:
    """Has workers forked by a process that has loaded everything (Linux)."""

    def __init__(self, settings: WorkerSettings) -> None:
        """Start the fork server; it gets ready in the background, the first `launch` waits for it."""
        self._lock = threading.Lock()
        self._preload = settings
        self._closed = False
        self._start()

    def _start(self) -> None:
        self._requests, theirs = socket.socketpair()
        self._requests.settimeout(_START_SECONDS)
        preload = msgspec.json.encode(self._preload).decode()
        command = [sys.executable, "-m", "engine.vm.fork_server", str(theirs.fileno()), preload]
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  closed by `close`
        self._process = subprocess.Popen(
            command,
            env=_environment(),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
        )
        theirs.close()
        self._ready = False

    def launch(self, settings: WorkerSettings) -> WorkerProcess:
        """Have a worker forked."""
        data, worker_data = Pipe()
        control, worker_control = Pipe()
        errors = tempfile.TemporaryFile()  # noqa: SIM115  the process's, closed with it
        try:
            with self._lock:
                self._replace_dead()
                self._wait_until_ready()
                descriptors = [worker_data.fileno(), worker_control.fileno(), errors.fileno()]
                socket.send_fds(self._requests, [msgspec.msgpack.encode(settings)], descriptors)
                reply = self._requests.recv(4)
        except OSError as error:
            raise InternalError(f"the fork server does not answer: {error}") from error
        finally:
            worker_data.close()
            worker_control.close()
        if len(reply) != 4:
            raise InternalError(f"the fork server has ended: {last_words(self._errors)}")
        return WorkerProcess(int.from_bytes(reply, "little"), data, control, errors)

    def _replace_dead(self) -> None:
        """Start another fork server if somebody ended the one that was ready: its workers went with it."""
        if self._ready and not self._closed and self._process.poll() is not None:
            self._requests.close()
            self._errors.close()
            self._start()

    def _wait_until_ready(self) -> None:
        if not self._ready:
            if not self._requests.recv(1):
                raise InternalError(f"the fork server could not start: {last_words(self._errors)}")
            self._ready = True

    def close(self) -> None:
        """End the fork server and its workers at once; a `launch` that waits for it fails."""
        self._closed = True
        self._process.kill()
        self._process.wait()
        self._requests.close()
        self._errors.close()


class SpawnLauncher:
    """Starts each worker as a process of its own (any platform)."""

    def launch(self, settings: WorkerSettings) -> WorkerProcess:
        """Start a worker."""
        if sys.platform == "win32":
            return _launch_with_named_pipes(settings)
        data, worker_data = Pipe()
        control, worker_control = Pipe()
        descriptors = (worker_data.fileno(), worker_control.fileno())
        errors = tempfile.TemporaryFile()  # noqa: SIM115  the process's, closed with it
        try:
            process = _spawn([*map(str, descriptors)], settings, errors, pass_fds=descriptors)
        finally:
            worker_data.close()
            worker_control.close()
        threading.Thread(target=process.wait, name=f"reap {process.pid}", daemon=True).start()
        return WorkerProcess(process.pid, data, control, errors)

    def close(self) -> None:
        """Nothing runs between launches."""


def _launch_with_named_pipes(settings: WorkerSettings) -> WorkerProcess:
    """Start a worker that connects back; only it gets to know the key of the connections."""
    key = os.urandom(32)
    errors = tempfile.TemporaryFile()  # noqa: SIM115  the process's, closed with it
    with Listener(family="AF_PIPE", backlog=2, authkey=key) as listener:
        process = _spawn([str(listener.address), key.hex()], settings, errors)

        def unblock() -> None:
            process.wait()
            with contextlib.suppress(OSError, EOFError, AuthenticationError):
                Client(listener.address, authkey=b"").close()  # `accept` has no timeout of its own

        threading.Thread(target=unblock, name=f"reap {process.pid}", daemon=True).start()
        try:
            data, control = listener.accept(), listener.accept()
        except (OSError, EOFError, AuthenticationError) as error:
            raise InternalError(f"a worker could not start: {last_words(errors)}") from error
    return WorkerProcess(process.pid, data, control, errors)


def _spawn(
    addresses: Sequence[str], settings: WorkerSettings, errors: IO[bytes], *, pass_fds: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Run `spawned_worker` and tell it on standard input, which nobody else can read, where to connect."""
    command = [sys.executable, "-m", "engine.vm.spawned_worker"]
    process = subprocess.Popen(
        command,
        env=_environment(),
        pass_fds=pass_fds,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=errors,
    )
    assert process.stdin is not None
    with process.stdin as stream:
        stream.write(msgspec.json.encode([addresses, msgspec.to_builtins(settings)]) + b"\n")
    return process


def _environment() -> dict[str, str]:
    """Return an environment in which our packages can be imported."""
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
