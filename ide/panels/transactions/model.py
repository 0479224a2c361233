"""The list of transactions, newest first, loaded page by page."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.errors import RejectedTransaction
from engine.values import TransactionRequest, TransactionResult
from ide.bridge import Request, describe_error
from ide.chain.explanation import outcome_words
from ide.panels.readable import clock_time, group_digits, shorten
from ide.panels.transactions.filter import parse_filter
from ide.panels.workbench import Workbench
from ide.theme import icon

PAGE = 200
MOST_ROWS = 20_000
"""More rows than this are not kept."""

ROW_ROLE = Qt.ItemDataRole.UserRole

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class TransactionRow:
    """An executed transaction, or one that was refused before it ran (`result` is None)."""

    request: TransactionRequest
    result: TransactionResult | None
    refusal: str = ""
    time: int = 0

    @property
    def status(self) -> str:
        """`ok`, `failed` with the receipt's status, or `rejected`."""
        if self.result is None:
            return "rejected"
        return "ok success" if self.result.succeeded else f"failed {self.result.receipt.status}"


class Column(IntEnum):
    """The columns in order."""

    CALL = 0
    GAS = 1
    SIGNER = 2
    BLOCK = 3
    TIME = 4


_TITLES = {
    Column.CALL: "Call",
    Column.GAS: "Gas",
    Column.SIGNER: "Signer",
    Column.BLOCK: "Block",
    Column.TIME: "Time",
}


class TransactionModel(QAbstractTableModel):
    """Rows that are loaded; more are fetched when the view comes to the end."""

    def __init__(self, workbench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._loaded: list[TransactionRow] = []
        self._shown: list[TransactionRow] = []
        self._paged = 0
        self._exhausted = True
        self._pending: Request[tuple[TransactionResult, ...]] | None = None
        self._filter_text = ""
        self._accepts = parse_filter("")

    # --- content ---------------------------------------------------------------------------------

    def reload(self) -> None:
        """Forget everything and load the first page; refused transactions are forgotten too."""
        if self._pending is not None:
            self._pending.drop()
            self._pending = None
        self.beginResetModel()
        self._loaded, self._shown, self._paged = [], [], 0
        self._exhausted = self._workbench.engine is None
        self.endResetModel()
        self.fetchMore(QModelIndex())

    def add_results(self, results: Iterable[TransactionResult]) -> None:
        """Put new transactions (oldest first) on top."""
        fresh = [TransactionRow(result.request, result, time=result.time) for result in results]
        known = {row.result.hash for row in self._loaded[: 2 * PAGE] if row.result is not None}
        fresh = [row for row in reversed(fresh) if row.result is not None and row.result.hash not in known]
        self._put_on_top(fresh)

    def add_rejected(self, request: TransactionRequest, error: RejectedTransaction) -> None:
        """Put a transaction on top that was refused before it ran."""
        self.add_refused(request, describe_error(error))

    def add_refused(self, request: TransactionRequest, reason: str) -> None:
        """Put a transaction on top that was refused before it ran, for a reason given in words."""
        self._put_on_top([TransactionRow(request, None, reason, time.time_ns())])

    def set_filter(self, text: str) -> None:
        """Show only what fulfils a filter (filter.py)."""
        if text == self._filter_text:
            return
        self._filter_text, self._accepts = text, parse_filter(text)
        self.beginResetModel()
        self._shown = self._select(self._loaded)
        self.endResetModel()

    @property
    def is_empty(self) -> bool:
        """Whether there is no transaction at all, filter or not."""
        return not self._loaded

    def _put_on_top(self, rows: list[TransactionRow]) -> None:
        self._loaded[:0] = rows
        shown = self._select(rows)
        if shown:
            self.beginInsertRows(QModelIndex(), 0, len(shown) - 1)
            self._shown[:0] = shown
            self.endInsertRows()
        if len(self._loaded) > MOST_ROWS:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        """Drop a fifth of the rows at the end; they are fetched again when somebody scrolls there."""
        if self._pending is not None:
            self._pending.drop()
            self._pending = None
        del self._loaded[MOST_ROWS * 4 // 5 :]
        # Before the rows go: views ask for more while they do.
        self._paged = sum(row.result is not None for row in self._loaded)
        self._exhausted = False
        kept = self._select(self._loaded)
        if len(kept) < len(self._shown):
            self.beginRemoveRows(QModelIndex(), len(kept), len(self._shown) - 1)
            self._shown = kept
            self.endRemoveRows()

    def _select(self, rows: Iterable[TransactionRow]) -> list[TransactionRow]:
        return [row for row in rows if self._accepts(self._facts(row))]

    def _facts(self, row: TransactionRow) -> Mapping[str, str]:
        actions = row.request.actions
        return {
            "from": row.request.publisher.lower(),
            "contract": " ".join(
                f"{self._workbench.contract_name(action.contract)} {action.contract}" for action in actions
            ).lower(),
            "method": " ".join(action.action_name for action in actions).lower(),
            "args": " ".join(action.data for action in actions).lower(),
            "status": row.status.lower(),
            "block": str(row.result.block_number) if row.result is not None else "",
            "hash": row.result.hash.lower() if row.result is not None else "",
        }

    # --- paging ----------------------------------------------------------------------------------

    def canFetchMore(self, parent: Index) -> bool:
        """Whether older transactions may exist."""
        return not parent.isValid() and not self._exhausted and self._pending is None

    def fetchMore(self, parent: Index) -> None:
        """Ask for the next page of older transactions."""
        engine = self._workbench.engine
        if engine is not None and self.canFetchMore(parent):
            future = engine.transactions(self._paged, PAGE)
            self._pending = self._workbench.bridge.request(future, self, self._take_page, self._page_failed)

    def _take_page(self, page: tuple[TransactionResult, ...]) -> None:
        # New transactions push older ones down: counting pages as they came leaves overlaps, never gaps.
        self._paged += len(page)
        self._exhausted = len(page) < PAGE
        known = {row.result.hash for row in self._loaded if row.result is not None}
        rows = [TransactionRow(result.request, result, time=result.time) for result in page if result.hash not in known]
        self._loaded += rows
        shown = self._select(rows)
        if shown:
            self.beginInsertRows(QModelIndex(), len(self._shown), len(self._shown) + len(shown) - 1)
            self._shown += shown
            self.endInsertRows()
        # Only now: views ask for more while rows are being inserted.
        self._pending = None
        if not shown and not self._exhausted:
            self.fetchMore(QModelIndex())

    def _page_failed(self, error: Exception) -> None:
        self._pending, self._exhausted = None, True
        self._workbench.bridge.request_failed.emit(error)

    # --- Qt's questions --------------------------------------------------------------------------

    def row_at(self, position: int) -> TransactionRow:
        """Return the shown row at `position`."""
        return self._shown[position]

    def position_of(self, transaction_hash: str) -> int:
        """Return the shown position of a transaction, -1 if it is not shown."""
        for position, row in enumerate(self._shown):
            if row.result is not None and row.result.hash == transaction_hash:
                return position
        return -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows that are loaded and pass the filter."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[Column(section)]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, the status icon, or the row itself."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        row, column = self._shown[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.UserRole:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.DecorationRole if column is Column.CALL:
                return _status_icon(row)
            case Qt.ItemDataRole.TextAlignmentRole if column in (Column.GAS, Column.BLOCK):
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ToolTipRole:
                return self._tool_tip(row)
            case Qt.ItemDataRole.AccessibleTextRole if column is Column.CALL:
                return f"{row.status}: {self._text(row, column)}"
        return None

    def _text(self, row: TransactionRow, column: Column) -> str:
        match column:
            case Column.CALL:
                return self._call(row)
            case Column.GAS:
                return group_digits(row.result.receipt.gas_usage) if row.result is not None else ""
            case Column.SIGNER:
                return row.request.publisher
            case Column.BLOCK:
                return f"#{row.result.block_number}" if row.result is not None else ""
            case Column.TIME:
                return clock_time(row.time)

    def _call(self, row: TransactionRow) -> str:
        return self._workbench.describe_request(row.request, row.result.hash if row.result is not None else "")

    def _tool_tip(self, row: TransactionRow) -> str:
        lines = [self._call(row)]
        if row.result is None:
            return "\n".join([*lines, f"Refused: {row.refusal}"])
        lines.append(outcome_words(row.result))
        if row.result.receipt.message:
            lines.append(shorten(row.result.receipt.message, 300))
        return "\n".join(lines)


def _status_icon(row: TransactionRow) -> object:
    if row.result is None:
        return icon("status-rejected", "warning")
    return icon("status-success", "success") if row.result.succeeded else icon("status-failure", "error")
