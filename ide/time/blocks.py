"""The blocks of the chain, newest first, loaded page by page as one scrolls."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.facade import BlockFlushed, BlockProduced, EngineEvent, HeadMoved
from engine.values import BlockSummary
from ide.bridge import Request
from ide.panels.readable import clock_time, group_digits
from ide.panels.workbench import Workbench
from ide.theme import icon
from ide.time.machine import TimeMachine
from ide.time.moment import Moment

PAGE = 200
Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns in order."""

    NUMBER = 0
    MARKS = 1
    TRANSACTIONS = 2
    TIME = 3


_TITLES = ("Block", "Notes", "Transactions", "Time")


class BlocksModel(QAbstractTableModel):
    """Row 0 is the head."""

    def __init__(self, workbench: Workbench, machine: TimeMachine, moment: Moment, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench, self._machine, self._moment = workbench, machine, moment
        self._blocks: list[BlockSummary] = []
        self._head = -1
        self._announced = -1
        self._request: Request[tuple[BlockSummary, ...]] | None = None
        workbench.bridge.engine_changed.connect(self._change_chain)
        workbench.bridge.events.connect(self._take_events)
        machine.changed.connect(self._repaint)
        moment.changed.connect(self._repaint)
        self.reload()

    def _change_chain(self) -> None:
        self._announced = -1
        self.reload()

    def reload(self) -> None:
        """Begin again at the head."""
        if self._request is not None:
            self._request.drop()
            self._request = None
        self.beginResetModel()
        self._blocks, self._head = [], -1
        self.endResetModel()
        self._ask_head()

    def _ask_head(self) -> None:
        engine = self._workbench.engine
        if engine is not None:
            self._workbench.bridge.request(engine.head(), self, self._begin)

    def number_at(self, row: int) -> int | None:
        """Return the block of a row."""
        return self._blocks[row].number if 0 <= row < len(self._blocks) else None

    def row_of(self, number: int) -> int | None:
        """Return the row of a block that is loaded."""
        row = self._blocks[0].number - number if self._blocks else -1
        return row if 0 <= row < len(self._blocks) else None

    def _begin(self, head: BlockSummary) -> None:
        if head.number < self._announced:  # blocks came while this was asked
            self._ask_head()
        elif not self._blocks:
            self.beginInsertRows(QModelIndex(), 0, 0)
            self._blocks, self._head = [head], head.number
            self.endInsertRows()
            self.fetchMore(QModelIndex())

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        for event in events:
            if isinstance(event, BlockProduced | HeadMoved):
                self._announced = event.number if isinstance(event, HeadMoved) else event.block.number
        if any(isinstance(event, HeadMoved) for event in events):
            self.reload()
            return
        fresh = [
            event.block for event in events if isinstance(event, BlockProduced) and event.block.number > self._head
        ]
        if fresh and self._blocks and fresh[0].number == self._head + 1:
            self.beginInsertRows(QModelIndex(), 0, len(fresh) - 1)
            self._blocks[:0] = fresh[::-1]
            self._head = fresh[-1].number
            self.endInsertRows()
        elif any(isinstance(event, BlockFlushed) for event in events):
            self._repaint()

    def _repaint(self) -> None:
        if self._blocks:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._blocks) - 1, len(Column) - 1))

    # --- Qt's questions --------------------------------------------------------------------------

    def canFetchMore(self, parent: Index) -> bool:
        """Whether there are older blocks."""
        return not parent.isValid() and self._request is None and bool(self._blocks) and self._blocks[-1].number > 0

    def fetchMore(self, parent: Index) -> None:
        """Ask for a page of older blocks."""
        engine = self._workbench.engine
        if engine is None or not self.canFetchMore(parent):
            return
        before = self._blocks[-1].number
        first = max(before - PAGE, 0)

        def take(blocks: tuple[BlockSummary, ...]) -> None:
            self._request = None
            older = [block for block in reversed(blocks) if block.number < before]
            if older and self._blocks and self._blocks[-1].number == before:
                start = len(self._blocks)
                self.beginInsertRows(QModelIndex(), start, start + len(older) - 1)
                self._blocks += older
                self.endInsertRows()

        def failed(error: Exception) -> None:
            self._request = None
            self._workbench.bridge.request_failed.emit(error)

        self._request = self._workbench.bridge.request(engine.blocks(first, before - first), self, take, failed)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of blocks that are loaded."""
        return 0 if parent.isValid() else len(self._blocks)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text or icon."""
        if not index.isValid() or index.row() >= len(self._blocks):
            return None
        block, column = self._blocks[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(block, column)
            case Qt.ItemDataRole.DecorationRole if column is Column.NUMBER:
                shown = self._head if self._moment.at is None else self._moment.at
                return icon("chevron-right", "accent") if block.number == shown else icon("block")
            case Qt.ItemDataRole.DecorationRole if column is Column.MARKS:
                if block.edits:
                    return icon("rename", "warning")
                return icon("checkpoint", "success") if self._machine.at(block.number) else None
            case Qt.ItemDataRole.ToolTipRole:
                return f"Block {block.number}\n{block.hash}"
        return None

    def _text(self, block: BlockSummary, column: Column) -> str:
        match column:
            case Column.NUMBER:
                return group_digits(block.number)
            case Column.MARKS:
                marks = list(self._machine.at(block.number))
                return ", ".join([*marks, "edited by hand"] if block.edits else marks)
            case Column.TRANSACTIONS:
                return str(max(len(block.transactions) - 1, 0)) if block.number else ""
            case Column.TIME:
                return clock_time(block.time)
