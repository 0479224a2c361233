"""The session of a project: open tabs, cursors and breakpoints, brought back at the next start."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QTimer

from engine.errors import UserError
from ide.editor.line_marks import Breakpoint
from ide.files import write_atomically

if TYPE_CHECKING:
    from ide.window import MainWindow

SESSION_FORMAT = 1
SAVE_AFTER_MS = 5000


class Tab(msgspec.Struct, frozen=True):
    """An open file: `line` from 1, `column` in UTF-16 units, `scroll` the first line on screen."""

    path: str
    line: int = 1
    column: int = 0
    scroll: int = 0


class SessionFile(msgspec.Struct, frozen=True):
    """What is kept of a project."""

    format: int = SESSION_FORMAT
    project: str = ""
    tabs: tuple[Tab, ...] = ()
    current: int = 0
    breakpoints: dict[str, tuple[int | Breakpoint, ...]] = {}


class SessionKeeper(QObject):
    """Restores a project's session when it is opened and keeps it while one works.

    Nothing is written before `restore` was called, so that a start that fails leaves the old session alone.
    """

    def __init__(self, window: MainWindow, folder: Path) -> None:
        super().__init__(window)
        self._window = window
        self._folder = folder
        self._project: Path | None = None
        self.problem = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self._save_behind)
        self._writing = threading.Lock()
        self._newest = 0
        for signal in (window.editors.current_changed, window.editors.cursor_moved, window.breakpoints.changed):
            signal.connect(self._touch)

    def path_of(self, project: Path) -> Path:
        """Return where the session of a project is kept."""
        digest = hashlib.blake2b(str(project).encode(), digest_size=10).hexdigest()
        return self._folder / f"{project.name}-{digest}.json"

    def restore(self, project: Path, *, open_tabs: bool = True) -> bool:
        """Bring a project's session back; False if there is none that can be used.

        A file that cannot be used is kept beside the new one and `problem` says so.
        """
        self._project = project
        session = self._read(self.path_of(project))
        if session is None or not open_tabs:
            return False
        for name, kept in session.breakpoints.items():
            # A breakpoint without more to it is kept as the line alone.
            breakpoints = (Breakpoint(one) if isinstance(one, int) else one for one in kept)
            self._window.breakpoints.set(Path(name), breakpoints)
        for tab in session.tabs:
            if not Path(tab.path).is_file():
                continue
            try:
                editor = self._window.editors.open(Path(tab.path), tab.line, tab.column, focus=False)
            except UserError:
                # A file that cannot be opened any more is no reason to trouble anybody at the start.
                continue
            editor.verticalScrollBar().setValue(tab.scroll)
        editors = self._window.editors.editors()
        if 0 <= session.current < len(session.tabs):
            path = Path(session.tabs[session.current].path)
            if self._window.editor_for(path) is not None:
                self._window.open_file(path)
        return bool(editors)

    def save(self) -> None:
        """Write the session now."""
        self._timer.stop()
        if self._project is not None:
            try:
                self._writer(self._project)()
            except UserError as error:
                self._failed(error)

    def _save_behind(self) -> None:
        """Write the session without keeping the window waiting for the disk."""
        if self._project is not None:
            write = self._writer(self._project)
            self._window.tasks.start("Keeping the session", lambda _: write(), quiet=True, failed=self._failed)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, UserError):
            raise error
        self._window.status_message(f"The session cannot be kept: {error.what}")

    def _writer(self, project: Path) -> Callable[[], None]:
        """Return what writes the present session, on any thread, unless a newer one was written."""
        self._newest = number = self._newest + 1
        content, path = msgspec.json.encode(self._present(project)), self.path_of(project)

        def write() -> None:
            with self._writing:
                if number == self._newest:
                    write_atomically(path, content)

        return write

    def _present(self, project: Path) -> SessionFile:
        editors = [editor for editor in self._window.editors.editors() if not editor.unsaved_name]
        current = self._window.current_editor()
        return SessionFile(
            project=str(project),
            tabs=tuple(
                Tab(
                    path=str(editor.path),
                    line=editor.textCursor().blockNumber() + 1,
                    column=editor.textCursor().positionInBlock(),
                    scroll=editor.verticalScrollBar().value(),
                )
                for editor in editors
            ),
            current=editors.index(current) if current in editors else 0,
            breakpoints={
                str(path): tuple(one.line if one == Breakpoint(one.line) else one for one in breakpoints)
                for path, breakpoints in self._window.breakpoints.all().items()
            },
        )

    def leave(self) -> None:
        """Write the session and stop keeping it (another project is opened)."""
        self.save()
        self._project = None

    def _touch(self) -> None:
        if self._project is not None and not self._timer.isActive():
            self._timer.start()

    def _read(self, path: Path) -> SessionFile | None:
        try:
            content = path.read_bytes()
        except OSError:
            return None
        try:
            session = msgspec.json.decode(content, type=SessionFile)
            if session.format != SESSION_FORMAT:
                raise msgspec.ValidationError(f"unknown format {session.format}")
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            kept = path.with_suffix(".broken.json")
            write_atomically(kept, content)
            self.problem = f"The last session cannot be used ({error}). It was kept as {kept}."
            return None
        return session
