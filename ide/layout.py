"""The window's layout: saved, restored, and set back, with a version of its own."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from ide.files import write_atomically

LAYOUT_VERSION = 1
"""Raised when docks or tool bars change so that an old layout would be wrong."""


class LayoutFile(msgspec.Struct, frozen=True):
    """A saved layout; `geometry` and `state` are Qt's own formats."""

    version: int
    geometry: bytes
    state: bytes


class LayoutKeeper:
    """Keeps the layout of one window in a file, and the layout it began with."""

    def __init__(self, window: QMainWindow, path: Path) -> None:
        self._window = window
        self._path = path
        self._original = window.saveState(LAYOUT_VERSION)

    def save(self) -> None:
        """Write the present layout; `StorageError` if that is not possible."""
        layout = LayoutFile(
            version=LAYOUT_VERSION,
            geometry=bytes(self._window.saveGeometry().data()),
            state=bytes(self._window.saveState(LAYOUT_VERSION).data()),
        )
        write_atomically(self._path, msgspec.json.encode(layout))

    def restore(self) -> bool:
        """Bring the saved layout back; False (and the built-in layout) if there is none that fits.

        A file that does not fit is kept beside the new one.
        """
        try:
            content = self._path.read_bytes()
        except OSError:
            return False
        try:
            layout = msgspec.json.decode(content, type=LayoutFile)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._keep_aside(content)
            return False
        self._window.restoreGeometry(QByteArray(layout.geometry))
        self._pull_onto_screen()
        if layout.version == LAYOUT_VERSION and self._window.restoreState(QByteArray(layout.state), LAYOUT_VERSION):
            return True
        self._keep_aside(content)
        self.reset()
        return False

    def reset(self) -> None:
        """Set the panels back to where they were at first."""
        self._window.restoreState(self._original, LAYOUT_VERSION)

    def _keep_aside(self, content: bytes) -> None:
        write_atomically(self._path.with_suffix(".broken.json"), content)

    def _pull_onto_screen(self) -> None:
        frame = self._window.frameGeometry()
        if QGuiApplication.screenAt(frame.center()) is None:
            screen = QGuiApplication.primaryScreen().availableGeometry()
            self._window.resize(frame.size().boundedTo(screen.size()))
            self._window.move(screen.topLeft())
