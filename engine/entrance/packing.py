"""The command `pack`: packs and compiles the contracts of a project and tells what is in them."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import TextIO

from engine.compiler.abi import read_abi
from engine.compiler.compiler import CODE_SIZE_LIMIT, Compiler
from engine.compiler.pack import Minify, Pack, Packer
from engine.compiler.pack.compiling import compile_pack
from engine.entrance.contract_source import main_module
from engine.entrance.installing import install_missing
from engine.entrance.project import Project, ProjectContract, load_project
from engine.errors import CompileError, InvalidInput, PackError
from engine.values import Abi, CompiledContract, Diagnostic, Profile, Severity
from engine.vm.toolchain_process import ToolchainProcess

GOOD, FAULTY = 0, 1
LARGEST_MODULES = 12


def pack(arguments: list[str]) -> int:
    """`pack DIR [-o FILE] [--install] [--minify WHEN]`: 0 if every contract compiles, 1 if one does not.

    Raises:
        UserError: the input cannot be used.
    """
    parser = argparse.ArgumentParser("main.py pack", description="Pack and compile the contracts of a project.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="the project's folder")
    parser.add_argument("-o", dest="output", type=Path, metavar="FILE", help="write the (packed) script here")
    parser.add_argument("--install", action="store_true", help="install the npm packages that the project lacks")
    parser.add_argument(
        "--minify",
        type=Minify,
        choices=list(Minify),
        help="make the script smaller (default: what strata.json says, else large)",
    )
    options = parser.parse_args(arguments)
    return pack_folder(options.folder, options.output, sys.stdout, install=options.install, minify=options.minify)


def pack_folder(
    folder: Path, output: Path | None, stream: TextIO, *, install: bool = False, minify: Minify | None = None
) -> int:
    """Pack, compile and describe every contract of a project; return the exit code.

    With `install` missing npm packages are installed first, those that only the code names included. `minify` None
    leaves it to the project's settings.

    Raises:
        InvalidInput: the folder or its settings cannot be used.
        UserError: a package cannot be installed.
    """
    if not folder.is_dir():
        raise InvalidInput("is not a folder", where=str(folder))
    project = load_project(folder)
    contracts = project.contracts or (
        ProjectContract(folder.name, main_module(folder), profile=Profile.MODERN, pack=True),
    )
    if output is not None and len(contracts) != 1:
        raise InvalidInput("-o needs a project with exactly one contract", where=str(folder))
    code = GOOD
    toolchain = ToolchainProcess()
    with contextlib.closing(toolchain), contextlib.closing(Packer()) as packer:
        compiler = Compiler(toolchain)
        for contract in contracts:
            try:
                packed = _packed(folder, contract, packer, stream, install=install, minify=minify)
                compiled = _compiled(folder, project, contract, compiler, packed)
            except CompileError as error:
                print(f"{contract.name}: {error}", file=stream)
                _show_diagnostics(error.diagnostics, stream)
                code = FAULTY
                continue
            _describe(contract, compiled, packed, stream)
            if any(found.severity is Severity.ERROR for found in compiled.diagnostics):
                code = FAULTY
            if output is not None:
                output.write_text(compiled.original, encoding="utf-8")
    return code


def _packed(
    folder: Path, contract: ProjectContract, packer: Packer, stream: TextIO, *, install: bool, minify: Minify | None
) -> Pack | None:
    if not contract.pack:
        return None
    if install:
        install_missing(folder, stream)
    try:
        return packer.pack(folder, contract.file, minify or contract.minify)
    except PackError as error:
        if not install or not install_missing(folder, stream, error.diagnostics):
            raise
    return packer.pack(folder, contract.file, minify or contract.minify)


def _compiled(
    folder: Path, project: Project, contract: ProjectContract, compiler: Compiler, packed: Pack | None
) -> CompiledContract:
    abi = read_abi((folder / contract.abi).read_text(encoding="utf-8"), file=contract.abi) if contract.abi else None
    profile = contract.profile or project.profile
    if packed is not None:
        return compile_pack(compiler, packed, profile, abi=abi)
    return compiler.compile(_text(folder / contract.file), file=contract.file, profile=profile, abi=abi)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"cannot be read ({error.strerror})", where=str(file)) from error
    except UnicodeDecodeError as error:
        raise InvalidInput("is not UTF-8", where=str(file)) from error


def _describe(contract: ProjectContract, compiled: CompiledContract, packed: Pack | None, stream: TextIO) -> None:
    size = len(compiled.original.encode())
    share = f"{size / CODE_SIZE_LIMIT:.0%} of what the chain takes"
    print(f"{contract.name}: {contract.file}, profile {compiled.profile}, {size:,} bytes ({share})", file=stream)
    sizes = f"metered {len(compiled.metered):,}, stepping {len(compiled.stepping):,} characters"
    print(f"  snapshot {compiled.key[:16]}: {sizes}, {len(compiled.steps):,} steps", file=stream)
    _show_interface(compiled.abi, stream)
    if packed and packed.is_minified:
        print(f"  made smaller: it was {packed.plain_size:,} bytes", file=stream)
    if packed:
        largest = sorted(packed.modules, key=lambda module: -module.packed_size)
        print(f"  {len(packed.modules)} modules:", file=stream)
        for module in largest[:LARGEST_MODULES]:
            print(f"    {module.packed_size:>8,}  {module.path}", file=stream)
        _show_diagnostics(packed.diagnostics, stream)
    _show_diagnostics(compiled.diagnostics, stream)


def _show_interface(abi: Abi, stream: TextIO) -> None:
    for method in abi.abi:
        limits = ", ".join(f"{limit.val} {limit.token}" for limit in method.amount_limit)
        moves = f"  moves up to {limits}" if limits else ""
        print(f"    {method.name}({', '.join(method.args)}){moves}", file=stream)


def _show_diagnostics(diagnostics: tuple[Diagnostic, ...], stream: TextIO) -> None:
    for found in diagnostics:
        place = f"{found.file}:{found.line}:{found.column + 1}"
        print(f"  {found.severity} {place}: {found.message} [{found.code}]", file=stream)
