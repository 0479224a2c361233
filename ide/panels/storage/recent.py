"""What just changed: a list that stays until it is dismissed, newest first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QVBoxLayout, QWidget

from engine.values import StateChange
from ide.pacing import Throttle
from ide.panels.readable import group_digits, read_key, read_value, shorten
from ide.panels.widgets import FlatTable, SectionTitle, tool_button
from ide.panels.workbench import Workbench
from ide.theme import icon

KEPT = 500
MOST_UNTAKEN = 4 * KEPT
"""So many changes wait at most to be listed, those of the chain's own books included."""

_SHOWN_ROWS = 3
_TITLES = ("Just changed", "Before", "After", "Block")
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Recent:
    """A change and the block that made it."""

    change: StateChange
    block: int


class RecentModel(QAbstractTableModel):
    """The newest `KEPT` changes of contracts' entries, without what the chain itself keeps unless that is shown."""

    def __init__(self, workbench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self.rows: list[Recent] = []

    def take(self, changes: Iterable[Recent]) -> None:
        """Put changes, newest first, on top."""
        fresh = [recent for recent in changes if self._is_shown(recent.change.key)][:KEPT]
        if not fresh:
            return
        self.beginInsertRows(QModelIndex(), 0, len(fresh) - 1)
        self.rows[:0] = fresh
        self.endInsertRows()
        if len(self.rows) > KEPT:
            self.beginRemoveRows(QModelIndex(), KEPT, len(self.rows) - 1)
            del self.rows[KEPT:]
            self.endRemoveRows()

    def dismiss(self) -> None:
        """Forget all."""
        self.beginResetModel()
        self.rows = []
        self.endResetModel()

    def _is_shown(self, key: str) -> bool:
        if self._workbench.shows_books:
            return True
        readable = read_key(key)
        return not readable.is_bookkeeping and not readable.contract.endswith(".iost") and key[:1] in "bm"

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of changes."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(_TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text or icon."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        recent = self.rows[index.row()]
        key = read_key(recent.change.key)
        if role == Qt.ItemDataRole.DisplayRole:
            match index.column():
                case 0:
                    return f"{self._workbench.contract_name(key.contract)} · {key.label}"
                case 1:
                    return shorten(read_value(key, recent.change.old).text, 100)
                case 2:
                    return shorten(read_value(key, recent.change.new).text, 100)
                case _:
                    return group_digits(recent.block)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            change = recent.change
            name = "add" if change.old is None else "trash" if change.new is None else "modified"
            return icon(name, "success" if change.old is None else "error" if change.new is None else "accent")
        return None


class RecentChanges(QWidget):
    """The list with its title; hidden while it is empty. `key_chosen` wants a state key shown."""

    key_chosen = Signal(str)

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.model = RecentModel(workbench, self)
        self.title = SectionTitle("")
        self.table = FlatTable("What just changed", with_header=False)
        self.table.setModel(self.model)
        header = self.table.horizontalHeader()
        for column in range(3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        # A section as wide as its contents would be measured anew with every change, seen or not.
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(3, self.table.fontMetrics().horizontalAdvance("1 000 000") + 16)
        self.table.setFixedHeight(self.table.verticalHeader().defaultSectionSize() * _SHOWN_ROWS)
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        self.dismiss_button = tool_button("close", "Dismiss this list of changes", self.dismiss)
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.dismiss_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.table)
        for changed in (self.model.rowsInserted, self.model.rowsRemoved, self.model.modelReset):
            changed.connect(self._show_filled)
        self._is_allowed = True
        self._untaken: deque[Recent] = deque(maxlen=MOST_UNTAKEN)
        self._follow = Throttle(self._catch_up, self)
        self._show_filled()

    def take(self, changes: Sequence[StateChange], block: int) -> None:
        """Put what a block changed on top."""
        self._untaken.extendleft(Recent(change, block) for change in reversed(changes))
        self._follow.request()

    def dismiss(self) -> None:
        """Forget all."""
        self._untaken.clear()
        self.model.dismiss()

    def _catch_up(self) -> None:
        self.model.take(self._untaken)
        self._untaken.clear()

    def set_allowed(self, allowed: bool) -> None:
        """Leave the list out while it does not fit to what is shown beside it."""
        self._is_allowed = allowed
        self._show_filled()

    def _show_filled(self, *_: object) -> None:
        count = len(self.model.rows)
        self.setVisible(count > 0 and self._is_allowed)
        self.title.setText(f"Just changed ({count}{' or more' if count == KEPT else ''})")

    def _choose(self, index: QModelIndex) -> None:
        self.key_chosen.emit(self.model.rows[index.row()].change.key)
