"""Who wrote a key: every value it had, with block, time and transaction; and what can be done from there."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLabel, QToolButton, QVBoxLayout, QWidget

from engine.timeline.values import KeyHistory, KeyWrite, WriteSite
from engine.values import StateEdit
from ide.bridge import Request
from ide.panels.readable import ReadableKey, clock_time, group_digits, read_key, read_value, shorten
from ide.panels.widgets import EmptyState, FlatTable, Switcher, tool_button
from ide.panels.workbench import Workbench
from ide.theme import icon

Index = QModelIndex | QPersistentModelIndex
_KINDS = {"s": "text", "i": "number", "b": "boolean", "j": "json", "f": "decimal"}


class Column(IntEnum):
    """The columns in order."""

    BLOCK = 0
    VALUE = 1
    AUTHOR = 2
    TIME = 3


_TITLES = ("Block", "Value", "Written by", "Time")


class HistoryModel(QAbstractTableModel):
    """The writes of one key, newest first."""

    def __init__(self, workbench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._key = read_key("")
        self.writes: tuple[KeyWrite, ...] = ()

    def show(self, key: ReadableKey, writes: tuple[KeyWrite, ...]) -> None:
        """Show the writes of a key."""
        self.beginResetModel()
        self._key, self.writes = key, writes
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of writes."""
        return 0 if parent.isValid() else len(self.writes)

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
        if not index.isValid() or index.row() >= len(self.writes):
            return None
        write, column = self.writes[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(write, column)
            case Qt.ItemDataRole.DecorationRole if column is Column.AUTHOR:
                return icon(*_sign(write))
            case Qt.ItemDataRole.ToolTipRole if column is Column.VALUE:
                return f"{self._value(write.old)} → {self._value(write.new)}"
            case Qt.ItemDataRole.ToolTipRole:
                return self.author(write)
        return None

    def author(self, write: KeyWrite) -> str:
        """Return who wrote, in words."""
        if write.author.transaction is not None:
            result = write.author.transaction
            return self._workbench.describe_request(result.request, result.hash)
        if write.author.edit is not None:
            return "edited by hand"
        return "genesis" if write.author.is_genesis else "the chain itself"

    def _text(self, write: KeyWrite, column: Column) -> str:
        match column:
            case Column.BLOCK:
                return "open" if write.block_number is None else group_digits(write.block_number)
            case Column.VALUE:
                return self._value(write.new)
            case Column.AUTHOR:
                return shorten(self.author(write))
            case Column.TIME:
                return clock_time(write.time) if write.time else ""

    def _value(self, stored: str | None) -> str:
        return "deleted" if stored is None else shorten(read_value(self._key, stored).text, 200)


def _sign(write: KeyWrite) -> tuple[str, str]:
    if write.author.edit is not None:
        return "rename", "warning"
    return ("block", "text_muted") if write.author.is_genesis else ("transactions", "accent")


class HistoryView(QWidget):
    """A table of writes with what can be done from the chosen one.

    `look_requested` wants the state after a block, `edit_requested` wants a value written again by hand.
    """

    look_requested = Signal(int)
    edit_requested = Signal(object)

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self._key = ""
        self._request: Request[KeyHistory] | None = None
        self._site: Request[WriteSite] | None = None
        self._debug_at: int | None = None
        self.model = HistoryModel(workbench, self)
        self.table = FlatTable("Values that the key had")
        self.table.setModel(self.model)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(Column.VALUE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(Column.AUTHOR, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(Column.BLOCK, 64)
        header.resizeSection(Column.TIME, 104)
        self.table.doubleClicked.connect(self.show_transaction)
        self.table.selectionModel().currentRowChanged.connect(self._show_possible)
        self.model.modelReset.connect(self._show_possible)
        self.switcher = Switcher(self.table, EmptyState(""))
        self.note = QLabel()
        self.note.setProperty("muted", True)
        self.note.setWordWrap(True)
        self.transaction = tool_button("transactions", "Show the transaction that wrote this", self.show_transaction)
        self.line = tool_button("go-to", "Go to the line of the contract that wrote this", self.go_to_line)
        self.debugger = tool_button("debug", "Debug the transaction at the step that wrote this", self.debug)
        self.look = tool_button("clock", "Look at all storage as it was then", self.look_there)
        self.again = tool_button("undo", "Write this value again, by hand", self.write_again)
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        for button in self._buttons:
            buttons.addWidget(button)
        buttons.addWidget(self.note, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(buttons)
        layout.addWidget(self.switcher, 1)
        workbench.accesses_reached.connect(self._debugging)

    @property
    def _buttons(self) -> tuple[QToolButton, ...]:
        return (self.transaction, self.line, self.debugger, self.look, self.again)

    @property
    def chosen(self) -> KeyWrite | None:
        """The write that is chosen."""
        row = self.table.currentIndex().row()
        return self.model.writes[row] if 0 <= row < len(self.model.writes) else None

    def show_key(self, key: str) -> None:
        """Ask for the history of a state key and show it; the newest write is chosen."""
        engine = self._workbench.engine
        if self._request is not None:
            self._request.drop()
        if engine is None:
            return
        if key != self._key:
            self._key = key
            self.model.show(read_key(key), ())
            self.note.clear()
            self.switcher.empty.set_sentence("Looking …")
        self._request = self._workbench.bridge.request(engine.timeline.history(key), self, self._take, self._failed)
        self._show_filled()

    def _take(self, history: KeyHistory) -> None:
        self.model.show(read_key(history.key), history.writes)
        self.note.setText("Only the newest are listed." if history.truncated else "")
        self.switcher.empty.set_sentence("Nothing of this key's past is kept.")
        self._show_filled()
        if history.writes:
            self.table.selectRow(0)

    def _failed(self, error: Exception) -> None:
        self.switcher.empty.set_sentence("The history cannot be read.")
        self._workbench.bridge.request_failed.emit(error)

    def _show_filled(self) -> None:
        self.switcher.show_view(bool(self.model.writes))

    def _show_possible(self, *_: object) -> None:
        write = self.chosen
        is_transaction = write is not None and write.author.transaction is not None
        for button in (self.transaction, self.line, self.debugger):
            button.setEnabled(is_transaction)
        self.look.setEnabled(write is not None and write.block_number is not None)
        self.again.setEnabled(write is not None and not read_key(self._key).is_bookkeeping)

    # --- from here to there ----------------------------------------------------------------------

    def show_transaction(self, *_: object) -> None:
        """Select the transaction that wrote the chosen value everywhere, and show the list of transactions."""
        write = self.chosen
        if write is None or write.author.transaction is None:
            return
        self._workbench.follow(False)
        self._workbench.select(write.author.transaction)
        self._workbench.window.show_dock("transactions")

    def go_to_line(self) -> None:
        """Find the line that wrote the chosen value and open the editor there."""

        def found(site: WriteSite) -> None:
            if site.location is None:
                self._workbench.window.status_message("No line of a contract wrote this: the chain itself did.")
            elif not self._workbench.show_source(site.location):
                self.note.setText(f"Line {site.location.line} of {site.location.file}")
            else:
                self.note.setText(f"Line {site.location.line}")

        self._locate(found)

    def debug(self) -> None:
        """Step through the transaction, from the step that wrote the chosen value."""
        write = self.chosen
        if write is None or write.author.transaction is None:
            return
        result = write.author.transaction

        def found(site: WriteSite) -> None:
            self._debug_at = site.access if site.location is not None else None
            self._workbench.debug_requested.emit(result)

        self._locate(found)

    def _debugging(self, accesses: int | None) -> None:
        """The debugger has opened: now it can go to the access."""
        if accesses is not None and self._debug_at is not None:
            access, self._debug_at = self._debug_at, None
            self._workbench.access_requested.emit(access)

    def _locate(self, found: Callable[[WriteSite], None]) -> None:
        write, engine = self.chosen, self._workbench.engine
        if write is None or write.author.transaction is None or engine is None:
            return
        if self._site is not None:
            self._site.drop()
        self.note.setText("Looking for the line …")

        def take(site: WriteSite) -> None:
            self.note.clear()
            found(site)

        def failed(error: Exception) -> None:
            self.note.clear()
            self._workbench.bridge.request_failed.emit(error)

        future = engine.timeline.write_site(write.author.transaction.hash, self._key)
        self._site = self._workbench.bridge.request(future, self, take, failed)

    def look_there(self) -> None:
        """Look at the state after the chosen block."""
        if self.chosen is not None and self.chosen.block_number is not None:
            self.look_requested.emit(self.chosen.block_number)

    def write_again(self) -> None:
        """Propose the chosen value for an edit by hand."""
        write = self.chosen
        if write is not None:
            self.edit_requested.emit(edit_of(self._key, write.new))


def edit_of(key: str, stored: str | None) -> StateEdit:
    """Return the edit that gives a state key a stored text, None deletes it."""
    readable = read_key(key)
    value = read_value(readable, stored)
    field = readable.field if key.startswith("m-") else None
    if stored is None:
        return StateEdit(readable.contract, readable.key, field, None)
    kind = _KINDS.get(stored[:1], "text")
    text = _decimal(value.text) if kind == "decimal" else value.text
    return StateEdit(readable.contract, readable.key, field, text, kind, value.payer)


def _decimal(body: str) -> str:
    """Write `1250/2` as `12.50`."""
    number, _, scale = body.partition("/")
    places = int(scale or 0)
    digits = number.lstrip("-").zfill(places + 1)
    sign = "-" if number.startswith("-") else ""
    return f"{sign}{digits[: len(digits) - places]}" + (f".{digits[len(digits) - places :]}" if places else "")
