"""The compiler as the chain uses it: for deployments, and for the code that workers load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.chain.compile_request import CompileReply, CompileRequest
from engine.chain.contracts import parse_record, record_key, source_key, source_of
from engine.errors import CompileError, InternalError, UserError
from engine.values import Profile, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.compiler.compiler import Compiler
    from engine.state.view import StateView
    from engine.values import CompiledContract

_PAGE = 500


class Compilation:
    """Implements `ContractCompiler`, and finds compiled contracts by key; any thread may use it.

    `state` returns the newest state, where a contract's source is looked up if its snapshot was lost.
    """

    def __init__(self, compiler: Compiler, state: Callable[[], StateView]) -> None:
        self._compiler = compiler
        self._state = state
        self._recent: dict[str, CompiledContract] = {}

    def compile(self, request: CompileRequest) -> CompileReply:
        """Validate and compile a contract that is being deployed."""
        try:
            if request.profile is Profile.IOST:
                problem = self._compiler.validate(request.source, request.abi)
                if problem is not None:
                    return CompileReply(validate_error=problem)
            contract = self._compiler.compile(request.source, profile=request.profile, abi=request.abi)
        except CompileError as error:
            return CompileReply(compile_error=error.what)
        except UserError as error:
            return CompileReply(validate_error=str(error))
        if request.profile is Profile.MODERN:
            for found in contract.diagnostics:
                if found.severity is Severity.ERROR:
                    return CompileReply(validate_error=f"line {found.line}: {found.message}")
        self._keep(contract)
        return CompileReply(code_key=contract.key, compiled_bytes=len(contract.metered.encode()))

    def load(self, key: str) -> CompiledContract:
        """Return a compiled contract; a lost snapshot is made again from the source in the state.

        Raises:
            InternalError: no contract on the chain has this code.
        """
        contract = self._recent.get(key)
        if contract is None and self._compiler.snapshots is not None:
            contract = self._compiler.snapshots.get(key)
        if contract is None:
            contract = self._compiled_again(key)
        self._keep(contract)
        return contract

    def _keep(self, contract: CompiledContract) -> None:
        if len(self._recent) > 256:
            self._recent = {}
        self._recent[contract.key] = contract

    def _compiled_again(self, key: str) -> CompiledContract:
        state = self._state()
        after = ""
        while page := state.entries(prefix=record_key(""), after=after, count=_PAGE):
            for entry in page:
                record = parse_record(entry.value or "")
                if record.code_key == key:
                    source = state.read(source_key(record.id))[0]
                    if source is None:
                        break
                    return self._compiler.compile(source_of(source), file=f"{record.id}.js", profile=record.profile)
            after = page[-1].key
        raise InternalError(f"no contract on the chain has code {key}")
