"""Export and import of a whole database as text that outlives RocksDB and Strata's own format.

The file is UTF-8 JSON, one object a line, each with its kind under `type`; bytes are base64:

    header        format "strata-chain" and `version` of this format (1)
    position      ids of head and newest flushed block, `oldest` reachable block number, retention setting
    state         one key of the state after block `oldest`; only where older history was dropped
    block         a block record (`engine.state.records`), parents first, and what it changed (null if dropped)
    transaction   hash, id of its block, the chain's encoding
    checkpoint    a named block
    setting       a setting of the chain
    snapshot      a blob by content address (compiled contracts)
    end           number of lines before this one, and SHA-256 of their bytes

State and history are not in the file beyond that: they follow from the changes.
"""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

import msgspec

from engine.errors import InvalidInput, StorageError
from engine.state.application import put_block
from engine.state.columns import ColumnName
from engine.state.ledger import Ledger
from engine.state.records import BlockChanges, BlockRecord, Checkpoint, StoredTransaction
from engine.state.stack import StateStack
from engine.state.store import Durability, Store
from engine.state.verify import chain_below
from engine.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["export_chain", "import_chain", "rebuild"]

FORMAT_NAME = "strata-chain"
FORMAT_VERSION = 1


class HeaderLine(Value, tag="header", frozen=True):
    """Opens the file."""

    format: str
    version: int


class PositionLine(Value, tag="position", frozen=True):
    """Where the chain stands."""

    head: int | None
    flushed: int | None
    oldest: int | None
    retention: int | None


class StateLine(Value, tag="state", frozen=True):
    """A key of the state after the oldest reachable block."""

    key: str
    text: str


class BlockLine(Value, tag="block", frozen=True):
    """A block of any branch."""

    block: BlockRecord
    changes: BlockChanges | None


class TransactionLine(Value, tag="transaction", frozen=True):
    """A transaction as it is in one block."""

    hash: str
    block: int
    body: bytes


class CheckpointLine(Value, tag="checkpoint", frozen=True):
    """A checkpoint."""

    checkpoint: Checkpoint


class SettingLine(Value, tag="setting", frozen=True):
    """A setting of the chain."""

    name: str
    value: bytes


class SnapshotLine(Value, tag="snapshot", frozen=True):
    """A blob."""

    address: str
    blob: bytes


class EndLine(Value, tag="end", frozen=True):
    """Closes the file."""

    lines: int
    sha256: str


Record = PositionLine | StateLine | BlockLine | TransactionLine | CheckpointLine | SettingLine | SnapshotLine
Line = Record | HeaderLine | EndLine


def export_chain(stack: StateStack, file: Path) -> int:
    """Write everything the stack's database holds to `file`; return the number of lines.

    Raises:
        InvalidInput: the open block has transactions, or something other than a file has that name.
        StorageError: the file cannot be written; StorageDamaged: the database cannot be read.
    """
    if stack.open_transactions:
        raise InvalidInput("the open block has transactions", advice="Produce or discard it before exporting.")
    if file.exists() and not file.is_file():  # a device or a pipe would be replaced, not written to
        raise InvalidInput("this is not an ordinary file", where=str(file), advice="Choose another place for it.")
    partial = file.with_name(f"{file.name}.partial")
    digest = hashlib.sha256()
    lines = 0
    try:
        with stack.lock, partial.open("wb") as output:
            for line in _all_lines(stack):
                raw = msgspec.json.encode(line) + b"\n"
                output.write(raw)
                digest.update(raw)
                lines += 1
            output.write(msgspec.json.encode(EndLine(lines, digest.hexdigest())) + b"\n")
        partial.replace(file)
    except OSError as error:
        raise StorageError(
            f"the export cannot be written: {error.strerror}", where=str(file), advice="Choose another place for it."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return lines + 1


def import_chain(file: Path, directory: Path) -> None:
    """Make a database in `directory`, which must be empty or missing, from an exported file.

    Raises:
        InvalidInput: the file is not a whole, unaltered export, or the folder is not empty.
        StorageError: the folder cannot be written.
    """
    rebuild(_checked_lines(file), directory)


def rebuild(records: Iterable[Record], directory: Path) -> None:
    """Make a database in `directory`, which must be empty or missing, out of records; all of it or nothing.

    Raises:
        InvalidInput: the folder is not empty. Errors of `records` pass through.
        StorageError: the folder cannot be written.
    """
    if directory.exists() and any(directory.iterdir()):
        raise InvalidInput("the folder is not empty", where=str(directory), advice="Choose a new folder.")
    building = directory.with_name(f"{directory.name}.building")
    try:
        if building.exists():
            shutil.rmtree(building)
        with Store.open(building, durability=Durability.POWER) as store:
            position = PositionLine(None, None, None, None)
            for record in records:
                if isinstance(record, PositionLine):
                    position = record
                else:
                    _store_record(store, record)
            _settle(store, position)
        if directory.exists():
            directory.rmdir()
        building.rename(directory)
    except StorageError as error:
        if error.where != str(building):  # reading what is imported failed
            raise
        raise StorageError(error.what, where=str(directory), advice=error.advice) from error
    except OSError as error:
        raise StorageError(
            f"the folder cannot be used: {error.strerror}", where=str(directory), advice="Choose another folder."
        ) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _all_lines(stack: StateStack) -> Iterator[Line]:
    ledger = stack.ledger
    oldest = ledger.oldest()
    yield HeaderLine(FORMAT_NAME, FORMAT_VERSION)
    yield PositionLine(ledger.head(), ledger.flushed(), oldest, ledger.retention())
    if oldest is not None:
        for entry in stack.checkout(oldest).entries():
            yield StateLine(entry.key, entry.value or "")
    for block in ledger.all_blocks():
        yield BlockLine(block, ledger.changes(block.id) if ledger.has_changes(block.id) else None)
    for block in ledger.all_blocks():
        for transaction in block.transactions:
            body = ledger.transaction_in(transaction, block.id)
            if body is not None:
                yield TransactionLine(transaction, block.id, body)
    for checkpoint in ledger.checkpoints():
        yield CheckpointLine(checkpoint)
    for name, value in ledger.settings():
        yield SettingLine(name, value)
    for address, blob in stack.store.columns[ColumnName.SNAPSHOTS].scan():
        yield SnapshotLine(address.decode(), blob)


def _checked_lines(file: Path) -> Iterator[Record]:
    decoder = msgspec.json.Decoder(Line)
    digest = hashlib.sha256()
    number = 0
    ended = False
    try:
        with file.open("rb") as source:
            for number, raw in enumerate(source, 1):
                try:
                    line = decoder.decode(raw)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    raise _unusable(file, number, f"this line is unreadable ({error})") from error
                if ended or (number == 1) != isinstance(line, HeaderLine):
                    raise _unusable(file, number, "this is not the beginning or not the end of an export")
                if isinstance(line, EndLine):
                    if (line.lines, line.sha256) != (number - 1, digest.hexdigest()):
                        raise _unusable(file, number, "the file was altered: its checksum is another")
                    ended = True
                elif isinstance(line, HeaderLine):
                    _require_known(file, line)
                else:
                    yield line
                digest.update(raw)
    except OSError as error:
        raise InvalidInput(f"the export cannot be read: {error.strerror}", where=str(file)) from error
    if not ended:
        raise _unusable(file, number, "the end of the file is missing")


def _require_known(file: Path, header: HeaderLine) -> None:
    if header.format != FORMAT_NAME:
        raise _unusable(file, 1, f"it holds {header.format!r}, not {FORMAT_NAME!r}")
    if header.version > FORMAT_VERSION:
        raise InvalidInput(
            f"a newer Strata wrote this export (version {header.version}, this one knows {FORMAT_VERSION})",
            where=str(file),
            advice="Update Strata.",
        )


def _unusable(file: Path, line: int, what: str) -> InvalidInput:
    return InvalidInput(what, where=f"{file}, line {line}", advice="Export the chain again.")


def _store_record(store: Store, record: Record) -> None:
    ledger = Ledger(store)
    batch = store.batch()
    match record:
        case StateLine(key=key, text=text):
            batch.put(ColumnName.STATE, key.encode(), text.encode())
        case BlockLine(block=block, changes=changes):
            ledger.add_block(batch, block, changes)
        case TransactionLine(hash=transaction, block=identity, body=body):
            ledger.add_transactions(batch, identity, [StoredTransaction(transaction, body)])
        case CheckpointLine(checkpoint=checkpoint):
            ledger.put_checkpoint(batch, checkpoint)
        case SettingLine(name=name, value=value):
            ledger.put_setting(batch, name, value)
        case SnapshotLine(address=address, blob=blob):
            batch.put(ColumnName.SNAPSHOTS, address.encode(), blob)
    store.write(batch, relaxed=True)


def _settle(store: Store, position: PositionLine) -> None:
    """Derive index, state and history; the last batch is synced, and with it everything before."""
    ledger = Ledger(store)
    chain = [] if position.head is None else chain_below(ledger, position.head)
    flushed = {block.id: block.number for block in chain}.get(-1 if position.flushed is None else position.flushed, -1)
    for block in chain:
        batch = store.batch()
        ledger.link(batch, block)
        if block.number <= flushed and block.number > (position.oldest or -1):
            put_block(batch, block.number, ledger.changes(block.id))
        store.write(batch, relaxed=True)
    batch = store.batch()
    ledger.set_retention(batch, position.retention)
    if position.head is not None:
        ledger.set_head(batch, position.head)
    if position.flushed is not None:
        ledger.set_flushed(batch, position.flushed)
    if position.oldest is not None:
        ledger.set_oldest(batch, position.oldest)
        ledger.set_swept(batch, position.oldest)
    store.write(batch)
