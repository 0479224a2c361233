"""Expressions that are evaluated at every stop."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from engine.facade import Variable
from ide.bridge import describe_error
from ide.panels import style
from ide.panels.readable import MISSING, shorten

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Watch:
    """An expression with what it was at this stop (None: not known) and at the last one."""

    expression: str
    text: str | None = None
    is_error: bool = False
    before: str | None = None

    @property
    def is_changed(self) -> bool:
        """Whether the value is another than at the last stop."""
        return self.before is not None and self.text is not None and self.before != self.text


class WatchModel(QAbstractTableModel):
    """Expression and value; `evaluation_wanted` carries an expression that has to be evaluated."""

    evaluation_wanted = Signal(str)
    changed = Signal()
    """The list of expressions changed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._watches: list[Watch] = []

    @property
    def expressions(self) -> tuple[str, ...]:
        """The expressions in order."""
        return tuple(watch.expression for watch in self._watches)

    def add(self, expression: str) -> None:
        """Watch an expression."""
        expression = expression.strip()
        if not expression or expression in self.expressions:
            return
        self.beginInsertRows(QModelIndex(), len(self._watches), len(self._watches))
        self._watches.append(Watch(expression))
        self.endInsertRows()
        self.changed.emit()
        self.evaluation_wanted.emit(expression)

    def remove(self, row: int) -> None:
        """Watch an expression no longer."""
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._watches[row]
        self.endRemoveRows()
        self.changed.emit()

    def begin_stop(self) -> None:
        """A new stop: everything has to be evaluated again."""
        self._watches = [
            replace(watch, text=None, is_error=False, before=watch.text if watch.text is not None else watch.before)
            for watch in self._watches
        ]
        self._repaint()
        for expression in self.expressions:
            self.evaluation_wanted.emit(expression)

    def forget_values(self) -> None:
        """There is no stop any more."""
        self._watches = [Watch(watch.expression) for watch in self._watches]
        self._repaint()

    def take_value(self, expression: str, value: Variable) -> None:
        """An expression was evaluated."""
        self._put(expression, value.text, is_error=False)

    def take_error(self, expression: str, error: Exception) -> None:
        """An expression cannot be evaluated here."""
        self._put(expression, describe_error(error), is_error=True)

    def _put(self, expression: str, text: str, *, is_error: bool) -> None:
        if expression in self.expressions:
            row = self.expressions.index(expression)
            self._watches[row] = replace(self._watches[row], text=text, is_error=is_error)
            self._repaint()

    def _repaint(self) -> None:
        if self._watches:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._watches) - 1, 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of expressions."""
        return 0 if parent.isValid() else len(self._watches)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return two: expression and value."""
        return 0 if parent.isValid() else 2

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Expressions can be edited in place."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == 0 else flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Change an expression."""
        expression = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or not expression or expression in self.expressions:
            return False
        self._watches[index.row()] = Watch(expression)
        self._repaint()
        self.changed.emit()
        self.evaluation_wanted.emit(expression)
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return ("Watch", "Value")[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text; a changed value stands out."""
        if not index.isValid() or index.row() >= len(self._watches):
            return None
        watch = self._watches[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return watch.expression if index.column() == 0 else shorten(watch.text or MISSING, 300)
            case Qt.ItemDataRole.ForegroundRole if watch.is_error and index.column() == 1:
                return style.colour("error")
            case Qt.ItemDataRole.BackgroundRole if watch.is_changed:
                return style.colour("search_match")
            case Qt.ItemDataRole.ToolTipRole:
                return f"{watch.before} → {watch.text}" if watch.is_changed else watch.text
        return None
