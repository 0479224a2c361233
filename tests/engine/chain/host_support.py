"""A host whose scripts are Python generators, and a driver that plays the sandbox."""

from __future__ import annotations

from engine.chain.context import BlockContext, TransactionContext
from engine.chain.host import Host
from engine.chain.host_interface import DeployedCode
from engine.state.local_cache import LocalCache
from engine.values import Abi, AbiMethod, Layer, Profile
from engine.vm.interface import Operation, ScriptOutcome


class Below:
    def __init__(self, entries=()):
        self.entries = dict(entries)

    def read(self, key):
        text = self.entries.get(key)
        return text, Layer.ABSENT if text is None else Layer.ROCKSDB

    def read_many(self, keys):
        return [self.read(key) for key in keys]


class Contracts:
    def __init__(self, *codes):
        self.codes = {code.id: code for code in codes}

    def find(self, name):
        return self.codes.get(name)


class Natives:
    """Built-in contracts given as `{(contract, method): generator function(host, arguments)}`."""

    def __init__(self, methods):
        self.methods = methods

    def invoke(self, host, contract, method, arguments):
        return (yield from self.methods[contract, method](host, arguments))


class Signed:
    """Grants what the transaction grants, for 10; refuses everything else, for 1."""

    def require_auth(self, host, account, permission):
        granted = host.transaction.grants(account, permission)
        return granted, 10 if granted else 1


class Call:
    """What a script yields to call another contract; it is sent the reply."""

    def __init__(self, contract, api, arguments="[]", *, lend_authority=False):
        self.contract, self.api, self.arguments, self.lend_authority = contract, api, arguments, lend_authority


def script(name, *methods, profile=Profile.IOST):
    """A deployed script whose methods are `(name, *argument types)`."""
    entries = tuple(AbiMethod(method[0], tuple(method[1:])) for method in methods)
    return DeployedCode(name, Abi(abi=entries), code_key=f"key of {name}", profile=profile)


def native(name, *methods):
    entries = tuple(AbiMethod(method[0], tuple(method[1:])) for method in methods)
    return DeployedCode(name, Abi(lang="native", abi=entries), native=True)


def make_host(*codes, natives=(), state=(), signers=(), publisher="alice", number=5, **options):
    transaction = TransactionContext(
        publisher=publisher, block=BlockContext(number=number, time=7), signers=frozenset(signers)
    )
    cache = LocalCache(Below(state))
    return Host(transaction, cache, Contracts(*codes), Natives(dict(natives)), Signed(), **options)


def drive(program, host, scripts):
    """Run a program; `scripts` maps (contract, method) to a generator function(host, frame) that returns
    `(gas, result)` or raises `ScriptFailed`."""
    outcome = None
    while True:
        try:
            frame = program.send(outcome)
        except StopIteration as stop:
            return stop.value
        outcome = _play(frame, host, scripts)


class ScriptFailed(Exception):
    def __init__(self, text, gas=0, error_class="ContractException"):
        super().__init__(text)
        self.text, self.gas, self.error_class = text, gas, error_class


def _play(frame, host, scripts):
    running = scripts[frame.contract, frame.method](host, frame)
    reply = None
    while True:
        try:
            call = running.send(reply)
        except StopIteration as stop:
            gas, result = stop.value
            return ScriptOutcome(gas=gas, result=result)
        except ScriptFailed as failed:
            return ScriptOutcome(gas=failed.gas, error=failed.text, error_class=failed.error_class, line=3)
        nested = host.call(call.contract, call.api, call.arguments, lend_authority=call.lend_authority, gas_used=0)
        reply = drive(nested, host, scripts)


def operate(host, operation, *arguments):
    return host.operate(Operation[operation], arguments)


def plain(gas, result=""):
    """A script that does nothing."""

    def run(host, frame):
        return gas, result
        yield

    return run
