"""Highlighting that keeps up with typing: what is seen at once, the rest in short slices.

Unlike `QSyntaxHighlighter` it never recolours a whole file in one go. A *front* is a line from which
on colours may be stale because the lexer's state above it changed; slices move the fronts down until the
state at a line's end is what it was before.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QBrush, QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from ide.editor.document_layout import EditorLayout
from ide.editor.lexer import JavaScriptLineLexer, Span, SyntaxKind
from ide.theme import theme, themes

LONGEST_LINE = 10_000
"""Longer lines (bundles) stay uncoloured, in UTF-16 units."""

SLICE_SECONDS = 0.004
VISIBLE_SECONDS = 0.012
_NEVER_LEXED = -1


class Highlighter(QObject):
    """Colours one document; `visible_lines` returns the first and last block number on screen."""

    def __init__(self, document: QTextDocument, visible_lines: Callable[[], tuple[int, int]]) -> None:
        super().__init__(document)
        self._document = document
        self._visible_lines = visible_lines
        self._lexer = JavaScriptLineLexer()
        self._formats: dict[SyntaxKind, QTextCharFormat] = {}
        self._fronts: list[int] = [0]
        self._block_count = document.blockCount()
        self._provisional = (-1, -1)
        self._slices = QTimer(self)
        self._slices.setInterval(0)
        self._slices.timeout.connect(self._slice)
        self._make_formats()
        document.contentsChange.connect(self._edited)
        themes().changed.connect(self._theme_changed)
        self._slices.start()

    @property
    def complete(self) -> bool:
        """Whether every line has its final colours."""
        return not self._fronts

    def show(self) -> None:
        """Colour what is on screen now; called before it is painted."""
        if not self._fronts:
            return
        first, last = self._visible_lines()
        front = self._fronts[0]
        if front > last:
            return
        if last - front < 4 * (last - first + 1):
            self._advance(last, perf_counter() + VISIBLE_SECONDS)
        elif self._provisional != (first, last):
            # Too far below the front: guess from the state above, the front will put it right.
            self._provisional = (first, last)
            block = self._document.findBlockByNumber(first)
            start = block.position()
            state = max(block.previous().userState(), JavaScriptLineLexer.START)
            while block.isValid() and block.blockNumber() <= last:
                state = self._colour(block, state)
                end = block.position() + block.length()
                block = block.next()
            self._show_colours(start, end - 1)

    def format_of(self, kind: SyntaxKind) -> QTextCharFormat:
        """Return how a kind is drawn."""
        return self._formats[kind]

    def spans(self, block: QTextBlock) -> list[Span]:
        """Return the coloured pieces of a line, lexed anew (for brackets and completion)."""
        state = max(block.previous().userState(), JavaScriptLineLexer.START)
        return self._lexer.lex(block.text(), state)[0]

    def _edited(self, position: int, removed: int, added: int) -> None:
        count = self._document.blockCount()
        delta, self._block_count = count - self._block_count, count
        first = self._document.findBlock(position).blockNumber()
        last_block = self._document.findBlock(position + added)
        last = last_block.blockNumber() if last_block.isValid() else count - 1
        if delta:
            self._fronts = sorted({max(first, front + delta) if front > first else front for front in self._fronts})
            # The line after was lexed with the state of a line that may be gone.
            last += 1
        seen = max(last, self._visible_lines()[1])
        deadline = perf_counter() + VISIBLE_SECONDS
        block = self._document.findBlockByNumber(first)
        while block.isValid():
            number = block.blockNumber()
            if number > seen or perf_counter() > deadline:
                self._add_front(number)
                self._add_front(last)
                break
            changed = self._lex(block)
            self._drop_front(number)
            if number >= last and not changed:
                break
            block = block.next()
        if self._fronts:
            self._provisional = (-1, -1)
            self._slices.start()

    def _add_front(self, number: int) -> None:
        if 0 <= number < self._block_count and number not in self._fronts:
            insort(self._fronts, number)

    def _drop_front(self, number: int) -> None:
        if number in self._fronts:
            self._fronts.remove(number)

    def _slice(self) -> None:
        if self._fronts:
            self._advance(self._block_count, perf_counter() + SLICE_SECONDS)
        if not self._fronts:
            self._slices.stop()

    def _advance(self, last: int, deadline: float) -> None:
        """Move the first front down, at most to line `last` or until the deadline."""
        while self._fronts and self._fronts[0] <= last and perf_counter() < deadline:
            block = self._document.findBlockByNumber(self._fronts.pop(0))
            start = end = block.position()
            while block.isValid():
                changed = self._lex(block)
                end = block.position() + block.length() - 1
                number = block.blockNumber() + 1
                block = block.next()
                if not changed or not block.isValid():
                    break
                if number > last or perf_counter() > deadline:
                    self._add_front(number)
                    break
                self._drop_front(number)
            self._show_colours(start, end)

    def _show_colours(self, start: int, end: int) -> None:
        first, last = (self._document.findBlockByNumber(number) for number in self._visible_lines())
        below = last.position() + last.length() if last.isValid() else self._document.characterCount()
        layout = self._document.documentLayout()
        assert isinstance(layout, EditorLayout), "the editor's documents have its layout"
        layout.coloured(start, end, (first.position(), below))

    def _lex(self, block: QTextBlock) -> bool:
        """Colour a line and keep the state at its end; return whether that state changed."""
        before = block.userState()
        after = self._colour(block, max(block.previous().userState(), JavaScriptLineLexer.START))
        block.setUserState(after)
        return after != before

    def _colour(self, block: QTextBlock, state: int) -> int:
        if block.length() > LONGEST_LINE:
            block.layout().clearFormats()
            return state
        spans, after = self._lexer.lex(block.text(), state)
        ranges = []
        for start, length, kind in spans:
            piece = QTextLayout.FormatRange()
            piece.start = start
            piece.length = length
            piece.format = self._formats[kind]
            ranges.append(piece)
        block.layout().setFormats(ranges)
        return after

    def _make_formats(self) -> None:
        colours = theme()
        for kind in SyntaxKind:
            piece = QTextCharFormat()
            if kind is not SyntaxKind.PLAIN:
                piece.setForeground(QBrush(getattr(colours, f"syntax_{kind.name.lower()}")))
            self._formats[kind] = piece

    def _theme_changed(self) -> None:
        self._make_formats()
        # What is seen first: what the lines above have left open does not depend on colours.
        first, last = self._visible_lines()
        block = self._document.findBlockByNumber(first)
        start = block.position()
        while block.isValid() and block.blockNumber() <= last:
            self._colour(block, max(block.previous().userState(), JavaScriptLineLexer.START))
            block = block.next()
        self._show_colours(start, block.position() if block.isValid() else self._document.characterCount())
        block = self._document.begin()
        while block.isValid():
            block.setUserState(_NEVER_LEXED)
            block = block.next()
        self._fronts = [0]
        self._provisional = (-1, -1)
        self._slices.start()
