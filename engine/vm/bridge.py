"""Python's end of the buffer that JavaScript and Python exchange texts through.

`resources/runtime/sandbox/bridge.js` is the other end and describes the layout. Texts are UTF-16 units, so that
every JavaScript string passes exactly.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from enum import IntEnum

import msgspec

__all__ = ["BUFFER_BYTES", "Bridge", "Control", "Reply", "ReplyKind", "Request"]

BUFFER_BYTES = 1 << 18
_HEADER_BYTES = 256
_LENGTHS = 16
_GAS = 240
_MAX_TEXTS = 40
_HEAD = struct.Struct("<3i")
_DOUBLES = struct.Struct("<2d")
_DOUBLE = struct.Struct("<d")
_LENGTH_FORMATS = [struct.Struct(f"<{count}i") for count in range(_MAX_TEXTS + 1)]


class Control(IntEnum):
    """Operations of the sandbox itself; those of contracts are `engine.vm.interface.Operation`."""

    CONTINUE = 200
    NEXT = 201
    OUTCOME = 202


class ReplyKind(IntEnum):
    """What a reply means to JavaScript."""

    NULL = 0
    TEXT = 1
    TRUE = 2
    FALSE = 3
    ERROR = 4
    FRAME = 5
    LEAVE = 6


class Request(msgspec.Struct):
    """What JavaScript sent; `depth` is the number of frames on its stack, `gas` what the innermost has used."""

    operation: int
    texts: list[str | None]
    depth: int
    gas: int


class Reply(msgspec.Struct):
    """What JavaScript is answered; `gas_limit` and `first` belong to frames."""

    kind: ReplyKind
    texts: Sequence[str] = ()
    gas: int = 0
    gas_limit: int = 0
    first: bool = False


class Bridge:
    """Reads requests from and writes replies to one shared buffer."""

    def __init__(self, memory: memoryview) -> None:
        self._memory = memory
        self._incoming = bytearray()
        self._outgoing = memoryview(b"")
        self._capacity = (len(memory) - _HEADER_BYTES) // 2 * 2

    def receive(self) -> Request | None:
        """Return the request in the buffer; None if it was only a piece of a long one, or asked for the next piece."""
        memory = self._memory
        operation, count, depth = _HEAD.unpack_from(memory, 0)
        if operation == Control.CONTINUE:
            if self._outgoing:
                self._write_piece()
            else:
                self._incoming += memory[_HEADER_BYTES : _HEADER_BYTES + self._capacity]
            return None
        texts: list[str | None] = []
        if count:
            lengths = _LENGTH_FORMATS[count].unpack_from(memory, _LENGTHS)
            source: memoryview | bytearray = memory
            position = _HEADER_BYTES
            if self._incoming:
                total = 2 * sum(length for length in lengths if length > 0)
                rest = total - len(self._incoming)
                source = self._incoming + memory[_HEADER_BYTES : _HEADER_BYTES + rest]
                self._incoming = bytearray()
                position = 0
            for length in lengths:
                if length < 0:
                    texts.append(None)
                else:
                    end = position + 2 * length
                    texts.append(str(source[position:end], "utf-16-le", "surrogatepass"))
                    position = end
        return Request(operation, texts, depth, int(_DOUBLE.unpack_from(memory, _GAS)[0]))

    def send(self, reply: Reply) -> None:
        """Write a reply; the host function then returns to JavaScript."""
        memory = self._memory
        texts = reply.texts
        _HEAD.pack_into(memory, 0, reply.kind, len(texts), reply.first)
        _DOUBLES.pack_into(memory, _GAS, reply.gas, reply.gas_limit)
        if not texts:
            return
        encoded = [text.encode("utf-16-le", "surrogatepass") for text in texts]
        _LENGTH_FORMATS[len(texts)].pack_into(memory, _LENGTHS, *(len(units) // 2 for units in encoded))
        self._outgoing = memoryview(encoded[0] if len(encoded) == 1 else b"".join(encoded))
        self._write_piece()

    def _write_piece(self) -> None:
        piece = self._outgoing[: self._capacity]
        self._memory[_HEADER_BYTES : _HEADER_BYTES + len(piece)] = piece
        self._outgoing = self._outgoing[len(piece) :]

    def reset(self) -> None:
        """Forget pieces of a message that was cut off."""
        self._incoming = bytearray()
        self._outgoing = memoryview(b"")
