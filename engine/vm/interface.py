"""The border between a sandbox and the program that uses it.

A *program* is a generator that runs inside a worker process. It yields a `ScriptFrame` whenever
JavaScript has to run and is sent its `ScriptOutcome`; plain Python work (built-in contracts, fees,
state) happens between yields. A contract that calls another contract makes the sandbox ask the
`ScriptHost` for a nested program, which may itself yield frames: the same protocol at every depth, so
nothing ever calls back into an isolate that is busy.

    sandbox                                   program (chain/)
      ── next(program) ───────────────────────▶ checks, fees, built-in contracts ...
      ◀── yield ScriptFrame ───────────────────
      JavaScript runs
        ── host.operate(op, args) ────────────▶ storage, crypto, receipts ...  → HostReply
        ── host.call(contract, api, args) ────▶ nested program, may yield ScriptFrames → HostReply
      ── program.send(ScriptOutcome) ─────────▶ settlement ...
      ◀── return value (StopIteration.value) ──
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from enum import IntEnum
from typing import Protocol

import msgspec

from engine.values import CompiledContract, Layer, Profile, Value


class Operation(IntEnum):
    """Host operations; `resources/runtime/operations.js` holds the same numbers (a test compares).

    Arguments are strings or None, checked for type and length by the runtime libraries; prices,
    key rules and results are the host's (spec/gas.md §7).
    """

    STORAGE_PUT = 1  # key, value, payer | None
    STORAGE_GET = 2  # key → text | None
    STORAGE_HAS = 3  # key → bool
    STORAGE_DEL = 4  # key
    MAP_PUT = 5  # key, field, value, payer | None
    MAP_GET = 6  # key, field → text | None
    MAP_HAS = 7  # key, field → bool
    MAP_DEL = 8  # key, field
    MAP_KEYS = 9  # key → JSON text of the list
    MAP_LEN = 10  # key → number as text
    GLOBAL_GET = 11  # contract, key → text | None
    GLOBAL_HAS = 12
    GLOBAL_MAP_GET = 13  # contract, key, field
    GLOBAL_MAP_HAS = 14
    GLOBAL_MAP_KEYS = 15
    GLOBAL_MAP_LEN = 16
    BLOCK_INFO = 20  # → JSON text
    TX_INFO = 21
    CONTEXT_INFO = 22
    REQUIRE_AUTH = 23  # id, permission → bool
    RECEIPT = 24  # content
    EVENT = 25  # content
    CALL = 26  # contract, api, arguments JSON → JSON text of the result list
    CALL_WITH_AUTH = 27
    CONSOLE = 30  # level, text
    SHA3 = 40  # text → base58
    SHA3_HEX = 41
    RIPEMD160_HEX = 42
    VERIFY = 43  # algorithm, message, signature, public key → number as text


class HostReply(msgspec.Struct, array_like=True):
    """Answer to a host operation.

    `gas` is charged in any case. With `error` the operation throws an `Error` of that text in the
    contract; otherwise `result` is its value (`True`/`False` for bool, None for null).
    """

    result: str | bool | None = None
    gas: int = 0
    error: str | None = None


class ScriptFrame(Value, frozen=True):
    """One method of one contract to be run.

    `code_key` names the compiled contract (the sandbox asks for it if it is not loaded). `arguments` is the
    JSON array text that becomes the call's literals. `block` and `transaction` are the JSON texts behind the
    `block` and `tx` constants. `gas_limit` is what this frame may use at most, in gas units.
    """

    contract: str
    code_key: str
    profile: Profile
    method: str
    arguments: str
    gas_limit: int
    block: str
    transaction: str


class ScriptOutcome(Value, frozen=True):
    """How a frame ended: `result` text (spec/gas.md §8.4), or `error` text with `error_class`.

    `error_class` is a class name of `engine.errors` (`ContractException`, `OutOfGas`, `ResultTooLong`,
    `AbnormalResult`, `StackExceeded`). Endings that destroy the run (time, memory, crash, cancel) are not
    outcomes: they leave `Sandbox.execute` as that exception. `line` is the line of the metered text, 0 if unknown;
    `stack` the lines of all frames of that contract, innermost first.
    """

    gas: int
    result: str | None = None
    error: str | None = None
    error_class: str = ""
    line: int = 0
    column: int = 0
    stack: tuple[tuple[str, int, int], ...] = ()


Program = Generator[ScriptFrame, ScriptOutcome, object]
NestedCall = Generator[ScriptFrame, ScriptOutcome, HostReply]


class ScriptHost(Protocol):
    """What JavaScript can ask of the program; all arguments are hostile."""

    def operate(self, operation: Operation, arguments: Sequence[str | None]) -> HostReply:
        """Answer one host operation (never CALL or CALL_WITH_AUTH). Must not raise for bad arguments."""
        ...

    def call(self, contract: str, api: str, arguments: str, *, lend_authority: bool, gas_used: int) -> NestedCall:
        """Return the nested program of a contract-to-contract call made by the frame that is running.

        `gas_used` is what the calling frame has used so far.
        """
        ...


class ProgramFactory(Protocol):
    """Starts a program from the beginning; used again when a run must be repeated (code was missing)."""

    def __call__(self) -> tuple[Program, ScriptHost]:
        """Return a new program and the host that serves its scripts."""
        ...


# --- worker processes ----------------------------------------------------------------------------


class Run(Value, frozen=True):
    """What a worker's handler yields to have a program run; the yield's value is the program's return value.

    Endings that destroy the run are raised at the yield: `DeadlineExceeded`, `MemoryExceeded`, `RunCancelled`.
    `time_limit` is in seconds from the start of the run; None takes the sandbox's own limit. A `fresh` run gets
    isolates of its own, for comparing it with one in isolates that have run other contracts (`engine.vm.check_mode`);
    `incidental` names fields of the program's value that tell how it was run, not what it came to.
    """

    factory: ProgramFactory
    time_limit: float | None = None
    fresh: bool = False
    incidental: tuple[str, ...] = ()


Handler = Callable[[bytes], "bytes | Generator[Run, object, bytes]"]
"""Does one job of a worker. A handler that is a generator function yields a `Run` for every program: that costs no
change of thread, so it is the one to use where speed counts. A plain function calls `WorkerServices.execute`."""


class WorkerServices(Protocol):
    """What a worker process offers to the worker program that runs in it.

    A worker program is named by import path, `package.module:create`; `create(services)` returns its `Handler`.
    """

    def execute(self, factory: ProgramFactory, *, time_limit: float | None = None) -> object:
        """Run a program and return its value; raises as `Run` tells. Not for handlers that are generators."""
        ...

    def read_state(self, keys: Sequence[str]) -> list[tuple[str | None, Layer]]:
        """Ask the engine for stored texts, in one trip; (None, Layer.ABSENT) where there is none."""
        ...

    def load_code(self, key: str) -> CompiledContract:
        """Return a compiled contract; the engine is asked once a worker. Raises InternalError if it is unknown."""
        ...

    def request(self, name: str, payload: bytes) -> bytes:
        """Ask the engine for anything else (`compile`, …); raises the engine's `StrataError` if it refuses."""
        ...
