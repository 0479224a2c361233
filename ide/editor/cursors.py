"""Several cursors at once: what is typed happens at each of them, as one step of undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication, QTextEdit

from ide.editor.decorations import DecorationLayer

if TYPE_CHECKING:
    from ide.editor.code_editor import CodeEditor

MOST_CURSORS = 1000
"""More are not added: each key would be felt."""

_MODIFIERS = frozenset({Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr})
_FOR_ONE = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo, QKeySequence.StandardKey.SelectAll)
_PARAGRAPH = "\u2029"


class Cursors:
    """The cursors of an editor besides its own, the *main* one, which is always the one added last.

    Each key is replayed at every cursor, so that pairs, indentation and movements are the same as for one.
    """

    def __init__(self, editor: CodeEditor) -> None:
        self._editor = editor
        self._others: list[QTextCursor] = []
        self._whole_words = False

    @property
    def active(self) -> bool:
        """Whether there is more than one cursor."""
        return bool(self._others)

    def all(self) -> list[QTextCursor]:
        """Return copies of all cursors in the order of the text."""
        cursors = [QTextCursor(cursor) for cursor in (*self._others, self._editor.textCursor())]
        return sorted(cursors, key=QTextCursor.position)

    def clear(self) -> None:
        """Leave the main cursor alone."""
        if self._others:
            self._others = []
            self._show()

    # --- adding ----------------------------------------------------------------------------------

    def toggle_at(self, point: QPoint) -> None:
        """Add a cursor at a point of the text's area, or take away the one that is there."""
        added = self._editor.cursorForPosition(point)
        left = [cursor for cursor in self._others if cursor.position() != added.position()]
        if len(left) < len(self._others):
            self._others = left
            self._show()
        elif added.position() != self._editor.textCursor().position():
            self._add(added)

    def add_beside(self, direction: int) -> None:
        """Add a cursor in the line above the first (-1) or below the last (+1), in the main cursor's column."""
        outermost = self.all()[0 if direction < 0 else -1].block()
        block = outermost.previous() if direction < 0 else outermost.next()
        while block.isValid() and not block.isVisible():
            block = block.previous() if direction < 0 else block.next()
        if block.isValid():
            added = QTextCursor(block)
            column = max(cursor.positionInBlock() for cursor in self.all())
            added.setPosition(block.position() + min(column, block.length() - 1))
            self._add(added)

    def add_next_occurrence(self) -> bool:
        """Select the word at the cursor, then with each call its next occurrence, too; False if there is none left."""
        main = self._editor.textCursor()
        if not main.hasSelection():
            main.select(QTextCursor.SelectionType.WordUnderCursor)
            self._whole_words = True
            self._editor.setTextCursor(main)
            return main.hasSelection()
        if not self._others and self._whole_words and not _is_word(main):
            self._whole_words = False
        taken = {cursor.selectionStart() for cursor in self.all()}
        for found in self._occurrences(main):
            if found.selectionStart() not in taken:
                self._add(found)
                return True
        return False

    def select_all_occurrences(self) -> None:
        """Select every occurrence of what is selected, or of the word at the cursor."""
        if not self._editor.textCursor().hasSelection():
            self.add_next_occurrence()
        main = self._editor.textCursor()
        if main.hasSelection():
            start = main.selectionStart()
            self._others = [found for found in self._occurrences(main) if found.selectionStart() != start]
            self._show()

    # --- acting ----------------------------------------------------------------------------------

    def handle(self, event: QKeyEvent) -> bool:
        """Do what a key asks for at every cursor; False leaves it to the editor alone."""
        if event.key() in _MODIFIERS:
            return False
        if any(event.matches(key) for key in _FOR_ONE):
            self.clear()
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Cut):
            self.cut()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        else:
            self.each(repeat(lambda: self._editor.type_key(event)))
        return True

    def copy(self) -> None:
        """Put what all cursors have selected on the clipboard, a line each."""
        texts = [cursor.selectedText().replace(_PARAGRAPH, "\n") for cursor in self.all()]
        if any(texts):
            QApplication.clipboard().setText("\n".join(texts))

    def cut(self) -> None:
        """Copy, and delete what is selected."""
        self.copy()
        self.each(repeat(lambda: self._editor.textCursor().removeSelectedText()))

    def paste(self) -> None:
        """Insert the clipboard at every cursor; a line at each if there are as many lines as cursors."""
        text = QApplication.clipboard().text()
        lines = text.removesuffix("\n").split("\n")
        pieces = lines if len(lines) == len(self._others) + 1 else repeat(text)
        self.each(_inserting(self._editor, piece) for piece in pieces)

    def each(self, actions: Iterable[Callable[[], object]]) -> None:
        """Do one of `actions` at every cursor, in the order of the text, as one step of undo."""
        editor = self._editor
        main = QTextCursor(editor.textCursor())
        cursors = sorted([main, *self._others], key=QTextCursor.position)
        bars = editor.horizontalScrollBar(), editor.verticalScrollBar()
        scrolled = [bar.value() for bar in bars]
        ends: list[tuple[QTextCursor, QTextCursor, QTextCursor]] = []
        step = QTextCursor(main)
        blocked = editor.blockSignals(True)
        step.beginEditBlock()
        try:
            for cursor, action in zip(cursors, actions, strict=False):
                editor.setTextCursor(cursor)
                action()
                after = editor.textCursor()
                ends.append((cursor, _held(after, after.anchor()), _held(after, after.position())))
        finally:
            step.endEditBlock()
            for cursor, anchor, position in ends:
                cursor.setPosition(anchor.position())
                cursor.setPosition(position.position(), QTextCursor.MoveMode.KeepAnchor)
            editor.setTextCursor(main)
            editor.blockSignals(blocked)
            for bar, value in zip(bars, scrolled, strict=True):
                bar.setValue(value)
        editor.ensureCursorVisible()
        self._others = list(_distinct(main, [cursor for cursor in cursors if cursor is not main]))
        self._show()
        editor.cursorPositionChanged.emit()

    def paint(self, painter: QPainter) -> None:
        """Draw the other cursors."""
        colour = self._editor.palette().text().color()
        for cursor in self._others:
            if cursor.block().isVisible():
                box = self._editor.cursorRect(cursor)
                painter.fillRect(QRect(box.topLeft(), box.bottomLeft()).adjusted(0, 0, 1, 0), colour)

    # --- inside ----------------------------------------------------------------------------------

    def _add(self, added: QTextCursor) -> None:
        if len(self._others) + 1 < MOST_CURSORS:
            self._others.append(self._editor.textCursor())
            self._editor.setTextCursor(added)
            self._editor.ensureCursorVisible()
            self._show()

    def _occurrences(self, main: QTextCursor) -> Iterator[QTextCursor]:
        """Yield where the text selected by `main` occurs, from behind it on and round the end."""
        text = main.selectedText()
        if _PARAGRAPH in text:
            return
        flags = QTextDocument.FindFlag.FindCaseSensitively
        if self._whole_words:
            flags |= QTextDocument.FindFlag.FindWholeWords
        document, start = self._editor.document(), main.selectionStart()
        place, wrapped = main.selectionEnd(), False
        for _ in repeat(None, MOST_CURSORS):
            found = document.find(text, place, flags)
            if found.isNull() and not wrapped:
                wrapped, place = True, 0
                found = document.find(text, place, flags)
            if found.isNull() or (wrapped and found.selectionStart() >= start):
                return
            yield found
            place = found.selectionEnd()

    def _show(self) -> None:
        palette = self._editor.palette()
        shade = QTextCharFormat()
        shade.setBackground(palette.highlight())
        shade.setForeground(palette.highlightedText())
        marks = []
        for cursor in self._others:
            if cursor.hasSelection():
                mark = QTextEdit.ExtraSelection()
                mark.cursor, mark.format = cursor, shade
                marks.append(mark)
        self._editor.decorations.set(DecorationLayer.CURSORS, marks)
        self._editor.viewport().update()


def _inserting(editor: CodeEditor, text: str) -> Callable[[], None]:
    return lambda: editor.textCursor().insertText(text)


def _held(cursor: QTextCursor, position: int) -> QTextCursor:
    """Return what keeps a position that text inserted right there, by the next cursor, does not push along."""
    mark = QTextCursor(cursor)
    mark.setPosition(position)
    mark.setKeepPositionOnInsert(True)
    return mark


def _is_word(cursor: QTextCursor) -> bool:
    word = QTextCursor(cursor)
    word.setPosition(cursor.selectionStart())
    word.select(QTextCursor.SelectionType.WordUnderCursor)
    return word.selectionStart() == cursor.selectionStart() and word.selectionEnd() == cursor.selectionEnd()


def _distinct(main: QTextCursor, others: Iterable[QTextCursor]) -> Iterator[QTextCursor]:
    seen = {(main.position(), main.anchor())}
    for cursor in others:
        place = cursor.position(), cursor.anchor()
        if place not in seen:
            seen.add(place)
            yield cursor
