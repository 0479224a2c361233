"""A banner above the text: one sentence about the file, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from ide.theme import IconLabel, icon


class Banner(QWidget):
    """Says `text` with a button for each of `actions`; `dismissed` follows a click on any of them."""

    dismissed = Signal()

    def __init__(
        self, text: str, actions: dict[str, Callable[[], object]], *, severity: str = "warning", parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("Banner")
        self.setProperty("severity", severity)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.setSpacing(8)
        row.addWidget(IconLabel(severity, severity, 16))
        self.label = QLabel(text)
        self.label.setWordWrap(True)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row.addWidget(self.label, 1)
        self.buttons = {}
        for title, action in actions.items():
            button = QPushButton(title)
            button.clicked.connect(lambda _checked=False, action=action: action())
            button.clicked.connect(self.dismissed)
            row.addWidget(button)
            self.buttons[title] = button
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setAutoRaise(True)
        close.setAccessibleName("Dismiss this message")
        close.clicked.connect(self.dismissed)
        row.addWidget(close)
