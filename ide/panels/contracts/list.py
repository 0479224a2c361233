"""The list of deployed contracts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engine.values import DeployedContract
from ide.panels import style
from ide.theme import icon_pixmap

Index = QModelIndex | QPersistentModelIndex
CONTRACT_ROLE = Qt.ItemDataRole.UserRole
_PADDING = 5
_ICON = 16


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract and whether its source has changed since it was deployed."""

    contract: DeployedContract
    is_changed: bool = False


class ContractModel(QAbstractListModel):
    """Deployed contracts, newest first."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: tuple[ContractRow, ...] = ()

    @property
    def rows(self) -> tuple[ContractRow, ...]:
        """The rows, newest first."""
        return self._rows

    def show(self, contracts: Sequence[DeployedContract], is_changed: Callable[[DeployedContract], bool]) -> None:
        """Show `contracts` (oldest first)."""
        rows = tuple(ContractRow(contract, is_changed(contract)) for contract in reversed(contracts))
        if [row.contract.id for row in rows] == [row.contract.id for row in self._rows]:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def position(self, contract: str) -> int:
        """Return the row of a contract id, -1 if it is not listed."""
        return next((place for place, row in enumerate(self._rows) if row.contract.id == contract), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of contracts."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the row itself, or its text."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        contract = row.contract
        match role:
            case Qt.ItemDataRole.UserRole:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return f"{contract.name}{', changed since it was deployed' if row.is_changed else ''}"
            case Qt.ItemDataRole.ToolTipRole:
                lines = [
                    contract.id,
                    f"owner {contract.owner}",
                    f"block {contract.block_number}",
                    f"profile {contract.profile}",
                ]
                return "\n".join([*lines, contract.file] if contract.file else lines)
        return None


class ContractDelegate(QStyledItemDelegate):
    """Name over id; a badge if the source has changed."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of two lines."""
        return QSize(140, 2 * QFontMetrics(option.font).height() + 2 * _PADDING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the row."""
        row = index.data(CONTRACT_ROLE)
        if not isinstance(row, ContractRow):
            return
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            active = option.state & QStyle.StateFlag.State_Active
            painter.fillRect(option.rect, style.colour("selection" if active else "selection_inactive"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, style.colour("hover"))
        box = option.rect.adjusted(10, _PADDING, -8, -_PADDING)
        ratio = painter.device().devicePixelRatioF()
        pixmap = icon_pixmap("contract", "accent", _ICON, ratio)
        painter.drawPixmap(box.left(), box.top() + 2, pixmap)
        box.setLeft(box.left() + _ICON + 8)
        half = box.height() // 2
        upper = QRect(box.left(), box.top(), box.width(), half)
        lower = QRect(box.left(), box.top() + half, box.width(), half)
        small = style.scaled_font(option.font, 0.85)
        if row.is_changed:
            middle = QPointF(upper.right(), upper.center().y() + 0.5)
            used = style.draw_badge(painter, middle, "changed, redeploy", "warning", small, ends_there=True)
            upper.setRight(upper.right() - used - 6)
        bold = style.scaled_font(option.font, 1.0, bold=True)
        style.draw_elided(painter, upper, row.contract.name or row.contract.id, bold, "text")
        style.draw_elided(painter, lower, row.contract.id, style.code_font(small), "text_muted")
        painter.restore()
