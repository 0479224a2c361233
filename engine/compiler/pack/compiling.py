"""Compiles packed projects: what the compiler says of the script is told in terms of the project's files."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.compiler.compiler import Compiler
from engine.compiler.pack.values import Pack
from engine.compiler.source_map import map_finding, map_to_sources
from engine.errors import CompileError
from engine.values import Abi, CompiledContract, Diagnostic, Profile

__all__ = ["compile_pack"]


def compile_pack(compiler: Compiler, pack: Pack, profile: Profile, *, abi: Abi | None = None) -> CompiledContract:
    """Compile a packed project; `abi` None derives the interface from the entry module.

    Raises:
        CompileError: the script does not compile; place and diagnostics are those of the project's files.
        PackError: the files were changed while they were packed.
    """
    try:
        compiled = compiler.compile(pack.code, file=Path(pack.entry).name, profile=profile)
    except CompileError as error:
        found = tuple(map_finding(pack.origin().source_map, finding) for finding in error.diagnostics)
        raise _placed(error, found, pack) from error
    is_mapped = compiled.sources != (compiled.original,)  # it comes from the snapshots, put there by an earlier call
    mapped = compiled if is_mapped else map_to_sources(compiled, pack.origin().source_map)
    interface = abi or compiler.derive_abi(pack.origin().entry_source, profile=profile)
    return mapped if interface is None else msgspec.structs.replace(mapped, abi=interface)


def _placed(error: CompileError, findings: tuple[Diagnostic, ...], pack: Pack) -> CompileError:
    """Return the error at the place in the project's files, with the imports that lead to it."""
    if not findings:
        return error
    first = findings[0]
    chain = pack.chain_to(str((Path(pack.entry).parent / first.file).resolve()))
    through = f" (imported through {' → '.join(Path(file).name for file in chain)})" if len(chain) > 1 else ""
    return CompileError(error.what + through, findings, where=f"{first.file}:{first.line}", advice=error.advice)
