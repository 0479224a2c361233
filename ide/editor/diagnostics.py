"""Squiggles: findings drawn under the text they are about, for the part that is on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from engine.values import Diagnostic, Severity
from ide.editor.decorations import DecorationLayer
from ide.theme import theme

if TYPE_CHECKING:
    from ide.editor.code_editor import CodeEditor

_WORST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.HINT)


class DiagnosticMarks:
    """The findings of one editor; they move with their text until they are replaced."""

    def __init__(self, editor: CodeEditor) -> None:
        self._editor = editor
        self._marks: list[tuple[Diagnostic, QTextCursor]] = []
        self._by_line: dict[int, Severity] | None = {}

    def set(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        """Replace all findings."""
        self._marks = [(one, self._cursor_over(one)) for one in diagnostics]
        self._by_line = None
        self.redraw()

    def severity_of_line(self, line: int) -> Severity | None:
        """Return the worst finding that begins in a line (from 1)."""
        if self._by_line is None:
            self._by_line = {}
            for severity in reversed(_WORST_FIRST):
                for diagnostic, cursor in self._marks:
                    if diagnostic.severity is severity:
                        block = self._editor.document().findBlock(cursor.selectionStart())
                        self._by_line[block.blockNumber() + 1] = severity
        return self._by_line.get(line)

    def text_changed(self) -> None:
        """Forget which lines the findings are in: the text around them changed."""
        if self._marks:
            self._by_line = None

    def text_at(self, position: int) -> str:
        """Return the messages of the findings at a position of the document."""
        found = [one for one, cursor in self._marks if cursor.selectionStart() <= position <= cursor.selectionEnd()]
        return "\n\n".join(f"{one.message}  [{one.code}]" for one in found)

    def show_visible(self) -> None:
        """Draw the findings that have come on screen."""
        if self._marks:
            self.redraw()

    def redraw(self) -> None:
        """Draw the findings on screen."""
        first, last = self._editor.visible_blocks()
        document = self._editor.document()
        begin = document.findBlockByNumber(first).position()
        last_block = document.findBlockByNumber(last)
        end = last_block.position() + last_block.length() if last_block.isValid() else document.characterCount()
        selections = []
        for diagnostic, cursor in self._marks:
            if cursor.selectionStart() <= end and cursor.selectionEnd() >= begin:
                selection = QTextEdit.ExtraSelection()
                selection.cursor, selection.format = cursor, _squiggle(diagnostic.severity)
                selections.append(selection)
        self._editor.decorations.set(DecorationLayer.DIAGNOSTICS, selections)

    def _cursor_over(self, diagnostic: Diagnostic) -> QTextCursor:
        document = self._editor.document()
        cursor = QTextCursor(document)

        def position(line: int, column: int) -> int:
            block = document.findBlockByNumber(min(max(line, 1), document.blockCount()) - 1)
            return block.position() + min(max(column, 0), block.length() - 1)

        begin = position(diagnostic.line, diagnostic.column)
        end = position(diagnostic.end_line, diagnostic.end_column)
        cursor.setPosition(begin)
        if end > begin:
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            return cursor
        cursor.movePosition(QTextCursor.MoveOperation.EndOfWord, QTextCursor.MoveMode.KeepAnchor)
        if not cursor.hasSelection():
            # At the end of a line there is no word: underline the character before it.
            cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter, QTextCursor.MoveMode.KeepAnchor)
        return cursor


def _squiggle(severity: Severity) -> QTextCharFormat:
    colours = theme()
    colour = {Severity.ERROR: colours.error, Severity.WARNING: colours.warning, Severity.HINT: colours.info}[severity]
    line = QTextCharFormat()
    line.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    line.setUnderlineColor(colour)
    return line
