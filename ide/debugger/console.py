"""A console that evaluates expressions in the chosen frame, at the step one stands before."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QTextBrowser, QVBoxLayout, QWidget

from engine.facade import Variable
from ide.bridge import describe_error
from ide.debugger.controller import DebugController
from ide.panels import style
from ide.panels.readable import shorten
from ide.panels.widgets import make_plain

KEPT_LINES = 500


class HistoryLine(QLineEdit):
    """An input that brings earlier inputs back with the arrow keys."""

    def __init__(self) -> None:
        super().__init__()
        self._history: list[str] = []
        self._place = 0

    def remember(self) -> str:
        """Take the text out of the input and keep it in the history."""
        text = self.text().strip()
        if text and (not self._history or self._history[-1] != text):
            self._history.append(text)
        self._place = len(self._history)
        self.clear()
        return text

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk through the history."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._place = max(0, min(self._place + step, len(self._history)))
        self.setText(self._history[self._place] if self._place < len(self._history) else "")


class ExpressionConsole(QWidget):
    """Output over an input line."""

    def __init__(self, controller: DebugController) -> None:
        super().__init__()
        self._controller = controller
        self.output = QTextBrowser()
        self.output.setFont(style.code_font(self.font()))
        make_plain(self.output)
        self.output.setTabChangesFocus(True)
        self.output.setAccessibleName("Console output")
        self.output.document().setMaximumBlockCount(KEPT_LINES)
        self.input = HistoryLine()
        self.input.setFont(style.code_font(self.font()))
        self.input.setPlaceholderText("Expression, for example storage.get('supply')")
        self.input.setAccessibleName("Expression to evaluate")
        self.input.returnPressed.connect(self._evaluate)
        self.setFocusProxy(self.input)
        self.output.setOpenLinks(False)
        self.output.anchorClicked.connect(self._go)
        controller.logged.connect(self._log)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.output, 1)
        layout.addWidget(self.input)

    def _evaluate(self) -> None:
        expression = self.input.remember()
        if expression:
            self._print(f"› {expression}", "text_muted")
            self._controller.evaluate(expression, self, self._show_value, self._show_error)

    def _show_value(self, value: Variable) -> None:
        self._print(shorten(value.text, 2000), "text")
        for child in value.children:
            self._print(f"    {child.name}: {shorten(child.text, 300)}", "text")

    def _show_error(self, error: Exception) -> None:
        self._print(describe_error(error), "error")

    def _log(self, position: int, message: str) -> None:
        """Write what a logpoint says; its step's number leads there."""
        number = f'<a href="{position}" style="color:{style.colour("info").name()}">{position}</a>'
        text = escape(shorten(message, 2000)).replace("\n", "<br>")
        self.output.append(f'{number} <span style="color:{style.colour("text").name()}">{text}</span>')

    def _go(self, link: QUrl) -> None:
        self._controller.move(int(link.toString()))

    def _print(self, text: str, tint: str) -> None:
        lines = escape(text).replace("\n", "<br>").replace("    ", "&nbsp;" * 4)
        self.output.append(f'<span style="color:{style.colour(tint).name()}">{lines}</span>')
