"""RocksDB's error texts (rocksdict raises plain `Exception`) as Strata's storage errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.errors import InvalidInput, StorageDamaged, StorageError, StorageLocked

if TYPE_CHECKING:
    from pathlib import Path

_FILE_NAME = re.compile(r"(?:\d{6,}\.(?:sst|log|blob|ldb)|MANIFEST-\d+|OPTIONS-\d+|CURRENT|IDENTITY)")
_LOCKED = ("lock file", "lock hold by current process", "while lock")
_FULL = ("no space left", "file too large", "quota exceeded", "not enough space")
_FORBIDDEN = ("permission denied", "read-only file system", "operation not permitted", "access is denied")
_DAMAGED = ("corruption", "checksum mismatch", "no such file", "truncated", "does not exist", "bad table magic")


def storage_error(error: Exception, directory: Path) -> StorageError:
    """Return the error that tells a person what `error` means for the database in `directory`."""
    text = str(error).strip()
    lowered = text.lower()
    where = str(directory)
    if any(sign in lowered for sign in _FULL):
        return StorageError(
            "the disk is full: nothing of the last operation was kept",
            where=where,
            advice="Free some space on that disk, then open the project, or run the command, again.",
        )
    if any(sign in lowered for sign in _FORBIDDEN):
        return StorageError(
            "the folder cannot be written to",
            where=where,
            advice="Change its permissions, or choose another data folder.",
        )
    if any(sign in lowered for sign in _LOCKED):
        return locked(directory)
    if any(sign in lowered for sign in _DAMAGED):
        names = _FILE_NAME.findall(text) or _logs(directory)
        return damaged(directory, names[0] if names else "", text)
    return StorageError(f"the database failed: {text}", where=where, advice="Verify the database, then try again.")


def locked(directory: Path) -> StorageLocked:
    """Return the refusal for a database that another instance has open."""
    return StorageLocked(
        "another instance of Strata has this database open",
        where=str(directory),
        advice="Close the other instance, choose another data folder, or open the chain read-only in the window.",
    )


def damaged(directory: Path, file: str, what: str) -> StorageDamaged:
    """Return the error for torn, corrupted or missing files; `file` is a name inside `directory`."""
    return StorageDamaged(
        f"the database is damaged: {what}",
        where=str(directory / file) if file else str(directory),
        advice="Repair the database (a copy is kept), or import an export of it.",
    )


def history_dropped(number: int, oldest: int) -> InvalidInput:
    """Return the refusal of a block that retention no longer keeps reachable; `oldest` still is."""
    return InvalidInput(
        f"the history of block {number} was dropped; the oldest block kept is {oldest}",
        advice="Choose a later block, or raise the retention setting for the future.",
    )


def _logs(directory: Path) -> list[str]:
    """Return the write-ahead logs that hold something: RocksDB names every file but these."""
    return sorted(path.name for path in directory.glob("*.log") if path.stat().st_size > 0)
