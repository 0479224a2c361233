"""What keys do in the editor besides typing: the one replaceable place for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor

from ide.editor.columns import from_utf16
from ide.editor.doc_comments import Continuation, continue_comment
from ide.editor.editing import indent_lines, outdent_lines

if TYPE_CHECKING:
    from ide.editor.code_editor import CodeEditor

_PAIRS = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "`": "`"}
_CLOSERS = frozenset(_PAIRS.values())


class KeyHandler:
    """Indentation, pairs of brackets and quotes, and smart Home for one editor.

    `tab_moves_focus` gives Tab back to keyboard-only users (Ctrl+M).
    """

    def __init__(self, editor: CodeEditor) -> None:
        self._editor = editor
        self.tab_moves_focus = False

    def handle(self, event: QKeyEvent) -> bool:
        """Do what `event` asks for; False leaves it to Qt."""
        if self._editor.isReadOnly():
            return False
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain = modifiers == Qt.KeyboardModifier.NoModifier
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self._new_line()
        elif key == Qt.Key.Key_Tab and plain and not self.tab_moves_focus:
            self._indent()
        elif key == Qt.Key.Key_Backtab and not self.tab_moves_focus:
            self._outdent()
        elif key == Qt.Key.Key_Backspace and plain:
            return self._backspace()
        elif key == Qt.Key.Key_Home and modifiers in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ShiftModifier,
        ):
            self._home(select=bool(modifiers))
        elif (len(event.text()) == 1 and event.text() in _PAIRS) or event.text() in _CLOSERS:
            return self._pair(event.text())
        else:
            return False
        return True

    def _new_line(self) -> None:
        cursor = self._editor.textCursor()
        before, after = self._around(cursor)
        comment = None if cursor.hasSelection() else continue_comment(before, after, _following(cursor))
        if comment is not None:
            self._go_on(cursor, comment)
            return
        indent = before[: len(before) - len(before.lstrip(" \t"))]
        opened = before.rstrip()[-1:] in ("{", "[", "(")
        cursor.beginEditBlock()
        cursor.insertText("\n" + indent + (self._editor.indent if opened else ""))
        if opened and after[:1] in ("}", "]", ")"):
            position = cursor.position()
            cursor.insertText("\n" + indent)
            cursor.setPosition(position)
        cursor.endEditBlock()
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()

    def _go_on(self, cursor: QTextCursor, comment: Continuation) -> None:
        cursor.beginEditBlock()
        cursor.insertText("\n" + comment.before)
        position = cursor.position()
        cursor.insertText(comment.behind)
        cursor.setPosition(position)
        cursor.endEditBlock()
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()

    def _indent(self) -> None:
        cursor = self._editor.textCursor()
        if cursor.hasSelection() and self._selects_lines(cursor):
            indent_lines(self._editor)
            return
        before, _ = self._around(cursor)
        indent = self._editor.indent
        cursor.insertText(indent if indent == "\t" else " " * (len(indent) - len(before) % len(indent)))

    def _outdent(self) -> None:
        outdent_lines(self._editor)

    def _backspace(self) -> bool:
        cursor = self._editor.textCursor()
        if cursor.hasSelection():
            return False
        before, after = self._around(cursor)
        if (
            before
            and not before.strip(" ")
            and self._editor.indent != "\t"
            and len(before) % len(self._editor.indent) == 0
        ):
            cursor.movePosition(
                QTextCursor.MoveOperation.PreviousCharacter, QTextCursor.MoveMode.KeepAnchor, len(self._editor.indent)
            )
            cursor.removeSelectedText()
            return True
        if before[-1:] in _PAIRS and after[:1] == _PAIRS[before[-1]]:
            cursor.beginEditBlock()
            cursor.deletePreviousChar()
            cursor.deleteChar()
            cursor.endEditBlock()
            return True
        return False

    def _home(self, *, select: bool) -> None:
        cursor = self._editor.textCursor()
        block = cursor.block()
        text = block.text()
        first = block.position() + len(text) - len(text.lstrip(" \t"))
        target = block.position() if cursor.position() == first else first
        mode = QTextCursor.MoveMode.KeepAnchor if select else QTextCursor.MoveMode.MoveAnchor
        cursor.setPosition(target, mode)
        self._editor.setTextCursor(cursor)

    def _pair(self, typed: str) -> bool:
        cursor = self._editor.textCursor()
        if cursor.hasSelection():
            return typed in _PAIRS and self._surround(cursor, typed)
        before, after = self._around(cursor)
        if typed in _CLOSERS and after[:1] == typed:
            cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
            self._editor.setTextCursor(cursor)
            return True
        if typed not in _PAIRS:
            return self._dedent_closer(cursor, before, typed)
        follows = not after or after[0] in " \t)]};,"
        if typed in _CLOSERS:
            # A quote after a word or a quote ends something or is an apostrophe.
            follows = follows and not (before and (before[-1].isalnum() or before[-1] in "\"'`_$\\"))
        if not follows:
            return False
        cursor.insertText(typed + _PAIRS[typed])
        cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter)
        self._editor.setTextCursor(cursor)
        return True

    def _surround(self, cursor: QTextCursor, typed: str) -> bool:
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        cursor.beginEditBlock()
        cursor.setPosition(end)
        cursor.insertText(_PAIRS[typed])
        cursor.setPosition(start)
        cursor.insertText(typed)
        cursor.endEditBlock()
        cursor.setPosition(start + 1)
        cursor.setPosition(end + 1, QTextCursor.MoveMode.KeepAnchor)
        self._editor.setTextCursor(cursor)
        return True

    def _dedent_closer(self, cursor: QTextCursor, before: str, typed: str) -> bool:
        width = len(self._editor.indent)
        if typed != "}" or not before or before.strip(" ") or len(before) < width:
            return False
        cursor.beginEditBlock()
        _select_back(cursor, width)
        cursor.insertText(typed)
        cursor.endEditBlock()
        return True

    def _around(self, cursor: QTextCursor) -> tuple[str, str]:
        text = cursor.block().text()
        column = from_utf16(text, min(cursor.positionInBlock(), cursor.block().length() - 1))
        return text[:column], text[column:]

    @staticmethod
    def _selects_lines(cursor: QTextCursor) -> bool:
        document = cursor.document()
        first = document.findBlock(cursor.selectionStart())
        return first != document.findBlock(cursor.selectionEnd()) or cursor.selectedText() == first.text()


def _select_back(cursor: QTextCursor, count: int) -> None:
    cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter, QTextCursor.MoveMode.KeepAnchor, count)


def _following(cursor: QTextCursor) -> str:
    """Return the next line that is not blank."""
    block = cursor.block().next()
    while block.isValid() and not block.text().strip():
        block = block.next()
    return block.text()
