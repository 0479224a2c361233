"""What packing a project gives."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from engine.compiler.source_map import SourceMap
from engine.values import Diagnostic, Value

__all__ = ["CHAIN_CODE_LIMIT", "Minify", "Pack", "PackOrigin", "PackedModule", "import_chain"]

CHAIN_CODE_LIMIT = 49152
"""Largest source a contract may have on the chain, in bytes (spec/vm.md §1)."""


class Minify(StrEnum):
    """When a script is made smaller: white space goes, and if that is not enough long forms become short ones.

    Lines and names stay, so that steps, errors and variables are still told in the files' own terms; but for `NAMES`.
    """

    NEVER = "never"
    LARGE = "large"
    """If it is larger than the chain takes."""
    ALWAYS = "always"
    NAMES = "names"
    """Always, and the names of variables, functions and classes become short: a debugger shows those."""


class PackedModule(Value, frozen=True, rename="camel"):
    """A file that went into the script: its own size, what it came to there, and the files it imports (paths)."""

    path: str
    size: int
    packed_size: int
    imports: tuple[str, ...]


class PackOrigin(NamedTuple):
    """Where a script came from.

    `entry_source` is the entry module as plain JavaScript with its comments, from which the interface is derived;
    `source_map` leads from places in the script to the files.
    """

    entry_source: str
    source_map: SourceMap


class Pack(Value, frozen=True):
    """One CommonJS script made of `entry` and everything it needs.

    `origin` waits until it is known where the script came from, which takes longer than to make it; it raises
    `PackError` if the files were changed meanwhile. `plain_size` is what the script came to before it was made smaller,
    in bytes.
    """

    entry: str
    code: str
    modules: tuple[PackedModule, ...]
    origin: Callable[[], PackOrigin]
    diagnostics: tuple[Diagnostic, ...] = ()
    plain_size: int = 0

    @property
    def size(self) -> int:
        """Bytes of the script."""
        return len(self.code.encode())

    @property
    def is_minified(self) -> bool:
        """Whether the script was made smaller."""
        return self.plain_size > self.size

    def chain_to(self, path: str) -> tuple[str, ...]:
        """Return the shortest chain of imports from the entry to a module, empty if it is not packed."""
        return import_chain(self.entry, self.modules, path)


def import_chain(entry: str, modules: tuple[PackedModule, ...], path: str) -> tuple[str, ...]:
    """Return the shortest chain of imports from a module to another one, empty if there is none."""
    importers: dict[str, str] = {entry: ""}
    imports = {module.path: module.imports for module in modules}
    waiting = deque([entry])
    while waiting:
        here = waiting.popleft()
        for target in imports.get(here, ()):
            if target not in importers:
                importers[target] = here
                waiting.append(target)
    chain: list[str] = []
    while path in importers:
        chain.append(path)
        path = importers[path]
    return tuple(reversed(chain))
