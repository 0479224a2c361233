"""The engine as the window, the commands and the tests see it.

Every method that can take time returns a `concurrent.futures.Future` and never blocks the caller; futures
raise errors of `engine.errors`. Changes arrive as `EngineEvent`s on an engine thread, in commit order: the
window turns them into Qt signals in one bridge object.

Threads: one for the chain (everything that may change it, in order), some for reading, one for compiling. Parts
are imported when a chain is opened, so that importing this module costs nothing.
"""

from __future__ import annotations

import importlib
import os
import secrets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from engine.chain.deployment_news import DeploymentNews
from engine.chain.pacemaker import Pacemaker
from engine.entrance.door import Door, Errand
from engine.errors import InvalidInput, RejectedTransaction, StorageError
from engine.explorer import Explorer
from engine.interface import (
    BlockExecution,
    BlockFlushed,
    BlockProduced,
    CheckResult,
    Conflict,
    ContractDeployed,
    DeployRequest,
    DeployResult,
    EngineEvent,
    EntranceStatus,
    Genesis,
    GenesisAccount,
    GenesisContract,
    HeadMoved,
    Limit,
    NodeAnswered,
    Production,
    ProductionMode,
    ProductionStopped,
    StackFrame,
    StepView,
    Temperature,
    TraceStep,
    TransactionExecuted,
    TransactionReceived,
    TransactionRejected,
    Variable,
    VmDiagnostics,
    VmLoad,
    VmSettings,
    WorkerChanged,
    WorkerDeath,
    WorkerStatus,
    problem_of,
)
from engine.values import (
    Abi,
    AccountSummary,
    BlockSummary,
    CompiledContract,
    DeployedContract,
    Layer,
    Profile,
    StateEntry,
    TransactionRequest,
    TransactionResult,
)

if TYPE_CHECKING:
    from engine.assembly import Assembly
    from engine.chain.keys import KeyPair
    from engine.compiler.pack import Pack
    from engine.compiler.snapshots import SnapshotLimits
    from engine.contract_book import ContractBook
    from engine.debug.profile import GasProfile
    from engine.debug.session import DebugSession
    from engine.entrance.contract_file import PreparedFile
    from engine.entrance.http.server import NodeServer
    from engine.entrance.http.service import NodeService
    from engine.state.repair import RepairReport
    from engine.timeline.timeline import Timeline

__all__ = [
    "BlockExecution",
    "BlockFlushed",
    "BlockProduced",
    "CheckResult",
    "Conflict",
    "ContractDeployed",
    "DebugSession",
    "DeployRequest",
    "DeployResult",
    "Engine",
    "EngineEvent",
    "EntranceStatus",
    "Explorer",
    "Genesis",
    "GenesisAccount",
    "GenesisContract",
    "HeadMoved",
    "Limit",
    "NodeAnswered",
    "Pack",
    "PreparedFile",
    "Production",
    "ProductionMode",
    "ProductionStopped",
    "StackFrame",
    "StepView",
    "Temperature",
    "TraceStep",
    "TransactionExecuted",
    "TransactionReceived",
    "TransactionRejected",
    "Variable",
    "VmDiagnostics",
    "VmLoad",
    "VmSettings",
    "WorkerChanged",
    "WorkerDeath",
    "WorkerStatus",
]

_LATER = {
    "DebugSession": "engine.debug.session",
    "Explorer": "engine.explorer",
    "Pack": "engine.compiler.pack",
    "PreparedFile": "engine.entrance.contract_file",
}
"""Types that callers name but that cost an import: module of each."""


def __getattr__(name: str) -> object:
    """Import what is exported here but lives in a part that is loaded later."""
    if name in _LATER:
        return getattr(importlib.import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Listener = Callable[[EngineEvent], None]

READERS = 2
READ_ONLY_ADVICE = "Close the other Strata that has it open, then open the project again."


class Engine:
    """A private chain in a folder, with its compiler, sandboxes and state. Close it when done."""

    def __init__(self) -> None:
        """Use `open`."""
        self._listeners: list[Listener] = []
        self._door = Door("engine-chain")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="engine-read")
        self._compiling = ThreadPoolExecutor(1, thread_name_prefix="engine-compile")
        self._debugging = ThreadPoolExecutor(1, thread_name_prefix="engine-debug")
        self._serving = ThreadPoolExecutor(1, thread_name_prefix="engine-node")
        self._closed = threading.Event()
        self._news = DeploymentNews(lambda identity: self._emit(ContractDeployed(self._book.deployed(identity))))
        self._read_only = False
        self._pacemaker = Pacemaker(lambda: self._change(self._parts.producer.beat))
        self._node: NodeServer | None = None
        self._parts: Assembly
        self._book: ContractBook

    @classmethod
    def open(
        cls,
        directory: Path,
        *,
        genesis: Genesis | None = None,
        unflushed_blocks: int = 0,
        workers: int = 0,
        check: bool | None = None,
        read_only: bool = False,
    ) -> Engine:
        """Open the chain in `directory`, creating it (genesis with ten funded accounts) if it is empty.

        `genesis` is used only for a chain that is created. The newest `unflushed_blocks` stay in MVCC. At most
        `workers` processes run contracts, 0 means one a core; `check` turns check mode on (`VmSettings`), None leaves
        it to the environment variable `STRATA_CHECK`. With `read_only` the chain may be open elsewhere too: it is only
        looked at, and `catch_up` shows what has happened since.

        Raises:
            StorageLocked, StorageDamaged, StorageError: the folder cannot be used.
        """
        from engine.assembly import Assembly
        from engine.chain.chain import ChainOptions
        from engine.contract_book import ContractBook

        engine = cls()
        engine._read_only = read_only
        options = ChainOptions(unflushed_blocks=unflushed_blocks, lanes=workers or os.cpu_count() or 1)
        try:
            engine._parts = Assembly(
                directory,
                engine._emit,
                genesis=genesis,
                options=options,
                is_observed=lambda: bool(engine._listeners),
                workers=workers,
                check=check,
                read_only=read_only,
            )
        except BaseException:
            engine._shut_down()
            raise
        engine._book = ContractBook(engine._parts, engine._news)
        return engine

    @staticmethod
    def repair(directory: Path) -> RepairReport:
        """Make the chain in `directory`, which nobody has open, anew of all that can be read; takes its time.

        Raises:
            StorageLocked, StorageDamaged, StorageError: it cannot be repaired (`engine.state.repair`).
        """
        from engine.state.repair import repair

        return repair(directory)

    def close(self) -> None:
        """Flush, end every worker and release the folder; at most one second."""
        if self._closed.is_set():
            return
        self._closed.set()
        if self._node is not None:
            self._node.stop()
        self._listeners = []
        self._parts.cancel()
        self._shut_down()
        self._pacemaker.close()
        self._parts.close()

    @property
    def is_read_only(self) -> bool:
        """Whether the chain is only looked at; whatever would change it raises `StorageError`."""
        return self._read_only

    def catch_up(self) -> Future[int]:
        """Let a read-only view see what was done to the chain elsewhere; returns the head's number."""
        return self._execute(self._parts.chain.catch_up)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Deliver every event to `listener` on an engine thread; the result unsubscribes."""
        self._listeners = [*self._listeners, listener]

        def unsubscribe() -> None:
            self._listeners = [known for known in self._listeners if known is not listener]

        return unsubscribe

    # compiling

    def check(self, source: str, *, file: str, profile: Profile, abi: Abi | None = None) -> Future[CheckResult]:
        """Lint and derive the ABI of source text; never raises `CompileError`. Where `abi` does not fit is an error."""
        return self._compile_soon(self._check, source, file, profile, abi)

    def compile(self, source: str, *, file: str, profile: Profile, abi: Abi | None = None) -> Future[CompiledContract]:
        """Compile, from the snapshot store if it is there; raises `CompileError`."""
        return self._compile_soon(self._compile, source, file, profile, abi)

    def pack(self, directory: Path, entry: str) -> Future[Pack]:
        """Make one script of a project's module and everything it needs; raises `PackError`."""
        return self._compile_soon(self._parts.packer.pack, directory, entry)

    def prepare(self, file: Path) -> Future[PreparedFile]:
        """Return what deploying a file means: its project's settings, its text, packed if they say so.

        Raises:
            InvalidInput: the file, its project's settings or interface cannot be used.
            PackError: the project cannot be packed.
        """
        return self._compile_soon(self._prepare, file)

    def compile_pack(self, pack: Pack, *, profile: Profile) -> Future[CompiledContract]:
        """Compile a packed project; from then on its text stands for it in `deploy`. Raises `CompileError`."""
        return self._compile_soon(lambda: self._parts.compile_pack(pack, profile))

    def tidy_snapshots(self, limits: SnapshotLimits) -> Future[int]:
        """Remove compiled contracts that are damaged, old or too many; those on the chain stay. Returns how many."""
        return self._read(self._tidy_snapshots, limits)

    # transacting

    def deploy(self, request: DeployRequest) -> Future[DeployResult]:
        """Compile and deploy; raises `CompileError`, else the outcome says whether `init` succeeded."""
        return self._change(lambda: self._book.deploy(request), Errand.INTERACTIVE)

    def transact(self, request: TransactionRequest, *, block: bool = True) -> Future[TransactionResult]:
        """Run a transaction in the next block; raises `RejectedTransaction` if it cannot enter one.

        With `block` off, or if blocks are not produced at once (`set_production`), the transaction is executed but
        waits in the open block until that is closed.
        """
        return self._change(
            lambda: self._parts.chain.transact(request, close=block and self._parts.producer.is_instant),
            Errand.INTERACTIVE,
        )

    def transact_and_wait(self, request: TransactionRequest) -> TransactionResult:
        """Do what `transact` does and wait for it: the quickest way, for callers that may be blocked.

        Listeners are then told on the caller's thread.

        Raises:
            RejectedTransaction: it cannot enter a block.
        """
        self._require_writable()
        return self._door.serve(
            lambda: self._parts.chain.transact(request, close=self._parts.producer.is_instant), Errand.INTERACTIVE
        )

    def transact_many(
        self, requests: Sequence[TransactionRequest]
    ) -> Future[tuple[TransactionResult | RejectedTransaction, ...]]:
        """Run many transactions, in as few blocks as take them, side by side where that changes nothing.

        The outcomes are those of `transact` one after the other; in the place of a transaction that cannot enter a
        block stands why. `block_execution` tells what ran where.
        """
        return self._change(
            lambda: self._parts.chain.transact_many(
                requests, close=self._parts.producer.is_instant, between=self._door.let_pass
            ),
            Errand.BULK,
        )

    def entrance(self) -> EntranceStatus:
        """Return which requests wait to be executed, and how far bulk work has come."""
        return self._door.status()

    def query(self, request: TransactionRequest) -> Future[TransactionResult]:
        """Run a transaction on the head state and keep nothing."""
        return self._execute(lambda: self._parts.chain.query(request), Errand.INTERACTIVE)

    def cancel(self) -> None:
        """Stop the transaction that is running; it fails with `RunCancelled`."""
        self._parts.cancel()

    # the chain's course

    def produce(self) -> Future[BlockSummary]:
        """Close the open block (with no transactions but the base one, if none waits) and return it."""
        return self._change(self._parts.producer.produce)

    def set_production(self, production: Production) -> Future[None]:
        """Produce blocks with every transaction, by the machine's clock, or when `produce` is called.

        Raises:
            InvalidInput: the interval is no time between a moment and an hour.
        """

        def change() -> None:
            self._parts.producer.set_production(production)
            self._pacemaker.wake()

        return self._change(change)

    @property
    def production(self) -> Production:
        """How blocks are produced; instant in a chain that was just opened."""
        return self._parts.producer.production

    def advance(self, nanoseconds: int) -> Future[int]:
        """Move the chain's clock forward and return its time."""

        def move() -> int:
            now = self._parts.chain.advance(nanoseconds)
            self._pacemaker.wake()
            return now

        return self._change(move)

    def checkpoint(self, name: str) -> Future[int]:
        """Name the head's state and return its block number."""
        return self._change(lambda: self._parts.chain.checkpoint(name))

    def restore(self, name: str) -> Future[int]:
        """Move the head back to a checkpoint and return its block number; raises `InvalidInput` for an unknown name."""
        return self.timeline.go_to(name)

    def delete_checkpoint(self, name: str) -> Future[None]:
        """Forget a checkpoint's name; raises `InvalidInput` for an unknown one."""
        return self._change(lambda: self._parts.stack.delete_checkpoint(name))

    @property
    def now(self) -> int:
        """The chain's time in nanoseconds."""
        return self._parts.chain.clock.now()

    @property
    def clock_stands(self) -> bool:
        """Whether the chain's clock only moves when it is advanced."""
        return self._parts.chain.clock.start is not None

    def validate_block(self, number: int) -> Future[str | None]:
        """Execute a block again; return the first difference from what was recorded, None if there is none."""
        return self._execute(lambda: self._parts.chain.validate(number))

    # the local node

    def start_node(self, *, port: int = 30001, host: str = "127.0.0.1", allow_remote: bool = False) -> Future[str]:
        """Serve IOST's HTTP API (spec/rpc.md) for this chain and return its address; port 0 takes a free one.

        Raises:
            InvalidInput: the port is in use, `host` is not this machine and not allowed, or the node runs already.
        """

        def start() -> str:
            from engine.entrance.http.server import NodeServer

            if self._node is not None:
                raise InvalidInput(f"the node runs already at {self._node.url}", advice="Stop it first.")
            node = NodeServer(self, port=port, host=host, allow_remote=allow_remote, answered=self._emit)
            url = node.start()
            self._node = node
            if self._closed.is_set():
                node.stop()
            return url

        return self._serving.submit(start)

    def stop_node(self) -> Future[None]:
        """Stop serving; nothing happens if the node does not run."""

        def stop() -> None:
            if self._node is not None:
                self._node.stop()
                self._node = None

        return self._serving.submit(stop)

    def node_service(self) -> NodeService:
        """Return what answers the HTTP API's questions about this chain."""
        from engine.entrance.http.service import NodeService

        parts = self._parts
        return NodeService(
            parts.chain,
            parts.producer,
            parts.compilation,
            read=self._read,
            change=self._change,
            subscribe=self.subscribe,
            received=lambda transaction_hash: self._emit(TransactionReceived(transaction_hash)),
            wake=self._pacemaker.wake,
        )

    # looking

    def head(self) -> Future[BlockSummary]:
        """Return the newest block."""
        return self._read(self._parts.chain.head_summary)

    def account(self, name: str) -> Future[AccountSummary]:
        """Return any account or contract id's balances, gas and RAM; raises `InvalidInput` if there is none."""
        return self._read(lambda: self._book.inspection().account(name))

    def balance(self, name: str, token: str) -> Future[str]:
        """Return what an account or contract holds of a token, as a decimal string."""
        return self._read(lambda: self._book.inspection().balance(name, token))

    def storage(self, contract: str, key: str, field: str | None = None) -> Future[str | None]:
        """Return a stored value as the contract would read it, None if there is none."""
        return self._read(lambda: self._book.inspection().storage(contract, key, field))

    def accounts(self) -> Future[tuple[AccountSummary, ...]]:
        """Return the development accounts with their balances."""
        return self._read(self._known_accounts)

    def keys(self) -> dict[str, KeyPair]:
        """Return the keys that this chain signs with, by account. Those of a new chain are public knowledge."""
        return self._parts.chain.wallet.keys()

    def import_key(self, account: str, secret: str, *, algorithm: str = "ed25519") -> Future[str]:
        """Sign for `account` with a base58 secret key, `ed25519` or `secp256k1`, from now on; returns the key's id.

        Raises:
            InvalidInput: the text is no key of that algorithm, or there is no such account.
        """

        def add() -> str:
            from engine.chain.keys import Algorithm, KeyPair

            self._book.inspection().account(account)
            pair = KeyPair.from_secret_text(secret, Algorithm[algorithm.upper()])
            self._parts.chain.import_key(account, pair)
            return pair.id

        return self._change(add)

    @property
    def timeline(self) -> Timeline:
        """Any block's state, searches, histories, checkpoints, branches, what-ifs and edits by hand."""
        from engine.debug.session import source_path
        from engine.timeline.timeline import Timeline

        def path_of(contract: str, file: str) -> str:
            note = self._parts.notes().get(contract)
            return source_path((note.file if note else "") or contract, file)

        return Timeline(
            self._parts,
            read=self._read,
            execute=self._execute,
            change=self._change,
            debug=self._debugging.submit,
            path_of=path_of,
        )

    @staticmethod
    def new_key() -> KeyPair:
        """Return a new random ed25519 key."""
        from engine.chain.keys import KeyPair

        return KeyPair.from_seed(secrets.token_bytes(32))

    def explorer(self) -> Explorer:
        """Return what answers detailed questions about blocks, accounts and checkpoints."""
        parts = self._parts
        return Explorer(parts.chain, self._read, self._book.inspection)

    def contracts(self) -> Future[tuple[DeployedContract, ...]]:
        """Return the contracts people deployed, oldest first."""
        return self._read(self._book.contracts)

    def code(self, contract: str) -> Future[CompiledContract]:
        """Return what a deployed contract runs: its text as deployed, interface and steps; raises `InvalidInput`."""
        return self._read(self._book.code, contract)

    def blocks(self, first: int, count: int) -> Future[tuple[BlockSummary, ...]]:
        """Return blocks from number `first` upwards."""
        return self._read(lambda: self._parts.chain.summaries(first, count))

    def block_execution(self, number: int) -> Future[BlockExecution]:
        """Return which worker ran each transaction of a block, what was run again, and why."""
        return self._read(self._parts.chain.block_execution, number)

    def transactions(self, first: int, count: int) -> Future[tuple[TransactionResult, ...]]:
        """Return executed transactions newest first, skipping `first`; without `accesses` if from an older session."""
        return self._read(lambda: self._parts.chain.results(first, count))

    def state_entries(
        self, *, prefix: str = "", contains: str = "", after: str = "", count: int = 200
    ) -> Future[tuple[StateEntry, ...]]:
        """Return keys in order after `after` with their value and the layer holding it; searched in the engine."""
        return self._read(lambda: self._parts.stack.entries(prefix=prefix, contains=contains, after=after, count=count))

    def layer_entries(
        self, layer: Layer, *, prefix: str = "", after: str = "", count: int = 200
    ) -> Future[tuple[StateEntry, ...]]:
        """Return what one layer (MVCC or ROCKSDB) holds by itself, including deletions (value None)."""
        return self._read(lambda: self._parts.stack.layer_entries(layer, prefix=prefix, after=after, count=count))

    def workers(self) -> tuple[WorkerStatus, ...]:
        """Return the worker processes, as they were known last; `refresh_workers` asks them."""
        return self._parts.monitor.workers()

    def refresh_workers(self) -> None:
        """Ask the workers for their memory and loaded contracts; a `WorkerChanged` follows when they have answered."""
        self._parts.monitor.refresh()

    def kill_worker(self, kind: str, worker: int) -> None:
        """Kill a worker process; what it runs fails with `WorkerCrashed`, and another takes its place."""
        self._parts.pool_of(kind).kill(worker)

    def recycle_worker(self, kind: str, worker: int) -> None:
        """Replace a worker by a fresh one as soon as it is idle."""
        self._parts.pool_of(kind).recycle(worker)

    def vm_load(self) -> VmLoad:
        """Return how much the workers have to do at this moment."""
        return self._parts.monitor.load()

    def vm_diagnostics(self) -> Future[VmDiagnostics]:
        """Tell V8's version, whether the startup snapshot is used and why not, limits, and workers that died."""
        return self._read(self._parts.vm_diagnostics)

    @property
    def vm_settings(self) -> VmSettings:
        """How many workers run contracts, and what bounds a transaction."""
        return self._parts.vm_settings

    def configure_vm(self, settings: VmSettings) -> Future[None]:
        """Change how many workers run contracts, and what bounds a transaction, from the next one on.

        Workers with other limits are replaced as soon as they are idle.

        Raises:
            InvalidInput: a number is out of its range.
        """

        def configure() -> None:
            problem = problem_of(settings)
            if problem:
                raise InvalidInput(problem, where="VM settings", advice="Choose a number within the range.")
            self._parts.configure_vm(settings)

        return self._execute(configure)

    # debugging

    def debug(self, transaction_hash: str) -> Future[DebugSession]:
        """Record an executed transaction again with step probes, on the state it ran on."""
        return self._debugging.submit(self._debug, transaction_hash)

    def profile(self, transaction_hash: str) -> Future[GasProfile]:
        """Record an executed transaction again and tell where its gas went and which lines ran."""

        def work() -> GasProfile:
            session = self._debug(transaction_hash)
            try:
                return session.profile().result()
            finally:
                session.close()

        return self._debugging.submit(work)

    # --- inside ------------------------------------------------------------------------------------

    def _emit(self, event: EngineEvent) -> None:
        for listener in self._listeners:
            listener(event)
        if isinstance(event, BlockProduced):
            self._news.block_changed(event.changes)

    def _shut_down(self) -> None:
        for executor in (self._compiling, self._readers, self._debugging, self._serving):
            executor.shutdown(wait=False, cancel_futures=True)
        self._door.close()

    def _change(self, work: Callable[[], Result], errand: Errand = Errand.ORDERED) -> Future[Result]:
        """Do what may change the chain; refused where it is only looked at."""
        try:
            self._require_writable()
        except StorageError as error:
            refused: Future[Result] = Future()
            refused.set_exception(error)
            return refused
        return self._execute(work, errand)

    def _require_writable(self) -> None:
        if self._read_only:
            raise StorageError("the chain is open read-only", advice=READ_ONLY_ADVICE)

    def _execute(self, work: Callable[[], Result], errand: Errand = Errand.ORDERED) -> Future[Result]:
        """Do what runs transactions but keeps nothing, in turn with the changes."""
        return self._door.submit(work, errand)

    def _read(
        self, work: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> Future[Result]:
        return self._readers.submit(work, *arguments, **named)

    def _compile_soon(
        self, work: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> Future[Result]:
        return self._compiling.submit(work, *arguments, **named)

    def _check(self, source: str, file: str, profile: Profile, abi: Abi | None) -> CheckResult:
        from engine.compiler.pack.checking import check_module, is_module

        parts = self._parts
        if is_module(source, file, profile):
            found = check_module(parts.compiler, parts.packer, source, file=file, profile=profile)
        else:
            found = parts.compiler.check(source, file=file, profile=profile, abi=abi)
        return CheckResult(found.diagnostics, found.abi)

    def _compile(self, source: str, file: str, profile: Profile, abi: Abi | None) -> CompiledContract:
        return self._parts.compiler.compile(source, file=file, profile=profile, abi=abi)

    def _prepare(self, file: Path) -> PreparedFile:
        from engine.entrance.contract_file import prepare_file

        return prepare_file(file, self._parts.packer.pack)

    def _tidy_snapshots(self, limits: SnapshotLimits) -> int:
        snapshots = self._parts.compiler.snapshots
        if snapshots is None or self._read_only:
            return 0
        keep = frozenset(record.code_key for record in self._book.inspection().contracts(""))
        return snapshots.tidy(limits, keep, self._closed.is_set)

    def _known_accounts(self) -> tuple[AccountSummary, ...]:
        inspection = self._book.inspection()
        names = self._parts.chain.wallet.accounts()
        # A key may be known of an account that is gone with the blocks above a restored checkpoint.
        return tuple(inspection.account(name) for name in names if inspection.has_account(name))

    def _debug(self, transaction_hash: str) -> DebugSession:
        from engine.debug.opening import open_session

        parts = self._parts
        return open_session(transaction_hash, parts.chain, parts.executions, parts.debugger, self._book.contracts)
