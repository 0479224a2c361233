"""The node's dock: its address, a switch, and the requests it answered, newest first."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.facade import NodeAnswered
from ide.chain.node import NodeSwitch
from ide.panels import style
from ide.panels.readable import clock_time, group_digits
from ide.panels.widgets import ActionToolButton, EmptyState, FlatTable, Switcher
from ide.panels.workbench import Workbench

OFF = (
    "The local node is off. Switched on, it serves this chain with IOST's HTTP API to programs on this machine, "
    "such as IOST's own JavaScript SDK."
)
QUIET = "Nobody has asked anything yet. Point your front end's SDK to the address above."

Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns in order."""

    STATUS = 0
    METHOD = 1
    PATH = 2
    DURATION = 3
    TIME = 4


_TITLES = ("Status", "Method", "Path", "ms", "Time")


class RequestModel(QAbstractTableModel):
    """The requests that the switch has noted."""

    def __init__(self, node: NodeSwitch, parent: QObject) -> None:
        super().__init__(parent)
        self._node = node
        self._shown: list[NodeAnswered] = []
        node.answered.connect(self._add)
        node.changed.connect(self._reset)

    def _add(self, answered: tuple[NodeAnswered, ...]) -> None:
        room = self._node.requests.maxlen or len(answered)
        fresh = list(reversed(answered[-room:]))
        surplus = len(self._shown) + len(fresh) - room
        if surplus > 0:
            self.beginRemoveRows(QModelIndex(), len(self._shown) - surplus, len(self._shown) - 1)
            del self._shown[-surplus:]
            self.endRemoveRows()
        self.beginInsertRows(QModelIndex(), 0, len(fresh) - 1)
        self._shown[:0] = fresh
        self.endInsertRows()

    def _reset(self) -> None:
        if len(self._shown) == len(self._node.requests):
            return
        self.beginResetModel()
        self._shown = list(reversed(self._node.requests))
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of requests."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        request, column = self._shown[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(request, column)
        if role == Qt.ItemDataRole.ForegroundRole and column is Column.STATUS:
            return style.colour("success" if request.status == 200 else "error")
        return None


class NodePanel(QWidget):
    """Switch, address and requests."""

    def __init__(self, workbench: Workbench, node: NodeSwitch) -> None:
        super().__init__()
        self._node = node
        commands = workbench.window.commands
        self.address = QLabel()
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.address.setAccessibleName("Address of the node")
        self.counter = QLabel()
        self.counter.setProperty("muted", True)
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 4)
        bar.setSpacing(8)
        self.switch = QPushButton()
        self.switch.clicked.connect(commands.action("node.toggle").trigger)
        bar.addWidget(self.switch)
        bar.addWidget(self.address)
        bar.addWidget(ActionToolButton(commands.action("node.copy")))
        bar.addStretch(1)
        bar.addWidget(self.counter)
        bar.addWidget(ActionToolButton(commands.action("node.clear")))
        self.model = RequestModel(node, self)
        self.view = FlatTable("Requests to the node")
        self.view.setModel(self.model)
        self._size_columns()
        self.switcher = Switcher(self.view, EmptyState(OFF))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self.switcher, 1)
        node.changed.connect(self._show)
        node.answered.connect(self._show)
        self._show()

    def _size_columns(self) -> None:
        header = self.view.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(Column.PATH, QHeaderView.ResizeMode.Stretch)
        metrics = QFontMetrics(self.font())
        for column, text in (
            (Column.STATUS, "Status  "),
            (Column.METHOD, "OPTIONS"),
            (Column.DURATION, "10000.00"),
            (Column.TIME, "00:00:00.0000"),
        ):
            header.resizeSection(column, metrics.horizontalAdvance(text) + 16)

    def _show(self) -> None:
        node = self._node
        self.switch.setText("Stop Serving" if node.is_running else "Serve HTTP API")
        self.switch.setEnabled(node.engine is not None and not node.is_busy)
        self.address.setText(node.url or ("Starting…" if node.is_busy else "Not served"))
        self.counter.setText(f"{group_digits(node.count)} request{'' if node.count == 1 else 's'}")
        self.switcher.empty.set_sentence(QUIET if node.is_running else OFF)
        self.switcher.show_view(bool(node.requests))


def _text(request: NodeAnswered, column: Column) -> str:
    match column:
        case Column.STATUS:
            return str(request.status) if request.status else "gone"
        case Column.METHOD:
            return request.method
        case Column.PATH:
            return request.path
        case Column.DURATION:
            return f"{request.duration_us / 1000:.2f}"
        case Column.TIME:
            return clock_time(request.time)
