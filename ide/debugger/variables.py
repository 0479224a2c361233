"""The tree of variables at a step; what changed since the last stop is marked.

Objects deeper than one level are looked into when they are opened, by evaluating the way to them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.facade import Variable
from ide.panels import style
from ide.panels.readable import shorten

Index = QModelIndex | QPersistentModelIndex
Evaluate = Callable[[str, Callable[[Variable], None]], None]
OLD_ROLE = Qt.ItemDataRole.UserRole
_OPENABLE = ("object", "array", "map", "set")
_ids = count(1)


@dataclass(slots=True, eq=False)
class VariableNode:
    """A variable with the expression that leads to it, and its text at the last stop if that was another."""

    variable: Variable
    expression: str
    parent: VariableNode | None
    row: int
    old_text: str | None = None
    children: list[VariableNode] = field(default_factory=list)
    is_asked: bool = False
    id: int = field(default_factory=lambda: next(_ids))

    @property
    def is_openable(self) -> bool:
        """Whether it has parts."""
        return bool(self.children) or self.variable.kind in _OPENABLE


class VariableModel(QAbstractItemModel):
    """Name and value; `evaluate` looks into objects that were not sent along."""

    def __init__(self, evaluate: Evaluate, parent: QObject) -> None:
        super().__init__(parent)
        self._evaluate = evaluate
        self._roots: list[VariableNode] = []
        self._nodes: dict[int, VariableNode] = {}
        self._last: dict[str, str] = {}
        self._scope = ""

    def show(self, variables: Sequence[Variable], scope: str) -> None:
        """Show the variables of a stop; those of the same `scope` are compared with the last stop's."""
        known = self._last if scope == self._scope else {}
        self.beginResetModel()
        self._nodes = {}
        self._roots = self._make(None, [(variable.name, variable) for variable in variables], known)
        self.endResetModel()
        self._scope = scope
        self._last = {node.expression: node.variable.text for node in self._nodes.values()}

    def clear(self) -> None:
        """Show nothing; the texts are kept for the comparison with the next stop."""
        self.beginResetModel()
        self._roots, self._nodes = [], {}
        self.endResetModel()

    def _make(
        self, parent: VariableNode | None, variables: list[tuple[str, Variable]], known: dict[str, str]
    ) -> list[VariableNode]:
        nodes = []
        for row, (expression, variable) in enumerate(variables):
            old = known.get(expression)
            node = VariableNode(
                variable, expression, parent, row, old if old is not None and old != variable.text else None
            )
            self._nodes[node.id] = node
            children = [(part_of(expression, child.name), child) for child in variable.children]
            node.children = self._make(node, children, known)
            node.is_asked = bool(node.children)
            nodes.append(node)
        return nodes

    def expression(self, index: Index) -> str:
        """Return the expression that leads to a variable."""
        node = self._node(index)
        return node.expression if node is not None else ""

    # --- looking deeper --------------------------------------------------------------------------

    def canFetchMore(self, parent: Index) -> bool:
        """Whether an object has not been looked into yet."""
        node = self._node(parent)
        return node is not None and node.is_openable and not node.is_asked

    def fetchMore(self, parent: Index) -> None:
        """Look into an object."""
        node = self._node(parent)
        if node is None or node.is_asked:
            return
        node.is_asked = True

        def take(variable: Variable) -> None:
            if self._nodes.get(node.id) is not node or not variable.children:
                return
            self.beginInsertRows(self._index_of(node), 0, len(variable.children) - 1)
            parts = [(part_of(node.expression, child.name), child) for child in variable.children]
            node.children = self._make(node, parts, {})
            self.endInsertRows()

        self._evaluate(node.expression, take)

    # --- Qt's questions --------------------------------------------------------------------------

    def _node(self, index: Index) -> VariableNode | None:
        return self._nodes.get(index.internalId()) if index.isValid() else None

    def _index_of(self, node: VariableNode | None) -> QModelIndex:
        return self.createIndex(node.row, 0, node.id) if node is not None else QModelIndex()

    def _children(self, index: Index) -> list[VariableNode]:
        node = self._node(index)
        return node.children if node is not None else self._roots

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a child."""
        children = self._children(parent)
        if not (0 <= row < len(children) and 0 <= column < 2):
            return QModelIndex()
        return self.createIndex(row, column, children[row].id)

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]  # Qt's overload without arguments is QObject's
        """Return the parent's index."""
        node = self._node(index)
        return self._index_of(node.parent) if node is not None else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of children."""
        return 0 if parent.column() > 0 else len(self._children(parent))

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        """Whether a variable has parts, known or not."""
        node = self._node(parent)
        return bool(self._roots) if node is None else node.is_openable and parent.column() <= 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return two: name and value."""
        return 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return ("Variable", "Value")[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text; a changed value stands out and tells the old one in its tool tip."""
        node = self._node(index)
        if node is None:
            return None
        is_value = index.column() == 1
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return shorten(node.variable.text, 300) if is_value else node.variable.name
            case Qt.ItemDataRole.UserRole:
                return node.old_text
            case Qt.ItemDataRole.ForegroundRole:
                return style.colour(_tint(node)) if is_value else None
            case Qt.ItemDataRole.BackgroundRole if node.old_text is not None:
                return style.colour("search_match")
            case Qt.ItemDataRole.ToolTipRole:
                if node.old_text is not None:
                    return f"{shorten(node.old_text, 300)} → {shorten(node.variable.text, 300)}"
                return f"{node.expression}: {node.variable.kind}\n{shorten(node.variable.text, 1000)}"
            case Qt.ItemDataRole.AccessibleTextRole:
                changed = ", changed" if node.old_text is not None else ""
                return f"{node.variable.name} is {shorten(node.variable.text, 100)}{changed}"
        return None


def part_of(expression: str, name: str) -> str:
    """Return the expression of an object's part."""
    return f"{expression}[{name}]" if name.isdigit() else f"{expression}[{json.dumps(name)}]"


def _tint(node: VariableNode) -> str:
    match node.variable.kind:
        case "string":
            return "syntax_string"
        case "number" | "bigint":
            return "syntax_number"
        case "boolean" | "undefined" | "null":
            return "syntax_constant"
        case "function":
            return "syntax_function"
        case _:
            return "text"
