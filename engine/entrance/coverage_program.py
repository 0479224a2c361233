"""The worker program that tells which statements direct calls run (`main.py run --coverage`)."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_right
from collections.abc import Sequence

import msgspec

from engine.chain import bare
from engine.chain.bare import BareCall
from engine.debug.protocol import TO_THE_END, DebugOperation
from engine.entrance.call_program import decode_message
from engine.errors import InternalError
from engine.vm.interface import Handler, WorkerServices
from engine.vm.sandbox import Sandbox, SandboxLimits

__all__ = ["PROGRAM", "Ran", "create"]

PROGRAM = "engine.entrance.coverage_program:create"
Ran = dict[str, list[int]]
"""By a contract's code key the steps that ran, as indices of `CompiledContract.steps`."""

_LIMITS = SandboxLimits(time_limit=24 * 3600.0, heap_bytes=512_000_000, process_bytes=2_000_000_000)
"""Gas bounds a call; the caller ends a worker that takes too long."""


def create(services: WorkerServices) -> Handler:
    """Return the handler: a `BareCall` in, `Ran` out."""
    return _Watcher(services).handle


class _Watcher:
    def __init__(self, services: WorkerServices) -> None:
        self._services = services
        self._sandbox = Sandbox(services.load_code, limits=_LIMITS, stepping=True, debug=self._debug)
        self._bases: list[int] = []
        """Number of each contract's first step, in the order in which the sandbox came to know them."""
        self._keys: list[str] = []
        self._next_base = 0
        self._ran: set[int] = set()

    def handle(self, payload: bytes) -> bytes:
        self._ran.clear()
        bare.run(self._sandbox.execute, decode_message(payload, BareCall))
        found: Ran = {}
        for number in sorted(self._ran):
            contract = bisect_right(self._bases, number) - 1
            found.setdefault(self._keys[contract], []).append(number - self._bases[contract])
        return msgspec.msgpack.encode(found)

    def _debug(self, operation: int, arguments: Sequence[str | None]) -> str | None:
        """Answer the recorder in the sandbox: nothing is replayed, so it need not know where it is."""
        match operation, arguments:
            case DebugOperation.ENTER_CONTRACT, (str(), str(code_key)):
                return str(self._base(code_key))
            case DebugOperation.STEPS, [sites, *_]:
                self._ran.update(array("i", (sites or "").encode("utf-16-le", "surrogatepass")))
                return None
            case DebugOperation.BEGIN | DebugOperation.AWAY, _:
                return None
            case DebugOperation.BACK, _:
                return json.dumps((0, 0, TO_THE_END))
            case DebugOperation.JOIN, _:
                return json.dumps({"depth": 0, "gas": 0, "progress": (0, 0, TO_THE_END)})
        raise InternalError(f"the recorder asked for {operation} with {len(arguments)} arguments")

    def _base(self, code_key: str) -> int:
        if code_key not in self._keys:
            self._keys.append(code_key)
            self._bases.append(self._next_base)
            # A contract without a step has the number of the one after it, which comes later and so is found first.
            self._next_base += len(self._services.load_code(code_key).steps)
        return self._bases[self._keys.index(code_key)]
