"""The table of workers: rows stay where they are while workers come and go."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import IntEnum

import msgspec
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.facade import Temperature, WorkerStatus
from ide.panels import style
from ide.panels.readable import byte_size, group_digits
from ide.panels.workbench import Workbench
from ide.theme import icon

ENDED_SECONDS = 4.0
"""So long a worker that has ended stays in the table, so that one sees who takes its place."""

WORKER_ROLE = Qt.ItemDataRole.UserRole

Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns in order."""

    WORKER = 0
    STATE = 1
    TEMPERATURE = 2
    RUNS = 3
    MEMORY = 4
    CONTRACTS = 5


_TITLES = ("Worker", "State", "Warmth", "Runs", "Memory", "Loaded contracts")
_STATE_TINTS = {"busy": "warning", "idle": "success", "spare": "info", "starting": "text_muted", "ended": "error"}
_TEMPERATURE_TINTS = {
    Temperature.COLD: "info",
    Temperature.RESTORED: "text_muted",
    Temperature.HOT: "warning",
}
_TEMPERATURE_WORDS = {
    Temperature.COLD: "It has loaded no contract: a first call waits until its contract is loaded.",
    Temperature.RESTORED: "It started from a snapshot or with contracts loaded ahead, and has not run yet.",
    Temperature.HOT: "It has run contracts and keeps them compiled.",
}
_STATE_WORDS = {
    "busy": "It runs a transaction.",
    "idle": "It waits for work.",
    "spare": "It stands ready to take another worker's place.",
    "starting": "It is being prepared.",
    "ended": "It has ended.",
}


class WorkerModel(QAbstractTableModel):
    """Workers by kind and number, those that have just ended among them."""

    def __init__(self, workbench: Workbench, parent: QObject, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._clock = clock
        self._rows: list[WorkerStatus] = []
        self._ended: dict[tuple[str, int], float] = {}

    def show(self, workers: tuple[WorkerStatus, ...]) -> None:
        """Show workers; those that are missing have ended and leave the table a little later."""
        now = self._clock()
        wanted = {(worker.kind, worker.id): worker for worker in workers}
        for row in self._rows:
            key = (row.kind, row.id)
            if key not in wanted and now - self._ended.setdefault(key, now) < ENDED_SECONDS:
                wanted[key] = msgspec.structs.replace(row, state="ended")
        self._ended = {key: since for key, since in self._ended.items() if key in wanted}
        for position in range(len(self._rows) - 1, -1, -1):
            if (self._rows[position].kind, self._rows[position].id) not in wanted:
                self.beginRemoveRows(QModelIndex(), position, position)
                del self._rows[position]
                self.endRemoveRows()
        for position, worker in enumerate(sorted(wanted.values(), key=_order)):
            if position < len(self._rows) and _order(self._rows[position]) == _order(worker):
                if self._rows[position] != worker:
                    self._rows[position] = worker
                    self.dataChanged.emit(self.index(position, 0), self.index(position, len(Column) - 1))
            else:
                self.beginInsertRows(QModelIndex(), position, position)
                self._rows.insert(position, worker)
                self.endInsertRows()

    def forget(self) -> None:
        """Show nobody: the workers belonged to another chain."""
        self.beginResetModel()
        self._rows, self._ended = [], {}
        self.endResetModel()

    def names_changed(self) -> None:
        """Show the contracts by the names that are known now."""
        if self._rows:
            self.dataChanged.emit(self.index(0, Column.CONTRACTS), self.index(len(self._rows) - 1, Column.CONTRACTS))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of workers."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, colour, icon or explanation, or the worker itself."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        worker, column = self._rows[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.UserRole:
                return worker
            case Qt.ItemDataRole.DisplayRole:
                return self._text(worker, column)
            case Qt.ItemDataRole.DecorationRole if column is Column.WORKER:
                return icon("worker", _STATE_TINTS.get(worker.state, "text_muted"))
            case Qt.ItemDataRole.ForegroundRole:
                return _colour(worker, column)
            case Qt.ItemDataRole.TextAlignmentRole if column in (Column.RUNS, Column.MEMORY):
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ToolTipRole:
                return self._tool_tip(worker, column)
        return None

    def _text(self, worker: WorkerStatus, column: Column) -> str:
        match column:
            case Column.WORKER:
                return f"{worker.kind} {worker.id}  (process {worker.pid})"
            case Column.STATE:
                return worker.state
            case Column.TEMPERATURE:
                return "" if worker.state == "ended" else str(worker.temperature)
            case Column.RUNS:
                return group_digits(worker.runs)
            case Column.MEMORY:
                return byte_size(worker.memory_bytes) if worker.memory_bytes else ""
            case Column.CONTRACTS:
                return self._contracts(worker)

    def _contracts(self, worker: WorkerStatus) -> str:
        """Name the loaded contracts; what comes with the chain is counted only."""
        names = {contract.code_key: contract.name or contract.id for contract in self._workbench.contracts.values()}
        known = sorted({names[key] for key in worker.contracts if key in names})
        others = sum(key not in names for key in worker.contracts)
        if others:
            known.append(f"{others} more" if known else f"{others} of the chain's own")
        return ", ".join(known)

    def _tool_tip(self, worker: WorkerStatus, column: Column) -> str:
        if column is Column.TEMPERATURE and worker.state != "ended":
            return _TEMPERATURE_WORDS[worker.temperature]
        if column is Column.CONTRACTS and worker.contracts:
            return self._contracts(worker)
        bound = f", bound to processor core {worker.core}" if worker.core is not None else ""
        return f"Process {worker.pid}, a {worker.kind} worker{bound}. {_STATE_WORDS.get(worker.state, '')}"


def _order(worker: WorkerStatus) -> tuple[bool, str, int]:
    return (worker.kind != "run", worker.kind, worker.id)


def _colour(worker: WorkerStatus, column: Column) -> object:
    if worker.state == "ended" and column is not Column.STATE:
        return style.colour("text_disabled")
    if column is Column.STATE:
        return style.colour(_STATE_TINTS.get(worker.state, "text"))
    return style.colour(_TEMPERATURE_TINTS[worker.temperature]) if column is Column.TEMPERATURE else None
