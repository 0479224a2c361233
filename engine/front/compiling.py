"""Compiling, packing and checking contracts beside the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.front.open_chain import OpenChain
from engine.interface import CheckResult

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from engine.compiler.pack import Pack
    from engine.compiler.snapshots import SnapshotLimits
    from engine.entrance.contract_file import PreparedFile
    from engine.values import Abi, CompiledContract, Occurrences, Profile

__all__ = ["Compiling"]


class Compiling(OpenChain):
    """What the editor and the pack dock ask for."""

    def check(self, source: str, *, file: str, profile: Profile, abi: Abi | None = None) -> Future[CheckResult]:
        """Lint and derive the ABI of source text; never raises `CompileError`. Where `abi` does not fit is an error."""
        return self._compile_soon(self._check, source, file, profile, abi)

    def compile(self, source: str, *, file: str, profile: Profile, abi: Abi | None = None) -> Future[CompiledContract]:
        """Compile, from the snapshot store if it is there; raises `CompileError`."""
        return self._compile_soon(self._compile, source, file, profile, abi)

    def occurrences(self, source: str, *, file: str, line: int, column: int) -> Future[Occurrences | None]:
        """Return all places of the name at a place of a text (line from 1, column in UTF-16 units), None without one.

        Raises:
            CompileError: the text does not parse.
        """
        return self._compile_soon(lambda: self._parts.compiler.occurrences(source, file=file, line=line, column=column))

    def pack(self, directory: Path, entry: str) -> Future[Pack]:
        """Make one script of a project's module and everything it needs; raises `PackError`."""
        return self._compile_soon(self._parts.packer.pack, directory, entry)

    def warm_packer(self) -> Future[None]:
        """Have the packer's process ready before the first pack, for those who will soon want one."""
        return self._compile_soon(self._parts.packer.warm)

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
