"""Python's end of the buffer that JavaScript and Python exchange texts through.

`resources/runtime/sandbox/bridge.js` is the other end and describes the layout. Texts are UTF-16 units, so that
every JavaScript string passes exactly.
"""

from __future__ import annotations

import struct
from codecs import utf_16_le_decode, utf_16_le_encode
from collections.abc import Sequence
from enum import IntEnum

import msgspec

__all__ = ["BUFFER_BYTES", "Bridge", "Control", "Reply", "ReplyKind", "Request"]

BUFFER_BYTES = 1 << 18
_HEADER_BYTES = 256
_LENGTHS = 32
_MAX_TEXTS = 48
_HEAD = struct.Struct("<3i4xd8x3i")
"""Operation, number of texts, depth, gas, and the first lengths: all that most requests need."""
_REPLY_HEAD = struct.Struct("<3i4xd")
_REPLY_TEXT = struct.Struct("<3i4xd8xi")
_LIMIT = struct.Struct("<d")
_LIMIT_OFFSET = 24
_LENGTH_FORMATS = [struct.Struct(f"<{count}i") for count in range(_MAX_TEXTS + 1)]
_SHORT = 3


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
        operation, count, depth, gas, *lengths = _HEAD.unpack_from(memory, 0)
        if operation == Control.CONTINUE:
            if self._outgoing:
                self._write_piece()
            else:
                self._incoming += memory[_HEADER_BYTES : _HEADER_BYTES + self._capacity]
            return None
        if count > _SHORT:
            lengths = _LENGTH_FORMATS[count].unpack_from(memory, _LENGTHS)
        source: memoryview | bytearray = memory
        position = _HEADER_BYTES
        if self._incoming:
            total = 2 * sum(length for length in lengths[:count] if length > 0)
            source = self._incoming + memory[_HEADER_BYTES : _HEADER_BYTES + total - len(self._incoming)]
            self._incoming = bytearray()
            position = 0
        texts: list[str | None] = []
        for length in lengths[:count]:
            if length < 0:
                texts.append(None)
            else:
                end = position + 2 * length
                texts.append(utf_16_le_decode(source[position:end], "surrogatepass", True)[0])
                position = end
        return Request(operation, texts, depth, int(gas))

    def send(self, reply: Reply) -> None:
        """Write a reply; the host function then returns to JavaScript."""
        memory = self._memory
        texts = reply.texts
        if len(texts) == 1:
            units = utf_16_le_encode(texts[0], "surrogatepass")[0]
            size = len(units)
            _REPLY_TEXT.pack_into(memory, 0, reply.kind, 1, 0, reply.gas, size // 2)
            if size <= self._capacity:
                memory[_HEADER_BYTES : _HEADER_BYTES + size] = units
                return
            self._outgoing = memoryview(units)
            self._write_piece()
            return
        _REPLY_HEAD.pack_into(memory, 0, reply.kind, len(texts), reply.first, reply.gas)
        if texts:
            encoded = [utf_16_le_encode(text, "surrogatepass")[0] for text in texts]
            _LIMIT.pack_into(memory, _LIMIT_OFFSET, reply.gas_limit)
            _LENGTH_FORMATS[len(texts)].pack_into(memory, _LENGTHS, *(len(units) // 2 for units in encoded))
            self._outgoing = memoryview(b"".join(encoded))
            self._write_piece()

    def _write_piece(self) -> None:
        piece = self._outgoing[: self._capacity]
        self._memory[_HEADER_BYTES : _HEADER_BYTES + len(piece)] = piece
        self._outgoing = self._outgoing[len(piece) :]

    def reset(self) -> None:
        """Forget pieces of a message that was cut off."""
        self._incoming = bytearray()
        self._outgoing = memoryview(b"")
