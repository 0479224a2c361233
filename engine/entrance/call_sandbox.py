"""Compiles contracts and runs direct calls of them, in processes of their own, for scenarios of mode `call`."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from engine.chain.bare import BareCall, BareOutcome
from engine.compiler.compiler import Compiler
from engine.entrance.call_program import PROGRAM, decode_message, encode_message
from engine.entrance.contract_source import ContractSource
from engine.entrance.project import NO_LIMITS, ProjectLimits
from engine.errors import InternalError
from engine.values import Abi, CompiledContract, Layer
from engine.vm.check_mode import checks_by_default
from engine.vm.pool import PoolSettings, WorkerPool
from engine.vm.toolchain_process import ToolchainProcess

_GRACE_SECONDS = 2.0


class WorkerCallSandbox:
    """The sandbox of direct calls; any thread may use it. Close it to end its processes."""

    def __init__(self, *, timeout: float, check: bool | None = None, limits: ProjectLimits = NO_LIMITS) -> None:
        """Start the processes; a call may take `timeout` seconds, within `limits`. `check` is that of `VmSettings`.

        None leaves it to the environment.
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

    def validate(self, source: str, abi: Abi) -> str | None:
        """Return the reference's error text of interface validation, None if it is accepted."""
        return self._compiler.validate(source, abi)

    def compile(self, source: ContractSource) -> CompiledContract:
        """Compile and remember a contract; raises `CompileError`."""
        abi = source.abi
        if abi is None and source.pack is not None:
            abi = self._compiler.derive_abi(source.pack.origin().entry_source, profile=source.profile)
        compiled = self._compiler.compile(source.text, file=source.file, profile=source.profile, abi=abi)
        self._codes[compiled.key] = compiled
        return compiled

    def run(self, call: BareCall) -> BareOutcome:
        """Run a call; raises `WorkerCrashed` or `DeadlineExceeded` if its process dies or hangs."""
        answer = self._pool.submit(encode_message(call), deadline=self._timeout + _GRACE_SECONDS)
        return decode_message(answer.result(), BareOutcome)

    def close(self) -> None:
        """End the processes."""
        self._pool.close()
        self._toolchain.close()


def _no_state(keys: Sequence[str]) -> list[tuple[str | None, Layer]]:
    raise InternalError("a direct call carries its state with it")
