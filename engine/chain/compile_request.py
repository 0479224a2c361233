"""How a running deployment asks the engine to compile: the `compile` request of a worker's services."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.values import Abi, Profile, Value

REQUEST_NAME = "compile"


class CompileRequest(Value, frozen=True):
    """Validate `source` against `abi`, and compile it."""

    source: str
    abi: Abi
    profile: Profile


class CompileReply(Value, frozen=True):
    """The outcome: an error text as the chain shows it, or the compiled contract's key and the bytes of its text."""

    validate_error: str | None = None
    compile_error: str | None = None
    code_key: str = ""
    compiled_bytes: int = 0


class ContractCompiler(Protocol):
    """Compiles contracts for deployments."""

    def compile(self, request: CompileRequest) -> CompileReply:
        """Return the outcome; never raises for a bad contract."""
        ...


_request_decoder = msgspec.msgpack.Decoder(CompileRequest)
_reply_decoder = msgspec.msgpack.Decoder(CompileReply)


def encode_message(message: CompileRequest | CompileReply) -> bytes:
    """Return a message's bytes."""
    return msgspec.msgpack.encode(message)


def decode_request(data: bytes) -> CompileRequest:
    """Return the request in `data`."""
    return _request_decoder.decode(data)


def decode_reply(data: bytes) -> CompileReply:
    """Return the reply in `data`."""
    return _reply_decoder.decode(data)
