"""Wakes a thread that waits for connections."""

from __future__ import annotations

from multiprocessing.connection import Pipe

__all__ = ["Alarm"]


class Alarm:
    """A pipe to oneself: `connection` becomes ready when any thread rings."""

    def __init__(self) -> None:
        self.connection, self._writer = Pipe(duplex=False)
        self._rung = False

    def ring(self) -> None:
        """Wake whoever waits, once until that has taken note."""
        if not self._rung:
            self._rung = True
            self._writer.send_bytes(b"\0")

    def take_note(self) -> None:
        """Forget the ringing; called by the thread that was woken, before it looks around."""
        self._rung = False
        self.connection.recv_bytes()
