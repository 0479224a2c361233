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


class WorkerStatus(Value, frozen=True):
    """One worker process as the VM monitor shows it. `state` is starting, idle, busy, spare or ended."""

    id: int
    pid: int
    kind: str
    state: str
    runs: int
    memory_bytes: int
    contracts: tuple[str, ...]


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
    """A contract that exists from block 0 under the id `id`, without a transaction."""

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
