"""Back and forward through the places one has been in the editor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject

from ide.editor.area import EditorArea

NEAR_LINES = 10
"""A move within so many lines of the last place is not a new place."""

LONGEST = 100


class Place(NamedTuple):
    """A cursor position: line from 1, column in UTF-16 units."""

    path: Path
    line: int
    column: int


class NavigationHistory(QObject):
    """Remembers places while the cursor moves; `go_to` opens one."""

    def __init__(self, editors: EditorArea, go_to: Callable[[Path, int, int], object]) -> None:
        super().__init__(editors)
        self._editors = editors
        self._go_to = go_to
        self._places: list[Place] = []
        self._index = -1
        self._moving = False
        editors.cursor_moved.connect(self._cursor_moved)

    def can_go_back(self) -> bool:
        """Whether there is an earlier place."""
        return self._index > 0

    def can_go_forward(self) -> bool:
        """Whether there is a later place."""
        return self._index < len(self._places) - 1

    def back(self) -> None:
        """Go to the place before."""
        self._move(-1)

    def forward(self) -> None:
        """Go to the place after."""
        self._move(1)

    def _move(self, step: int) -> None:
        if not 0 <= self._index + step < len(self._places):
            return
        self._index += step
        self._moving = True
        try:
            self._go_to(*self._places[self._index])
        finally:
            self._moving = False

    def _cursor_moved(self) -> None:
        editor = self._editors.current()
        if self._moving or editor is None:
            return
        cursor = editor.textCursor()
        place = Place(editor.path, cursor.blockNumber() + 1, cursor.positionInBlock())
        if self._index >= 0:
            last = self._places[self._index]
            if last.path == place.path and abs(last.line - place.line) <= NEAR_LINES:
                self._places[self._index] = place
                return
        del self._places[self._index + 1 :]
        self._places.append(place)
        del self._places[:-LONGEST]
        self._index = len(self._places) - 1
