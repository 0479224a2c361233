"""Worker programs for the tests of worker and pool: a job is `action argument`."""

from __future__ import annotations

import os
import signal
import time

from engine.errors import InsufficientAssets, InvalidInput
from engine.vm.interface import Run
from tests.engine.vm.programs import MemoryHost, frame, program


class StateHost(MemoryHost):
    """Reads what it does not hold from the engine."""

    def __init__(self, services):
        super().__init__()
        self._services = services

    def operate(self, operation, arguments):
        if operation.name == "STORAGE_GET" and arguments[0] not in self.state:
            self.state[arguments[0]] = self._services.read_state([arguments[0]])[0][0]
        return super().operate(operation, arguments)


def create(services):
    """A handler that runs contracts without a change of thread."""

    def handler(job):
        action, _, argument = job.decode().partition(" ")
        if action == "run":
            outcomes = yield Run(program(frame(argument), host=StateHost(services)))
            outcome = outcomes[0]
            return (outcome.error or outcome.result).encode()
        if action == "forever":
            yield Run(program(frame(argument), host=StateHost(services)), time_limit=1000)
        return other(services, action, argument)

    return handler


def create_plain(services):
    """The same, as a plain function."""

    def handler(job):
        action, _, argument = job.decode().partition(" ")
        if action == "run":
            outcome = services.execute(program(frame(argument), host=StateHost(services)))[0]
            return (outcome.error or outcome.result).encode()
        return other(services, action, argument)

    return handler


def other(services, action, argument):
    if action == "echo":
        return argument.encode()
    if action == "pid":
        return str(os.getpid()).encode()
    if action == "ask":
        return services.request("ask", argument.encode())
    if action == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if action == "cry":
        os.write(2, argument.encode())
        os.kill(os.getpid(), signal.SIGKILL)
    if action == "hang":
        time.sleep(1000)
    if action == "broke":
        raise InsufficientAssets("gas not enough", gas=7)
    if action == "input":
        raise InvalidInput("bad", where="here", advice="do better")
    if action == "bug":
        raise KeyError("oops")
    raise AssertionError(action)


def create_broken(services):
    """A program that cannot start."""
    raise InvalidInput("this program never starts")
