"""The command `check`: prints what the compiler finds in contracts, one line a finding."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from pathlib import Path
from typing import TextIO

import msgspec

from engine.compiler.abi import read_abi
from engine.compiler.compiler import Compiler
from engine.compiler.rules import RULES
from engine.entrance.project import Project, ProjectContract, load_project, project_folder
from engine.errors import InvalidInput
from engine.values import Diagnostic, Profile, Severity
from engine.vm.toolchain_process import ToolchainProcess

GOOD, FAULTY = 0, 1


def check(arguments: list[str]) -> int:
    """`check FILE...`: 0 without errors, 1 if there are some; raises `UserError` for files that cannot be read."""
    parser = argparse.ArgumentParser("main.py check", description="Look for problems in contracts.")
    parser.add_argument("paths", nargs="*", type=Path, metavar="FILE", help="a contract, or the folder of a project")
    parser.add_argument("--profile", type=Profile, choices=list(Profile), help="instead of the project's, else iost")
    parser.add_argument("--json", action="store_true", help="print one JSON list instead of lines")
    parser.add_argument("--explain", metavar="CODE", help="say what a finding's code means")
    options = parser.parse_args(arguments)
    if options.explain:
        return explain(options.explain, sys.stdout)
    if not options.paths:
        parser.error("give at least one file")
    found = find(options.paths, options.profile)
    if options.json:
        print(json.dumps(msgspec.to_builtins(found), ensure_ascii=False, indent=2))
    else:
        for one in found:
            place = f"{one.file}:{one.line}:{one.column + 1}"
            print(f"{place}: {one.severity} {one.code}: {one.message}")
    return FAULTY if any(one.severity is Severity.ERROR for one in found) else GOOD


def explain(code: str, stream: TextIO) -> int:
    """Print what a rule is about; raises `InvalidInput` for an unknown code."""
    rule = RULES.get(code)
    if rule is None:
        raise InvalidInput(f"there is no rule {code!r}", advice=f"The rules are: {', '.join(sorted(RULES))}.")
    print(f"{rule.title}\n\n{rule.explanation}\n\n{rule.remedy}", file=stream)
    return GOOD


def find(paths: list[Path], profile: Profile | None = None) -> tuple[Diagnostic, ...]:
    """Return what is found in contracts and in all contracts of project folders, in the order given.

    Raises:
        InvalidInput: a file, an interface or a project's settings cannot be used.
    """
    found: list[Diagnostic] = []
    with contextlib.closing(ToolchainProcess()) as toolchain:
        compiler = Compiler(toolchain)
        for path in paths:
            for file in _files(path):
                found += _check(compiler, file, profile)
    return tuple(found)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    contracts = load_project(path).contracts
    if not contracts:
        raise InvalidInput("names no contracts", where=str(path), advice="Give the files, or list them in strata.json.")
    return [path / contract.file for contract in contracts]


def _check(compiler: Compiler, file: Path, profile: Profile | None) -> tuple[Diagnostic, ...]:
    folder = project_folder(file.absolute())
    project = load_project(folder)
    contract = _contract_of(project, folder, file)
    abi = file.with_name(f"{file.name}.abi")
    if contract is not None and contract.abi is not None:
        abi = folder / contract.abi
    chosen = profile or (contract.profile if contract is not None else None) or project.profile
    interface = read_abi(_text(abi), file=str(abi)) if abi.is_file() else None
    return compiler.check(_text(file), file=str(file), profile=chosen, abi=interface).diagnostics


def _contract_of(project: Project, folder: Path, file: Path) -> ProjectContract | None:
    named = (one for one in project.contracts if (folder / one.file).absolute() == file.absolute())
    return next(named, None)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"cannot be read ({error.strerror})", where=str(file)) from error
    except UnicodeDecodeError as error:
        raise InvalidInput("is not UTF-8", where=str(file)) from error
