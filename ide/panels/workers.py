"""The VM monitor dock: the sandbox processes and what they do."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QTreeView, QVBoxLayout, QWidget

from engine.facade import EngineEvent, WorkerChanged, WorkerStatus
from ide.panels import style
from ide.panels.readable import byte_size, group_digits
from ide.panels.widgets import EmptyState, Switcher
from ide.panels.workbench import Workbench
from ide.theme import icon

Index = QModelIndex | QPersistentModelIndex

REFRESH_MS = 1000
"""How often runs and memory are read again while they are looked at."""


class Column(IntEnum):
    """The columns in order."""

    PROCESS = 0
    STATE = 1
    RUNS = 2
    MEMORY = 3
    CONTRACTS = 4


_TITLES = ("Worker", "State", "Runs", "Memory", "Loaded contracts")
_TINTS = {"busy": "warning", "idle": "success", "spare": "info", "starting": "text_muted", "ended": "error"}


class WorkerModel(QAbstractTableModel):
    """Workers by id."""

    def __init__(self, workbench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._workers: tuple[WorkerStatus, ...] = ()

    def show(self, workers: tuple[WorkerStatus, ...]) -> None:
        """Show workers; rows stay where the ids are the same."""
        if [worker.id for worker in workers] == [worker.id for worker in self._workers]:
            self._workers = workers
            if workers:
                self.dataChanged.emit(self.index(0, 0), self.index(len(workers) - 1, len(Column) - 1))
            return
        self.beginResetModel()
        self._workers = workers
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of workers."""
        return 0 if parent.isValid() else len(self._workers)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, colour or icon."""
        if not index.isValid() or index.row() >= len(self._workers):
            return None
        worker, column = self._workers[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(worker, column)
            case Qt.ItemDataRole.DecorationRole if column is Column.PROCESS:
                return icon("worker", _TINTS.get(worker.state, "text_muted"))
            case Qt.ItemDataRole.ForegroundRole if column is Column.STATE:
                return style.colour(_TINTS.get(worker.state, "text"))
            case Qt.ItemDataRole.ToolTipRole:
                return f"process {worker.pid}, {worker.kind} worker"
        return None

    def _text(self, worker: WorkerStatus, column: Column) -> str:
        match column:
            case Column.PROCESS:
                return f"{worker.kind} {worker.id}  (process {worker.pid})"
            case Column.STATE:
                return worker.state
            case Column.RUNS:
                return group_digits(worker.runs)
            case Column.MEMORY:
                return byte_size(worker.memory_bytes) if worker.memory_bytes else ""
            case Column.CONTRACTS:
                return ", ".join(self._workbench.contract_name(contract) for contract in worker.contracts)


class WorkersPanel(QWidget):
    """A table that follows the engine's workers."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.model = WorkerModel(workbench, self)
        self.view = QTreeView()
        self.view.setModel(self.model)
        self.view.setRootIsDecorated(False)
        self.view.setUniformRowHeights(True)
        self.view.setAllColumnsShowFocus(True)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setAccessibleName("Workers")
        metrics = self.fontMetrics()
        for column, text in (
            (Column.PROCESS, "debug 10 (process 0000000)"),
            (Column.STATE, "starting"),
            (Column.RUNS, "10 000"),
            (Column.MEMORY, "1000.0 MiB"),
        ):
            self.view.header().resizeSection(column, metrics.horizontalAdvance(text) + 40)
        self.switcher = Switcher(
            self.view,
            EmptyState(
                "Every contract runs in a process of its own kind. They are listed here once the first one runs."
            ),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.switcher)
        self._bridge = workbench.bridge
        self._bridge.events.connect(self._take_events)
        self._bridge.engine_changed.connect(self._refresh)
        self._pulse = QTimer(self, interval=REFRESH_MS)
        self._pulse.timeout.connect(self._refresh)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Keep memory and runs up to date while they are looked at."""
        super().showEvent(event)
        self._refresh()
        self._pulse.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks."""
        super().hideEvent(event)
        self._pulse.stop()

    def _refresh(self) -> None:
        engine = self._bridge.engine
        self._show(engine.workers() if engine is not None else ())

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        changed = [event for event in events if isinstance(event, WorkerChanged)]
        if changed:
            self._show(changed[-1].workers)

    def _show(self, workers: tuple[WorkerStatus, ...]) -> None:
        self.model.show(workers)
        self.switcher.show_view(bool(workers))
