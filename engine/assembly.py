"""Puts the engine's parts together: state, compiler, workers, chain, debugger. Imported only when a chain is opened."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import msgspec

from engine.chain.chain import Chain, ChainOptions
from engine.chain.compilation import Compilation
from engine.chain.contracts import StateContracts
from engine.chain.execution import Executions
from engine.chain.genesis_cache import GenesisCache
from engine.chain.production import Producer
from engine.chain.worker_program import PROGRAM as RUN_PROGRAM
from engine.compiler.bundler import cache_folder
from engine.compiler.compiler import Compiler
from engine.compiler.pack import Pack, Packer
from engine.compiler.pack.compiling import compile_pack
from engine.debug.debugger import Debugger
from engine.debug.protocol import PAUSED_REQUEST
from engine.debug.worker_program import PROGRAM as DEBUG_PROGRAM
from engine.interface import EngineEvent, Genesis, VmDiagnostics, VmSettings, WorkerChanged
from engine.state.blobs import BlobStore, UnwrittenBlobs
from engine.state.local_cache import LocalCache
from engine.state.stack import StateStack
from engine.state.store import Store
from engine.values import CompiledContract, Profile, Value
from engine.vm.check_mode import checks_by_default
from engine.vm.hotspots import HotSpots
from engine.vm.monitor import VmMonitor, pool_settings_of
from engine.vm.pool import PoolSettings, Priority, WorkerPool
from engine.vm.toolchain_process import ToolchainProcess

__all__ = ["Assembly"]

_NOTE = "contract:"
_HOT_SPOTS = "hot-spots"
_LOADED_AHEAD = 8
_RUN_POOL = PoolSettings(floor=1, spares=1)
_DEBUG_POOL = PoolSettings(
    floor=0,
    ceiling=2,
    spares=0,
    hard_seconds=24 * 3600.0,
    fork_server=False,
    recycle_runs=200,
    recycle_bytes=512_000_000,
    check=False,
)


class DeploymentNote(Value, frozen=True):
    """What people call a deployed contract and the path of its source."""

    name: str
    file: str


class Assembly:
    """The parts of one open chain; `close` ends them in order."""

    def __init__(
        self,
        directory: Path,
        emit: Callable[[EngineEvent], None],
        *,
        genesis: Genesis | None,
        options: ChainOptions,
        is_observed: Callable[[], bool],
        workers: int = 0,
        check: bool | None = None,
        read_only: bool = False,
    ) -> None:
        """Open `directory`; everything opened so far is closed again if something fails.

        At most `workers` processes run contracts, 0 means one a core. While nobody observes, `emit` need not be called.
        `check` is that of `VmSettings`, None leaves it to the environment.
        """
        checks = checks_by_default() if check is None else check
        self._emit = emit
        self._closing = threading.Event()
        self._running: list[Future[bytes]] = []
        with contextlib.ExitStack() as opened:
            if read_only:
                scratch = opened.enter_context(tempfile.TemporaryDirectory(prefix="strata-view-"))
                self.store = Store.open_secondary(directory, Path(scratch))
            else:
                self.store = Store.open(directory)
            opened.callback(self.store.close)
            self.stack = StateStack(self.store)
            self.blobs = UnwrittenBlobs(self.store) if read_only else BlobStore(self.store)
            toolchain = ToolchainProcess()
            opened.callback(toolchain.close)
            self.compiler = Compiler(toolchain, self.blobs)
            self.packer = Packer()
            opened.callback(self.packer.close)
            self.compilation = Compilation(self.compiler, self.stack.reader)
            self.hot_spots = HotSpots(self.stack.ledger.setting(_HOT_SPOTS))
            if not read_only:
                opened.callback(self._keep_hot_spots)
            self.executions = Executions(
                self._submit, self.compilation, self.stack.reader, call=self._call, hot_spots=self.hot_spots
            )
            self.pool = WorkerPool(
                RUN_PROGRAM,
                serve_read=lambda keys: self.stack.reader().read_many(keys),
                serve_code=self.compilation.load,
                serve_request=self.executions.serve,
                settings=msgspec.structs.replace(_RUN_POOL, ceiling=workers, check=checks),
                warm_keys=self._hot_keys,
            )
            opened.callback(self.pool.close)
            self.debugger = Debugger(self.compilation.load)
            self.debug_pool = WorkerPool(
                DEBUG_PROGRAM,
                serve_read=lambda keys: self.stack.reader().read_many(keys),
                serve_code=self.compilation.load,
                serve_request=self._serve_debug,
                settings=_DEBUG_POOL,
                stepping=True,
                kind="debug",
            )
            opened.callback(self.debug_pool.close)
            self.debugger.attach(self.debug_pool)
            self.monitor = VmMonitor((self.pool, self.debug_pool))
            self.vm_settings = VmSettings(ceiling=workers, time_limit=options.time_limit, check=checks)
            self.pool.subscribe(self._workers_changed)
            self.debug_pool.subscribe(self._workers_changed)
            kept = None if self.compiler.snapshots is None else GenesisCache(self.compiler.snapshots, cache_folder())
            self.chain = Chain(
                self.stack,
                self.executions,
                emit,
                options=options,
                genesis=self._with_interfaces(genesis),
                genesis_cache=kept,
                is_observed=is_observed,
            )
            self.producer = Producer(self.chain, emit)
            self._opened = opened.pop_all()

    def close(self) -> None:
        """End the workers, then release the folder."""
        self._closing.set()
        self._opened.close()

    def configure_vm(self, settings: VmSettings) -> None:
        """Change how many workers run contracts and what bounds a transaction; on the chain's thread."""
        self.vm_settings = settings
        self.pool.configure(pool_settings_of(settings, _RUN_POOL))
        lanes = settings.ceiling or os.cpu_count() or 1
        self.chain.options = dataclasses.replace(self.chain.options, time_limit=settings.time_limit, lanes=lanes)

    def vm_diagnostics(self) -> VmDiagnostics:
        """Tell what the sandboxes are made of."""
        return self.monitor.diagnostics(self.vm_settings)

    def pool_of(self, kind: str) -> WorkerPool:
        """Return the pool of a worker's kind, `run` or `debug`."""
        return self.debug_pool if kind == "debug" else self.pool

    def compile_pack(self, pack: Pack, profile: Profile) -> CompiledContract:
        """Compile a packed project; lines and steps lead back to its files, whoever compiles the same text later."""
        mapped = compile_pack(self.compiler, pack, profile)
        if self.compiler.snapshots is not None:
            self.compiler.snapshots.put(mapped)
        return mapped

    def put_note(self, contract: str, *, name: str, file: str) -> None:
        """Remember what people call a contract and where its source is; kept beside the chain."""
        self.stack.put_setting(_NOTE + contract, msgspec.msgpack.encode(DeploymentNote(name, file)))

    def notes(self) -> dict[str, DeploymentNote]:
        """Return what is remembered of contracts, by id."""
        return {
            name.removeprefix(_NOTE): msgspec.msgpack.decode(data, type=DeploymentNote)
            for name, data in self.stack.ledger.settings()
            if name.startswith(_NOTE)
        }

    def cancel(self) -> None:
        """Stop the job that the chain waits for; from any thread."""
        for running in self._running:
            self.pool.cancel(running)

    def _with_interfaces(self, genesis: Genesis | None) -> Genesis | None:
        """Return genesis with every contract's interface, derived where it is left open."""
        if genesis is None or not genesis.contracts:
            return genesis
        contracts = tuple(
            contract
            if contract.abi is not None
            else msgspec.structs.replace(
                contract,
                abi=self.compiler.compile(contract.source, file=contract.file, profile=contract.profile).abi,
            )
            for contract in genesis.contracts
        )
        return msgspec.structs.replace(genesis, contracts=contracts)

    def _hot_keys(self) -> tuple[str, ...]:
        """Return the code of the contracts that are used most, for a new worker to load ahead."""
        contracts = StateContracts(LocalCache(self.stack.reader()))
        found = [contracts.find(name) for name in self.hot_spots.hottest(_LOADED_AHEAD)]
        return tuple(dict.fromkeys(code.code_key for code in found if code is not None and code.code_key))

    def _keep_hot_spots(self) -> None:
        self.stack.put_setting(_HOT_SPOTS, self.hot_spots.encoded())

    def _submit(self, job: bytes) -> Future[bytes]:
        future = self.pool.submit(job, priority=Priority.INTERACTIVE)
        self._running = [running for running in self._running if not running.done()] + [future]
        return future

    def _call(self, job: bytes, meanwhile: Callable[[], None] | None) -> bytes:
        return self.pool.call(job, started=self._note_running, meanwhile=meanwhile)

    def _note_running(self, future: Future[bytes]) -> None:
        self._running = [future]

    def _serve_debug(self, name: str, payload: bytes) -> bytes:
        if name == PAUSED_REQUEST:
            return self.debugger.serve(name, payload)
        return self.executions.serve(name, payload)

    def _workers_changed(self) -> None:
        if not self._closing.is_set():
            self._emit(WorkerChanged(self.monitor.workers()))
