"""The output dock: what contracts print, events and receipts, in the order they come."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from engine.facade import BlockFlushed, BlockProduced, ContractDeployed, EngineEvent, HeadMoved, TransactionExecuted
from engine.values import TransactionResult
from ide.pacing import Refresh
from ide.panels import style
from ide.panels.readable import clock_time, group_digits, shorten
from ide.panels.widgets import EmptyState, FlatTable, Switcher, tool_button
from ide.panels.workbench import Workbench

KEPT_LINES = 20_000
KEPT_EVENTS = 2_000
"""So many events are remembered while nobody looks; the lines of older ones are not written."""

_LONGEST_LINE = 1000
_LEVELS = {"error": "error", "fatal": "error", "warn": "warning", "warning": "warning"}

Index = QModelIndex | QPersistentModelIndex
LINE_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class OutputLine:
    """A line: what kind of thing it is or who says it, the text, and the theme colour of the text."""

    word: str
    text: str
    tint: str = "text"


class OutputModel(QAbstractTableModel):
    """Lines in order; the oldest go when there are too many."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._lines: list[OutputLine] = []

    def add(self, lines: Sequence[OutputLine]) -> None:
        """Put lines at the end."""
        lines = lines[-KEPT_LINES:]
        surplus = len(self._lines) + len(lines) - KEPT_LINES
        if surplus > 0:
            self.beginRemoveRows(QModelIndex(), 0, surplus - 1)
            del self._lines[:surplus]
            self.endRemoveRows()
        if lines:
            self.beginInsertRows(QModelIndex(), len(self._lines), len(self._lines) + len(lines) - 1)
            self._lines += lines
            self.endInsertRows()

    def clear(self) -> None:
        """Throw the lines away."""
        self.beginResetModel()
        self._lines = []
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of lines."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return one."""
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the line itself, or its text."""
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        line = self._lines[index.row()]
        match role:
            case Qt.ItemDataRole.UserRole:
                return line
            case Qt.ItemDataRole.DisplayRole:
                return f"{line.word}  {line.text}"
            case Qt.ItemDataRole.ToolTipRole:
                return shorten(line.text, 2000)
        return None


class OutputDelegate(QStyledItemDelegate):
    """Who on the left, what on the right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a line."""
        line = index.data(LINE_ROLE)
        if not isinstance(line, OutputLine):
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, style.colour("selection"))
        box = option.rect.adjusted(8, 0, -4, 0)
        width = QFontMetrics(option.font).horizontalAdvance("m" * 12)
        word = QRect(box.left(), box.top(), width - 8, box.height())
        style.draw_elided(painter, word, line.word, option.font, "text_muted")
        rest = QRect(box.left() + width, box.top(), box.width() - width, box.height())
        style.draw_elided(painter, rest, shorten(line.text, 500), option.font, line.tint)


class OutputPanel(QWidget):
    """A log; follows the end unless one has scrolled up."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self.model = OutputModel(self)
        self.view = FlatTable("Output of contracts", with_header=False)
        self.view.setModel(self.model)
        self.view.setItemDelegate(OutputDelegate(self.view))
        self.view.setFont(style.code_font(self.font()))
        self.view.set_row_height(self.view.fontMetrics().height() + 4)
        self.view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        sentence = "What contracts print, and their events and receipts, appears here as transactions run."
        self.switcher = Switcher(self.view, EmptyState(sentence))
        side = QVBoxLayout()
        side.setContentsMargins(2, 2, 2, 2)
        side.addWidget(tool_button("clear", "Clear the output", self.clear))
        side.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(side)
        layout.addWidget(self.switcher, 1)
        self._unseen: deque[EngineEvent] = deque(maxlen=KEPT_EVENTS)
        self._follow = Refresh(self, self._write)
        workbench.bridge.events.connect(self._take_events)

    def clear(self) -> None:
        """Throw the lines away."""
        self._unseen.clear()
        self.model.clear()
        self.switcher.show_view(False)

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        self._unseen.extend(events)
        self._follow.request()

    def _write(self) -> None:
        lines: list[OutputLine] = []
        while self._unseen:
            event = self._unseen.popleft()
            match event:
                case TransactionExecuted(result=result):
                    lines += self._lines_of(result)
                case ContractDeployed(contract=contract):
                    lines.append(OutputLine("deployed", f"{contract.name} as {contract.id}", "info"))
                case BlockProduced(block=block) if block.transactions:
                    count = _count(len(block.transactions), "transaction")
                    lines.append(OutputLine("block", f"#{block.number}, {count}", "text_muted"))
                case BlockFlushed(number=number):
                    lines.append(OutputLine("flushed", f"up to block #{number}", "text_muted"))
                case HeadMoved(number=number):
                    lines.append(OutputLine("head", f"moved to block #{number}", "warning"))
        if not lines:
            return
        bar = self.view.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 1
        self.model.add(lines)
        self.switcher.show_view(True)
        if follows:
            self.view.scrollToBottom()

    def _lines_of(self, result: TransactionResult) -> list[OutputLine]:
        name = self._workbench.contract_name
        lines = [
            OutputLine(name(line.contract), part, _LEVELS.get(line.level, "text"))
            for line in result.console
            for part in _cut(line.text).splitlines() or [""]
        ]
        for event in result.events:
            word = "event" if event.topic == "CONTRACT_EVENT" else "receipt"
            lines.append(OutputLine(word, f"{name(event.contract)}: {_cut(event.data)}", "info"))
        outcome = "ok" if result.succeeded else "failed"
        tint = "success" if result.succeeded else "error"
        call = self._workbench.describe_request(result.request, result.hash)
        gas = group_digits(result.receipt.gas_usage)
        lines.append(OutputLine(outcome, f"{clock_time(result.time)} {call}  ({gas} gas)", tint))
        if not result.succeeded:
            lines.append(OutputLine("why", shorten(result.receipt.message or "no message", 400), "error"))
        return lines


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}…"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
