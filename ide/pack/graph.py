"""The modules of a packed contract as a tree: under each module those that it was the first to import."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from pathlib import PurePath

from engine.compiler.pack import Pack

__all__ = ["ModuleNode", "module_tree", "package_of", "shown_name"]

_LIBRARIES = "node_modules"
_OWN = "strata"
_STAND_INS = "/pack/shims/"


@dataclass(slots=True)
class ModuleNode:
    """A module: its bytes in the script, and together with everything that is in it because of this module."""

    path: str
    name: str
    package: str
    size: int
    packed_size: int
    importers: tuple[str, ...] = ()
    children: list[ModuleNode] = field(default_factory=list)
    total: int = 0


def module_tree(pack: Pack) -> ModuleNode:
    """Return the entry with all modules below it, each once, at the end of its shortest chain of imports.

    What the packer itself added (stand-ins for globals) hangs below the entry.
    """
    importers: dict[str, list[str]] = {}
    for module in pack.modules:
        for target in module.imports:
            importers.setdefault(target, []).append(shown_name(module.path))
    nodes = {
        module.path: ModuleNode(
            path=module.path,
            name=shown_name(module.path),
            package=package_of(module.path),
            size=module.size,
            packed_size=module.packed_size,
            importers=tuple(dict.fromkeys(importers.get(module.path, ()))),
        )
        for module in pack.modules
    }
    root = nodes.setdefault(pack.entry, ModuleNode(pack.entry, shown_name(pack.entry), "", 0, 0))
    imports = {module.path: module.imports for module in pack.modules}
    placed = {pack.entry}
    starts = [pack.entry, *(path for path in nodes if not importers.get(path) and path != pack.entry)]
    for start in starts:
        if start not in placed:
            root.children.append(nodes[start])
            placed.add(start)
        waiting = deque([start])
        while waiting:
            here = waiting.popleft()
            for target in imports.get(here, ()):
                if target in nodes and target not in placed:
                    placed.add(target)
                    nodes[here].children.append(nodes[target])
                    waiting.append(target)
    _add_up(root)
    return root


def _add_up(root: ModuleNode) -> None:
    """Fill in totals and put the largest first; not recursive, chains of imports can be long."""
    order = [root]
    for node in order:
        order.extend(node.children)
    for node in reversed(order):
        node.total = node.packed_size + sum(child.total for child in node.children)
        node.children.sort(key=lambda child: -child.total)


def package_of(path: str) -> str:
    """Return the npm package a file belongs to, empty for a file of the project."""
    parts = PurePath(path).parts
    if _STAND_INS in path.replace("\\", "/"):
        return _OWN
    if _LIBRARIES not in parts:
        return ""
    after = parts[len(parts) - parts[::-1].index(_LIBRARIES) :]
    return "/".join(after[:2] if after and after[0].startswith("@") else after[:1])


def shown_name(path: str) -> str:
    """Return a module's name for people: package and file for a library, else the file's name."""
    package = package_of(path)
    if package in ("", _OWN):
        return PurePath(path).name
    return package + path.replace("\\", "/").rsplit(f"/{_LIBRARIES}/{package}", 1)[-1]
