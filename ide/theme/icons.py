"""Icons: SVG files drawn in theme colours, following a change of theme by themselves.

The files in `resources/icons` use `currentColor`; an icon names the theme colour to draw them in.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ide.paths import RESOURCES
from ide.theme.manager import theme

ICON_FOLDER = RESOURCES / "icons"


@lru_cache(maxsize=512)
def _rendered(name: str, colour: str, width: int, height: int) -> QPixmap:
    source = (ICON_FOLDER / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    pixmap = QPixmap(width, height)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, width, height))
    painter.end()
    return pixmap


class _ThemedIconEngine(QIconEngine):
    """Draws one SVG file in a colour of the theme in force."""

    def __init__(self, name: str, colour: str) -> None:
        super().__init__()
        self._name, self._colour = name, colour

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the icon as a pixmap."""
        return self._draw(size, mode)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        """Return the icon as a pixmap for a screen scale."""
        # Since Qt 6.8 `size` is in logical pixels.
        pixmap = QPixmap(self._draw(QSize(round(size.width() * scale), round(size.height() * scale)), mode))
        pixmap.setDevicePixelRatio(scale)
        return pixmap

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint."""
        ratio = painter.device().devicePixelRatioF()
        pixmap = self._draw(QSize(round(rect.width() * ratio), round(rect.height() * ratio)), mode)
        painter.drawPixmap(rect, pixmap)

    def clone(self) -> QIconEngine:
        """Return a copy."""
        return _ThemedIconEngine(self._name, self._colour)

    def key(self) -> str:
        """Return the name of this kind of icon."""
        return "strata"

    def _draw(self, size: QSize, mode: QIcon.Mode) -> QPixmap:
        name = "text_disabled" if mode is QIcon.Mode.Disabled else self._colour
        side = min(size.width(), size.height())
        colour = getattr(theme(), name).name()
        square = _rendered(self._name, colour, side, side)
        if size.width() == size.height():
            return square
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.drawPixmap(QPoint((size.width() - side) // 2, (size.height() - side) // 2), square)
        painter.end()
        return pixmap


def icon(name: str, colour: str = "text_muted") -> QIcon:
    """Return `resources/icons/<name>.svg` in the theme colour `colour`.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    if not (ICON_FOLDER / f"{name}.svg").is_file():
        raise FileNotFoundError(f"no icon named {name!r} in resources/icons")
    return QIcon(_ThemedIconEngine(name, colour))


def icon_pixmap(name: str, colour: str, side: int, ratio: float = 1.0) -> QPixmap:
    """Return the icon as a square pixmap of `side` logical pixels, for widgets that paint themselves."""
    pixmap = QPixmap(_rendered(name, getattr(theme(), colour).name(), round(side * ratio), round(side * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
