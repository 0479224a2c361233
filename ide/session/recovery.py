"""Unsaved text, kept on disk while one types, and found again at the next start.

Each running program has a folder of its own with a lock; a folder whose lock nobody holds was left behind
by a program that did not end properly.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import shutil
import time
from pathlib import Path

import msgspec
from PySide6.QtCore import QLockFile, QObject, QTimer

from engine.errors import UserError
from ide.editor.area import EditorArea
from ide.editor.code_editor import CodeEditor
from ide.editor.text_file import read_text_file
from ide.files import write_atomically
from ide.tasks import Progress, Task, TaskService

RECOVERY_FORMAT = 1


class RecoveredText(msgspec.Struct, frozen=True):
    """Text that was not saved. `base` is the digest of the file it was typed over, `time` seconds since the epoch."""

    format: int
    path: str
    text: str
    unsaved_name: bool
    encoding: str
    newline: str
    base: bytes
    time: float

    @property
    def file(self) -> Path:
        """Where the text belongs."""
        return Path(self.path)

    def on_disk(self) -> str | None:
        """Return the text of the file as it is on disk now, None if it cannot be read."""
        try:
            return read_text_file(self.file, self.encoding).text
        except UserError:
            return None

    def difference(self) -> str:
        """Return what saving this text would change, as a unified difference."""
        old = (self.on_disk() or "").splitlines()
        lines = difflib.unified_diff(old, self.text.splitlines(), "on disk", "not saved", lineterm="")
        return "\n".join(lines)


def _name(path: Path) -> str:
    return hashlib.blake2b(str(path).encode(), digest_size=12).hexdigest() + ".json"


class RecoveryKeeper(QObject):
    """Keeps the unsaved texts of an editor area on disk, off the GUI thread, at most `seconds` old."""

    def __init__(self, editors: EditorArea, tasks: TaskService, folder: Path, seconds: float) -> None:
        super().__init__(editors)
        self._editors = editors
        self._tasks = tasks
        self._folder = folder / f"{os.getpid()}-{time.time_ns()}"
        self._lock: QLockFile | None = None
        self._kept: dict[Path, int] = {}
        self._batch: list[Path] = []
        self._busy = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(seconds * 1000))
        self._timer.timeout.connect(self.keep)
        editors.edited.connect(self._edited)
        editors.saved.connect(self._saved)
        editors.closed.connect(self._settled)

    @property
    def folder(self) -> Path:
        """Where this program keeps its texts."""
        return self._folder

    def keep(self) -> Task | None:
        """Write the texts that changed since they were kept last (also called when the window loses the focus).

        Returns the work, None if there is nothing to do or it is done already.
        """
        if self._busy:
            self._timer.start()
            return None
        due = [
            editor for editor in self._editors.modified() if self._kept.get(editor.path) != editor.document().revision()
        ]
        if not due:
            return None
        texts = [_snapshot(editor) for editor in due]
        for editor in due:
            self._kept[editor.path] = editor.document().revision()
        self._take_lock()
        self._busy = True
        self._batch = [editor.path for editor in due]
        folder = self._folder

        def write(_progress: Progress) -> None:
            for text in texts:
                write_atomically(folder / _name(text.file), msgspec.json.encode(text))

        task = self._tasks.start("Keeping unsaved text", write, quiet=True, failed=self._failed)
        task.finished.connect(self._written)
        return task

    def close(self) -> None:
        """Forget everything: all texts were saved or given up. Called after the tasks have ended."""
        self._timer.stop()
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None
            shutil.rmtree(self._folder, ignore_errors=True)

    def _take_lock(self) -> None:
        if self._lock is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = QLockFile(str(self._folder / "lock"))
            self._lock.setStaleLockTime(0)
            self._lock.tryLock(0)

    def _edited(self, _path: Path) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _saved(self, path: Path) -> None:
        """Forget what is kept of a file that is on disk now, unless one typed on while it was written."""
        if all(editor.path != path for editor in self._editors.modified()):
            self._settled(path)

    def _settled(self, path: Path) -> None:
        self._kept.pop(path, None)
        (self._folder / _name(path)).unlink(missing_ok=True)

    def _written(self) -> None:
        self._busy = False
        # What was saved or closed while it was being written must not come back.
        modified = {editor.path for editor in self._editors.modified()}
        for path in self._batch:
            if path not in modified:
                self._settled(path)

    def _failed(self, error: BaseException) -> None:
        self._kept.clear()
        self._editors.failed.emit(error)


def _snapshot(editor: CodeEditor) -> RecoveredText:
    return RecoveredText(
        format=RECOVERY_FORMAT,
        path=str(editor.path),
        text=editor.text(),
        unsaved_name=editor.unsaved_name,
        encoding=editor.file.encoding,
        newline=editor.file.newline,
        base=editor.file.digest,
        time=time.time(),
    )


class Leftovers:
    """Texts that programs left behind which did not end properly."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: list[tuple[Path, RecoveredText]] = []
        self._abandoned: list[Path] = []
        self._unreadable: list[Path] = []

    def find(self) -> list[RecoveredText]:
        """Return the texts that differ from what is on disk, the newest of each file."""
        self._found.clear()
        if not self._folder.is_dir():
            return []
        for folder in sorted(self._folder.iterdir()):
            if folder.is_dir() and not _is_held(folder):
                self._abandoned.append(folder)
                self._read(folder)
        newest: dict[str, RecoveredText] = {}
        for _, text in sorted(self._found, key=lambda entry: entry[1].time):
            newest[text.path] = text
        return [text for text in newest.values() if text.on_disk() != text.text]

    def forget(self, _kept: object = None) -> None:
        """Delete what was left behind, except what could not be read."""
        for file, _ in self._found:
            file.unlink(missing_ok=True)
        for folder in self._abandoned:
            (folder / "lock").unlink(missing_ok=True)
            if not any(folder.iterdir()):
                folder.rmdir()

    def _read(self, folder: Path) -> None:
        for file in sorted(folder.glob("*.json")):
            try:
                text = msgspec.json.decode(file.read_bytes(), type=RecoveredText)
            except (OSError, msgspec.DecodeError):
                self._unreadable.append(file)
                continue
            if text.format == RECOVERY_FORMAT:
                self._found.append((file, text))


def _is_held(folder: Path) -> bool:
    lock = QLockFile(str(folder / "lock"))
    lock.setStaleLockTime(0)
    if lock.tryLock(0):
        lock.unlock()
        return False
    return True
