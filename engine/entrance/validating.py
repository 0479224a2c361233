"""The command `validate`: executes the blocks of a chain again, or checks a transaction that somebody has signed."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from engine.entrance.database import chain_folder
from engine.errors import InvalidInput
from engine.facade import Engine

VALID, INVALID = 0, 1


def validate(arguments: list[str]) -> int:
    """`validate DIR`: 0 all is as recorded, or the transaction could enter a block; 1 otherwise.

    Raises:
        UserError: the folder, the blocks or the file cannot be used.
    """
    parser = argparse.ArgumentParser(
        "main.py validate",
        description="Execute the blocks of a chain again and compare with what was recorded. DIR is its folder, "
        "or the project that it belongs to; it may be open elsewhere.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--first", type=int, default=1, metavar="N", help="the first block (default 1)")
    parser.add_argument("--last", type=int, metavar="N", help="the last block (default the newest)")
    parser.add_argument(
        "--transaction",
        type=Path,
        metavar="FILE",
        help="check this signed transaction instead, the body of a sendTx request, without executing it",
    )
    options = parser.parse_args(arguments)
    with contextlib.closing(Engine.open(chain_folder(options.folder), read_only=True)) as engine:
        if options.transaction is not None:
            return _transaction(engine, options.transaction, sys.stdout)
        return _blocks(engine, options.first, options.last, sys.stdout)


def _blocks(engine: Engine, first: int, last: int | None, stream: TextIO) -> int:
    found = engine.validate_blocks(first, last, progress=_progress(stream)).result()
    if found.number is not None:
        print(f"block {found.number}: {found.difference}", file=stream)
        return INVALID
    print(f"{found.checked:,} block{'' if found.checked == 1 else 's'} as recorded", file=stream)
    return VALID


def _transaction(engine: Engine, file: Path, stream: TextIO) -> int:
    try:
        body = file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"cannot be read ({error.strerror})", where=str(file)) from error
    problem = engine.validate_signed(body).result()
    print(problem or "it could enter the next block", file=stream)
    return INVALID if problem else VALID


def _progress(stream: TextIO) -> Callable[[int, int], None] | None:
    """Return what shows progress where a person is looking."""
    if not stream.isatty():
        return None

    def show(done: int, total: int) -> None:
        stream.write(f"\r{done:,} of {total:,} \r")
        stream.flush()

    return show
