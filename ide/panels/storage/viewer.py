"""Shows one stored value as JSON, text or bytes, who pays for it, and every value it had before."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from ide.panels import style
from ide.panels.readable import ReadableValue, ValueKind, byte_size, group_digits
from ide.panels.storage.history import HistoryView
from ide.panels.storage.json_tree import JsonTree, parse_json
from ide.panels.storage.model import LAYER_NAMES
from ide.panels.storage.tree import Node
from ide.panels.workbench import Workbench
from ide.theme import icon

VALUE, TREE, TEXT, HEX, HISTORY = range(5)
_VIEWS = ("Value", "Tree", "Text", "Hex", "History")
_SHOWN_BYTES = 64 * 1024


class ValueViewer(QWidget):
    """`edit_requested` wants the shown value (a state key) changed by hand."""

    edit_requested = Signal(str)

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self._node: Node | None = None
        self.heading = QLabel()
        self.heading.setFont(style.scaled_font(self.font(), 1.0, bold=True))
        self.heading.setWordWrap(True)
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("How the value is shown")
        self.tabs.setDrawBase(False)
        for name in _VIEWS:
            self.tabs.addTab(name)
        self.tabs.currentChanged.connect(self._show)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(style.code_font(self.font()))
        self.text.setAccessibleName("Stored value")
        self.tree = JsonTree()
        self.history = HistoryView(workbench)
        self.pages = QStackedWidget()
        for page in (self.text, self.tree, self.history):
            self.pages.addWidget(page)
        self.writer = QPushButton(icon("transactions"), "Who wrote this?")
        self.writer.setToolTip("Show every value that this key had, and what wrote it")
        self.writer.clicked.connect(lambda: self.tabs.setCurrentIndex(HISTORY))
        self.edit = QPushButton(icon("rename"), "Edit…")
        self.edit.setToolTip("Change this value by hand: a recorded step that can be undone")
        self.edit.clicked.connect(self._ask_edit)
        top = QHBoxLayout()
        top.addWidget(self.tabs)
        top.addStretch(1)
        top.addWidget(self.writer)
        top.addWidget(self.edit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(6)
        layout.addWidget(self.heading)
        layout.addWidget(self.facts)
        layout.addLayout(top)
        layout.addWidget(self.pages, 1)

    @property
    def node(self) -> Node | None:
        """What is shown."""
        return self._node

    def show_node(self, node: Node, contract: str) -> None:
        """Show a value of the contract named `contract`."""
        self._node = node
        key, value = node.readable_key, node.readable_value
        self.heading.setText(f"{contract} · {key.label}")
        facts = [str(value.kind), byte_size(len((node.value or "").encode())), LAYER_NAMES[node.layer]]
        if value.payer:
            facts.append(f"RAM paid by {self._workbench.contract_name(value.payer)}")
        self.facts.setText("  ·  ".join(fact for fact in facts if fact))
        is_tree = value.kind in (ValueKind.JSON, ValueKind.TEXT) and value.text[:1] in ("{", "[")
        self.tabs.setTabVisible(TREE, is_tree)
        self.edit.setVisible(not key.is_bookkeeping)
        self._show()

    def _show(self) -> None:
        if self._node is None:
            return
        view, value = self.tabs.currentIndex(), self._node.readable_value
        if view == HISTORY:
            self.history.show_key(self._node.key)
            self.pages.setCurrentWidget(self.history)
            return
        parsed = parse_json(value.text) if view == TREE else None
        if parsed is not None:
            self.tree.show_value(parsed)
            self.pages.setCurrentWidget(self.tree)
        else:
            self.text.setPlainText(view_text(value, self._node.value or "", view))
            self.pages.setCurrentWidget(self.text)

    def _ask_edit(self) -> None:
        if self._node is not None:
            self.edit_requested.emit(self._node.key)


def view_text(value: ReadableValue, stored: str, view: int) -> str:
    """Return the text of a view: the value made readable, the stored text, or its bytes."""
    if view in (VALUE, TREE):
        text = group_digits(value.text) if value.kind is ValueKind.NUMBER else value.pretty
        return _cut(text)
    return _cut(stored) if view == TEXT else hex_dump(stored.encode("utf-8", "surrogatepass"))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_BYTES else f"{text[:_SHOWN_BYTES]}\n… {len(text):,} characters in all"


def hex_dump(data: bytes) -> str:
    """Return bytes as offset, hexadecimal and printable characters, 16 a line."""
    lines = []
    for offset in range(0, min(len(data), _SHOWN_BYTES), 16):
        chunk = data[offset : offset + 16]
        digits = " ".join(f"{byte:02x}" for byte in chunk)
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in chunk)
        lines.append(f"{offset:06x}  {digits:<47}  {letters}")
    if len(data) > _SHOWN_BYTES:
        lines.append(f"… {len(data):,} bytes in all")
    return "\n".join(lines)
