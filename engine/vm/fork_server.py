"""Starts worker processes quickly: a process that has everything loaded and forks itself (Linux).

It is started by `exec`, so workers inherit nothing of the window or the database. V8 is initialised single-threaded
and no isolate exists before a fork (spec/v8.md). Requests come through a Unix socket as `WorkerSettings` with the
worker's ends of its two pipes and the file for its error output attached; the reply is the worker's pid. When the
socket closes, everything ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import sys
from multiprocessing.connection import Connection

import msgspec

from engine.values import Profile
from engine.vm.channel import WorkerSettings
from engine.vm.isolate import DEBUG_FLAGS, RUN_FLAGS, initialise_v8
from engine.vm.runtime_bundle import runtime_script
from engine.vm.worker import load_program, serve, startup_image

__all__ = ["main"]

_MAX_REQUEST = 1 << 20
_SET_PARENT_DEATH_SIGNAL = 1
_DESCRIPTORS = 3
_ERROR_OUTPUT = 2


def main(socket_descriptor: int, settings: WorkerSettings) -> None:
    """Preload what the workers of `settings` need, then serve requests until the socket closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the engine, which ends us
    requests = socket.socket(fileno=socket_descriptor)
    initialise_v8(DEBUG_FLAGS if settings.stepping else RUN_FLAGS)
    load_program(settings.program)
    for name in settings.profiles:
        runtime_script(Profile(name))
        if settings.images and not settings.stepping:
            startup_image(Profile(name))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps the workers
    with contextlib.suppress(ConnectionError):  # the engine has ended
        _serve(requests)


def _serve(requests: socket.socket) -> None:
    requests.sendall(b"\0")
    while True:
        payload, descriptors, _, _ = socket.recv_fds(requests, _MAX_REQUEST, _DESCRIPTORS)
        if not payload:
            return
        pid = os.fork()
        if pid == 0:
            requests.close()
            _become_worker(payload, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        requests.sendall(pid.to_bytes(4, "little"))


def _become_worker(payload: bytes, descriptors: list[int]) -> None:
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        settings = msgspec.msgpack.decode(payload, type=WorkerSettings)
        data, control = (Connection(descriptor) for descriptor in descriptors[:2])
        os.dup2(descriptors[2], _ERROR_OUTPUT)
        os.close(descriptors[2])
        serve(data, control, settings)
    finally:
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]), msgspec.json.decode(sys.argv[2], type=WorkerSettings))
