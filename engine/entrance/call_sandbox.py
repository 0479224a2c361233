"""Compiles contracts and runs direct calls of them, in processes of their own, for scenarios of mode `call`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from engine.chain.bare import BareCall, BareOutcome
from engine.compiler.compiler import Compiler
from engine.compiler.source_map import map_to_sources
from engine.entrance.call_program import PROGRAM, decode_message, encode_message
from engine.entrance.contract_source import ContractSource
from engine.entrance.coverage_program import PROGRAM as COVERAGE_PROGRAM
from engine.entrance.coverage_program import Ran
from engine.entrance.project import NO_LIMITS, ProjectLimits
from engine.errors import InternalError, StrataError
from engine.values import Abi, CompiledContract, Layer
from engine.vm.check_mode import checks_by_default
from engine.vm.pool import PoolSettings, WorkerPool
from engine.vm.toolchain_process import ToolchainProcess

_GRACE_SECONDS = 2.0
_WATCHED_SECONDS = 300.0


class CallWatcher(Protocol):
    """Is told what ran in direct calls; several threads may do so at once."""

    def ran(self, contract: CompiledContract, steps: Iterable[int]) -> None:
        """Take note of the steps (indices) of a contract that a call ran."""
        ...

    def lost(self) -> None:
        """Take note of a call of which that could not be found out."""
        ...


class WorkerCallSandbox:
    """The sandbox of direct calls; any thread may use it. Close it to end its processes."""

    def __init__(
        self,
        *,
        timeout: float,
        check: bool | None = None,
        limits: ProjectLimits = NO_LIMITS,
        watcher: CallWatcher | None = None,
    ) -> None:
        """Start the processes; a call may take `timeout` seconds, within `limits`. `check` is that of `VmSettings`.

        None leaves it to the environment. With a `watcher` every call is made once more, to tell it what ran.
        """
        self._timeout = min(timeout, limits.seconds or timeout)
        self._codes: dict[str, CompiledContract] = {}
        self._toolchain = ToolchainProcess()
        self._compiler = Compiler(self._toolchain)
        settings = PoolSettings(
            spares=0, time_limit=self._timeout, check=checks_by_default() if check is None else check
        )
        settings = msgspec.structs.replace(
            settings,
            heap_bytes=limits.heap_bytes or settings.heap_bytes,
            process_bytes=limits.worker_bytes or settings.process_bytes,
        )
        self._pool = WorkerPool(PROGRAM, serve_read=_no_state, serve_code=self._codes.__getitem__, settings=settings)
        self._watcher = watcher
        self._watched_pool: WorkerPool | None = None
        if watcher is not None:
            self._watched_pool = WorkerPool(
                COVERAGE_PROGRAM,
                serve_read=_no_state,
                serve_code=self._codes.__getitem__,
                settings=PoolSettings(spares=0),
                stepping=True,
            )

    def validate(self, source: str, abi: Abi) -> str | None:
        """Return the reference's error text of interface validation, None if it is accepted."""
        return self._compiler.validate(source, abi)

    def compile(self, source: ContractSource) -> CompiledContract:
        """Compile and remember a contract; raises `CompileError`."""
        abi = source.abi
        if abi is None and source.pack is not None:
            abi = self._compiler.derive_abi(source.pack.origin().entry_source, profile=source.profile)
        compiled = self._compiler.compile(source.text, file=source.file, profile=source.profile, abi=abi)
        if source.pack is not None and self._watcher is not None:
            compiled = map_to_sources(compiled, source.pack.origin().source_map)
        self._codes[compiled.key] = compiled
        return compiled

    def run(self, call: BareCall) -> BareOutcome:
        """Run a call; raises `WorkerCrashed` or `DeadlineExceeded` if its process dies or hangs."""
        answer = self._pool.submit(encode_message(call), deadline=self._timeout + _GRACE_SECONDS)
        outcome = decode_message(answer.result(), BareOutcome)
        self._watch(call)
        return outcome

    def _watch(self, call: BareCall) -> None:
        if self._watcher is None or self._watched_pool is None:
            return
        try:
            answer = self._watched_pool.submit(encode_message(call), deadline=_WATCHED_SECONDS).result()
        except StrataError:
            self._watcher.lost()
            return
        for key, steps in msgspec.msgpack.decode(answer, type=Ran).items():
            self._watcher.ran(self._codes[key], steps)

    def close(self) -> None:
        """End the processes."""
        self._pool.close()
        if self._watched_pool is not None:
            self._watched_pool.close()
        self._toolchain.close()


def _no_state(keys: Sequence[str]) -> list[tuple[str | None, Layer]]:
    raise InternalError("a direct call carries its state with it")
