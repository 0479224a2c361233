"""Writing editors' texts to disk: off the GUI thread, which must not wait for the disk, or at once where it must be."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import UserError
from ide.editor.code_editor import CodeEditor
from ide.editor.text_file import TextFile, write_text_file
from ide.tasks import Progress, Task, TaskService


class Saver(QObject):
    """Writes texts; of one file never two at a time, so that the last one stays.

    A text counts as unsaved, and its recovery copy is kept, until the disk has it. `written` carries the editor,
    `failed` the error.
    """

    written = Signal(object)
    failed = Signal(object)

    def __init__(self, tasks: TaskService, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._under_way: dict[CodeEditor, Task] = {}
        self._again: set[CodeEditor] = set()

    def write(self, editor: CodeEditor, file: TextFile) -> bool:
        """Write the text as `file` and wait for it; False if it was not written, which `failed` has told."""
        self.settle()
        try:
            new = write_text_file(file.with_text(editor.text()))
        except UserError as error:
            self.failed.emit(error)
            return False
        self._take(editor, editor.document().revision(), new)
        return True

    def write_soon(self, editor: CodeEditor) -> None:
        """Write the text where it belongs without waiting; while it is being written, once more afterwards."""
        if editor in self._under_way:
            self._again.add(editor)
            return
        file, revision = editor.file.with_text(editor.text()), editor.document().revision()

        def work(_progress: Progress) -> TextFile:
            return write_text_file(file)

        self._under_way[editor] = self._tasks.start(
            f"Saving {editor.path.name}",
            work,
            succeeded=partial(self._landed, editor, revision),
            failed=partial(self._missed, editor),
            quiet=True,
        )

    def is_writing(self, path: Path) -> bool:
        """Whether a file is being written now."""
        return any(editor.path == path for editor in self._under_way)

    def settle(self) -> None:
        """Wait until everything is written."""
        while self._under_way:
            next(iter(self._under_way.values())).wait()

    def _landed(self, editor: CodeEditor, revision: int, file: TextFile) -> None:
        del self._under_way[editor]
        self._take(editor, revision, file)
        if editor in self._again:
            self._again.discard(editor)
            if editor.document().isModified():
                self.write_soon(editor)

    def _missed(self, editor: CodeEditor, error: BaseException) -> None:
        del self._under_way[editor]
        self._again.discard(editor)
        if not isinstance(error, UserError):
            raise error
        self.failed.emit(error)

    def _take(self, editor: CodeEditor, revision: int, file: TextFile) -> None:
        editor.file = file
        editor.unsaved_name = False
        if editor.document().revision() == revision:
            editor.document().setModified(False)
        self.written.emit(editor)
