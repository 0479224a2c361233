"""Decorations over the text: the one owner of the editor's extra selections.

Layers are replaced as a whole and drawn in a fixed order, so that two users never erase each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from PySide6.QtGui import QColor, QTextBlock, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit


class DecorationLayer(IntEnum):
    """Who decorates, from the back to the front."""

    CURRENT_LINE = 0
    EXECUTION_LINE = 1
    SEARCH = 2
    BRACKETS = 3
    DIAGNOSTICS = 4
    CURSORS = 5


class Decorations:
    """The decoration layers of one editor."""

    def __init__(self, editor: QPlainTextEdit) -> None:
        self._editor = editor
        self._layers: dict[DecorationLayer, list[QTextEdit.ExtraSelection]] = {}

    def set(self, layer: DecorationLayer, selections: Iterable[QTextEdit.ExtraSelection]) -> None:
        """Replace everything in `layer`."""
        new = list(selections)
        if not new and not self._layers.get(layer):
            return
        self._layers[layer] = new
        self._editor.setExtraSelections([one for key in sorted(self._layers) for one in self._layers[key]])

    def layer(self, layer: DecorationLayer) -> list[QTextEdit.ExtraSelection]:
        """Return what is decorated in `layer`."""
        return list(self._layers.get(layer, ()))

    def clear(self, layer: DecorationLayer) -> None:
        """Remove everything in `layer`."""
        self.set(layer, ())


def full_line(block: QTextBlock, colour: QColor) -> QTextEdit.ExtraSelection:
    """Return a decoration that fills a whole line."""
    selection = QTextEdit.ExtraSelection()
    shade = QTextCharFormat()
    shade.setBackground(colour)
    shade.setProperty(QTextFormat.Property.FullWidthSelection, True)
    selection.cursor, selection.format = QTextCursor(block), shade
    return selection
