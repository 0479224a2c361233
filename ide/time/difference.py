"""What differs between two states, as a tree: contract → key → members of JSON values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.values import StateChange
from ide.panels.readable import read_key, read_value, shorten
from ide.panels.workbench import Workbench
from ide.theme import icon
from ide.time.json_difference import member_changes

KEY_ROLE = Qt.ItemDataRole.UserRole
"""The state key of a row, empty for a contract."""
Index = QModelIndex | QPersistentModelIndex
BOOKS = ("base.iost", "gas.iost", "ram.iost")
"""Contracts that only keep the chain's own accounts of blocks, gas and RAM."""
_TITLES = ("Key", "Before", "After")


class Column(IntEnum):
    """The columns in order."""

    KEY = 0
    OLD = 1
    NEW = 2


@dataclass(slots=True, eq=False)
class Row:
    """A contract, one of its changes, or a member of a changed value."""

    name: str
    old: str | None = None
    new: str | None = None
    key: str = ""
    parent: Row | None = None
    place: int = 0
    rows: list[Row] = field(default_factory=list)
    is_filled: bool = True

    def add(self, row: Row) -> None:
        """Put a row below this one."""
        row.parent, row.place = self, len(self.rows)
        self.rows.append(row)


class DifferenceModel(QAbstractItemModel):
    """Shows changes; what the chain itself keeps (gas, RAM, lists of fields) only with the books."""

    def __init__(self, workbench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._changes: tuple[StateChange, ...] = ()
        self._root = Row("")
        self.hidden = 0
        """How many changes are left out as the chain's own books."""
        workbench.books_toggled.connect(lambda: self.show(self._changes))

    def show(self, changes: tuple[StateChange, ...]) -> None:
        """Show the changes, by contract."""
        self.beginResetModel()
        self._changes, self._root, self.hidden = changes, Row(""), 0
        contracts: dict[str, Row] = {}
        for change in changes:
            key = read_key(change.key)
            if not self._workbench.shows_books and (key.is_bookkeeping or key.contract in BOOKS):
                self.hidden += 1
                continue
            contract = contracts.get(key.contract)
            if contract is None:
                contract = contracts[key.contract] = Row(self._workbench.contract_name(key.contract))
                self._root.add(contract)
            contract.add(Row(key.label, change.old, change.new, change.key, is_filled=False))
        self.endResetModel()

    @property
    def count(self) -> int:
        """The number of changes shown."""
        return sum(len(contract.rows) for contract in self._root.rows)

    def _row(self, index: Index) -> Row:
        row = index.internalPointer() if index.isValid() else self._root
        assert isinstance(row, Row)
        if not row.is_filled:
            row.is_filled = True
            key = read_key(row.key)
            for member in member_changes(read_value(key, row.old).text, read_value(key, row.new).text):
                row.add(Row(member.path, member.old, member.new, row.key))
        return row

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a child."""
        rows = self._row(parent).rows
        if not (0 <= row < len(rows) and 0 <= column < len(Column)):
            return QModelIndex()
        return self.createIndex(row, column, rows[row])

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]  # Qt's overload without arguments is QObject's
        """Return the parent's index."""
        above = self._row(index).parent
        return QModelIndex() if above is None or above is self._root else self.createIndex(above.place, 0, above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of children."""
        return 0 if parent.column() > 0 else len(self._row(parent).rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, icon or state key."""
        if not index.isValid():
            return None
        row = self._row(index)
        if role == KEY_ROLE:
            return row.key
        is_contract = not row.key
        is_member = row.parent is not None and bool(row.parent.key)
        if role == Qt.ItemDataRole.DisplayRole:
            if index.column() == Column.KEY:
                return f"{row.name}  ({len(row.rows)})" if is_contract else row.name
            if is_contract:
                return ""
            text = row.old if index.column() == Column.OLD else row.new
            return shorten(text or "—", 200) if is_member else shorten(read_value(read_key(row.key), text).text, 200)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == Column.KEY:
            if is_contract:
                return icon("contract", "accent")
            if row.old is None:
                return icon("add", "success")
            return icon("trash", "error") if row.new is None else icon("modified", "accent")
        return None
