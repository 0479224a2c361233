"""The chain as a tree, newest block first: blocks, and in them their transactions. Loaded page by page."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum

import msgspec
from PySide6.QtCore import QModelIndex, QObject, Qt

from engine.details import BlockDetails, BlockPage
from engine.facade import BlockProduced, EngineEvent, HeadMoved, TransactionExecuted
from engine.values import BlockSummary, TransactionResult
from ide.bridge import Request
from ide.chain.blocks.filter import TransactionFilter, parse_filter
from ide.chain.explanation import outcome_words
from ide.panels.lazy_tree import Index, PagedModel
from ide.panels.readable import clock_time, group_digits, shorten
from ide.panels.workbench import Workbench
from ide.theme import icon

PAGE = 100
MOST_BLOCKS = 20_000
"""More blocks than this are not kept; they are loaded again when somebody scrolls there."""

ITEM_ROLE = Qt.ItemDataRole.UserRole
"""A row's `BlockRow` or `TransactionResult`."""


class Column(IntEnum):
    """The columns in order."""

    WHAT = 0
    GAS = 1
    WHO = 2
    TIME = 3


_TITLES = {Column.WHAT: "Block, transaction", Column.GAS: "Gas", Column.WHO: "Publisher", Column.TIME: "Time"}


@dataclass(slots=True)
class BlockRow:
    """A block with the transactions of it that are shown; `summary` is None while it is open."""

    number: int
    results: list[TransactionResult] = field(default_factory=list)
    summary: BlockSummary | None = None

    @property
    def failed(self) -> int:
        """How many of the transactions failed."""
        return sum(not result.succeeded for result in self.results)


@dataclass(frozen=True, slots=True)
class Selection:
    """What is shown of blocks: runs on engine threads too, and so holds what it needs."""

    filter: TransactionFilter
    names: Mapping[str, str]
    empty_blocks: bool

    def __call__(self, block: BlockDetails) -> BlockDetails | None:
        """Return a block with the transactions that are to be shown, None if it is not shown at all."""
        own = block.results if block.summary.number == 0 else block.results[1:]
        shown = tuple(result for result in own if self.filter.accepts(result, self.names))
        if not shown and (not self.filter.is_empty or not self.empty_blocks):
            return None
        return msgspec.structs.replace(block, results=shown)


class ChainModel(PagedModel):
    """Rows that are loaded; a top row stands for the open block, if transactions wait in one."""

    def __init__(self, workbench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._rows: list[BlockRow] = []
        self._before: int | None = None
        self._exhausted = True
        self._pending: Request[BlockPage] | None = None
        self._selection = Selection(parse_filter(""), {}, True)
        self._waiting: dict[int, dict[str, TransactionResult]] = {}

    # --- content ---------------------------------------------------------------------------------

    @property
    def rows(self) -> tuple[BlockRow, ...]:
        """The blocks that are loaded and shown, newest first."""
        return tuple(self._rows)

    @property
    def is_filtered(self) -> bool:
        """Whether something may be left out."""
        return not self._selection.filter.is_empty or not self._selection.empty_blocks

    @property
    def is_loading(self) -> bool:
        """Whether a page is on its way."""
        return self._pending is not None

    def reload(self, *, waiting: bool = False) -> None:
        """Forget everything and load the newest page; `waiting` keeps what is known of the open block."""
        self._drop_pending()
        self.beginResetModel()
        self._rows = []
        if not waiting:
            self._waiting = {}
        self._before, self._exhausted = None, self._workbench.engine is None
        names = {identity: contract.name for identity, contract in self._workbench.contracts.items()}
        self._selection = replace(self._selection, names=names)
        self.endResetModel()
        self._show_open()
        self.fetchMore(QModelIndex())

    def set_filter(self, wanted: TransactionFilter, *, empty_blocks: bool) -> None:
        """Show what a filter accepts; blocks without transactions only if `empty_blocks`."""
        if wanted.text == self._selection.filter.text and empty_blocks == self._selection.empty_blocks:
            return
        self._selection = replace(self._selection, filter=wanted, empty_blocks=empty_blocks)
        self.reload(waiting=True)

    def take_events(self, events: Iterable[EngineEvent]) -> None:
        """Follow the chain."""
        for event in events:
            match event:
                case HeadMoved():
                    self.reload()
                case TransactionExecuted(result=result):
                    self._add_waiting(result)
                case BlockProduced(block=summary):
                    self._close(summary)
        self._show_open()

    def _add_waiting(self, result: TransactionResult) -> None:
        """Take a transaction of the open block, or of one that is closed with the next event."""
        self._waiting.setdefault(result.block_number, {})[result.hash] = result

    def _show_open(self) -> None:
        """Show the transactions that still wait in the open block."""
        if self._waiting:
            number = max(self._waiting)
            self._show_newest(number, self._shown_of(self._waiting[number].values()), None)

    def _close(self, summary: BlockSummary) -> None:
        shown = self._shown_of(self._waiting.pop(summary.number, {}).values())
        self._waiting = {number: waiting for number, waiting in self._waiting.items() if number > summary.number}
        self._show_newest(summary.number, shown, summary)

    def _shown_of(self, results: Iterable[TransactionResult]) -> list[TransactionResult]:
        return [result for result in results if self._selection.filter.accepts(result, self._selection.names)]

    def _show_newest(self, number: int, shown: list[TransactionResult], summary: BlockSummary | None) -> None:
        top = self._rows[0] if self._rows else None
        if top is None or top.number < number:
            if shown or (summary is not None and not self.is_filtered):
                self._put_on_top(BlockRow(number, shown, summary))
        elif top.number == number and top.summary is None:
            fresh = len(shown) - len(top.results)
            parent = self.index(0, 0)
            if fresh > 0:
                self.beginInsertRows(parent, len(top.results), len(shown) - 1)
                top.results = shown
                self.endInsertRows()
            top.summary = summary
            self.dataChanged.emit(parent, self.index(0, len(Column) - 1))

    def _put_on_top(self, row: BlockRow) -> None:
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._rows.insert(0, row)
        self.endInsertRows()
        if len(self._rows) > MOST_BLOCKS:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        self._drop_pending()
        kept = MOST_BLOCKS * 4 // 5
        self._before, self._exhausted = self._rows[kept - 1].number, False
        self.beginRemoveRows(QModelIndex(), kept, len(self._rows) - 1)
        del self._rows[kept:]
        self.endRemoveRows()

    # --- paging ----------------------------------------------------------------------------------

    def can_load(self, parent: Index) -> bool:
        """Whether older blocks may exist, and none are awaited."""
        return not parent.isValid() and not self._exhausted and self._pending is None

    def fetchMore(self, parent: Index) -> None:
        """Ask for the next page of older blocks."""
        engine = self._workbench.engine
        if engine is not None and self.can_load(parent):
            future = engine.explorer().blocks(self._selection, before=self._before, count=PAGE)
            self._pending = self._workbench.bridge.request(future, self, self._take_page, self._page_failed)

    def _take_page(self, page: BlockPage) -> None:
        self._before, self._exhausted = page.before, page.before is None
        oldest = self._rows[-1].number if self._rows else None
        rows = [
            BlockRow(block.summary.number, list(block.results), block.summary)
            for block in page.blocks
            if oldest is None or block.summary.number < oldest
        ]
        if rows:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(rows) - 1)
            self._rows += rows
            self.endInsertRows()
        # Only now: views ask for more while rows are being inserted.
        self._pending = None
        if not rows and not self._exhausted:
            self.fetchMore(QModelIndex())
        elif not rows:
            self.layoutChanged.emit()
        self.settled.emit()

    def _page_failed(self, error: Exception) -> None:
        self._pending, self._exhausted = None, True
        self._workbench.bridge.request_failed.emit(error)

    def _drop_pending(self) -> None:
        if self._pending is not None:
            self._pending.drop()
            self._pending = None

    # --- Qt's questions --------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return a cell's index; a transaction's carries its block's number, so that it outlives new blocks."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        if not parent.isValid():
            return self.createIndex(row, column, 0)
        return self.createIndex(row, column, self._rows[parent.row()].number + 1)

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """Return the block's index of a transaction."""
        if not index.isValid() or index.internalId() == 0:
            return QModelIndex()
        position = self.position_of(index.internalId() - 1)
        return QModelIndex() if position < 0 else self.createIndex(position, 0, 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of blocks, or of a block's transactions."""
        if not parent.isValid():
            return len(self._rows)
        if parent.internalId() or parent.column():
            return 0
        return len(self._rows[parent.row()].results)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return len(Column)

    def position_of(self, number: int) -> int:
        """Return the row of a block, -1 if it is not shown."""
        position = bisect_left(self._rows, -number, key=lambda row: -row.number)
        return position if position < len(self._rows) and self._rows[position].number == number else -1

    def find(self, result: TransactionResult) -> QModelIndex:
        """Return a transaction's index, an invalid one if it is not shown."""
        position = self.position_of(result.block_number)
        if position >= 0:
            for place, shown in enumerate(self._rows[position].results):
                if shown.hash == result.hash:
                    return self.index(place, 0, self.index(position, 0))
        return QModelIndex()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[Column(section)]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == Column.GAS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows."""
        item = self._item(index)
        if item is None:
            return None
        column = Column(index.column())
        match role:
            case Qt.ItemDataRole.UserRole:
                return item
            case Qt.ItemDataRole.DisplayRole:
                return self._block_text(item, column) if isinstance(item, BlockRow) else self._text(item, column)
            case Qt.ItemDataRole.DecorationRole if column is Column.WHAT:
                return _block_icon(item) if isinstance(item, BlockRow) else _icon(item)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tool_tip(item)
            case Qt.ItemDataRole.TextAlignmentRole if column is Column.GAS:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case _:
                return None

    def _item(self, index: Index) -> BlockRow | TransactionResult | None:
        if not index.isValid():
            return None
        if index.internalId() == 0:
            return self._rows[index.row()] if index.row() < len(self._rows) else None
        position = self.position_of(index.internalId() - 1)
        results = self._rows[position].results if position >= 0 else []
        return results[index.row()] if index.row() < len(results) else None

    def _block_text(self, row: BlockRow, column: Column) -> str:
        match column:
            case Column.WHAT:
                return f"Block {group_digits(row.number)}{_content(row)}"
            case Column.GAS:
                return group_digits(row.summary.gas_usage) if row.summary is not None else ""
            case Column.WHO:
                return ""
            case Column.TIME:
                return clock_time(row.summary.time) if row.summary is not None else "open"

    def _text(self, result: TransactionResult, column: Column) -> str:
        match column:
            case Column.WHAT:
                return self._workbench.describe_request(result.request, result.hash)
            case Column.GAS:
                return group_digits(result.receipt.gas_usage)
            case Column.WHO:
                return result.request.publisher
            case Column.TIME:
                return ""

    def _tool_tip(self, item: BlockRow | TransactionResult) -> str:
        if isinstance(item, BlockRow):
            if item.summary is None:
                return f"Block {item.number} is open: produce it to make it final."
            return f"Block {item.number}\n{item.summary.hash}"
        lines = [self._workbench.describe_request(item.request, item.hash), outcome_words(item)]
        if item.receipt.message:
            lines.append(shorten(item.receipt.message, 300))
        return "\n".join(lines)


def _content(row: BlockRow) -> str:
    count = len(row.results)
    if row.number == 0:
        return "  genesis"
    if count == 0:
        return "  empty"
    failed = f", {row.failed} failed" if row.failed else ""
    return f"  {count} transaction{'' if count == 1 else 's'}{failed}"


def _block_icon(row: BlockRow) -> object:
    if row.summary is None:
        return icon("block", "info")
    return icon("block", "error" if row.failed else "text_muted")


def _icon(result: TransactionResult) -> object:
    return icon("status-success", "success") if result.succeeded else icon("status-failure", "error")
