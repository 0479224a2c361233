"""The worker program that runs contracts by themselves: `engine.chain.bare_program:create`."""

from __future__ import annotations

import msgspec

from engine.chain.bare import BareCall, BareOutcome, run
from engine.values import Value
from engine.vm.interface import Handler, ProgramFactory, WorkerServices

PROGRAM = "engine.chain.bare_program:create"


class BareJob(Value, frozen=True):
    """A call for a worker; `time_limit` is in seconds, None takes the sandbox's own. `observe` records accesses."""

    call: BareCall
    observe: bool = False
    time_limit: float | None = None


def encode_job(job: BareJob) -> bytes:
    """Return the job as a worker takes it."""
    return msgspec.msgpack.encode(job)


def decode_outcome(reply: bytes) -> BareOutcome:
    """Return what a worker answered."""
    return msgspec.msgpack.decode(reply, type=BareOutcome)


def create(services: WorkerServices) -> Handler:
    """Create the handler of a worker process."""
    decoder = msgspec.msgpack.Decoder(BareJob)
    encoder = msgspec.msgpack.Encoder()

    def handle(data: bytes) -> bytes:
        job = decoder.decode(data)

        def execute(factory: ProgramFactory) -> object:
            return services.execute(factory, time_limit=job.time_limit)

        return encoder.encode(run(execute, job.call, observe=job.observe))

    return handle
