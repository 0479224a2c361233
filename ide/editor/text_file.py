"""Text files as they are on disk: encoding, line ends, and writing that never leaves half a file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import InvalidInput
from ide.files import write_atomically

LARGEST_FILE = 64 * 1024 * 1024
"""Larger files are not opened, in bytes."""

_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class TextFile:
    """The content of a file and how it was written.

    `text` has `\\n` line ends and no byte order mark. `damaged` says that the bytes are not valid in
    `encoding`, so that writing `text` back would change what the user did not touch.
    """

    path: Path
    text: str
    encoding: str = "utf-8"
    newline: str = "\n"
    byte_order_mark: bool = False
    mixed_newlines: bool = False
    damaged: bool = False
    digest: bytes = b""

    def with_text(self, text: str) -> TextFile:
        """Return the same file with another text."""
        return replace(self, text=text)


def digest_of(content: bytes) -> bytes:
    """Return what identifies the content of a file."""
    return hashlib.blake2b(content, digest_size=16).digest()


def read_text_file(path: Path, encoding: str = "utf-8") -> TextFile:
    """Read a file; bytes that are not valid in `encoding` are replaced and the result says `damaged`.

    Raises:
        InvalidInput: the file cannot be read, is too large, or is not text.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise InvalidInput(
                f"the file has {size // (1024 * 1024)} MiB", where=str(path), advice="Files up to 64 MiB can be opened."
            )
        content = path.read_bytes()
    except IsADirectoryError as error:
        raise InvalidInput("this is a folder", where=str(path), advice="Open it with File > Open Folder.") from error
    except OSError as error:
        raise InvalidInput(
            error.strerror or str(error), where=str(path), advice="Check that the file exists and may be read."
        ) from error
    if b"\0" in content[:8192]:
        raise InvalidInput("this is not a text file", where=str(path), advice="Strata edits text only.")
    try:
        text, damaged = content.decode(encoding), False
    except UnicodeDecodeError:
        text, damaged = content.decode(encoding, errors="replace"), True
    mark = text.startswith(_BYTE_ORDER_MARK)
    text = text.removeprefix(_BYTE_ORDER_MARK)
    windows, total = text.count("\r\n"), text.count("\n")
    newline = "\r\n" if windows * 2 > total else "\n"
    return TextFile(
        path=path,
        text=text.replace("\r\n", "\n"),
        encoding=encoding,
        newline=newline,
        byte_order_mark=mark,
        mixed_newlines=0 < windows < total,
        damaged=damaged,
        digest=digest_of(content),
    )


def write_text_file(file: TextFile) -> TextFile:
    """Write the file in one atomic step; the old content stays if anything goes wrong.

    Returns the file as it is on disk now.

    Raises:
        InvalidInput: a character does not exist in the file's encoding.
        StorageError: the file cannot be written.
    """
    text = file.text if file.newline == "\n" else file.text.replace("\n", file.newline)
    if file.byte_order_mark:
        text = _BYTE_ORDER_MARK + text
    try:
        content = text.encode(file.encoding)
    except UnicodeEncodeError as error:
        raise InvalidInput(
            f"“{text[error.start]}” does not exist in {file.encoding}",
            where=str(file.path),
            advice="Remove the character, or save the file as UTF-8.",
        ) from error
    write_atomically(file.path, content)
    return replace(file, digest=digest_of(content), damaged=False, mixed_newlines=False)
