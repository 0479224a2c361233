"""The worker program of scenario mode `call`: runs direct calls of contracts (`engine.chain.bare`).

Messages are ASCII JSON, which carries lone surrogates; MessagePack cannot.
"""

from __future__ import annotations

import json
from typing import TypeVar

import msgspec

from engine.chain import bare
from engine.chain.bare import BareCall, BareOutcome
from engine.values import Value
from engine.vm.interface import Handler, WorkerServices

PROGRAM = "engine.entrance.call_program:create"

Message = TypeVar("Message", bound=Value)


def create(services: WorkerServices) -> Handler:
    """Return the handler: a `BareCall` in, a `BareOutcome` out."""

    def handle(job: bytes) -> bytes:
        return encode_message(bare.run(services.execute, decode_message(job, BareCall)))

    return handle


def encode_message(message: BareCall | BareOutcome) -> bytes:
    """Return a job or its result as bytes."""
    return json.dumps(msgspec.to_builtins(message)).encode()


def decode_message(data: bytes, kind: type[Message]) -> Message:
    """Return the job or result that `encode_message` wrote."""
    return msgspec.convert(json.loads(data), kind)
