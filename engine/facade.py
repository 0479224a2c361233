"""The engine as the window, the commands and the tests see it.

Every method that can take time returns a `concurrent.futures.Future` and never blocks the caller; futures
raise errors of `engine.errors`. Changes arrive as `EngineEvent`s on an engine thread, in commit order: the
window turns them into Qt signals in one bridge object.

Parts are imported when a chain is opened, so that importing this module costs nothing. What can be asked of a chain
besides changing it is in the parts of the facade (`engine.front`).
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from engine.entrance.door import Errand
from engine.errors import RejectedTransaction
from engine.explorer import Explorer
from engine.front.compiling import Compiling
from engine.front.looking import Looking
from engine.front.sandboxes import Sandboxes
from engine.front.serving import Serving
from engine.front.validating import Validating
from engine.interface import (
    BlockExecution,
    BlockFlushed,
    BlockProduced,
    BlockValidation,
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
)
from engine.values import (
    BlockSummary,
    TransactionRequest,
    TransactionResult,
)

if TYPE_CHECKING:
    from engine.compiler.pack import Pack
    from engine.debug.session import DebugSession
    from engine.entrance.contract_file import PreparedFile
    from engine.state.repair import RepairReport

__all__ = [
    "BlockExecution",
    "BlockFlushed",
    "BlockProduced",
    "BlockValidation",
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
    "Pack": "engine.compiler.pack",
    "PreparedFile": "engine.entrance.contract_file",
}
"""Types that callers name but that cost an import: module of each."""


def __getattr__(name: str) -> object:
    """Import what is exported here but lives in a part that is loaded later."""
    if name in _LATER:
        return getattr(importlib.import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class Engine(Compiling, Looking, Sandboxes, Serving, Validating):
    """A private chain in a folder, with its compiler, sandboxes and state. `open` one, and close it when done."""

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
                is_observed=engine._is_watched,
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
        self.cancel()
        self._shut_down()
        self._pacemaker.close()
        self._parts.close()

    def catch_up(self) -> Future[int]:
        """Let a read-only view see what was done to the chain elsewhere; returns the head's number."""
        return self._execute(self._parts.chain.catch_up)

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

        Listeners are then told on the caller's thread. Whoever interrupts that thread has to close the engine.

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
        """Stop the transaction, or the validation of blocks, that is running; it fails with `RunCancelled`."""
        self._stopping.set()
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
