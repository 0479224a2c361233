"""The contract compiler: source in, `CompiledContract` out, from the snapshot store if it is there.

Everything that needs a JavaScript parser happens in the toolchain (`resources/toolchain`); here its answers become
values, errors become diagnostics, and results are remembered by content.
"""

from __future__ import annotations

import hashlib
import json
import threading
from functools import cache
from typing import Any, TypeVar

import msgspec

from engine.compiler.answers import CheckAnswer, CompileAnswer, Compiled, OccurrencesAnswer, Problem, ValidateAnswer
from engine.compiler.bundler import RESOURCES, bundle
from engine.compiler.interface import Toolchain
from engine.compiler.snapshots import Snapshots, SnapshotStore
from engine.errors import CompileError, InvalidInput
from engine.values import Abi, AbiMethod, CompiledContract, Diagnostic, Occurrences, Profile, Severity, Value

__all__ = ["CODE_SIZE_LIMIT", "Compiler", "SourceCheck", "toolchain_version"]

CODE_SIZE_LIMIT = 49152
"""Bytes of source that the chain accepts (spec/contract-api.md §9.1)."""

_ADVICE = "Correct the source at the line named above."
_Answer = TypeVar("_Answer", bound=Value)


class SourceCheck(Value, frozen=True):
    """What is known about source text while it is being typed; `abi` is None if it cannot be derived."""

    diagnostics: tuple[Diagnostic, ...]
    abi: Abi | None


@cache
def toolchain_version() -> str:
    """Return the content address of the toolchain that this process compiles with."""
    return hashlib.sha256(bundle(RESOURCES / "toolchain" / "index.js").encode()).hexdigest()[:16]


class Compiler:
    """Compiles, checks and validates contract sources. Any thread may use it.

    With a `store` results survive the process. Concurrent demands for one source are answered by one compilation.
    """

    def __init__(self, toolchain: Toolchain, store: SnapshotStore | None = None) -> None:
        self._toolchain = toolchain
        self._snapshots = Snapshots(store) if store is not None else None
        self._guard = threading.Lock()
        self._running: dict[str, threading.Lock] = {}

    @property
    def snapshots(self) -> Snapshots | None:
        """The compiled contracts that are kept, if there is a store."""
        return self._snapshots

    def key(self, source: str, profile: Profile, *, linted: bool = True) -> str:
        """Return the content address of a compiled contract: source, profile and tools."""
        parts = "\0".join((toolchain_version(), profile.value, "linted" if linted else "", source))
        return hashlib.sha256(parts.encode(errors="surrogatepass")).hexdigest()

    def compile(
        self,
        source: str,
        *,
        file: str = "contract.js",
        profile: Profile = Profile.IOST,
        abi: Abi | None = None,
        linted: bool = True,
    ) -> CompiledContract:
        """Compile one script; `abi` None derives the interface from the source.

        A packed bundle is compiled with `linted=False`: what its libraries look like is nobody's business.

        Interface and lint findings, also errors among them, are in the result's `diagnostics`: a chain compiles
        such a contract all the same, and refuses it by `validate`.

        Raises:
            CompileError: it does not compile. In profile iost `what` is exactly the reference's error text.
        """
        key = self.key(source, profile, linted=linted)
        with self._single(key):
            contract = self._snapshots.get(key) if self._snapshots is not None else None
            if contract is None:
                contract = self._compiled(key, source, file, profile, linted=linted)
                if self._snapshots is not None:
                    self._snapshots.put(contract)
        return _addressed(contract, file, abi)

    def check(
        self, source: str, *, file: str = "contract.js", profile: Profile = Profile.IOST, abi: Abi | None = None
    ) -> SourceCheck:
        """Lint source text and derive its interface; broken text gives one error at its place.

        `abi` is an interface that the source should fit; where it does not, that is an error as well.
        """
        given = None if abi is None else msgspec.to_builtins(abi.abi)
        try:
            answer = self._ask("check", CheckAnswer, source=source, profile=profile.value, abi=given)
        except InvalidInput as error:
            return SourceCheck((_refusal(error, file),), None)
        return SourceCheck(_diagnostics(answer.problem, answer, file), _abi(answer.abi))

    def derive_abi(self, source: str, *, profile: Profile = Profile.IOST) -> Abi | None:
        """Return the interface read off the source, None if there is no exported class or it does not parse."""
        return self.check(source, profile=profile).abi

    def occurrences(self, source: str, *, file: str, line: int, column: int) -> Occurrences | None:
        """Return all places of the name at a place (line from 1, column in UTF-16 units); None if none stands there.

        Raises:
            CompileError: the text does not parse.
        """
        answer = self._ask("occurrences", OccurrencesAnswer, source=source, line=line, column=column)
        if answer.problem is not None:
            found = answer.problem.diagnostic(file)
            raise CompileError(found.message, (found,), where=f"{file}:{found.line}", advice=_ADVICE)
        return answer.found

    def validate(self, source: str, abi: Abi) -> str | None:
        """Return the reference's error text of interface validation (spec/gas.md §9), None if it is accepted."""
        interface = msgspec.to_builtins(abi.abi)
        return self._ask("validate", ValidateAnswer, source=source, abi=interface).error

    # --- inside ------------------------------------------------------------------------------------

    def _compiled(self, key: str, source: str, file: str, profile: Profile, *, linted: bool) -> CompiledContract:
        try:
            answer = self._ask("compile", CompileAnswer, source=source, profile=profile.value, linted=linted)
        except InvalidInput as error:
            raise CompileError(error.what, (_refusal(error, file),), where=f"{file}:1", advice=error.advice) from error
        diagnostics = _diagnostics(answer.problem, answer, file)
        if answer.problem is not None:
            text = answer.problem.text
            if profile is Profile.IOST and text:
                text = f"Uncaught exception: {answer.problem.error_class}: {text}"
            raise CompileError(text, diagnostics, where=f"{file}:{answer.problem.line}", advice=_ADVICE)
        assert answer.compiled is not None
        return _contract(key, source, file, profile, answer.compiled, _abi(answer.abi) or Abi(), diagnostics)

    def _ask(self, function: str, kind: type[_Answer], **request: Any) -> _Answer:
        # ASCII JSON carries lone surrogates, which neither UTF-8 nor MessagePack can.
        reply = self._toolchain.call(function, json.dumps(request).encode())
        try:
            return msgspec.json.decode(reply, type=kind)
        except msgspec.DecodeError:  # lone surrogates again
            return msgspec.convert(json.loads(reply), kind)

    def _single(self, key: str) -> threading.Lock:
        with self._guard:
            if len(self._running) > 1000:
                self._running = {known: lock for known, lock in self._running.items() if lock.locked()}
            return self._running.setdefault(key, threading.Lock())


def _contract(
    key: str,
    source: str,
    file: str,
    profile: Profile,
    compiled: Compiled,
    abi: Abi,
    diagnostics: tuple[Diagnostic, ...],
) -> CompiledContract:
    # What is kept must be valid UTF-8; the chain reads lone surrogates as U+FFFD as well.
    text = source.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return CompiledContract(
        key=key,
        profile=profile,
        file=file,
        original=text,
        metered=compiled.metered,
        stepping=compiled.stepping,
        abi=abi,
        diagnostics=diagnostics,
        files=(file,),
        sources=(text,),
        steps=compiled.steps(),
        scopes=compiled.scopes,
        line_map=tuple((0, line) for line in compiled.lines),
        open_intrinsics=compiled.open_intrinsics,
        running=compiled.running,
    )


def _addressed(contract: CompiledContract, file: str, abi: Abi | None) -> CompiledContract:
    """Return the contract as this caller asked for it: a snapshot may have been made under another name."""
    changes: dict[str, Any] = {}
    is_packed = contract.sources != (contract.original,)  # its files have names of their own
    if contract.file != file and not is_packed:
        diagnostics = tuple(msgspec.structs.replace(found, file=file) for found in contract.diagnostics)
        changes = {"file": file, "files": (file, *contract.files[1:]), "diagnostics": diagnostics}
    if abi is not None:
        changes["abi"] = abi
    return msgspec.structs.replace(contract, **changes) if changes else contract


def _diagnostics(problem: Problem | None, answer: CompileAnswer | CheckAnswer, file: str) -> tuple[Diagnostic, ...]:
    errors = () if problem is None else (problem.diagnostic(file),)
    return (*errors, *(finding.diagnostic(file) for finding in answer.findings))


def _refusal(error: InvalidInput, file: str) -> Diagnostic:
    return Diagnostic(severity=Severity.ERROR, code="too-complex", message=error.what, file=file)


def _abi(methods: tuple[AbiMethod, ...] | None) -> Abi | None:
    return None if methods is None else Abi(abi=methods)
