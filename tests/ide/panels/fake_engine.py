"""An engine that lives in a few lists: the facade's methods with answers at once, events from another thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from engine.errors import InvalidInput
from engine.facade import (
    CheckResult,
    DeployRequest,
    DeployResult,
    Engine,
    EngineEvent,
    EntranceStatus,
    VmDiagnostics,
    VmLoad,
    VmSettings,
    WorkerStatus,
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
from engine.vm.monitor import limits_of
from tests.ide.panels.fake_timeline import FakeTimeline


def done(value: object) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(value)
    return future


def failed(error: Exception) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(error)
    return future


class FakeEngine(Engine):
    """`answers` maps a method to its next result or error; what was asked is in `asked`."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[EngineEvent], None]] = []
        self.asked: list[tuple[str, object]] = []
        self.answers: dict[str, object] = {"code": InvalidInput("there is no such contract")}
        self.account_list: tuple[AccountSummary, ...] = ()
        self.contract_list: tuple[DeployedContract, ...] = ()
        self.transaction_list: tuple[TransactionResult, ...] = ()
        self.block_list: tuple[BlockSummary, ...] = ()
        self.layers: dict[Layer, tuple[StateEntry, ...]] = {Layer.MVCC: (), Layer.ROCKSDB: ()}
        self.session: Any = None
        self.worker_list: tuple[WorkerStatus, ...] = ()
        self.load = VmLoad(2, 1, 1, 3, 0.5, 101_000_000)
        self.entrance_status = EntranceStatus(busy=True, interactive=1, others=2, done=350, total=1200)
        self.settings = VmSettings()
        self.diagnostics = VmDiagnostics("14.4.1.2", False, "it has not been built yet", limits_of(self.settings), ())
        self.closed = False

    @property
    def timeline(self) -> Any:
        return FakeTimeline(self)

    @property
    def is_read_only(self) -> bool:
        return False

    def emit(self, *events: EngineEvent) -> None:
        """Deliver events from an engine thread, as the real engine does."""

        def work() -> None:
            for event in events:
                for listener in list(self.listeners):
                    listener(event)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    def _answer(self, method: str, question: object) -> Future[Any]:
        self.asked.append((method, question))
        answer = self.answers[method]
        if isinstance(answer, Future):
            return answer
        return failed(answer) if isinstance(answer, Exception) else done(answer)

    def close(self) -> None:
        self.closed = True

    def subscribe(self, listener: Callable[[EngineEvent], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def prepare(self, file: Path) -> Future[Any]:
        return self._answer("prepare", file)

    def check(self, source: str, *, file: str, profile: Profile, abi: Abi | None = None) -> Future[CheckResult]:
        return self._answer("check", source)

    def compile(self, source: str, *, file: str, profile: Profile, abi: object = None) -> Future[CompiledContract]:
        return self._answer("compile", source)

    def compile_pack(self, pack: Any, *, profile: Profile) -> Future[CompiledContract]:
        return self._answer("compile_pack", pack)

    def deploy(self, request: DeployRequest) -> Future[DeployResult]:
        return self._answer("deploy", request)

    def transact(self, request: TransactionRequest, *, block: bool = True) -> Future[TransactionResult]:
        return self._answer("transact", request)

    def query(self, request: TransactionRequest) -> Future[TransactionResult]:
        return self._answer("query", request)

    def cancel(self) -> None:
        self.asked.append(("cancel", None))

    def accounts(self) -> Future[tuple[AccountSummary, ...]]:
        return done(self.account_list)

    def contracts(self) -> Future[tuple[DeployedContract, ...]]:
        return done(self.contract_list)

    def head(self) -> Future[BlockSummary]:
        return done(BlockSummary(11, "Block11", "Block10", 1_700_000_000_000_000_000, "producer", "0", (), True))

    def code(self, contract: str) -> Future[CompiledContract]:
        return self._answer("code", contract)

    def blocks(self, first: int, count: int) -> Future[tuple[BlockSummary, ...]]:
        return done(tuple(block for block in self.block_list if block.number >= first)[:count])

    def transactions(self, first: int, count: int) -> Future[tuple[TransactionResult, ...]]:
        self.asked.append(("transactions", (first, count)))
        return done(self.transaction_list[first : first + count])

    def state_entries(
        self, *, prefix: str = "", contains: str = "", after: str = "", count: int = 200
    ) -> Future[tuple[StateEntry, ...]]:
        self.asked.append(("state_entries", (prefix, contains, after)))
        merged = {entry.key: entry for entry in self.layers[Layer.ROCKSDB]}
        merged |= {entry.key: entry for entry in self.layers[Layer.MVCC]}
        found = [
            merged[key]
            for key in sorted(merged)
            if key.startswith(prefix) and key > after and (contains in key or contains in (merged[key].value or ""))
        ]
        return done(tuple(entry for entry in found if entry.value is not None)[:count])

    def layer_entries(
        self, layer: Layer, *, prefix: str = "", after: str = "", count: int = 200
    ) -> Future[tuple[StateEntry, ...]]:
        found = [entry for entry in self.layers[layer] if entry.key.startswith(prefix) and entry.key > after]
        return done(tuple(found[:count]))

    def workers(self) -> tuple[WorkerStatus, ...]:
        return self.worker_list

    def refresh_workers(self) -> None:
        self.asked.append(("refresh_workers", None))

    def kill_worker(self, kind: str, worker: int) -> None:
        self.asked.append(("kill_worker", (kind, worker)))

    def recycle_worker(self, kind: str, worker: int) -> None:
        self.asked.append(("recycle_worker", (kind, worker)))

    def vm_load(self) -> VmLoad:
        return self.load

    def entrance(self) -> EntranceStatus:
        return self.entrance_status

    def vm_diagnostics(self) -> Future[VmDiagnostics]:
        return done(self.diagnostics)

    @property
    def vm_settings(self) -> VmSettings:
        return self.settings

    def configure_vm(self, settings: VmSettings) -> Future[None]:
        self.settings = settings
        return done(None)

    def debug(self, transaction_hash: str) -> Future[Any]:
        self.asked.append(("debug", transaction_hash))
        assert self.session is not None
        return done(self.session)
