"""A coloured line over a panel's content."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from ide.panels import style
from ide.theme import themes


class Banner(QLabel):
    """A coloured line that says what became of the whole transaction."""

    def __init__(self) -> None:
        super().__init__()
        self._tint = "info"
        self.setContentsMargins(10, 4, 10, 4)
        self.setAutoFillBackground(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setFont(style.scaled_font(self.font(), 1.0, bold=True))
        themes().changed.connect(self._recolour)
        self.hide()

    def say(self, text: str, tint: str) -> None:
        """Show `text` in a theme colour that has a `_soft` background."""
        self._tint = tint
        self.setText(text)
        self._recolour()
        self.show()

    def _recolour(self) -> None:
        palette = self.palette()
        palette.setColor(self.foregroundRole(), style.colour(self._tint))
        palette.setColor(self.backgroundRole(), style.colour(f"{self._tint}_soft"))
        self.setPalette(palette)
