"""Value types of the facade: the events it delivers, the requests it takes, what its debugger shows."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from engine.values import (
    Abi,
    BlockSummary,
    DeployedContract,
    Diagnostic,
    Profile,
    StateChange,
    TransactionRequest,
    TransactionResult,
    Value,
)

# --- events --------------------------------------------------------------------------------------


class EngineEvent(Value, frozen=True):
    """Base of what `Engine.subscribe` delivers."""


class TransactionExecuted(EngineEvent, frozen=True):
    """A transaction ran: committed to MVCC, or rolled back (`result.succeeded`)."""

    result: TransactionResult


class TransactionRejected(EngineEvent, frozen=True):
    """A signed transaction could not enter a block, when it came in or after waiting: it has left no trace there."""

    hash: str
    request: TransactionRequest
    reason: str


class BlockProduced(EngineEvent, frozen=True):
    """A block was closed; its changes are in MVCC."""

    block: BlockSummary
    changes: tuple[StateChange, ...]


class BlockFlushed(EngineEvent, frozen=True):
    """A block's changes are in RocksDB's write-ahead log; MVCC no longer holds them."""

    number: int


class ContractDeployed(EngineEvent, frozen=True):
    """A contract was deployed or updated."""

    contract: DeployedContract


class ProductionStopped(EngineEvent, frozen=True):
    """Blocks are no longer produced by the clock, because one could not be; production is manual now."""

    reason: str


class HeadMoved(EngineEvent, frozen=True):
    """The head was moved to another block (checkpoint, reorganisation); everything shown is stale."""

    number: int


class TransactionReceived(EngineEvent, frozen=True):
    """The local node was sent a transaction that was signed elsewhere; it may yet be refused."""

    hash: str


class NodeAnswered(EngineEvent, frozen=True):
    """The local node answered a request; `status` is 0 if the client went away. `time` is the machine's, in ns."""

    method: str
    path: str
    status: int
    duration_us: int
    time: int


class WorkerChanged(EngineEvent, frozen=True):
    """A worker was started, became busy or idle, or ended."""

    workers: tuple[WorkerStatus, ...]


class Temperature(StrEnum):
    """How much of a contract's way to its first statement a worker has behind it."""

    COLD = "cold"
    """Its runtime was prepared step by step, and no contract is loaded."""
    RESTORED = "restored"
    """Its runtime came from the startup snapshot, or contracts were loaded ahead from their compiled snapshots."""
    HOT = "hot"
    """It has run, and holds the contracts that it ran."""


class WorkerStatus(Value, frozen=True):
    """One worker process as the VM monitor shows it. `state` is starting, idle, busy, spare or ended.

    `contracts` are the keys of the code that it has loaded (`DeployedContract.code_key`). `core` is the processor core
    that it is bound to.
    """

    id: int
    pid: int
    kind: str
    state: str
    runs: int
    memory_bytes: int
    contracts: tuple[str, ...]
    temperature: Temperature = Temperature.COLD
    core: int | None = None


class WorkerDeath(Value, frozen=True):
    """A worker that ended without being asked to, at `time` (the machine's, in ns).

    `last_words` is what the process wrote to its error output, such as V8's reason for giving up.
    """

    kind: str
    id: int
    pid: int
    time: int
    last_words: str


class VmLoad(Value, frozen=True):
    """How much the workers have to do at a moment.

    `workers` take jobs, `busy` of them do one, `spares` stand ready, `waiting` jobs wait. `busy_seconds` is how long
    all workers together have been busy since the chain was opened: its growth tells the load between two moments.
    """

    workers: int
    busy: int
    spares: int
    waiting: int
    busy_seconds: float
    memory_bytes: int


class EntranceStatus(Value, frozen=True):
    """What waits to be let in to the chain: `interactive` requests that somebody looks at, and `others`.

    Bulk work that is being done has come `done` of `total` transactions far; both are 0 while there is none.
    """

    busy: bool
    interactive: int
    others: int
    done: int
    total: int


class VmSettings(Value, frozen=True):
    """How many workers run contracts, and the bounds of a transaction.

    `floor` workers always exist, at most `ceiling` (0: one a core). `time_limit` is in seconds, `heap_bytes` bounds one
    isolate, `process_bytes` a whole worker. With `check` every transaction is also run in a fresh isolate; where
    result, gas or writes differ, which would be a fault of Strata, it ends with an `InternalError` that tells how.
    """

    floor: int = 1
    ceiling: int = 0
    time_limit: float = 2.0
    heap_bytes: int = 128_000_000
    process_bytes: int = 768_000_000
    check: bool = False


CHAIN_TIME_LIMIT = 0.2
"""Seconds of a transaction when the chain produces a block (spec/vm.md, "Limits")."""

CHAIN_HEAP_BYTES = 100_000_000
"""What an isolate of the chain may use (spec/vm.md, "Limits")."""


def problem_of(settings: VmSettings) -> str:
    """Return what is wrong with settings, in words; empty if nothing is."""
    for name, value, least, most in (
        ("the least number of workers", settings.floor, 1, 64),
        ("the most workers", settings.ceiling, 0, 64),
        ("the time limit in seconds", settings.time_limit, 0.01, 60),
        ("the heap of an isolate in bytes", settings.heap_bytes, 16_000_000, 2_000_000_000),
        ("the memory of a worker in bytes", settings.process_bytes, 128_000_000, 16_000_000_000),
    ):
        if not least <= value <= most:
            return f"{name} must be from {least:,} to {most:,}, not {value:,}"
    if settings.ceiling and settings.floor > settings.ceiling:
        return f"at least {settings.floor} and at most {settings.ceiling} workers cannot both be"
    return ""


class Limit(Value, frozen=True):
    """A bound of a transaction here and on the chain; `chain` None: the chain has none. `unit` is s, bytes or calls."""

    name: str
    value: float
    chain: float | None
    unit: str

    @property
    def differs(self) -> bool:
        """Whether a contract may end otherwise here than on the chain."""
        return self.chain is not None and self.value != self.chain


def limit_text(limit: Limit) -> str:
    """Write a limit; one that differs from the chain's says so."""
    text = f"{limit.name} {_amount_text(limit.value, limit.unit)}"
    return f"{text} (the chain: {_amount_text(limit.chain, limit.unit)})" if limit.differs and limit.chain else text


def _amount_text(value: float, unit: str) -> str:
    if unit != "bytes":
        return f"{value:g} {unit}"
    return f"{value / 1_000_000:g} MB" if value >= 1_000_000 else f"{value / 1024:g} KiB"


class VmDiagnostics(Value, frozen=True):
    """What the sandboxes are made of. `snapshot_reason` tells why the startup snapshot is not used, or `on`.

    `v8_version` is empty until the first worker is ready. `check` tells whether check mode is on (`VmSettings`).
    """

    v8_version: str
    startup_snapshot: bool
    snapshot_reason: str
    limits: tuple[Limit, ...]
    deaths: tuple[WorkerDeath, ...]
    check: bool = False


# --- production ----------------------------------------------------------------------------------


class ProductionMode(StrEnum):
    """When blocks are closed."""

    INSTANT = "instant"
    """With every transaction."""
    INTERVAL = "interval"
    """By the machine's clock, empty ones too."""
    MANUAL = "manual"
    """When `Engine.produce` is called."""


class Production(Value, frozen=True):
    """How blocks are produced; `seconds` between blocks counts in mode `INTERVAL` only."""

    mode: ProductionMode = ProductionMode.INSTANT
    seconds: float = 0.5


# --- parallel execution ----------------------------------------------------------------------------


class Conflict(Value, array_like=True, frozen=True):
    """A transaction was run again because another one, `writer`, had changed `key`, which it had read."""

    transaction: str
    key: str
    writer: str


class BlockExecution(Value, frozen=True):
    """How a block's transactions were executed; `workers` and `runs` are in the order of `transactions` (hashes).

    Transactions with different workers ran side by side; worker 0 is the engine itself, which runs built-in contracts.
    A transaction that was overtaken has more than one run, and a conflict for each that failed.
    """

    number: int
    transactions: tuple[str, ...]
    workers: tuple[int, ...]
    runs: tuple[int, ...]
    conflicts: tuple[Conflict, ...] = ()


# --- validation ------------------------------------------------------------------------------------


class BlockValidation(Value, frozen=True):
    """What executing blocks again came to: `checked` blocks are as recorded; then `difference` in block `number`.

    Both are None if all are as recorded.
    """

    checked: int
    number: int | None = None
    difference: str | None = None


# --- requests ------------------------------------------------------------------------------------


class CheckResult(Value, frozen=True):
    """What is known about source text while it is being typed; `abi` is None if it cannot be derived."""

    diagnostics: tuple[Diagnostic, ...]
    abi: Abi | None


class DeployRequest(Value, frozen=True):
    """Deploy `source` (one script, or a packed bundle) as `publisher`.

    `name` is what people call it; `abi` None derives it from the source. `file` is for messages.
    """

    name: str
    source: str
    publisher: str
    file: str = ""
    profile: Profile = Profile.IOST
    abi: Abi | None = None
    gas_limit: str = "4000000"


class DeployResult(Value, frozen=True):
    """Outcome of a deployment; `contract` is None if the transaction failed."""

    transaction: TransactionResult
    contract: DeployedContract | None


class GenesisAccount(Value, frozen=True):
    """An account that exists from block 0; what is absent is the chain's default for a new account.

    `balances` are decimal amounts by token, `ram` bytes, `pledge` IOST pledged for gas, `gas` the gas balance,
    `key` a base58 secret key or a seed text (derived from the name if absent).
    """

    balances: dict[str, str] = msgspec.field(default_factory=dict)
    ram: int | None = None
    pledge: str | None = None
    gas: str | None = None
    key: str | None = None


class GenesisContract(Value, frozen=True):
    """A contract that exists from block 0 under the id `id`, without a transaction.

    Under the id of a JavaScript built-in it stands in its place, and is initialised as that would be.
    """

    id: str
    source: str
    owner: str
    file: str = ""
    profile: Profile = Profile.IOST
    abi: Abi | None = None


class Genesis(Value, frozen=True):
    """Block 0 of a new chain.

    `accounts` are added to the development accounts, or stand in place of those of the same name: what is given
    (balances, RAM, pledge, gas) is then exactly what they have. `builtin` is `default` (natives.md), `none`, or a
    folder of `<id>.js` and `<id>.js.abi` that replace the JavaScript built-ins of those ids. `time` is block 0's time
    in ns; blocks follow at the chain's clock, which starts there and is moved by `Engine.advance`, if it is given.
    """

    accounts: dict[str, GenesisAccount] = msgspec.field(default_factory=dict)
    builtin: str = "default"
    contracts: tuple[GenesisContract, ...] = ()
    time: int | None = None


# --- debugging -----------------------------------------------------------------------------------


class TraceStep(Value, array_like=True, frozen=True):
    """One recorded statement: where it is, how deep (entry frame 1), gas used before it, accesses made before it."""

    contract: str
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    function: str
    depth: int
    gas: int
    accesses: int


class StackFrame(Value, frozen=True):
    """A frame of the call stack at a step, innermost first."""

    contract: str
    function: str
    file: str
    line: int
    depth: int


class Variable(Value, frozen=True):
    """A variable as text; `kind` is its JavaScript type; `children` for objects and arrays (one level)."""

    name: str
    kind: str
    text: str
    children: tuple[Variable, ...] = ()


class StepView(Value, frozen=True):
    """Everything the debugger shows at one step. `thrown` is the error text if the run ends here."""

    index: int
    step: TraceStep
    stack: tuple[StackFrame, ...]
    variables: tuple[Variable, ...]
    thrown: str | None = None
