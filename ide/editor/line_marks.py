"""Breakpoints: marks that stay with their line while the text around them changes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument


class LineMarks:
    """Marked lines of one document, each held by a cursor at its first character that is not blank.

    `QTextBlockUserData` would stay behind when Enter is pressed at the start of the line.
    """

    def __init__(self, document: QTextDocument) -> None:
        self._document = document
        self._cursors: list[QTextCursor] = []

    def lines(self) -> tuple[int, ...]:
        """Return the marked lines in order, from 1."""
        return tuple(sorted({cursor.blockNumber() + 1 for cursor in self._cursors}))

    def set(self, lines: Iterable[int]) -> None:
        """Mark exactly these lines; lines past the end are left out."""
        blocks = (self._document.findBlockByNumber(line - 1) for line in sorted(set(lines)))
        self._cursors = [self._cursor_in(block) for block in blocks if block.isValid()]

    def toggle(self, line: int) -> None:
        """Mark a line, or take its mark away."""
        lines = set(self.lines())
        self.set(lines ^ {line})

    @staticmethod
    def _cursor_in(block: QTextBlock) -> QTextCursor:
        text = block.text()
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + len(text) - len(text.lstrip()))
        return cursor


class BreakpointStore(QObject):
    """The breakpoints of a project, in open and closed files; lines from 1.

    `changed` carries the path whose breakpoints changed.
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: dict[Path, tuple[int, ...]] = {}

    def lines(self, path: Path) -> tuple[int, ...]:
        """Return the lines with a breakpoint in a file."""
        return self._lines.get(path, ())

    def all(self) -> dict[Path, tuple[int, ...]]:
        """Return all breakpoints by file."""
        return dict(self._lines)

    def set(self, path: Path, lines: Iterable[int]) -> None:
        """Replace the breakpoints of a file."""
        new = tuple(sorted(set(lines)))
        if new == self.lines(path):
            return
        if new:
            self._lines[path] = new
        else:
            self._lines.pop(path, None)
        self.changed.emit(path)

    def clear(self) -> None:
        """Remove every breakpoint."""
        for path in list(self._lines):
            self.set(path, ())
