"""The database: typed access to RocksDB's column families, one atomic batch a write, errors for people.

What is written is in the write-ahead log when `write` returns: with `Durability.PROCESS` it survives the end of
the process however it comes, with `Durability.POWER` also the end of the machine (one fsync a batch).
"""

from __future__ import annotations

from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING, Self, cast

from rocksdict import (
    AccessType,
    Cache,
    Checkpoint,
    CompactOptions,
    DbClosedError,
    Rdict,
    ReadOptions,
    WriteBatch,
    WriteOptions,
)

from engine.errors import InternalError, StorageError
from engine.state.columns import BLOCK_CACHE_BYTES, ColumnName, column_options, database_options
from engine.state.encoding import prefix_end
from engine.state.failures import damaged, storage_error
from engine.state.format import check_format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

__all__ = ["Batch", "Column", "Durability", "Store"]


class Durability(Enum):
    """What an acknowledged write survives."""

    PROCESS = "process"
    POWER = "power"


class _Closed:
    """Stands where a database was; anything asked of it is refused."""

    def __getattr__(self, name: str) -> object:
        raise DbClosedError(name)


_CLOSED = cast("Rdict", _Closed())


def _refuse(key: bytes) -> bytes | None:
    raise DbClosedError(key)


class Batch:
    """Writes that happen all or not at all, in order."""

    def __init__(self, store: Store) -> None:
        self.raw = WriteBatch(raw_mode=True)
        self._handles = store.handles

    def put(self, column: ColumnName, key: bytes, value: bytes) -> None:
        """Set a value."""
        self.raw.put(key, value, self._handles[column])

    def put_all(self, column: ColumnName, keys: Iterable[bytes], values: Iterable[bytes | None]) -> None:
        """Set many values, None removes a key. Costs least where the keys come in their order."""
        put, delete, handle = self.raw.put, self.raw.delete, self._handles[column]
        for key, value in zip(keys, values, strict=True):
            if value is None:
                delete(key, handle)
            else:
                put(key, value, handle)

    def delete(self, column: ColumnName, key: bytes) -> None:
        """Remove a key that may be missing."""
        self.raw.delete(key, self._handles[column])


class Column:
    """Reads of one column family, from any thread."""

    def __init__(self, rdict: Rdict, directory: Path) -> None:
        self._rdict = rdict
        self._directory = directory
        self.fetch: Callable[[bytes], bytes | None] = rdict.get
        """`get` without its call; whoever uses it passes what it raises through `explain`."""

    def explain(self, error: Exception) -> Exception:
        """Return the Strata error that an error of the database means."""
        return _translated(error, self._directory)

    def get(self, key: bytes) -> bytes | None:
        """Return the value of `key`, None if there is none.

        Raises:
            StorageDamaged: the block it lies in fails its checksum.
        """
        try:
            return self.fetch(key)
        except Exception as error:
            raise self.explain(error) from error

    def scan(self, prefix: bytes = b"", start: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
        """Yield what starts with `prefix`, from `start` on, in order, as it was at the first step.

        Raises:
            StorageDamaged: a block on the way fails its checksum.
        """
        first = max(prefix, start)
        options = ReadOptions()
        bound = prefix_end(prefix)
        if bound is not None:
            options.set_iterate_upper_bound(bound)
        last: bytes | None = None
        rows: Iterator[tuple[bytes, bytes]]
        try:
            rows = cast("Iterator[tuple[bytes, bytes]]", self._rdict.items(from_key=first, read_opt=options))
            for row in rows:
                last = row[0]
                yield row
            self._require_end(first if last is None else last, last, options)
        except Exception as error:
            raise self.explain(error) from error

    def first_from(self, start: bytes, prefix: bytes) -> tuple[bytes, bytes] | None:
        """Return the first row at or after `start` that starts with `prefix`."""
        try:
            cursor = self._rdict.iter()
            cursor.seek(start)
            if not cursor.valid():
                cursor.status()
                return None
            key: bytes = cursor.key()
            return (key, cursor.value()) if key.startswith(prefix) else None
        except Exception as error:
            raise self.explain(error) from error

    def last_key(self) -> bytes | None:
        """Return the last key, None if there is none."""
        try:
            cursor = self._rdict.iter()
            cursor.seek_to_last()
            if cursor.valid():
                key: bytes = cursor.key()
                return key
            cursor.status()
        except Exception as error:
            raise self.explain(error) from error
        return None

    def compact(self) -> None:
        """Rewrite the files without what was deleted or overwritten."""
        try:
            self._rdict.compact_range(None, None, CompactOptions())
        except Exception as error:
            raise self.explain(error) from error

    def release(self) -> None:
        """Let go of the database; reads raise from now on."""
        self._rdict = _CLOSED
        self.fetch = _refuse

    def _require_end(self, key: bytes, last: bytes | None, options: ReadOptions) -> None:
        # rocksdict's items() just stops at a damaged block; only a cursor's status tells that from the end.
        cursor = self._rdict.iter(options)
        cursor.seek(key)
        if last is not None and cursor.valid():
            cursor.next()
        if not cursor.valid():
            cursor.status()


class Store:
    """An open database folder. Close it to release the folder."""

    def __init__(self, rdict: Rdict, directory: Path, durability: Durability, *, writable: bool) -> None:
        self.directory = directory
        self.writable = writable
        self._rdict = rdict
        self._durable = WriteOptions()
        self._durable.sync = durability is Durability.POWER
        self._relaxed = WriteOptions()
        families = {name: rdict.get_column_family(name) for name in ColumnName}
        self.columns = {name: Column(family, directory) for name, family in families.items()}
        self.handles = {name: rdict.get_column_family_handle(name) for name in ColumnName}
        self._families = families

    @classmethod
    def open(cls, directory: Path, *, durability: Durability = Durability.PROCESS) -> Self:
        """Open the database in `directory` for reading and writing, creating it if the folder is empty.

        Raises:
            StorageLocked: another instance, or this one, has it open.
            StorageDamaged: files are torn, corrupted or missing; the error names one.
            StorageError: the folder cannot be used, or a newer Strata made it.
        """
        try:
            directory.mkdir(parents=True, exist_ok=True)
            has_current = (directory / "CURRENT").exists()
            strays = [] if has_current else [path.name for path in directory.glob("MANIFEST-*")]
        except OSError as error:
            raise _unusable(error, directory) from error
        if strays:
            raise damaged(directory, "CURRENT", f"CURRENT is missing beside {strays[0]}")
        store = cls(_open_rocksdb(directory, AccessType.read_write()), directory, durability, writable=True)
        try:
            check_format(store)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def open_for_salvage(cls, directory: Path) -> Self:
        """Open a copy of a damaged database as far as it goes: up to the damage in its log, without its format number.

        Raises:
            StorageDamaged: its list of files, or one of them, is gone.
        """
        raw = _open_rocksdb(directory, AccessType.read_write(), salvaging=True)
        return cls(raw, directory, Durability.PROCESS, writable=True)

    @classmethod
    def open_secondary(cls, directory: Path, scratch: Path) -> Self:
        """Open a read-only view of a database that another instance may have open.

        `scratch` is a folder for the view's own log files; `catch_up` shows what was written since.

        Raises:
            StorageDamaged, StorageError: as `open`.
        """
        if not (directory / "CURRENT").exists():
            raise StorageError(
                "there is no database here", where=str(directory), advice="Choose a folder that Strata has made."
            )
        try:
            scratch.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unusable(error, scratch) from error
        raw = _open_rocksdb(directory, AccessType.secondary(str(scratch)))
        store = cls(raw, directory, Durability.PROCESS, writable=False)
        try:
            check_format(store)
        except BaseException:
            store.close()
            raise
        return store

    def batch(self) -> Batch:
        """Return an empty batch for `write`."""
        return Batch(self)

    def write(self, batch: Batch, *, relaxed: bool = False) -> None:
        """Write a batch, all or nothing; it is in the write-ahead log on return.

        `relaxed` waives the fsync of `Durability.POWER` for what can be derived again after a power cut.

        Raises:
            StorageError: the disk is full or fails; nothing was written.
        """
        if not self.writable:
            raise StorageError(
                "this view is read-only",
                where=str(self.directory),
                advice="Close the other instance and open it again.",
            )
        try:
            self._rdict.write(batch.raw, self._relaxed if relaxed else self._durable)
        except Exception as error:
            raise _translated(error, self.directory) from error

    def catch_up(self) -> None:
        """Let a secondary view see what the primary has written."""
        try:
            self._rdict.try_catch_up_with_primary()
        except Exception as error:
            raise _translated(error, self.directory) from error

    def copy_to(self, directory: Path) -> None:
        """Make a consistent copy in `directory`, which must not exist; files are hard links where possible."""
        try:
            Checkpoint(self._rdict).create_checkpoint(str(directory))
        except Exception as error:
            raise _translated(error, directory) from error

    def buffered_bytes(self) -> int:
        """Return how much memory holds what is not in table files yet: at most about `WRITE_BUFFER_BYTES`."""
        return self._sum("rocksdb.cur-size-all-mem-tables")

    def cached_bytes(self) -> int:
        """Return how much memory holds parts of table files: at most about `BLOCK_CACHE_BYTES`, and their indexes."""
        return self._sum("rocksdb.estimate-table-readers-mem") + (
            self._rdict.property_int_value("rocksdb.block-cache-usage") or 0
        )

    def _sum(self, name: str) -> int:
        return sum(family.property_int_value(name) or 0 for family in self._families.values())

    def files(self) -> tuple[str, ...]:
        """Return the names of the table files in use."""
        return tuple(str(file["name"]).lstrip("/\\") for file in self._rdict.live_files())

    def close(self) -> None:
        """Release the folder; a second call does nothing.

        What was acknowledged is in the write-ahead log already, so a disk that fails now costs nothing but time.
        """
        self.handles.clear()  # whatever is left open of a database, a handle or a family, keeps the folder locked
        for part in (*self._families.values(), self._rdict):
            with suppress(Exception):  # a failing disk is told by the operation that needs it
                part.close()
        for column in self.columns.values():
            column.release()
        self._families.clear()
        self._rdict = _CLOSED

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _open_rocksdb(directory: Path, access: AccessType, *, salvaging: bool = False) -> Rdict:
    cache = Cache(BLOCK_CACHE_BYTES)
    families = {str(name): column_options(cache, name) for name in ColumnName}
    try:
        return Rdict(str(directory), database_options(cache, salvaging=salvaging), families, access)
    except Exception as error:
        raise _translated(error, directory) from error


def _translated(error: Exception, directory: Path) -> Exception:
    if isinstance(error, DbClosedError):
        return InternalError(f"the database in {directory} was used after it was closed")
    return storage_error(error, directory)


def _unusable(error: OSError, directory: Path) -> StorageError:
    return StorageError(
        f"the folder cannot be used: {error.strerror}",
        where=str(directory),
        advice="Choose another data folder, or change what stands in its way.",
    )
