"""What packing a project gives."""

from __future__ import annotations

from collections import deque

from engine.values import Diagnostic, Value

__all__ = ["CHAIN_CODE_LIMIT", "Pack", "PackedModule"]

CHAIN_CODE_LIMIT = 49152
"""Largest source a contract may have on the chain, in bytes (spec/vm.md §1)."""


class PackedModule(Value, frozen=True):
    """A file that went into the script: its own size, what it came to there, and the files it imports (paths)."""

    path: str
    size: int
    packed_size: int
    imports: tuple[str, ...]


class Pack(Value, frozen=True):
    """One CommonJS script made of `entry` and everything it needs.

    `source_map` is the script's source map (version 3, JSON); `entry_source` the entry module as plain JavaScript
    with its comments, from which the interface is derived.
    """

    entry: str
    code: str
    source_map: str
    entry_source: str
    modules: tuple[PackedModule, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of the script."""
        return len(self.code.encode())

    def chain_to(self, path: str) -> tuple[str, ...]:
        """Return the shortest chain of imports from the entry to a module, empty if it is not packed."""
        importers: dict[str, str] = {self.entry: ""}
        imports = {module.path: module.imports for module in self.modules}
        waiting = deque([self.entry])
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
