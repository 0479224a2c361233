"""What the panels remember from one start to the next: arguments of calls, watches.

A file of its own, so that a broken one costs nothing else. `format` is its own version.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from ide.files import write_atomically

MEMORY_FORMAT = 1


class PanelMemory(msgspec.Struct, frozen=True):
    """The file's content; `arguments` are the last texts by `contract/method`."""

    format: int = MEMORY_FORMAT
    arguments: dict[str, list[str]] = msgspec.field(default_factory=dict)
    watches: tuple[str, ...] = ()


def load_memory(path: Path) -> PanelMemory:
    """Read the file; one that is missing or cannot be used counts as empty, and is kept aside if it is broken."""
    try:
        content = path.read_bytes()
    except OSError:
        return PanelMemory()
    try:
        memory = msgspec.json.decode(content, type=PanelMemory)
    except (msgspec.DecodeError, UnicodeDecodeError):
        write_atomically(path.with_suffix(".broken.json"), content)
        return PanelMemory()
    return memory if memory.format == MEMORY_FORMAT else PanelMemory()


def save_memory(path: Path, memory: PanelMemory) -> None:
    """Write the file; raises `StorageError` if that is not possible."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, msgspec.json.encode(memory))
