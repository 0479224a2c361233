"""Matching brackets around the cursor."""

from __future__ import annotations

from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from ide.editor.columns import from_utf16, to_utf16
from ide.theme import theme

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}
SEARCHED_CHARACTERS = 20_000
"""How far a partner is looked for, so that a keystroke stays cheap."""


def matching_brackets(editor: QPlainTextEdit) -> tuple[int, ...]:
    """Return the positions of the bracket next to the cursor and of its partner, or nothing.

    Brackets in strings and comments count like any other: the partner is looked for by nesting alone.
    """
    position = editor.textCursor().position()
    block = editor.textCursor().block()
    text = block.text()
    column = from_utf16(text, position - block.position())
    for candidate in (column, column - 1):
        if 0 <= candidate < len(text):
            character = text[candidate]
            if character in _CLOSING:
                partner = _search(block, candidate, character, _CLOSING[character], 1)
            elif character in _OPENING:
                partner = _search(block, candidate, character, _OPENING[character], -1)
            else:
                continue
            return (block.position() + to_utf16(text, candidate), partner) if partner >= 0 else ()
    return ()


def bracket_marks(editor: QPlainTextEdit) -> list[QTextEdit.ExtraSelection]:
    """Return the decorations of the bracket next to the cursor and of its partner."""
    shade = QTextCharFormat()
    shade.setBackground(theme().bracket_match)
    marks = []
    for position in matching_brackets(editor):
        mark = QTextEdit.ExtraSelection()
        cursor = QTextCursor(editor.document())
        cursor.setPosition(position)
        cursor.movePosition(QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.KeepAnchor)
        mark.cursor, mark.format = cursor, shade
        marks.append(mark)
    return marks


def _search(block: QTextBlock, column: int, same: str, other: str, step: int) -> int:
    depth, budget = 0, SEARCHED_CHARACTERS
    text = block.text()
    while budget > 0:
        columns = range(column, len(text)) if step > 0 else range(column, -1, -1)
        for index in columns:
            if text[index] == same:
                depth += 1
            elif text[index] == other:
                depth -= 1
                if depth == 0:
                    return block.position() + to_utf16(text, index)
        budget -= len(columns) + 1
        block = block.next() if step > 0 else block.previous()
        if not block.isValid():
            return -1
        text = block.text()
        column = 0 if step > 0 else len(text) - 1
    return -1
