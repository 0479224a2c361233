"""Writing files in one step: after a crash there is the old content or the new, never half of it."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from engine.errors import StorageError


def write_atomically(path: Path, content: bytes) -> None:
    """Replace the content of a file in one step, following a symbolic link to its target.

    Missing folders are made; permissions of an existing file are kept. Safe on any thread.

    Raises:
        StorageError: the folder or file cannot be written; nothing was changed.
    """
    target = path.resolve()
    temporary = ""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(None, "the file is write-protected")
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(_mode(target))
        Path(temporary).replace(target)
    except OSError as error:
        if temporary:
            with suppress(FileNotFoundError):
                Path(temporary).unlink()
        raise StorageError(
            f"cannot be written: {(error.strerror or str(error)).lower()}",
            where=str(path),
            advice="Check the permissions of the folder and the free space, or save elsewhere.",
        ) from error


def _mode(target: Path) -> int:
    try:
        return target.stat().st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
