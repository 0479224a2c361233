"""The accounts dock: development accounts with balances, gas and RAM."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QFrame, QHeaderView, QTreeView, QVBoxLayout, QWidget

from engine.values import AccountSummary
from ide.panels.readable import byte_size, group_digits
from ide.panels.widgets import EmptyState, Switcher
from ide.panels.workbench import Workbench
from ide.theme import icon

Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns in order."""

    NAME = 0
    BALANCE = 1
    GAS = 2
    RAM = 3
    OTHERS = 4


_TITLES = ("Account", "IOST", "Gas", "RAM left", "Other tokens")


class AccountModel(QAbstractTableModel):
    """Accounts in the engine's order."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._accounts: tuple[AccountSummary, ...] = ()

    def show(self, accounts: tuple[AccountSummary, ...]) -> None:
        """Show accounts; rows stay where the names are the same."""
        if [account.name for account in accounts] == [account.name for account in self._accounts]:
            self._accounts = accounts
            if accounts:
                self.dataChanged.emit(self.index(0, 0), self.index(len(accounts) - 1, len(Column) - 1))
            return
        self.beginResetModel()
        self._accounts = accounts
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of accounts."""
        return 0 if parent.isValid() else len(self._accounts)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (Column.BALANCE, Column.GAS, Column.RAM):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text or icon."""
        if not index.isValid() or index.row() >= len(self._accounts):
            return None
        account, column = self._accounts[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(account, column)
            case Qt.ItemDataRole.DecorationRole if column is Column.NAME:
                return icon("account")
            case Qt.ItemDataRole.TextAlignmentRole if column in (Column.BALANCE, Column.GAS, Column.RAM):
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ToolTipRole:
                lines = [f"{token}: {group_digits(amount)}" for token, amount in account.balances.items()]
                lines += [f"gas: {group_digits(account.gas)}", f"RAM used: {byte_size(account.ram_used)}"]
                lines.append(f"RAM left: {byte_size(account.ram_available)}")
                return "\n".join([account.name, *lines])
        return None


def _text(account: AccountSummary, column: Column) -> str:
    match column:
        case Column.NAME:
            return account.name
        case Column.BALANCE:
            return group_digits(account.balances.get("iost", "0"))
        case Column.OTHERS:
            others = {token: amount for token, amount in account.balances.items() if token != "iost"}
            return ", ".join(f"{group_digits(amount)} {token}" for token, amount in others.items())
        case Column.GAS:
            return group_digits(account.gas.partition(".")[0])
        case Column.RAM:
            return byte_size(account.ram_available)


class AccountView(QTreeView):
    """Copies the account's name with the standard key."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the name."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.currentIndex().isValid():
            name = self.currentIndex().siblingAtColumn(Column.NAME).data()
            QApplication.clipboard().setText(str(name))
        else:
            super().keyPressEvent(event)


class AccountsPanel(QWidget):
    """A table that follows the workbench's accounts."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self.model = AccountModel(self)
        self.view = AccountView()
        self.view.setModel(self.model)
        self.view.setRootIsDecorated(False)
        self.view.setUniformRowHeights(True)
        self.view.setAllColumnsShowFocus(True)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setAccessibleName("Accounts")
        header = self.view.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        metrics = self.fontMetrics()
        for column, text in (
            (Column.NAME, "producer0000"),
            (Column.BALANCE, "21 000 000 000.00"),
            (Column.GAS, "300 000 000"),
        ):
            header.resizeSection(column, metrics.horizontalAdvance(text) + 20)
        self.switcher = Switcher(
            self.view, EmptyState("The accounts of the private chain appear when the engine has started.")
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.switcher)
        workbench.accounts_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.model.show(self._workbench.accounts)
        self.switcher.show_view(bool(self._workbench.accounts))
