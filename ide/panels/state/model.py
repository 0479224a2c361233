"""Qt list models of the three panes of the state stack."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.values import AccessKind, Layer
from ide.panels.readable import shorten
from ide.panels.state.rows import Fate, StackRow

ROW_ROLE = Qt.ItemDataRole.UserRole
"""The `StackRow` itself."""

Index = QModelIndex | QPersistentModelIndex

_VERBS = {AccessKind.READ: "read", AccessKind.WRITE: "write", AccessKind.DELETE: "delete"}
_LAYER_NAMES = {
    Layer.LOCAL: "the local cache",
    Layer.MVCC: "MVCC",
    Layer.ROCKSDB: "RocksDB",
    Layer.ABSENT: "no layer (absent)",
}


class StackModel(QAbstractListModel):
    """Rows of one pane; replaced as a whole by pure lists, which are cheap, so that the view keeps its scroll."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[StackRow] = ()

    @property
    def rows(self) -> Sequence[StackRow]:
        """The rows shown, first to last."""
        return self._rows

    def show(self, rows: Sequence[StackRow]) -> None:
        """Show `rows`: insert, remove and repaint what differs at the top and the end."""
        common = min(len(rows), len(self._rows))
        surplus = len(rows) - len(self._rows)
        if surplus > 0:
            at_top = surplus if self._rows and rows[surplus].key == self._rows[0].key else 0
            first = 0 if at_top else common
            self.beginInsertRows(QModelIndex(), first, first + surplus - 1)
            self._rows = rows
            self.endInsertRows()
        elif surplus < 0:
            self.beginRemoveRows(QModelIndex(), common, len(self._rows) - 1)
            self._rows = rows
            self.endRemoveRows()
        else:
            self._rows = rows
        if rows:
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the row itself, or its text for a screen reader, tool tip or copy."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.UserRole:
                return row
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return describe_row(row)
            case Qt.ItemDataRole.ToolTipRole:
                return tool_tip(row)
        return None


def describe_row(row: StackRow) -> str:
    """Return a row as one sentence without colours."""
    key = row.readable_key
    where = f"{key.label} of {key.contract}" if key.contract else key.label
    new = shorten(row.readable_value(row.new).text)
    if not row.is_change:
        text = f"{_VERBS[row.kind]} {where}: {new}, answered by {_LAYER_NAMES[row.layer]}"
    elif row.has_old:
        text = f"{_VERBS[row.kind]} {where}: {shorten(row.readable_value(row.old).text)} → {new}"
    else:
        text = f"{where}: {new}"
    return text if row.fate is Fate.HELD else f"{text} ({row.fate})"


def tool_tip(row: StackRow) -> str:
    """Return everything about a row, a line each."""
    key = row.readable_key
    lines = [f"Contract: {key.contract}"] if key.contract else []
    lines += [f"Key: {key.label}  ({key.kind})", f"State key: {shorten(row.key, 200)}"]
    old, new = row.readable_value(row.old), row.readable_value(row.new)
    if row.is_change and row.has_old:
        lines.append(f"Old: {shorten(old.text, 300)}")
    lines.append(f"{'New' if row.is_change else 'Value'}: {shorten(new.text, 300)}  ({new.kind})")
    if new.payer:
        lines.append(f"RAM paid by: {new.payer}")
    if not row.is_change:
        lines.append(f"Answered by: {_LAYER_NAMES[row.layer]}")
    if row.block is not None:
        lines.append(f"Block: {row.block}")
    if row.fate is not Fate.HELD:
        lines.append(f"Now: {row.fate}")
    return "\n".join(lines)
