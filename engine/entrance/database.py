"""The command `database`: verifies, repairs, exports and imports the database of a chain (engine/state/portable.py)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from engine.errors import InvalidInput, StorageError
from engine.state.portable import export_chain, import_chain
from engine.state.repair import repair
from engine.state.stack import StateStack
from engine.state.store import Store
from engine.state.verify import verify

SOUND, UNSOUND = 0, 1
CHAIN_FOLDER = Path(".strata") / "chain"
"""Where a project keeps its chain."""


def database(arguments: list[str]) -> int:
    """`database verify|repair|export|import DIR [FILE]`: 0 done and sound, 1 damage was found or something was lost.

    Raises:
        UserError: the folder or file cannot be used.
    """
    parser = argparse.ArgumentParser(
        "main.py database",
        description="Verify, repair, export or import the database of a chain. "
        "DIR is its folder, or the project that it belongs to.",
    )
    tasks = parser.add_subparsers(dest="task", required=True, metavar="verify|repair|export|import")
    for name, summary in (
        ("verify", "check every file, every row, and whether they agree; nothing is changed"),
        ("repair", "build a new database from all that can be read; the damaged one is kept beside it"),
    ):
        task = tasks.add_parser(name, help=summary, description=summary)
        task.add_argument("folder", type=Path, metavar="DIR")
    for name, summary in (
        ("export", "write everything to FILE, as lines of JSON that outlive this program"),
        ("import", "make a database in DIR, which must be empty or missing, from an exported FILE"),
    ):
        task = tasks.add_parser(name, help=summary, description=summary)
        task.add_argument("folder", type=Path, metavar="DIR")
        task.add_argument("file", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    work = {"verify": _verify, "repair": _repair, "export": _export, "import": _import}[options.task]
    return work(options, sys.stdout)


def chain_folder(folder: Path) -> Path:
    """Return the folder of the database that `folder` is, or that the project there has.

    Raises:
        InvalidInput: there is none.
    """
    for candidate in (folder, folder / CHAIN_FOLDER):
        if candidate.is_dir() and (
            (candidate / "CURRENT").exists() or any(candidate.glob("*.sst")) or any(candidate.glob("MANIFEST-*"))
        ):
            return candidate
    raise InvalidInput(
        "there is no database of a chain",
        where=str(folder),
        advice="Give the folder of a chain, or a project whose chain was opened before.",
    )


def _verify(options: argparse.Namespace, stream: TextIO) -> int:
    folder = chain_folder(options.folder)
    report = verify(folder, _progress(stream))
    for problem in report.problems:
        print(f"{problem.where}: {problem.what}", file=stream)
    if report.sound:
        print(f"{folder}: sound. {report.files} files, {report.rows:,} rows, {report.blocks:,} blocks.", file=stream)
        return SOUND
    count = len(report.problems)
    print(f"{folder}: {count} problem{'s' if count > 1 else ''}. To repair it (a copy is kept):", file=stream)
    print(f"  python3 main.py database repair {options.folder}", file=stream)
    return UNSOUND


def _repair(options: argparse.Namespace, stream: TextIO) -> int:
    folder = chain_folder(options.folder)
    report = repair(folder)
    for lost in report.lost:
        print(f"lost: {lost}", file=stream)
    head = "no block could be read" if report.head is None else f"{report.blocks:,} blocks, the newest {report.head}"
    print(f"{folder}: repaired, {head}.", file=stream)
    print(f"The files as they were are in {report.damaged}.", file=stream)
    return UNSOUND if report.lost else SOUND


def _export(options: argparse.Namespace, stream: TextIO) -> int:
    folder = chain_folder(options.folder)
    with Store.open(folder) as store:
        lines = export_chain(StateStack(store), options.file)
    size = options.file.stat().st_size
    print(f"{options.file}: {lines:,} lines, {size:,} bytes, from {folder}.", file=stream)
    return SOUND


def _import(options: argparse.Namespace, stream: TextIO) -> int:
    if not options.file.is_file():
        raise InvalidInput("there is no such file", where=str(options.file), advice="Give a file made by export.")
    try:
        options.folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"the folder cannot be made: {error.strerror}", where=str(options.folder.parent)) from error
    import_chain(options.file, options.folder)
    with Store.open(options.folder) as store:
        head = StateStack(store).head
    newest = "no block" if head is None else f"head is block {head.number}"
    print(f"{options.folder}: imported, {newest}.", file=stream)
    return SOUND


def _progress(stream: TextIO) -> Callable[[int, int], None] | None:
    """Return what shows progress where a person is looking."""
    if not stream.isatty():
        return None

    def show(done: int, steps: int) -> None:
        stream.write(f"\r{done * 100 // max(steps, 1)} %" + ("\r     \r" if done >= steps else ""))
        stream.flush()

    return show
