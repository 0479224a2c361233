"""The storage tree without Qt: contracts, their values and maps, the maps' fields, each loaded page by page.

A page is a question to the engine (`Question`) and what its answer adds. Contracts and maps are found by
hopping: one entry is asked for, then the first entry behind everything below it, so that a map of a million
fields costs one hop.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count

from engine.values import Layer, StateEntry
from ide.panels.readable import KeyKind, ReadableKey, ReadableValue, read_key, read_value

PAGE = 200
HIGHEST = "\U0010ffff"
"""Sorts behind every character that a key may hold."""

_ids = count(1)


class NodeKind(StrEnum):
    """What a node stands for."""

    ROOT = "root"
    CONTRACT = "contract"
    MAP = "map"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Question:
    """A call of `Engine.state_entries`."""

    prefix: str
    after: str
    count: int


@dataclass(slots=True, eq=False)
class Node:
    """A node of the tree. `name` sorts it among its siblings; `key` is the state key of a value."""

    kind: NodeKind
    name: str
    parent: Node | None
    contract: str = ""
    map_key: str = ""
    key: str = ""
    value: str | None = None
    layer: Layer = Layer.ABSENT
    changed_at: float = 0.0
    cells: tuple[str | None, Layer, tuple[str, ...]] | None = None
    children: list[Node] = field(default_factory=list)
    row: int = 0
    is_exhausted: bool = False
    stage: int = 0
    after: str = ""
    id: int = field(default_factory=lambda: next(_ids))

    @property
    def sort_key(self) -> tuple[int, str]:
        """Values come before maps, then by name."""
        return (int(self.kind is NodeKind.MAP), self.name)

    @property
    def readable_key(self) -> ReadableKey:
        """The state key taken apart."""
        return read_key(self.key)

    @property
    def readable_value(self) -> ReadableValue:
        """The stored text taken apart."""
        return read_value(self.readable_key, self.value)

    def place_for(self, child: Node) -> int:
        """Return where `child` belongs among the children."""
        return bisect_left(self.children, child.sort_key, key=lambda node: node.sort_key)

    def child(self, kind: NodeKind, name: str) -> Node | None:
        """Return the child of a kind and name."""
        wanted = (int(kind is NodeKind.MAP), name)
        place = bisect_left(self.children, wanted, key=lambda node: node.sort_key)
        found = self.children[place] if place < len(self.children) else None
        return found if found is not None and found.sort_key == wanted else None

    def insert(self, place: int, nodes: list[Node]) -> None:
        """Put nodes among the children."""
        self.children[place:place] = nodes
        self.renumber(place)

    def remove(self, place: int) -> None:
        """Take a child away."""
        del self.children[place]
        self.renumber(place)

    def renumber(self, start: int = 0) -> None:
        """Tell the children from `start` on which row they are."""
        for row in range(start, len(self.children)):
            self.children[row].row = row


def question_for(node: Node) -> Question | None:
    """Return what has to be asked for the node's next page, None if there is none."""
    if node.is_exhausted:
        return None
    match node.kind:
        case NodeKind.ROOT:
            return Question(("b-", "m-")[node.stage], node.after, 1)
        case NodeKind.CONTRACT if node.stage == 0:
            return Question(f"b-{node.contract}-", node.after, PAGE)
        case NodeKind.CONTRACT:
            return Question(f"m-{node.contract}-", node.after, 1)
        case NodeKind.MAP:
            return Question(f"m-{node.contract}-{node.map_key}-", node.after, PAGE)
        case NodeKind.VALUE:
            return None


def take_answer(node: Node, entries: tuple[StateEntry, ...]) -> tuple[list[Node], bool]:
    """Move the node's cursor on; returns the new children and whether the page needs another question."""
    match node.kind:
        case NodeKind.ROOT:
            return _take_contract(node, entries)
        case NodeKind.CONTRACT if node.stage == 0:
            if len(entries) < PAGE:
                node.stage, node.after = 1, ""
            else:
                node.after = entries[-1].key
            return [value_node(node, entry) for entry in entries], not entries
        case NodeKind.CONTRACT:
            return _take_map(node, entries)
        case _:
            node.is_exhausted = len(entries) < PAGE
            node.after = entries[-1].key if entries else node.after
            return [value_node(node, entry) for entry in entries], False


def _take_contract(root: Node, entries: tuple[StateEntry, ...]) -> tuple[list[Node], bool]:
    if not entries:
        root.is_exhausted = root.stage == 1
        root.stage, root.after = 1, ""
        return [], not root.is_exhausted
    contract = read_key(entries[0].key).contract
    root.after = f"{entries[0].key.split('-', 1)[0]}-{contract}-{HIGHEST}"
    if any(child.contract == contract for child in root.children):
        return [], True
    return [Node(NodeKind.CONTRACT, contract, root, contract=contract)], True


def _take_map(contract: Node, entries: tuple[StateEntry, ...]) -> tuple[list[Node], bool]:
    if not entries:
        contract.is_exhausted = True
        return [], False
    entry = entries[0]
    key = read_key(entry.key)
    # A field leads behind all fields; the key list itself only behind itself, for other keys sort between.
    is_field = key.kind is KeyKind.MAP_FIELD
    contract.after = f"m-{contract.contract}-{key.key}-{HIGHEST}" if is_field else entry.key
    if contract.child(NodeKind.MAP, key.key) is not None:
        return [], True
    return [Node(NodeKind.MAP, key.key, contract, contract=contract.contract, map_key=key.key)], True


def value_node(parent: Node, entry: StateEntry, *, full: bool = False) -> Node:
    """Return the leaf of an entry; `full` names it with contract and key, for a list of hits."""
    key = read_key(entry.key)
    name = key.field if key.kind is KeyKind.MAP_FIELD and not full else key.label
    return Node(
        NodeKind.VALUE,
        name,
        parent,
        contract=key.contract,
        map_key=key.key if key.kind is KeyKind.MAP_FIELD else "",
        key=entry.key,
        value=entry.value,
        layer=entry.layer,
    )
