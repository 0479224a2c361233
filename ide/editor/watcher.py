"""Notices that open files are changed by other programs.

Watches folders, not files: a file that was replaced atomically is no longer watched, its folder is.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

Stamp = tuple[int, int, int] | None


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


class FileWatcher(QObject):
    """Emits `changed` with the path of a watched file whose stamp on disk is no longer the one seen last."""

    changed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._stamps: dict[Path, Stamp] = {}
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._look_soon)
        self._watcher.directoryChanged.connect(self._look_soon)
        # Programs write in several steps: look when they are done.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(80)
        self._soon.timeout.connect(self.check)

    def watch(self, path: Path) -> None:
        """Watch a file, from its present state on."""
        self._stamps[path] = _stamp(path)
        self._watch_paths()

    def forget(self, path: Path) -> None:
        """Stop watching a file."""
        self._stamps.pop(path, None)
        folders = {str(other.parent) for other in self._stamps}
        unused = {str(path), str(path.parent)} - folders - {str(other) for other in self._stamps}
        watched = {*self._watcher.files(), *self._watcher.directories()}
        if unused & watched:
            self._watcher.removePaths(sorted(unused & watched))

    def check(self) -> None:
        """Look at all files now (also when the window becomes active)."""
        for path, old in list(self._stamps.items()):
            new = _stamp(path)
            if new != old:
                self._stamps[path] = new
                self.changed.emit(path)
        self._watch_paths()

    def _look_soon(self) -> None:
        self._soon.start()

    def _watch_paths(self) -> None:
        wanted = {str(path) for path in self._stamps if path.exists()}
        wanted |= {str(path.parent) for path in self._stamps if path.parent.is_dir()}
        missing = wanted - {*self._watcher.files(), *self._watcher.directories()}
        if missing:
            self._watcher.addPaths(sorted(missing))
