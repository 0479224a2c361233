"""Shows one stored value as JSON, text or bytes, and who pays for it and who wrote it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QTabBar, QVBoxLayout, QWidget

from ide.panels import style
from ide.panels.readable import ReadableValue, ValueKind, byte_size, group_digits
from ide.panels.storage.model import LAYER_NAMES
from ide.panels.storage.tree import Node
from ide.theme import icon

_VIEWS = ("Value", "Text", "Hex")
_SHOWN_BYTES = 64 * 1024


class ValueViewer(QWidget):
    """`writer_requested` asks for the transaction that wrote the shown key."""

    writer_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
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
        self.writer = QPushButton(icon("transactions"), "Who wrote this?")
        self.writer.setToolTip("Show the transaction that wrote this key last")
        self.writer.clicked.connect(self._ask_writer)
        top = QHBoxLayout()
        top.addWidget(self.tabs)
        top.addStretch(1)
        top.addWidget(self.writer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(6)
        layout.addWidget(self.heading)
        layout.addWidget(self.facts)
        layout.addLayout(top)
        layout.addWidget(self.text, 1)

    def show_node(self, node: Node, contract: str) -> None:
        """Show a value of the contract named `contract`."""
        self._node = node
        key, value = node.readable_key, node.readable_value
        self.heading.setText(f"{contract} · {key.label}")
        facts = [str(value.kind), byte_size(len((node.value or "").encode())), LAYER_NAMES[node.layer]]
        if value.payer:
            facts.append(f"RAM paid by {value.payer}")
        self.facts.setText("  ·  ".join(fact for fact in facts if fact))
        self._show()

    def _show(self) -> None:
        if self._node is not None:
            self.text.setPlainText(
                view_text(self._node.readable_value, self._node.value or "", self.tabs.currentIndex())
            )

    def _ask_writer(self) -> None:
        if self._node is not None:
            self.writer_requested.emit(self._node.key)


def view_text(value: ReadableValue, stored: str, view: int) -> str:
    """Return the text of a view: 0 the value made readable, 1 the stored text, 2 its bytes."""
    if view == 0:
        text = group_digits(value.text) if value.kind is ValueKind.NUMBER else value.pretty
        return _cut(text)
    return _cut(stored) if view == 1 else hex_dump(stored.encode("utf-8", "surrogatepass"))


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
