"""Starts worker processes: from a fork server on Linux, each by itself elsewhere."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener, Pipe
from pathlib import Path
from typing import Protocol

import msgspec

from engine.errors import InternalError
from engine.vm.channel import Channel, WorkerSettings

__all__ = ["Launcher", "WorkerProcess", "create_launcher"]

_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 30.0


class WorkerProcess:
    """A started process and the engine's ends of its pipes."""

    def __init__(self, pid: int, data: Connection, control: Connection) -> None:
        self.pid = pid
        self.data = Channel(data)
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

    def close(self) -> None:
        """Close the pipes; the worker ends when it notices."""
        self._closed = True
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
        self._requests, theirs = socket.socketpair()
        self._requests.settimeout(_START_SECONDS)
        preload = msgspec.json.encode(settings).decode()
        command = [sys.executable, "-m", "engine.vm.fork_server", str(theirs.fileno()), preload]
        self._process = subprocess.Popen(
            command, env=_environment(), pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        theirs.close()
        self._ready = False

    def launch(self, settings: WorkerSettings) -> WorkerProcess:
        """Have a worker forked."""
        data, worker_data = Pipe()
        control, worker_control = Pipe()
        try:
            with self._lock:
                self._wait_until_ready()
                descriptors = [worker_data.fileno(), worker_control.fileno()]
                socket.send_fds(self._requests, [msgspec.msgpack.encode(settings)], descriptors)
                reply = self._requests.recv(4)
        except OSError as error:
            raise InternalError(f"the fork server does not answer: {error}") from error
        finally:
            worker_data.close()
            worker_control.close()
        if len(reply) != 4:
            raise InternalError("the fork server has ended")
        return WorkerProcess(int.from_bytes(reply, "little"), data, control)

    def _wait_until_ready(self) -> None:
        if not self._ready:
            if not self._requests.recv(1):
                raise InternalError("the fork server could not start")
            self._ready = True

    def close(self) -> None:
        """End the fork server."""
        self._requests.close()
        try:
            self._process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class SpawnLauncher:
    """Starts each worker as a process of its own (any platform)."""

    def launch(self, settings: WorkerSettings) -> WorkerProcess:
        """Start a worker."""
        if sys.platform == "win32":
            return _launch_with_named_pipes(settings)
        data, worker_data = Pipe()
        control, worker_control = Pipe()
        descriptors = (worker_data.fileno(), worker_control.fileno())
        try:
            process = _spawn([*map(str, descriptors)], settings, pass_fds=descriptors)
        finally:
            worker_data.close()
            worker_control.close()
        threading.Thread(target=process.wait, name=f"reap {process.pid}", daemon=True).start()
        return WorkerProcess(process.pid, data, control)

    def close(self) -> None:
        """Nothing runs between launches."""


def _launch_with_named_pipes(settings: WorkerSettings) -> WorkerProcess:
    """Start a worker that connects back; only it gets to know the key of the connections."""
    key = os.urandom(32)
    with Listener(family="AF_PIPE", backlog=2, authkey=key) as listener:
        process = _spawn([str(listener.address), key.hex()], settings)

        def unblock() -> None:
            process.wait()
            with contextlib.suppress(OSError, EOFError, AuthenticationError):
                Client(listener.address, authkey=b"").close()  # `accept` has no timeout of its own

        threading.Thread(target=unblock, name=f"reap {process.pid}", daemon=True).start()
        try:
            data, control = listener.accept(), listener.accept()
        except (OSError, EOFError, AuthenticationError) as error:
            raise InternalError("a worker could not start") from error
    return WorkerProcess(process.pid, data, control)


def _spawn(
    addresses: Sequence[str], settings: WorkerSettings, *, pass_fds: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Run `spawned_worker` and tell it on standard input, which nobody else can read, where to connect."""
    command = [sys.executable, "-m", "engine.vm.spawned_worker"]
    process = subprocess.Popen(
        command, env=_environment(), pass_fds=pass_fds, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    assert process.stdin is not None
    with process.stdin as stream:
        stream.write(msgspec.json.encode([addresses, msgspec.to_builtins(settings)]) + b"\n")
    return process


def _environment() -> dict[str, str]:
    """Return an environment in which our packages can be imported."""
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
