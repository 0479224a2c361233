"""The data pipe of a worker, with one system call a message: `Connection` makes two to read, and copies more.

Messages stand on the pipe as `Connection` writes them: four bytes of length, then the message.
"""

from __future__ import annotations

import os
import sys
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

    def receive(self) -> Message:
        """Wait for a message; raises ChannelClosed, also for bytes that are no message."""
        data = self._rest or self._read(_CHUNK)
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
