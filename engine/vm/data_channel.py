"""The data pipe of a worker, with one system call a message: `Connection` makes two to read, and copies more.

Messages stand on the pipe as `Connection` writes them: four bytes of length, then the message.

Falling asleep and being woken costs more than a small call does: the processor goes idle, and its caches are somebody
else's meanwhile. Who expects a message at once therefore looks for it again and again for a moment, giving way to
whoever else wants the processor. It is only done as long as messages do come so soon, and not on a single processor.
"""

from __future__ import annotations

import os
import select
import sys
import time
from multiprocessing.connection import Connection

from engine.vm.channel import MAX_MESSAGE, Channel, ChannelClosed, Message, decode_message, encode_message

__all__ = ["DataChannel", "data_channel"]

_CHUNK = 1 << 16
_LENGTH_BYTES = 4


class DataChannel(Channel):
    """A channel over a pipe that has a file descriptor. What was read too much is kept for the next `receive`."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._rest = b""
        self._comes_soon = True
        """Whether the last message that was expected soon came within `patience`."""

    def send(self, message: Message) -> None:
        """Send a message; raises ChannelClosed."""
        payload = encode_message(message)
        data = memoryview(len(payload).to_bytes(_LENGTH_BYTES, "big") + payload)
        try:
            written = os.write(self.connection.fileno(), data)
            while written < len(data):
                written += os.write(self.connection.fileno(), data[written:])
        except OSError as error:
            raise ChannelClosed(f"the pipe is closed: {error}") from error

    def receive(self, *, soon: bool = False) -> Message:
        """Wait for a message, wide awake if it is expected `soon`; raises as `Channel.receive`."""
        data = self._rest or (self._watch() if soon and self.patience else self._read(_CHUNK))
        while len(data) < _LENGTH_BYTES:
            data += self._read(_CHUNK)
        end = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "big")
        if end > MAX_MESSAGE:
            raise ChannelClosed(f"a message of {end:,} bytes")
        if len(data) < end:
            pieces = [data]
            missing = end - len(data)
            while missing > 0:
                pieces.append(self._read(missing))
                missing -= len(pieces[-1])
            data = b"".join(pieces)
        self._rest = data[end:]
        return decode_message(data[_LENGTH_BYTES:end])

    def _watch(self) -> bytes:
        """Read what comes within `patience`, or later."""
        began = time.perf_counter()
        if self._comes_soon:
            pipe = select.poll()
            try:
                pipe.register(self.connection.fileno(), select.POLLIN)
            except OSError as error:
                raise ChannelClosed(f"the pipe is closed: {error}") from error
            while not pipe.poll(0) and time.perf_counter() - began < self.patience:
                os.sched_yield()
        data = self._read(_CHUNK)
        self._comes_soon = time.perf_counter() - began < self.patience
        return data

    def _read(self, most: int) -> bytes:
        try:
            data = os.read(self.connection.fileno(), most)
        except OSError as error:
            raise ChannelClosed(f"the pipe is closed: {error}") from error
        if not data:
            raise ChannelClosed("the pipe is closed")
        return data


def data_channel(connection: Connection) -> Channel:
    """Return the quickest channel for one end of a data pipe."""
    return Channel(connection) if sys.platform == "win32" else DataChannel(connection)
