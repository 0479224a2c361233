"""Programs and contracts for the tests of the sandbox."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path

from engine.compiler.bundler import RESOURCES, esbuild_binary
from engine.values import Abi, CompiledContract, Profile
from engine.vm.interface import HostReply, Operation, ScriptFrame

PROFILE = Path(__file__).parent / "profile" / "index.js"


@cache
def script(profile):
    """Bundle sandbox code with the tests' own profile."""
    entry = (
        f"import * as profile from {json.dumps(str(PROFILE))};"
        f"import {{ prepare }} from {json.dumps(str(RESOURCES / 'runtime' / 'sandbox' / 'boot.js'))};"
        "globalThis.__strataPrepare = (options) => prepare(profile, options);"
    )
    command = [str(esbuild_binary()), "--bundle", "--format=iife"]
    done = subprocess.run(command, input=entry, cwd=RESOURCES, check=True, capture_output=True, text=True)
    return done.stdout


def contract(key, body, *, open_intrinsics=False):
    """A contract whose class body is `body`."""
    return raw_contract(key, f"class C {{ {body} }}\nmodule.exports = C;", open_intrinsics=open_intrinsics)


def raw_contract(key, text, *, open_intrinsics=False):
    return CompiledContract(
        key=key,
        profile=Profile.IOST,
        file=f"{key}.js",
        original=text,
        metered=text,
        stepping=text,
        abi=Abi(),
        open_intrinsics=open_intrinsics,
    )


def frame(key, method="m", arguments="[]", *, gas_limit=1_000_000):
    return ScriptFrame(
        contract=f"Contract{key}",
        code_key=key,
        profile=Profile.IOST,
        method=method,
        arguments=arguments,
        gas_limit=gas_limit,
        block="{}",
        transaction="{}",
    )


class MemoryHost:
    """Answers host operations from a dictionary; nested calls run the contract named like the callee."""

    def __init__(self, state=None):
        self.state = {} if state is None else state
        self.log = []
        self.nested = []

    def operate(self, operation, arguments):
        if operation is Operation.STORAGE_GET:
            return HostReply(self.state.get(arguments[0]), gas=10)
        if operation is Operation.STORAGE_HAS:
            return HostReply(arguments[0] in self.state, gas=10)
        if operation is Operation.STORAGE_PUT:
            self.state[arguments[0]] = arguments[1]
            return HostReply(None, gas=20)
        if operation is Operation.CONSOLE:
            self.log.append(arguments[1])
            return HostReply(None)
        return HostReply(error=f"unexpected {operation.name}")

    def call(self, contract, api, arguments, *, lend_authority, gas_used):
        outcome = yield frame(contract, api, arguments)
        self.nested.append(outcome)
        if outcome.error is not None:
            return HostReply(error=outcome.error, gas=outcome.gas)
        return HostReply(outcome.result, gas=outcome.gas)


def program(*frames, host=None):
    """Return a factory of a program that runs the frames and returns their outcomes."""

    def factory():
        def steps():
            outcomes = []
            for one in frames:
                outcome = yield one
                outcomes.append(outcome)
            return outcomes

        return steps(), host or MemoryHost()

    return factory
