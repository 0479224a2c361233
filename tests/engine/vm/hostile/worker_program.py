"""Runs hostile contracts and the canary; a job is `MessagePack [code key, profile, gas limit, time limit]`."""

from __future__ import annotations

import msgspec

from engine.values import Profile
from engine.vm.interface import HostReply, Operation, Run, ScriptFrame
from tests.engine.vm.programs import MemoryHost, program

BLOCK = '{"number":1,"parent_hash":"x","witness":"w","time":1}'
TRANSACTION = '{"time":1,"hash":"h","expiration":2,"gas_limit":1,"gas_ratio":100,"auth_list":{},"publisher":"p"}'


class HostileHost(MemoryHost):
    """Answers everything; nested calls run the hostile contract again."""

    def __init__(self, key, profile):
        super().__init__()
        self._key, self._profile = key, profile

    def operate(self, operation, arguments):
        if operation in (Operation.BLOCK_INFO, Operation.TX_INFO, Operation.CONTEXT_INFO):
            return HostReply("{}", gas=10)
        return super().operate(operation, arguments)

    def call(self, contract, api, arguments, *, lend_authority, gas_used):
        outcome = yield hostile_frame(self._key, self._profile, 1_000_000)
        return HostReply(outcome.result, gas=outcome.gas + 30000, error=outcome.error)


def hostile_frame(key, profile, gas_limit):
    return ScriptFrame(
        contract="Contracthostile",
        code_key=key,
        profile=Profile(profile),
        method="m",
        arguments="[]",
        gas_limit=gas_limit,
        block=BLOCK,
        transaction=TRANSACTION,
    )


def create(services):
    def handler(job):
        key, profile, gas_limit, time_limit = msgspec.msgpack.decode(job)
        frame = hostile_frame(key, profile, gas_limit)
        outcomes = yield Run(lambda: program(frame, host=HostileHost(key, profile))(), time_limit=time_limit)
        outcome = outcomes[0]
        return msgspec.msgpack.encode([outcome.result, outcome.error_class, outcome.error, outcome.gas])

    return handler
