"""Remembers what executing the built-in contracts' genesis came to, so that further chains begin at once.

The default genesis is the same for every chain; deploying its contracts takes most of the time. A result is kept in
the cache folder under the hash of all that goes into it: the transaction, the block's time, and the engine's own code.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.chain.contracts import parse_record
from engine.chain.executor import Execution
from engine.chain.transaction import Transaction
from engine.compiler.compiler import toolchain_version
from engine.values import CompiledContract, Profile, Value
from engine.vm.runtime_bundle import runtime_script

if TYPE_CHECKING:
    from engine.compiler.snapshots import Snapshots


class _Kept(Value, frozen=True):
    execution: Execution
    contracts: tuple[CompiledContract, ...]


class GenesisCache:
    """A folder of results, shared by all chains; `snapshots` is where one chain keeps its compiled contracts."""

    def __init__(self, snapshots: Snapshots, folder: Path) -> None:
        self._snapshots = snapshots
        self._folder = folder

    def execution(self, transaction: Transaction, time: int, execute: Callable[[], Execution]) -> Execution:
        """Return what `execute` gives for `transaction` in a block at `time`, or what it gave before."""
        file = self._folder / f"genesis-{self._key(transaction, time)}.msgpack"
        with contextlib.suppress(OSError, msgspec.MsgspecError):  # missing or damaged: made again
            kept = msgspec.msgpack.decode(file.read_bytes(), type=_Kept)
            for contract in kept.contracts:
                self._snapshots.put(contract)
            return kept.execution
        execution = execute()
        if execution.failure is None:
            self._keep(file, execution)
        return execution

    def _keep(self, file: Path, execution: Execution) -> None:
        keys = [
            parse_record(text).code_key for key, text in execution.write_set.items() if text and key.startswith("c-")
        ]
        found = [self._snapshots.get(key) for key in keys if key]
        kept = _Kept(
            msgspec.structs.replace(execution, accesses=()),
            tuple(contract for contract in found if contract is not None),
        )
        with contextlib.suppress(OSError):  # without a cache the next chain takes longer, that is all
            file.parent.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=file.parent)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(msgspec.msgpack.encode(kept))
            Path(temporary).replace(file)

    def _key(self, transaction: Transaction, time: int) -> str:
        digest = hashlib.sha256(f"{time} {toolchain_version()} {_code_digest()}".encode())
        digest.update(transaction.full_bytes())
        return digest.hexdigest()[:32]


@cache
def _code_digest() -> str:
    """Return the hash of the code that executes transactions: the libraries of profile iost and our Python."""
    digest = hashlib.sha256(runtime_script(Profile.IOST).encode())
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
