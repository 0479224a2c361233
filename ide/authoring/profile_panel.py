"""The Gas Profile panel: where a transaction's gas went, by function, host call and line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSortFilterProxyModel, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from engine.debug.profile import FunctionGas, GasProfile, LineGas
from engine.values import SourceLocation, TransactionResult
from ide.authoring.profile_models import (
    SHARE_ROLE,
    SORT_ROLE,
    ProfileColumn,
    ProfileTable,
    function_columns,
    host_columns,
    line_columns,
)
from ide.authoring.profiler import Profiler
from ide.panels import style
from ide.panels.widgets import ActionToolButton, EmptyState, FlatTable, Switcher

if TYPE_CHECKING:
    from ide.panels.workbench import Workbench

Row = TypeVar("Row")


class _ShareDelegate(QStyledItemDelegate):
    """Draws a bar behind numbers that are a share of the whole."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a cell."""
        share = index.data(SHARE_ROLE)
        if isinstance(share, float):
            cell = option.rect
            width = round((cell.width() - 4) * min(max(share, 0.0), 1.0))
            bar = QRect(cell.right() - 1 - width, cell.top() + 3, width, cell.height() - 6)
            painter.fillRect(bar, style.colour("error", 0.22))
        super().paint(painter, option, index)


class _ProfileView(FlatTable, Generic[Row]):
    """One table of the profile, sorted by any column."""

    def __init__(self, name: str, columns: Sequence[ProfileColumn[Row]]) -> None:
        super().__init__(name)
        self.table: ProfileTable[Row] = ProfileTable(columns, self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSortRole(SORT_ROLE)
        self._sorted.setSourceModel(self.table)
        self.setModel(self._sorted)
        self.setItemDelegate(_ShareDelegate(self))
        self.setSelectionMode(FlatTable.SelectionMode.SingleSelection)
        self.setSortingEnabled(True)
        header = self.horizontalHeader()
        header.setStretchLastSection(False)
        self.sortByColumn(next(i for i, one in enumerate(columns) if one.is_gas), Qt.SortOrder.DescendingOrder)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for number, column in enumerate(columns):
            if number:
                header.resizeSection(number, self.fontMetrics().horizontalAdvance(column.widest or "n" * 18) + 24)

    def row_at(self, index: QModelIndex) -> Row:
        """Return the row behind an index of the view."""
        return self.table.row(self._sorted.mapToSource(index).row())


class ProfilePanel(QWidget):
    """Shows the profiler's profile; a double click goes to the source."""

    def __init__(self, workbench: Workbench, profiler: Profiler) -> None:
        super().__init__()
        self._workbench, self._profiler = workbench, profiler
        self.summary = QLabel()
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.functions = _ProfileView[FunctionGas]("Functions", function_columns(workbench.contract_name))
        self.host = _ProfileView("Host calls", host_columns())
        self.lines = _ProfileView[LineGas]("Lines", line_columns(workbench.contract_name))
        self.functions.activated.connect(lambda index: self._go_to(self.functions.row_at(index)))
        self.lines.activated.connect(lambda index: self._go_to(self.lines.row_at(index)))
        self.tabs = tabs = QTabWidget()
        tabs.setDocumentMode(True)
        for title, view in (("Functions", self.functions), ("Host Calls", self.host), ("Lines", self.lines)):
            tabs.addTab(view, title)
        commands = workbench.window.commands
        top = QHBoxLayout()
        top.setContentsMargins(8, 4, 8, 4)
        top.addWidget(self.summary, 1)
        for command in ("profile.heat", "profile.coverage"):
            top.addWidget(ActionToolButton(commands.action(command)))
        filled = QWidget()
        column = QVBoxLayout(filled)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(tabs, 1)
        empty = EmptyState(
            "Where the gas of a transaction went: by function, host call and line.",
            commands.action("profile.transaction"),
        )
        self.switcher = Switcher(filled, empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.switcher)
        profiler.profiled.connect(self._show)

    def _show(self, result: TransactionResult | None, profile: GasProfile | None) -> None:
        self.switcher.show_view(profile is not None)
        if result is None or profile is None:
            return
        call = self._workbench.describe_request(result.request, result.hash)
        rest = f", {profile.unattributed:,} after the recording was cut off" if profile.unattributed else ""
        self.summary.setText(f"{call}: {profile.total:,} gas in contracts{rest}")
        self.summary.setToolTip("Without the fees of the transaction itself: its size, its flag-fall, what it returned")
        self.functions.table.show(profile.functions, profile.total)
        self.host.table.show(profile.host, profile.total)
        self.lines.table.show(profile.lines, profile.total)

    def _go_to(self, row: FunctionGas | LineGas) -> None:
        self._workbench.show_source(SourceLocation(row.contract, row.file, row.line))
