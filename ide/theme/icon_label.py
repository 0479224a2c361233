"""An icon that stands by itself and follows the theme."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ide.theme.icons import icon_pixmap


class IconLabel(QWidget):
    """Draws an icon of `resources/icons` in a theme colour, `side` logical pixels wide."""

    def __init__(self, name: str, colour: str, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._colour, self._side = name, colour, side
        self.setFixedSize(side, side)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint in the theme in force."""
        pixmap = icon_pixmap(self._name, self._colour, self._side, self.devicePixelRatioF())
        QPainter(self).drawPixmap(0, 0, pixmap)
