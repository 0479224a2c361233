"""Entry point of a worker that was started as a process of its own: connects to the engine, then serves it."""

from __future__ import annotations

import sys
from multiprocessing.connection import Client, Connection

import msgspec

from engine.vm.channel import WorkerSettings
from engine.vm.worker import serve


def main() -> None:
    """Read from standard input where to connect; keys are never visible in a command line."""
    addresses, settings = msgspec.json.decode(sys.stdin.buffer.readline(), type=tuple[tuple[str, str], WorkerSettings])
    data, control = _connect(*addresses)
    serve(data, control, settings)


def _connect(first: str, second: str) -> tuple[Connection, Connection]:
    """Open data and control pipe: two inherited descriptors, or on Windows a pipe's name and its key."""
    if first.isdecimal():
        return Connection(int(first)), Connection(int(second))
    key = bytes.fromhex(second)
    return Client(first, authkey=key), Client(first, authkey=key)


if __name__ == "__main__":
    main()
