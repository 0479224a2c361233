"""Breakpoints: marks that stay with their line while the text around them changes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument


class Breakpoint(msgspec.Struct, frozen=True, order=True):
    """A line (from 1) to stop at, only where `condition` (an expression) holds if there is one.

    With a `message` it is a logpoint: nothing stops there, the message is written instead, `{expressions}` in it
    replaced by their values.
    """

    line: int
    condition: str = ""
    message: str = ""

    def describe(self) -> str:
        """Return what it does, for a tool tip."""
        where = f" where {self.condition}" if self.condition else ""
        return f"Writes “{self.message}”{where}" if self.message else f"Stops{where}"


class LineMarks:
    """Breakpoints of one document, each held by a cursor at the first character of its line that is not blank.

    `QTextBlockUserData` would stay behind when Enter is pressed at the start of the line.
    """

    def __init__(self, document: QTextDocument) -> None:
        self._document = document
        self._marks: list[tuple[QTextCursor, Breakpoint]] = []

    def all(self) -> tuple[Breakpoint, ...]:
        """Return the breakpoints where they are now, in order; one a line."""
        placed = {cursor.blockNumber() + 1: mark for cursor, mark in self._marks}
        return tuple(msgspec.structs.replace(placed[line], line=line) for line in sorted(placed))

    def set(self, breakpoints: Iterable[Breakpoint]) -> None:
        """Mark exactly these lines; lines past the end are left out."""
        blocks = [(self._document.findBlockByNumber(mark.line - 1), mark) for mark in sorted(breakpoints)]
        self._marks = [(self._cursor_in(block), mark) for block, mark in blocks if block.isValid()]

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
        self._breakpoints: dict[Path, tuple[Breakpoint, ...]] = {}

    def of(self, path: Path) -> tuple[Breakpoint, ...]:
        """Return the breakpoints of a file in order."""
        return self._breakpoints.get(path, ())

    def all(self) -> dict[Path, tuple[Breakpoint, ...]]:
        """Return all breakpoints by file."""
        return dict(self._breakpoints)

    def set(self, path: Path, breakpoints: Iterable[Breakpoint]) -> None:
        """Replace the breakpoints of a file."""
        new = tuple(sorted(set(breakpoints)))
        if new == self.of(path):
            return
        if new:
            self._breakpoints[path] = new
        else:
            self._breakpoints.pop(path, None)
        self.changed.emit(path)

    def clear(self) -> None:
        """Remove every breakpoint."""
        for path in list(self._breakpoints):
            self.set(path, ())
