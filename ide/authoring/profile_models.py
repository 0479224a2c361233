"""Tables of a gas profile: functions, host calls, lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Generic, NamedTuple, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.debug.profile import FunctionGas, HostGas, LineGas

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")
SORT_ROLE = Qt.ItemDataRole.UserRole
SHARE_ROLE = Qt.ItemDataRole.UserRole + 1
"""The share of the whole that a number is, from 0 to 1; None for other columns."""


class ProfileColumn(NamedTuple, Generic[Row]):
    """A column: its title, the value of a row, and whether it is gas, of which a bar shows the share."""

    title: str
    value: Callable[[Row], str | int]
    is_gas: bool = False
    widest: str = ""


class ProfileTable(QAbstractTableModel, Generic[Row]):
    """Rows of one kind."""

    def __init__(self, columns: Sequence[ProfileColumn[Row]], parent: QObject) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._rows: tuple[Row, ...] = ()
        self._total = 1

    def show(self, rows: Sequence[Row], total: int) -> None:
        """Show other rows; `total` is the gas of which shares are taken."""
        self.beginResetModel()
        self._rows, self._total = tuple(rows), max(total, 1)
        self.endResetModel()

    def row(self, number: int) -> Row:
        """Return a row by its number in this model."""
        return self._rows[number]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column title, aligned like its column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        return _alignment(self.columns[section], role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return one role of a cell."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        column = self.columns[index.column()]
        value = column.value(self._rows[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{value:,}" if isinstance(value, int) else value
        if role == SORT_ROLE:
            return value
        if role == SHARE_ROLE:
            return value / self._total if column.is_gas and isinstance(value, int) else None
        if role == Qt.ItemDataRole.ToolTipRole and column.is_gas and isinstance(value, int):
            return f"{value:,} gas, {value / self._total:.1%} of the scripts' gas"
        return _alignment(column, role)


def _alignment(column: ProfileColumn[Row], role: int) -> object:
    if role != Qt.ItemDataRole.TextAlignmentRole or not column.widest:
        return None
    return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def function_columns(name_of: Callable[[str], str]) -> list[ProfileColumn[FunctionGas]]:
    """Return the columns of functions; `name_of` gives a contract's name."""
    return [
        ProfileColumn("Function", lambda one: one.name or "(top level)"),
        ProfileColumn("Contract", lambda one: name_of(one.contract)),
        ProfileColumn("Calls", lambda one: one.calls, widest="1,000,000"),
        ProfileColumn("Own gas", lambda one: one.own, is_gas=True, widest="100,000,000"),
        ProfileColumn("Total gas", lambda one: one.total, is_gas=True, widest="100,000,000"),
    ]


def host_columns() -> list[ProfileColumn[HostGas]]:
    """Return the columns of host calls."""
    return [
        ProfileColumn("Host call", lambda one: one.operation.replace("_", " ")),
        ProfileColumn("Calls", lambda one: one.count, widest="1,000,000"),
        ProfileColumn("Gas", lambda one: one.gas, is_gas=True, widest="100,000,000"),
    ]


def line_columns(name_of: Callable[[str], str]) -> list[ProfileColumn[LineGas]]:
    """Return the columns of lines."""
    return [
        ProfileColumn("Line", lambda one: f"{PurePath(one.file).name or name_of(one.contract)}:{one.line}"),
        ProfileColumn("Times", lambda one: one.hits, widest="1,000,000"),
        ProfileColumn("Gas", lambda one: one.gas, is_gas=True, widest="100,000,000"),
        ProfileColumn("of it host", lambda one: one.host, is_gas=True, widest="100,000,000"),
    ]
