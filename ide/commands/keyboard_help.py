"""All commands with their keys: searchable, and keys can be changed in place."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.errors import InvalidInput
from ide.commands.matching import best_matches
from ide.commands.registry import CommandRegistry


class KeyboardHelp(QDialog):
    """Lists commands by name or key; the key of the selected one can be replaced."""

    def __init__(self, commands: CommandRegistry, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keyboard shortcuts")
        self._commands = commands
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search commands or keys, such as “breakpoint” or “F9”")
        self.search.setAccessibleName("Search commands or keys")
        self.search.setClearButtonEnabled(True)
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setHeaderLabels(["Command", "Keys", "Where"])
        self.list.setAccessibleName("Commands and keys")
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().resizeSection(1, self.fontMetrics().horizontalAdvance("Ctrl+Shift+Alt+Down, F12") + 20)
        self.list.header().setStretchLastSection(False)
        self.edit = QKeySequenceEdit()
        self.edit.setAccessibleName("New key of the selected command")
        self.edit.setMaximumSequenceLength(2)
        self.change = QPushButton("Use this key")
        self.change.setAutoDefault(False)
        self.problem = QLabel()
        self.problem.setProperty("tone", "error")
        self.problem.setWordWrap(True)
        row = QHBoxLayout()
        label = QLabel("New key")
        label.setBuddy(self.edit)
        row.addWidget(label)
        row.addWidget(self.edit, 1)
        row.addWidget(self.change)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(10)
        rows.addWidget(self.search)
        rows.addWidget(self.list, 1)
        rows.addLayout(row)
        rows.addWidget(self.problem)
        rows.addWidget(buttons)
        self.resize(self.fontMetrics().horizontalAdvance("0") * 96, self.fontMetrics().height() * 34)
        self.search.textChanged.connect(self._fill)
        self.change.clicked.connect(self._rebind)
        self.list.currentItemChanged.connect(self._selected)
        self._fill()

    def _fill(self) -> None:
        self.list.clear()
        query = self.search.text()
        entries = [(command, ", ".join(self._native(command.id))) for command in self._commands.commands()]
        by_key = [entry for entry in entries if query and query.lower() in entry[1].lower()]
        by_name = best_matches(query, entries, lambda entry: f"{entry[0].category}: {entry[0].title}")
        for command, keys in dict.fromkeys([*by_key, *by_name]):
            item = QTreeWidgetItem([f"{command.category}: {command.title}", keys, f"in the {command.scope.value}"])
            item.setData(0, Qt.ItemDataRole.UserRole, command.id)
            self.list.addTopLevelItem(item)
        if (first := self.list.topLevelItem(0)) is not None:
            self.list.setCurrentItem(first)

    def _native(self, command_id: str) -> list[str]:
        form = QKeySequence.SequenceFormat.NativeText
        return [QKeySequence(key).toString(form) for key in self._commands.keys(command_id)]

    def _selected(self) -> None:
        self.problem.setText("")
        item = self.list.currentItem()
        self.change.setEnabled(item is not None)
        if item is not None:
            keys = self._commands.keys(str(item.data(0, Qt.ItemDataRole.UserRole)))
            self.edit.setKeySequence(QKeySequence(keys[0]) if keys else QKeySequence())

    def _rebind(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        command_id = str(item.data(0, Qt.ItemDataRole.UserRole))
        sequence = self.edit.keySequence()
        try:
            self._commands.rebind(command_id, () if sequence.isEmpty() else (sequence.toString(),))
        except InvalidInput as error:
            self.problem.setText(str(error).replace("\n", " "))
            return
        item.setText(1, ", ".join(self._native(command_id)))
        self.problem.setText("")
