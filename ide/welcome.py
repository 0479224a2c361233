"""What the editor area shows while no file is open: what to do next, with its keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ide.commands import CommandRegistry
from ide.theme import IconLabel

_FIRST_STEPS = ("go.file", "file.open_folder", "file.new", "view.command_palette", "help.keyboard")


class Welcome(QWidget):
    """A short list of commands."""

    def __init__(self, commands: CommandRegistry) -> None:
        super().__init__()
        self._commands = commands
        title = QLabel("No file is open")
        title.setObjectName("WelcomeTitle")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        title.setFont(font)
        self._steps = QGridLayout()
        self._steps.setHorizontalSpacing(24)
        self._steps.setVerticalSpacing(4)
        rows = QVBoxLayout(self)
        rows.addStretch(2)
        rows.addWidget(IconLabel("strata", "text_disabled", 64), 0, Qt.AlignmentFlag.AlignHCenter)
        rows.addSpacing(10)
        rows.addWidget(title)
        rows.addSpacing(14)
        rows.addLayout(self._steps)
        rows.setAlignment(self._steps, Qt.AlignmentFlag.AlignHCenter)
        rows.addStretch(3)
        for row, command_id in enumerate(_FIRST_STEPS):
            action = commands.action(command_id)
            button = QPushButton(action.text())
            button.setFlat(True)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.clicked.connect(action.trigger)
            key = QLabel(commands.key_text(command_id))
            key.setObjectName("Hint")
            self._steps.addWidget(button, row, 0, Qt.AlignmentFlag.AlignRight)
            self._steps.addWidget(key, row, 1)
