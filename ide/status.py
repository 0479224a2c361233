"""The status bar's facts about the file in front: place, indentation, encoding, line ends."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

if TYPE_CHECKING:
    from ide.window import MainWindow


class EditorStatus(QWidget):
    """Small buttons: a click on the place asks for a line."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._editors = window.editors
        self.place = self._button("Go to line")
        self.indent = self._button("Indentation of this file")
        self.encoding = self._button("Encoding and line ends of this file")
        self.place.clicked.connect(partial(window.open_palette, ":"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in (self.place, self.indent, self.encoding):
            row.addWidget(button)
        # Typing moves the cursor with every letter; people read slower than that.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(60)
        self._soon.timeout.connect(self._show)
        self._editors.cursor_moved.connect(self._move)
        self._editors.current_changed.connect(self._show)
        self._show()

    def _move(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _button(self, title: str) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setToolTip(title)
        button.setAccessibleName(title)
        return button

    def _show(self) -> None:
        editor = self._editors.current()
        self.setVisible(editor is not None)
        if editor is None:
            return
        cursor = editor.textCursor()
        selected = abs(cursor.selectionEnd() - cursor.selectionStart())
        text = f"Line {cursor.blockNumber() + 1}, column {cursor.positionInBlock() + 1}"
        self.place.setText(f"{text} ({selected} selected)" if selected else text)
        self.indent.setText("Tabs" if editor.indent == "\t" else f"{len(editor.indent)} spaces")
        file = editor.file
        ends = "mixed ends" if file.mixed_newlines else "CRLF" if file.newline == "\r\n" else "LF"
        self.encoding.setText(f"{file.encoding.upper()} {ends}")
