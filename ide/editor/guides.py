"""Thin lines at the levels of indentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from ide.editor.indentation import TAB_WIDTH
from ide.theme import theme

if TYPE_CHECKING:
    from ide.editor.code_editor import CodeEditor


def paint_indent_guides(editor: CodeEditor, area: QRect) -> None:
    """Draw the guides of the lines in `area` of the text."""
    painter = QPainter(editor.viewport())
    painter.setPen(theme().indent_guide)
    step = editor.fontMetrics().horizontalAdvance(editor.indent.replace("\t", " " * TAB_WIDTH))
    left = editor.contentOffset().x() + editor.document().documentMargin()
    for line, row in editor.visible_rows(area):
        text = editor.document().findBlockByNumber(line - 1).text()
        blanks = text[: len(text) - len(text.lstrip())].expandtabs(TAB_WIDTH)
        depth = -(-len(blanks) // len(editor.indent.expandtabs(TAB_WIDTH)))
        for level in range(1, depth):
            x = round(left + level * step)
            painter.drawLine(x, row.top(), x, row.bottom())
    painter.end()
