"""Qt's tree model over the storage tree; asks the engine for pages, follows its changes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from enum import IntEnum

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QIcon

from engine.timeline.search import matcher
from engine.timeline.values import SearchPage, StateQuery
from engine.values import Layer, StateChange, StateEntry
from ide.bridge import Request
from ide.panels.lazy_tree import Index, PagedModel
from ide.panels.readable import KeyKind, byte_size, read_key, shorten
from ide.panels.storage.query import parse_query
from ide.panels.storage.tree import PAGE, Node, NodeKind, question_for, take_answer, value_node
from ide.panels.workbench import Workbench
from ide.theme import icon, themes
from ide.time.moment import Moment

NODE_ROLE = Qt.ItemDataRole.UserRole
HOPS = 100
"""How many contracts or maps are looked for in one page."""


class Column(IntEnum):
    """The columns in order."""

    KEY = 0
    VALUE = 1
    TYPE = 2
    PAYER = 3
    SIZE = 4
    LAYER = 5


_TITLES = ("Key", "Value", "Type", "Paid by", "Size", "Layer")
LAYER_NAMES = {Layer.LOCAL: "local", Layer.MVCC: "MVCC", Layer.ROCKSDB: "RocksDB", Layer.ABSENT: ""}
_ICONS = {
    NodeKind.CONTRACT: ("contract", "accent"),
    NodeKind.MAP: ("storage", "text_muted"),
    NodeKind.VALUE: ("key", "text_muted"),
}


class StorageModel(PagedModel):
    """Contract → key → field at a moment; a flat list of hits while a filter is set.

    A filter is worked off in short pieces until a page of hits is found; `stop` ends that.
    """

    reloading = Signal()
    """Everything is about to be forgotten and loaded again."""

    examined = Signal()
    """`examined_count` keys were looked at for the filter so far."""

    def __init__(self, workbench: Workbench, moment: Moment, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._moment = moment
        self._contains = ""
        self._query: StateQuery | None = None
        self._wanted = 0
        self.examined_count = 0
        self._root = Node(NodeKind.ROOT, "", None, is_exhausted=True)
        self._nodes: dict[int, Node] = {}
        self._leaves: dict[str, Node] = {}
        self._waiting: dict[str, int] = {}
        self._pending: dict[int, Request[tuple[StateEntry, ...]] | Request[SearchPage]] = {}
        self._hops: dict[int, int] = {}
        self._preparing: Request[str | None] | None = None
        moment.changed.connect(self.reload)
        themes().changed.connect(self._choose_signs)
        self._choose_signs()

    # --- content ---------------------------------------------------------------------------------

    def reload(self) -> None:
        """Forget everything and begin with the contracts (or the first hits of the filter)."""
        self.reloading.emit()
        for request in (*self._pending.values(), *filter(None, (self._preparing,))):
            request.drop()
        self._preparing = None
        self.beginResetModel()
        self._root = Node(NodeKind.ROOT, "", None, is_exhausted=self._workbench.engine is None)
        self._nodes, self._leaves, self._waiting, self._pending, self._hops = {}, {}, {}, {}, {}
        self.examined_count = 0
        self.endResetModel()
        self.fetchMore(QModelIndex())

    def set_filter(self, contains: str) -> None:
        """Show a flat list of the entries that a filter text asks for (`query.HELP`); nothing asked shows the tree."""
        names = {identity: self._workbench.contract_name(identity) for identity in self._workbench.contracts}
        query = parse_query(contains, names)
        if query != self._query:
            self._contains, self._query = contains if query is not None else "", query
            self.reload()

    def prepare(self) -> None:
        """Let the engine read what a filter of now will look through, while nobody has asked for it yet."""
        if self._preparing is None and self._moment.is_now:
            self._prepare("")

    def _prepare(self, after: str | None) -> None:
        engine = self._workbench.engine
        if engine is None or after is None or self._query is not None:
            self._preparing = None
            return
        future = engine.timeline.prepare_search(after)
        self._preparing = self._workbench.bridge.request(future, self, self._prepare, self._prepare_failed)

    def _prepare_failed(self, error: Exception) -> None:
        self._preparing = None
        self._workbench.bridge.request_failed.emit(error)

    @property
    def is_preparing(self) -> bool:
        """Whether the engine reads ahead for a filter."""
        return self._preparing is not None

    def stop(self) -> None:
        """Do not search further; what was found stays."""
        request = self._pending.pop(self._root.id, None)
        if request is not None and self._query is not None:
            request.drop()
            self._root.is_exhausted = True
            self.settled.emit()

    @property
    def contains(self) -> str:
        """The filter in force."""
        return self._contains

    @property
    def has_more(self) -> bool:
        """Whether there may be more below what is shown."""
        return not self._root.is_exhausted

    @property
    def is_loading(self) -> bool:
        """Whether an answer is awaited."""
        return bool(self._pending)

    def index_of_key(self, key: str) -> QModelIndex:
        """Return the index of a state key if its leaf is loaded."""
        node = self._leaves.get(key)
        return self._index_of(node) if node is not None else QModelIndex()

    def index_of_parent(self, key: str) -> QModelIndex:
        """Return the deepest loaded ancestor of a state key."""
        readable = read_key(key)
        contract = self._child(self._root, NodeKind.CONTRACT, readable.contract)
        if contract is None:
            return QModelIndex()
        node = contract.child(NodeKind.MAP, readable.key) if readable.kind is not KeyKind.VALUE else None
        return self._index_of(node or contract)

    # --- changes ---------------------------------------------------------------------------------

    def take_changes(self, changes: Sequence[StateChange], block: int) -> None:
        """Show what block number `block` changed, as far as it is loaded."""
        if not self._moment.is_now:
            return
        now = time.monotonic()
        for change in changes:
            node = self._leaves.get(change.key)
            if change.new is None:
                if node is not None:
                    self._remove(node)
            elif node is not None:
                node.value, node.layer, node.changed_at = change.new, Layer.MVCC, now
                self._repaint(node)
            elif self._query is not None:
                self._add_hit(StateEntry(change.key, change.new, Layer.MVCC), now)
            else:
                self._add(StateEntry(change.key, change.new, Layer.MVCC), now)
            if change.key in self._leaves:
                self._waiting[change.key] = block

    def take_flush(self, block: int) -> None:
        """What the blocks up to number `block` changed is in RocksDB now."""
        flushed = [key for key, changed_in in self._waiting.items() if changed_in <= block]
        for key in flushed:
            del self._waiting[key]
            node = self._leaves.get(key)
            if node is not None:
                node.layer = Layer.ROCKSDB
                self._repaint(node)

    def _add_hit(self, entry: StateEntry, now: float) -> None:
        """Show a new entry among the hits; what lies behind the last page arrives with the page itself."""
        if self._query is None or not (self._root.is_exhausted or entry.key <= self._root.after):
            return
        if matcher(self._query)(entry.key, entry.value or ""):
            node = value_node(self._root, entry, full=True)
            node.changed_at = now
            self._append(self._root, [node])

    def _add(self, entry: StateEntry, now: float) -> None:
        key = read_key(entry.key)
        if key.kind not in (KeyKind.VALUE, KeyKind.MAP_FIELD):
            return
        contract = self._child(self._root, NodeKind.CONTRACT, key.contract)
        if contract is None:
            self._insert(self._root, [Node(NodeKind.CONTRACT, key.contract, self._root, contract=key.contract)])
            return
        parent = contract
        if key.kind is KeyKind.MAP_FIELD:
            found = contract.child(NodeKind.MAP, key.key)
            if found is None:
                if contract.is_exhausted:
                    self._insert(
                        contract, [Node(NodeKind.MAP, key.key, contract, contract=key.contract, map_key=key.key)]
                    )
                return
            parent = found
        # What lies behind the last page arrives with the page itself.
        is_loaded = parent.is_exhausted or parent.stage > 0 or (parent.after and entry.key <= parent.after)
        if is_loaded:
            node = value_node(parent, entry)
            node.changed_at = now
            self._insert(parent, [node])

    def _child(self, parent: Node, kind: NodeKind, name: str) -> Node | None:
        return next((child for child in parent.children if child.kind is kind and child.name == name), None)

    def _insert(self, parent: Node, nodes: list[Node]) -> None:
        for node in nodes:
            if parent is not self._root and parent.child(node.kind, node.name) is not None:
                continue
            place = len(parent.children) if parent is self._root else parent.place_for(node)
            self.beginInsertRows(self._index_of(parent), place, place)
            parent.insert(place, [node])
            self._register(node)
            self.endInsertRows()

    def _append(self, parent: Node, nodes: list[Node]) -> None:
        """Add a page: at the end in one go if it belongs there, else one by one."""
        fresh = list(self._unknown(nodes))
        if not fresh:
            return
        in_order = self._contains or parent is self._root
        if not in_order and parent.children and parent.place_for(fresh[0]) != len(parent.children):
            self._insert(parent, fresh)
            return
        first = len(parent.children)
        self.beginInsertRows(self._index_of(parent), first, first + len(fresh) - 1)
        parent.insert(first, fresh)
        for node in fresh:
            self._register(node)
        self.endInsertRows()

    def _unknown(self, nodes: list[Node]) -> Iterator[Node]:
        """Yield what is not shown yet, each key once."""
        seen: set[str] = set()
        for node in nodes:
            if node.kind is not NodeKind.VALUE or (node.key not in self._leaves and node.key not in seen):
                seen.add(node.key)
                yield node

    def _register(self, node: Node) -> None:
        self._nodes[node.id] = node
        if node.kind is NodeKind.VALUE:
            self._leaves[node.key] = node
            if node.layer is Layer.MVCC:
                self._waiting[node.key] = 0

    def _remove(self, node: Node) -> None:
        parent = node.parent
        if parent is None:
            return
        self.beginRemoveRows(self._index_of(parent), node.row, node.row)
        parent.remove(node.row)
        del self._nodes[node.id]
        del self._leaves[node.key]
        self.endRemoveRows()

    def _repaint(self, node: Node) -> None:
        self.dataChanged.emit(self._index_of(node, Column.KEY), self._index_of(node, Column.LAYER))

    # --- paging ----------------------------------------------------------------------------------

    def can_load(self, parent: Index) -> bool:
        """Whether the engine has more children of a node, and none are awaited."""
        node = self._node(parent)
        return not node.is_exhausted and node.id not in self._pending and node.kind is not NodeKind.VALUE

    def fetchMore(self, parent: Index) -> None:
        """Ask for the next page of a node's children."""
        if self.can_load(parent):
            node = self._node(parent)
            if self._query is not None:
                self._wanted = PAGE
                self._search(node, self._query)
            else:
                self._hops[node.id] = HOPS
                self._ask(node)

    def _search(self, node: Node, query: StateQuery) -> None:
        engine = self._workbench.engine
        if engine is None:
            return
        future = engine.timeline.search(query, at=self._moment.at, after=node.after, count=self._wanted)
        self._pending[node.id] = self._workbench.bridge.request(
            future, self, lambda page: self._take_hits(node, query, page), lambda error: self._page_failed(node, error)
        )

    def _take_hits(self, node: Node, query: StateQuery, page: SearchPage) -> None:
        node.is_exhausted, node.after = page.resume is None, page.resume or ""
        self.examined_count += page.examined
        self._append(node, [value_node(node, entry, full=True) for entry in page.entries])
        del self._pending[node.id]
        self._wanted -= len(page.entries)
        if self._wanted > 0 and not node.is_exhausted:
            self._search(node, query)
        self.examined.emit()
        self.settled.emit()

    def _ask(self, node: Node) -> None:
        engine, question = self._workbench.engine, question_for(node)
        if engine is None or question is None:
            return
        at = self._moment.at
        future = (
            engine.state_entries(prefix=question.prefix, after=question.after, count=question.count)
            if at is None
            else engine.timeline.entries(at=at, prefix=question.prefix, after=question.after, count=question.count)
        )
        self._pending[node.id] = self._workbench.bridge.request(
            future, self, lambda entries: self._take_answer(node, entries), lambda error: self._page_failed(node, error)
        )

    def _take_answer(self, node: Node, entries: tuple[StateEntry, ...]) -> None:
        fresh, go_on = take_answer(node, entries)
        self._append(node, fresh)
        # Only now: views ask for more while rows are being inserted.
        del self._pending[node.id]
        self._hops[node.id] -= 1
        if go_on and self._hops[node.id] > 0:
            self._ask(node)
        else:
            self.settled.emit()

    def _page_failed(self, node: Node, error: Exception) -> None:
        del self._pending[node.id]
        node.is_exhausted = True
        self.settled.emit()
        self._workbench.bridge.request_failed.emit(error)

    # --- Qt's questions --------------------------------------------------------------------------

    def node_of(self, index: Index) -> Node:
        """Return the node of a valid index."""
        return self._nodes[index.internalId()]

    def sign(self, node: Node) -> QIcon:
        """Return the icon of a node's kind."""
        return self._signs[node.kind]

    def cells(self, node: Node) -> tuple[str, ...]:
        """Return the texts of a node's row; made once for each value."""
        made = node.cells
        if made is None or made[0] is not node.value or made[1] is not node.layer:
            made = node.cells = (node.value, node.layer, tuple(self._text(node, column) for column in Column))
        return made[2]

    def _choose_signs(self) -> None:
        self._signs = {kind: icon(*sign) for kind, sign in _ICONS.items()}

    def rename(self) -> None:
        """Show contracts by the names that they have now."""
        for node in self._nodes.values():
            node.cells = None

    def _node(self, index: Index) -> Node:
        return self._nodes[index.internalId()] if index.isValid() else self._root

    def _index_of(self, node: Node, column: int = 0) -> QModelIndex:
        return QModelIndex() if node.kind is NodeKind.ROOT else self.createIndex(node.row, column, node.id)

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a child."""
        children = self._node(parent).children
        if not (0 <= row < len(children) and 0 <= column < len(Column)):
            return QModelIndex()
        return self.createIndex(row, column, children[row].id)

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]  # Qt's overload without arguments is QObject's
        """Return the parent's index."""
        node = self._node(index)
        return self._index_of(node.parent) if node.parent is not None else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of children that are loaded."""
        return 0 if parent.column() > 0 else len(self._node(parent).children)

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        """Whether a node can be opened; contracts and maps can before they are loaded."""
        node = self._node(parent)
        return parent.column() <= 0 and (bool(node.children) or node.kind in (NodeKind.CONTRACT, NodeKind.MAP))

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, an icon, or the node itself."""
        if not index.isValid():
            return None
        node = self._node(index)
        match role:
            case Qt.ItemDataRole.UserRole:
                return node
            case Qt.ItemDataRole.DisplayRole:
                return self.cells(node)[index.column()]
            case Qt.ItemDataRole.TextAlignmentRole if index.column() == Column.SIZE:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.DecorationRole if index.column() == Column.KEY:
                return self.sign(node)
            case Qt.ItemDataRole.ToolTipRole if node.kind is NodeKind.VALUE:
                return f"{node.key}\n{shorten(node.readable_value.text, 500)}"
            case Qt.ItemDataRole.ToolTipRole:
                return node.contract
        return None

    def _text(self, node: Node, column: Column) -> str:
        if node.kind is not NodeKind.VALUE:
            if column is not Column.KEY:
                return ""
            return self._workbench.contract_name(node.contract) if node.kind is NodeKind.CONTRACT else node.name
        match column:
            case Column.KEY:
                return f"{self._workbench.contract_name(node.contract)} · {node.name}" if self._contains else node.name
            case Column.VALUE:
                return shorten(node.readable_value.text, 200)
            case Column.TYPE:
                return str(node.readable_value.kind)
            case Column.PAYER:
                return self._workbench.contract_name(node.readable_value.payer)
            case Column.SIZE:
                return byte_size(len((node.value or "").encode("utf-8", "surrogatepass")))
            case Column.LAYER:
                return LAYER_NAMES[node.layer]
