"""The engine as the window, the commands and the tests see it.

Every method that can take time returns a `concurrent.futures.Future` and never blocks the caller; futures
raise errors of `engine.errors`. Changes arrive as `EngineEvent`s on an engine thread, in commit order: the
window turns them into Qt signals in one bridge object.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import msgspec

from engine.values import (
    Abi,
    AccountSummary,
    BlockSummary,
    CompiledContract,
    DeployedContract,
    Diagnostic,
    Layer,
    Profile,
    StateChange,
    StateEntry,
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


class HeadMoved(EngineEvent, frozen=True):
    """The head was moved to another block (checkpoint, reorganisation); everything shown is stale."""

    number: int


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

    `accounts` are added to the development accounts. `builtin` is `default` (natives.md), `none`, or a folder
    of `<id>.js` and `<id>.js.abi` that replace the JavaScript built-ins of those ids. `time` is block 0's time in ns;
    blocks follow at the chain's clock, which starts there and is moved by `Engine.advance`, if it is given.
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


class DebugSession:
    """A recorded execution that can be looked at, at any step. Close it when it is no longer shown.

    All movements are arithmetic on the recorded trace and immediate; `view` replays and takes time.
    `position` runs from 0 to `len(steps) - 1`.
    """

    result: TransactionResult
    step_count: int

    def step(self, index: int) -> TraceStep:
        """Return step `index`; immediate."""
        raise NotImplementedError

    def into(self, position: int) -> int:
        """Return the position of the next step, wherever it is."""
        raise NotImplementedError

    def over(self, position: int) -> int:
        """Return the next step at this depth or above."""
        raise NotImplementedError

    def out(self, position: int) -> int:
        """Return the first step after the current frame has returned."""
        raise NotImplementedError

    def back_into(self, position: int) -> int:
        """Return the previous step, wherever it is."""
        raise NotImplementedError

    def back_over(self, position: int) -> int:
        """Return the previous step at this depth or above."""
        raise NotImplementedError

    def back_out(self, position: int) -> int:
        """Return the step of the caller that entered the current frame."""
        raise NotImplementedError

    def forward_to(self, position: int, stops: frozenset[tuple[str, int]]) -> int:
        """Return the next position on one of `stops` (file, line), or the last step."""
        raise NotImplementedError

    def back_to(self, position: int, stops: frozenset[tuple[str, int]]) -> int:
        """Return the previous position on one of `stops`, or the first step."""
        raise NotImplementedError

    def view(self, position: int) -> Future[StepView]:
        """Replay to `position` and return variables and stack there."""
        raise NotImplementedError

    def variables(self, position: int, frame: int) -> Future[tuple[Variable, ...]]:
        """Return the variables of stack frame `frame` (0 = innermost) at `position`, as `view` does for frame 0."""
        raise NotImplementedError

    def evaluate(self, position: int, frame: int, expression: str) -> Future[Variable]:
        """Evaluate an expression in the scope of stack frame `frame` (0 = innermost) at `position`."""
        raise NotImplementedError

    def close(self) -> None:
        """End the replaying sandbox."""
        raise NotImplementedError


# --- the engine ----------------------------------------------------------------------------------


class Engine:
    """A private chain in a folder, with its compiler, sandboxes and state. Close it when done."""

    @classmethod
    def open(cls, directory: Path, *, genesis: Genesis | None = None) -> Engine:
        """Open the chain in `directory`, creating it (genesis with ten funded accounts) if it is empty.

        `genesis` is used only for a chain that is created.

        Raises:
            StorageLocked, StorageDamaged, StorageError: the folder cannot be used.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Flush, end every worker and release the folder; at most one second."""
        raise NotImplementedError

    def subscribe(self, listener: Callable[[EngineEvent], None]) -> Callable[[], None]:
        """Deliver every event to `listener` on an engine thread; the result unsubscribes."""
        raise NotImplementedError

    # compiling

    def check(self, source: str, *, file: str, profile: Profile) -> Future[CheckResult]:
        """Lint and derive the ABI of source text; never raises `CompileError`."""
        raise NotImplementedError

    def compile(self, source: str, *, file: str, profile: Profile, abi: Abi | None = None) -> Future[CompiledContract]:
        """Compile, from the snapshot store if it is there; raises `CompileError`."""
        raise NotImplementedError

    def prepare(self, file: Path) -> Future[DeployRequest]:
        """Return what deploying a file of a project means, with the publisher left open.

        The project's `strata.json` says name, profile, interface file and whether the source is packed first.

        Raises:
            InvalidInput: the file or its project's settings cannot be used.
            PackError: the project cannot be packed.
        """
        raise NotImplementedError

    # transacting

    def deploy(self, request: DeployRequest) -> Future[DeployResult]:
        """Compile and deploy; raises `CompileError`, else the outcome says whether `init` succeeded."""
        raise NotImplementedError

    def transact(self, request: TransactionRequest, *, block: bool = True) -> Future[TransactionResult]:
        """Run a transaction in the next block; raises `RejectedTransaction` if it cannot enter one.

        With `block` off the transaction waits in the open block until `produce` or the next transaction closes it.
        """
        raise NotImplementedError

    def query(self, request: TransactionRequest) -> Future[TransactionResult]:
        """Run a transaction on the head state and keep nothing."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Stop the transaction that is running; it fails with `RunCancelled`."""
        raise NotImplementedError

    # the chain's course

    def produce(self) -> Future[BlockSummary]:
        """Close the open block (with no transactions but the base one, if none waits) and return it."""
        raise NotImplementedError

    def advance(self, nanoseconds: int) -> Future[int]:
        """Move the chain's clock forward and return its time."""
        raise NotImplementedError

    def checkpoint(self, name: str) -> Future[int]:
        """Name the head's state and return its block number."""
        raise NotImplementedError

    def restore(self, name: str) -> Future[int]:
        """Move the head back to a checkpoint and return its block number; raises `InvalidInput` for an unknown name."""
        raise NotImplementedError

    def validate_block(self, number: int) -> Future[str | None]:
        """Execute a block again; return the first difference from what was recorded, None if there is none."""
        raise NotImplementedError

    # looking

    def head(self) -> Future[BlockSummary]:
        """Return the newest block."""
        raise NotImplementedError

    def account(self, name: str) -> Future[AccountSummary]:
        """Return any account or contract id's balances, gas and RAM; raises `InvalidInput` if there is none."""
        raise NotImplementedError

    def balance(self, name: str, token: str) -> Future[str]:
        """Return what an account or contract holds of a token, as a decimal string."""
        raise NotImplementedError

    def storage(self, contract: str, key: str, field: str | None = None) -> Future[str | None]:
        """Return a stored value as the contract would read it, None if there is none."""
        raise NotImplementedError

    def accounts(self) -> Future[tuple[AccountSummary, ...]]:
        """Return the development accounts with their balances."""
        raise NotImplementedError

    def contracts(self) -> Future[tuple[DeployedContract, ...]]:
        """Return the contracts people deployed, oldest first."""
        raise NotImplementedError

    def code(self, contract: str) -> Future[CompiledContract]:
        """Return what a deployed contract runs: its text as deployed, interface and steps; raises `InvalidInput`."""
        raise NotImplementedError

    def blocks(self, first: int, count: int) -> Future[tuple[BlockSummary, ...]]:
        """Return blocks from number `first` upwards."""
        raise NotImplementedError

    def transactions(self, first: int, count: int) -> Future[tuple[TransactionResult, ...]]:
        """Return executed transactions newest first, skipping `first`; without `accesses` if from an older session."""
        raise NotImplementedError

    def state_entries(
        self, *, prefix: str = "", contains: str = "", after: str = "", count: int = 200
    ) -> Future[tuple[StateEntry, ...]]:
        """Return keys in order after `after` with their value and the layer holding it; searched in the engine."""
        raise NotImplementedError

    def layer_entries(
        self, layer: Layer, *, prefix: str = "", after: str = "", count: int = 200
    ) -> Future[tuple[StateEntry, ...]]:
        """Return what one layer (MVCC or ROCKSDB) holds by itself, including deletions (value None)."""
        raise NotImplementedError

    # debugging

    def debug(self, transaction_hash: str) -> Future[DebugSession]:
        """Record an executed transaction again with step probes, on the state it ran on."""
        raise NotImplementedError
