"""A contract's interface as a table that can be edited, compared with what the source says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush

from engine.values import Abi, AbiMethod, AmountLimit
from ide.panels import style

Index = QModelIndex | QPersistentModelIndex
ARGUMENT_TYPES = ("string", "bool", "number", "json")


class Column(IntEnum):
    """The columns in order."""

    METHOD = 0
    ARGUMENTS = 1
    LIMITS = 2
    PROBLEM = 3


TITLES = ("Method", "Argument types", "Amount limit", "Problem")
TIPS = (
    "Checked methods can be called from outside",
    "string, bool, number or json for each parameter, separated by commas",
    "What a call may move at most, such as “iost 100, * unlimited”",
    "Where the interface does not fit the source",
)


@dataclass(frozen=True)
class MethodRow:
    """A method of the interface or the class; `parameters` is None if the class has none of that name."""

    name: str
    arguments: tuple[str, ...]
    limits: tuple[AmountLimit, ...] = ()
    is_listed: bool = True
    parameters: int | None = None

    @property
    def problem(self) -> str:
        """What the chain would refuse, empty if nothing."""
        if not self.is_listed:
            return ""
        if self.parameters is None:
            return "The class has no such method."
        if len(self.arguments) != self.parameters:
            return f"The method has {self.parameters} parameters."
        wrong = next((one for one in self.arguments if one not in ARGUMENT_TYPES), None)
        return f"{wrong or '(nothing)'} is no type." if wrong is not None else ""


class InterfaceModel(QAbstractTableModel):
    """`edited` tells that somebody changed the interface here."""

    edited = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._frame = Abi()
        self.rows: tuple[MethodRow, ...] = ()

    def show(self, abi: Abi, derived: Abi | None) -> None:
        """Show an interface beside what the source says (None: it cannot be read now, nothing is compared)."""
        known = {method.name: len(method.args) for method in (derived or abi).abi}
        listed = [MethodRow(m.name, m.args, m.amount_limit, True, known.get(m.name)) for m in abi.abi]
        names = {row.name for row in listed}
        others = [m for m in (derived.abi if derived is not None else ()) if m.name not in names]
        rows = (*listed, *(MethodRow(m.name, m.args, m.amount_limit, False, len(m.args)) for m in others))
        self._frame = abi
        if rows == self.rows:
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def abi(self) -> Abi:
        """Return the interface as it stands in the table."""
        methods = (AbiMethod(row.name, row.arguments, row.limits) for row in self.rows if row.is_listed)
        return Abi(lang=self._frame.lang, version=self._frame.version, abi=tuple(methods))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of methods."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column title or what it means."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        return TIPS[section] if role == Qt.ItemDataRole.ToolTipRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a cell."""
        flags = super().flags(index)
        if index.column() == Column.METHOD:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        if index.column() in (Column.ARGUMENTS, Column.LIMITS) and self.rows[index.row()].is_listed:
            return flags | Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return one role of a cell."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        texts = (row.name, ", ".join(row.arguments), limits_text(row.limits), row.problem)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return texts[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.problem or TIPS[index.column()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == Column.METHOD:
            return Qt.CheckState.Checked if row.is_listed else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ForegroundRole:
            if index.column() == Column.PROBLEM:
                return QBrush(style.colour("error"))
            return None if row.is_listed else QBrush(style.colour("text_muted"))
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Change a cell; False for a text that means nothing."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == Column.METHOD:
            return self._replace(index.row(), replace(row, is_listed=Qt.CheckState(value) is Qt.CheckState.Checked))
        if role != Qt.ItemDataRole.EditRole:
            return False
        words = [word.strip() for word in str(value).split(",") if word.strip()]
        if index.column() == Column.ARGUMENTS:
            return self._replace(index.row(), replace(row, arguments=tuple(words)))
        limits = read_limits(words)
        return limits is not None and self._replace(index.row(), replace(row, limits=limits))

    def _replace(self, number: int, row: MethodRow) -> bool:
        if row != self.rows[number]:
            self.rows = (*self.rows[:number], row, *self.rows[number + 1 :])
            self.dataChanged.emit(self.index(number, 0), self.index(number, len(Column) - 1))
            self.edited.emit()
        return True


def limits_text(limits: tuple[AmountLimit, ...]) -> str:
    """Return amount limits as people write them: `iost 100, * unlimited`."""
    return ", ".join(f"{limit.token} {limit.val}" for limit in limits)


def read_limits(words: list[str]) -> tuple[AmountLimit, ...] | None:
    """Return the limits that texts like `iost 100` mean, None if one means nothing."""
    limits = []
    for word in words:
        token, _, amount = word.partition(" ")
        amount = amount.strip()
        if not token or not (amount == "unlimited" or _is_decimal(amount)):
            return None
        limits.append(AmountLimit(token=token, val=amount))
    return tuple(limits)


def _is_decimal(text: str) -> bool:
    whole, point, fraction = text.partition(".")
    return text.isascii() and whole.isdecimal() and (fraction.isdecimal() if point else True)
