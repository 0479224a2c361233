"""Line commands of the editor; each is one step of undo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat
from typing import TYPE_CHECKING

from PySide6.QtGui import QTextBlock, QTextCursor

if TYPE_CHECKING:
    from ide.editor.code_editor import CodeEditor

_COMMENT = "//"


def toggle_comment(editor: CodeEditor) -> None:
    """Comment the selected lines out, or in again if all of them are comments."""
    blocks = _selected_blocks(editor)
    used = [block for block in blocks if block.text().strip()] or blocks
    commented = all(block.text().lstrip().startswith(_COMMENT) for block in used)
    column = min((_indent_of(block) for block in used), default=0)
    with _one_step(editor) as cursor:
        for block in used:
            if commented:
                start = block.position() + _indent_of(block)
                length = 3 if block.text().lstrip().startswith(_COMMENT + " ") else 2
                cursor.setPosition(start)
                cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
                cursor.removeSelectedText()
            else:
                cursor.setPosition(block.position() + column)
                cursor.insertText(_COMMENT + " ")


def indent_lines(editor: CodeEditor) -> None:
    """Indent the selected lines by one level."""
    with _one_step(editor) as cursor:
        for block in _selected_blocks(editor):
            if block.text():
                cursor.setPosition(block.position())
                cursor.insertText(editor.indent)


def outdent_lines(editor: CodeEditor) -> None:
    """Take one level of indentation from the selected lines."""
    with _one_step(editor) as cursor:
        for block in _selected_blocks(editor):
            text = block.text()
            width = 1 if text.startswith("\t") else min(_indent_of(block), len(editor.indent))
            if width:
                cursor.setPosition(block.position())
                cursor.setPosition(block.position() + width, QTextCursor.MoveMode.KeepAnchor)
                cursor.removeSelectedText()


def move_lines(editor: CodeEditor, direction: int) -> None:
    """Move the selected lines one line up (-1) or down (+1)."""
    blocks = _selected_blocks(editor)
    neighbour = blocks[0].previous() if direction < 0 else blocks[-1].next()
    if not neighbour.isValid():
        return
    text = neighbour.text()
    begin = neighbour.position()
    with _one_step(editor) as cursor:
        # The neighbour changes sides, so that breakpoints and the selection stay with the lines that move.
        if direction < 0:
            cursor.setPosition(blocks[-1].position() + blocks[-1].length() - 1)
            cursor.insertText("\n" + text)
            cursor.setPosition(begin)
            cursor.setPosition(blocks[0].position(), QTextCursor.MoveMode.KeepAnchor)
        else:
            cursor.setPosition(begin - 1)
            cursor.setPosition(begin + neighbour.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        if direction > 0:
            cursor.setPosition(blocks[0].position())
            cursor.insertText(text + "\n")
    editor.ensureCursorVisible()


def copy_lines(editor: CodeEditor, direction: int) -> None:
    """Repeat the selected lines above (-1) or below (+1) and select the copy."""
    blocks = _selected_blocks(editor)
    selection = editor.textCursor()
    anchor, position = selection.anchor(), selection.position()
    text = "\n".join(block.text() for block in blocks)
    length = blocks[-1].position() + blocks[-1].length() - blocks[0].position()
    with _one_step(editor) as cursor:
        cursor.setPosition(blocks[0].position())
        cursor.insertText(text + "\n")
    shift = length if direction > 0 else 0
    _select(editor, anchor + shift, position + shift)


def delete_lines(editor: CodeEditor) -> None:
    """Delete the selected lines."""
    blocks = _selected_blocks(editor)
    begin, end = blocks[0].position(), blocks[-1].position() + blocks[-1].length()
    maximum = editor.document().characterCount() - 1
    if end > maximum:
        # The last line has no line break of its own: take the one before it.
        begin, end = max(begin - 1, 0), maximum
    with _one_step(editor) as cursor:
        cursor.setPosition(begin)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
    editor.setTextCursor(cursor)


def trim_trailing_blanks(editor: CodeEditor) -> None:
    """Remove blanks at the end of every line."""
    with _one_step(editor) as cursor:
        block = editor.document().begin()
        while block.isValid():
            text = block.text()
            extra = len(text) - len(text.rstrip(" \t"))
            if extra:
                end = block.position() + block.length() - 1
                cursor.setPosition(end - extra)
                cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                cursor.removeSelectedText()
            block = block.next()


def _selected_blocks(editor: CodeEditor) -> list[QTextBlock]:
    cursor = editor.textCursor()
    document = editor.document()
    block = document.findBlock(cursor.selectionStart())
    last = document.findBlock(cursor.selectionEnd())
    if last != block and last.position() == cursor.selectionEnd():
        # A selection that ends at the start of a line does not reach into it.
        last = last.previous()
    blocks = [block]
    for _ in repeat(None, last.blockNumber() - block.blockNumber()):
        block = block.next()
        blocks.append(block)
    return blocks


def _indent_of(block: QTextBlock) -> int:
    text = block.text()
    return len(text) - len(text.lstrip(" \t"))


@contextmanager
def _one_step(editor: CodeEditor) -> Iterator[QTextCursor]:
    cursor = QTextCursor(editor.document())
    cursor.beginEditBlock()
    try:
        yield cursor
    finally:
        cursor.endEditBlock()


def _select(editor: CodeEditor, anchor: int, position: int) -> None:
    cursor = editor.textCursor()
    cursor.setPosition(anchor)
    cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    editor.ensureCursorVisible()
