"""Folding: the lines that belong to a line, by their indentation, are hidden until it is unfolded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QTextBlock, QTextCursor

from ide.editor.indentation import TAB_WIDTH
from ide.theme import theme

if TYPE_CHECKING:
    from ide.editor.code_editor import CodeEditor


class Folding:
    """What is folded in one editor.

    A fold is held by a cursor in its first line, so that it moves with the text. Going by indentation it works on
    text that does not parse, and costs nothing while one types.
    """

    def __init__(self, editor: CodeEditor) -> None:
        self._editor = editor
        self._document = editor.document()
        self._folds: list[QTextCursor] = []
        self._lines: frozenset[int] = frozenset()
        self._block_count = self._document.blockCount()

    @property
    def active(self) -> bool:
        """Whether anything is folded."""
        return bool(self._folds)

    def is_folded(self, line: int) -> bool:
        """Whether what belongs to a line, from 1, is hidden."""
        return line in self._lines

    def can_fold(self, line: int) -> bool:
        """Whether deeper lines follow a line, from 1."""
        block = self._block(line)
        width = _indent_of(block)
        following = block.next()
        while following.isValid() and width is not None:
            next_width = _indent_of(following)
            if next_width is not None:
                return next_width > width
            following = following.next()
        return False

    def toggle(self, line: int) -> None:
        """Fold a line, or unfold it."""
        if self.is_folded(line):
            self.unfold(line)
        else:
            self.fold(line)

    def fold(self, line: int) -> None:
        """Hide what belongs to a line; of a line to which nothing belongs, what it belongs to itself."""
        block = self._block(line)
        while block.isValid() and (self.is_folded(line) or not self.can_fold(line)):
            block = self._parent_of(block)
            line = block.blockNumber() + 1
        if block.isValid():
            self._folds.append(_cursor_in(block))
            self._apply()

    def unfold(self, line: int) -> None:
        """Show what belongs to a line."""
        self._folds = [fold for fold in self._folds if fold.blockNumber() + 1 != line]
        self._apply()

    def fold_all(self) -> None:
        """Fold every line that can be: what is unfolded later still shows its own parts folded."""
        self._folds = []
        blocks = [block for block in _blocks(self._document.begin()) if _indent_of(block) is not None]
        for block, following in pairwise(blocks):
            if (_indent_of(following) or 0) > (_indent_of(block) or 0):
                self._folds.append(_cursor_in(block))
        self._apply()

    def unfold_all(self) -> None:
        """Show everything."""
        self._folds = []
        self._apply()

    def reveal(self, block: QTextBlock) -> None:
        """Unfold whatever hides a line."""
        number = block.blockNumber()
        self._folds = [fold for fold in self._folds if not fold.blockNumber() < number <= self._end_of(fold.block())]
        self._apply()

    def text_changed(self) -> None:
        """Follow the text once lines came or went; where one types nothing stays hidden."""
        count = self._document.blockCount()
        if count != self._block_count:
            self._block_count = count
            if self._folds:
                self.reveal(self._editor.textCursor().block())

    def paint(self, painter: QPainter, area: QRect) -> None:
        """Draw dots behind the folded lines in `area`."""
        colours = theme()
        painter.setFont(self._editor.font())
        for line, row in self._editor.visible_rows(area):
            if self.is_folded(line):
                box = self._dots_of(line, row)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colours.bracket_match)
                painter.drawRoundedRect(box, 3, 3)
                painter.setPen(colours.text_muted)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "⋯")

    def line_of_dots(self, point: QPoint) -> int:
        """Return the folded line (from 1) whose dots are at a point of the text's area, else 0."""
        for line, row in self._editor.visible_rows(QRect(point, point)):
            if self.is_folded(line) and self._dots_of(line, row).contains(point):
                return line
        return 0

    def _dots_of(self, line: int, row: QRect) -> QRect:
        metrics = self._editor.fontMetrics()
        layout = self._block(line).layout()
        last = layout.lineAt(layout.lineCount() - 1)
        right = self._editor.contentOffset().x() + last.x() + last.naturalTextWidth()
        return QRect(round(right) + metrics.horizontalAdvance("0"), row.top() + 2, metrics.height(), row.height() - 4)

    # --- inside ----------------------------------------------------------------------------------

    def _block(self, line: int) -> QTextBlock:
        return self._document.findBlockByNumber(line - 1)

    def _end_of(self, block: QTextBlock) -> int:
        """Return the number of the last line that belongs to a line, its own if there is none."""
        width, end = _indent_of(block), block.blockNumber()
        if width is None:
            return end
        for following in _blocks(block.next()):
            next_width = _indent_of(following)
            if next_width is not None:
                if next_width <= width:
                    break
                end = following.blockNumber()
        return end

    @staticmethod
    def _parent_of(block: QTextBlock) -> QTextBlock:
        width = _indent_of(block)
        above = block.previous()
        while above.isValid():
            above_width = _indent_of(above)
            if above_width is not None and (width is None or above_width < width):
                break
            above = above.previous()
        return above

    def _apply(self) -> None:
        """Hide exactly what the folds say; those that nothing belongs to any more are forgotten."""
        ends: dict[int, int] = {}
        kept = []
        for fold in self._folds:
            number, end = fold.blockNumber(), self._end_of(fold.block())
            if end > number and number not in ends:
                ends[number] = end
                kept.append(fold)
        self._folds = kept
        self._lines = frozenset(number + 1 for number in ends)
        hidden_to, first, last = -1, None, None
        for block in _blocks(self._document.begin()):
            number = block.blockNumber()
            visible = number > hidden_to
            hidden_to = max(hidden_to, ends.get(number, -1))
            if block.isVisible() is not visible:
                block.setVisible(visible)
                first, last = first or block, block
        if first is not None and last is not None:
            start = first.position()
            self._document.markContentsDirty(start, last.position() + last.length() - start)
            self._leave_hidden_line()
            self._editor.folding_changed()

    def _leave_hidden_line(self) -> None:
        cursor = self._editor.textCursor()
        block = cursor.block()
        while not block.isVisible():
            block = block.previous()
        if block != cursor.block():
            cursor.setPosition(block.position() + block.length() - 1)
            self._editor.setTextCursor(cursor)


def _blocks(block: QTextBlock) -> Iterator[QTextBlock]:
    while block.isValid():
        yield block
        block = block.next()


def _indent_of(block: QTextBlock) -> int | None:
    """Return how many columns a line is indented by, None if it is blank."""
    text = block.text()
    rest = text.lstrip(" \t")
    return len(text[: len(text) - len(rest)].expandtabs(TAB_WIDTH)) if rest else None


def _cursor_in(block: QTextBlock) -> QTextCursor:
    text = block.text()
    cursor = QTextCursor(block)
    cursor.setPosition(block.position() + len(text) - len(text.lstrip()))
    return cursor
