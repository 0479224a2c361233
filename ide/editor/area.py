"""The editor area: open files in tabs, opened, saved and closed without ever losing text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from engine.errors import InvalidInput, UserError
from engine.values import Diagnostic
from ide import dialogs
from ide.editor.code_editor import CodeEditor
from ide.editor.editing import trim_trailing_blanks
from ide.editor.line_marks import BreakpointStore
from ide.editor.page import EditorPage
from ide.editor.saving import Saver
from ide.editor.text_file import TextFile, read_text_file
from ide.editor.unusual import explain_unusual
from ide.editor.watcher import FileWatcher
from ide.project.model import file_icon
from ide.tasks import TaskService
from ide.theme import code_font, icon

REOPENABLE = 20
"""How many closed tabs are remembered."""


class EditorArea(QWidget):
    """The open files.

    Signals: `current_changed` when another editor (or none) is in front; `modified_changed` when any
    file became modified or unmodified; `saved`, `opened`, `closed` with the path; `edited` with the path after
    any change of text; `cursor_moved`; `failed` with the error when something asked for did not work.
    """

    current_changed = Signal()
    modified_changed = Signal()
    saved = Signal(object)
    opened = Signal(object)
    closed = Signal(object)
    edited = Signal(object)
    cursor_moved = Signal()
    failed = Signal(object)
    zoom_requested = Signal(int)
    gutter_menu_requested = Signal(object)
    definition_requested = Signal()

    def __init__(self, breakpoints: BreakpointStore, tasks: TaskService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("EditorArea")
        self._breakpoints = breakpoints
        self._font = code_font(11)
        self._diagnostics: dict[Path, tuple[Diagnostic, ...]] = {}
        self._closed: list[tuple[Path, int, int]] = []
        self._untitled = 0
        self.trims_on_save = False
        self._saver = Saver(tasks, self)
        self._saver.written.connect(self._written)
        self._saver.failed.connect(self.failed)
        self._watcher = FileWatcher(self)
        self._watcher.changed.connect(self._changed_outside)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.setMovable(True)
        self._tabs.setTabsClosable(True)
        self._tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self._tabs.setAccessibleName("Open files")
        self._tabs.tabCloseRequested.connect(self._close_requested)
        self._tabs.currentChanged.connect(self._tab_changed)
        self._tabs.tabBar().installEventFilter(self)
        self._tabs.tabBar().setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._tabs.tabBar().customContextMenuRequested.connect(self._show_tab_menu)
        self._stack = QStackedWidget()
        self._stack.addWidget(QWidget())
        self._stack.addWidget(self._tabs)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self._stack)
        breakpoints.changed.connect(self._breakpoints_changed)

    # --- looking ---------------------------------------------------------------------------------

    def pages(self) -> list[EditorPage]:
        """Return the open pages in the order of their tabs."""
        pages = (self._tabs.widget(index) for index in range(self._tabs.count()))
        return [page for page in pages if isinstance(page, EditorPage)]

    def editors(self) -> list[CodeEditor]:
        """Return the open editors in the order of their tabs."""
        return [page.editor for page in self.pages()]

    def current_page(self) -> EditorPage | None:
        """Return the page in front."""
        page = self._tabs.currentWidget()
        return page if isinstance(page, EditorPage) else None

    def current(self) -> CodeEditor | None:
        """Return the editor in front."""
        page = self.current_page()
        return page.editor if page is not None else None

    def editor_for(self, path: Path) -> CodeEditor | None:
        """Return the editor of an open file."""
        page = self._page_for(path)
        return page.editor if page is not None else None

    def modified(self) -> list[CodeEditor]:
        """Return the editors with unsaved changes."""
        return [editor for editor in self.editors() if editor.document().isModified()]

    def set_empty_widget(self, widget: QWidget) -> None:
        """Show `widget` while no file is open."""
        if (old := self._stack.widget(0)) is not None:
            self._stack.removeWidget(old)
            old.deleteLater()
        self._stack.insertWidget(0, widget)
        self._stack.setCurrentIndex(1 if self._tabs.count() else 0)

    def cycle(self, step: int) -> None:
        """Go to the next (+1) or previous (-1) tab."""
        if self._tabs.count():
            self._tabs.setCurrentIndex((self._tabs.currentIndex() + step) % self._tabs.count())
            if editor := self.current():
                editor.setFocus()

    # --- opening ---------------------------------------------------------------------------------

    def open(self, path: Path, line: int = 0, column: int = 0, *, focus: bool = True) -> CodeEditor:
        """Show a file, at a line from 1 and a UTF-16 column if `line` is not 0.

        Raises:
            InvalidInput: the file cannot be opened.
        """
        path = path.absolute()
        page = self._page_for(path)
        if page is None:
            page = self._add(read_text_file(path))
            self._watcher.watch(path)
            explain_unusual(page, self.current_changed.emit)
            self.opened.emit(path)
        self._tabs.setCurrentWidget(page)
        if line:
            page.editor.go_to(line, column)
        if focus:
            page.editor.setFocus()
        return page.editor

    def new_file(self, folder: Path, text: str = "") -> CodeEditor:
        """Open an empty file that has no place on disk yet."""
        while True:
            self._untitled += 1
            path = folder / f"untitled-{self._untitled}.js"
            if not path.exists() and self._page_for(path) is None:
                break
        page = self._add(TextFile(path=path, text=text))
        page.editor.unsaved_name = True
        self._tabs.setCurrentWidget(page)
        page.editor.setFocus()
        self.opened.emit(path)
        return page.editor

    def restore_unsaved(self, path: Path, text: str) -> CodeEditor:
        """Show text that never was in a file, or whose file is gone, as unsaved."""
        page = self._page_for(path) or self._add(TextFile(path=path, text=""))
        page.editor.unsaved_name = not path.is_file()
        page.editor.replace_text(text)
        page.editor.document().setModified(True)
        self._tabs.setCurrentWidget(page)
        self.opened.emit(path)
        return page.editor

    def check_files(self) -> None:
        """Look whether other programs changed open files (when the window becomes active)."""
        self._watcher.check()

    def reopen_closed(self) -> None:
        """Open the tab again that was closed last."""
        while self._closed:
            path, line, column = self._closed.pop()
            if path.is_file() and self._page_for(path) is None:
                self.open(path, line, column)
                return

    def can_reopen(self) -> bool:
        """Whether there is a closed tab to open again."""
        return bool(self._closed)

    # --- saving ----------------------------------------------------------------------------------

    def save(self, editor: CodeEditor) -> bool:
        """Write a file; False if it was not written, which was said to the user. The text is kept."""
        if self.trims_on_save and not editor.isReadOnly():
            trim_trailing_blanks(editor)
        if editor.unsaved_name:
            return self.save_as(editor)
        return self._saver.write(editor, editor.file)

    def save_soon(self, editor: CodeEditor) -> None:
        """Write a file without waiting for the disk; what does not work is said."""
        if editor.unsaved_name:
            self.save(editor)
            return
        if self.trims_on_save and not editor.isReadOnly():
            trim_trailing_blanks(editor)
        self._saver.write_soon(editor)

    def save_as(self, editor: CodeEditor) -> bool:
        """Ask for a name and write the file there."""
        path = dialogs.ask_save_file(self, editor.path)
        if path is None:
            return False
        other = self._page_for(path)
        if other is not None and other.editor is not editor:
            self.failed.emit(_already_open(path))
            return False
        old = editor.path
        if not self._saver.write(editor, replace(editor.file, path=path)):
            return False
        self._watcher.forget(old)
        self._watcher.watch(path)
        self._retitle()
        self.current_changed.emit()
        return True

    def save_all(self) -> None:
        """Write every modified file without waiting for the disk."""
        for editor in self.modified():
            self.save_soon(editor)

    def settle(self) -> None:
        """Wait until what is being saved is on disk: before files are moved or deleted."""
        self._saver.settle()

    # --- closing ---------------------------------------------------------------------------------

    def close_page(self, editor: CodeEditor) -> bool:
        """Close a tab, asking first if its text is not saved; False if the user changed their mind."""
        return self._confirm_close([editor]) and self._remove([editor])

    def close_all(self, keep: CodeEditor | None = None) -> bool:
        """Close every tab but `keep`, asking once about unsaved texts."""
        editors = [editor for editor in self.editors() if editor is not keep]
        return self._confirm_close(editors) and self._remove(editors)

    def confirm_close_all(self) -> bool:
        """Ask about unsaved texts before the window closes; False if the user changed their mind."""
        return self._confirm_close(self.editors())

    def discard_all(self) -> None:
        """Close every tab without asking."""
        self._remove(self.editors())

    def _confirm_close(self, editors: Iterable[CodeEditor]) -> bool:
        self._saver.settle()
        modified = [editor for editor in editors if editor.document().isModified()]
        if not modified:
            return True
        choice = dialogs.ask_save(self, [editor.path.name for editor in modified])
        if choice is dialogs.SaveChoice.SAVE:
            return all([self.save(editor) for editor in modified])  # noqa: C419 (no save may be skipped)
        return choice is dialogs.SaveChoice.DISCARD

    def _remove(self, editors: list[CodeEditor]) -> bool:
        self._saver.settle()
        for editor in editors:
            page = self._page_of(editor)
            cursor = editor.textCursor()
            if not editor.unsaved_name:
                self._closed.append((editor.path, cursor.blockNumber() + 1, cursor.positionInBlock()))
                del self._closed[:-REOPENABLE]
            self._watcher.forget(editor.path)
            self._tabs.removeTab(self._tabs.indexOf(page))
            self.closed.emit(editor.path)
            page.deleteLater()
        self._show_stack()
        self._retitle()
        self.modified_changed.emit()
        return True

    def deleted(self, path: Path) -> None:
        """Close the tabs of a file or folder that was deleted, but for texts that are not saved."""
        gone = [editor for editor in self.editors() if editor.path == path or editor.path.is_relative_to(path)]
        self._remove([editor for editor in gone if not editor.document().isModified()])

    def moved(self, old: Path, new: Path) -> None:
        """Let open tabs follow a file or folder that was renamed; breakpoints go with them."""
        for path, breakpoints in self._breakpoints.all().items():
            if path == old or path.is_relative_to(old):
                self._breakpoints.set(path, ())
                self._breakpoints.set(new / path.relative_to(old) if path != old else new, breakpoints)
        for editor in self.editors():
            if editor.path == old or editor.path.is_relative_to(old):
                target = new / editor.path.relative_to(old) if editor.path != old else new
                self._watcher.forget(editor.path)
                editor.file = replace(editor.file, path=target)
                self._watcher.watch(target)
        self._retitle()
        self.current_changed.emit()

    # --- settings and marks ----------------------------------------------------------------------

    def set_code_font(self, font: QFont) -> None:
        """Use another font in all editors."""
        self._font = font
        for editor in self.editors():
            editor.set_code_font(font)

    def set_diagnostics(self, path: Path, diagnostics: Iterable[Diagnostic]) -> None:
        """Underline findings in a file, now or when it is opened."""
        self._diagnostics[path] = tuple(diagnostics)
        if editor := self.editor_for(path):
            editor.set_diagnostics(self._diagnostics[path])

    def clear_execution_line(self) -> None:
        """Take the debugger's mark away everywhere."""
        for editor in self.editors():
            editor.set_execution_line(None)

    # --- inside ----------------------------------------------------------------------------------

    def _page_for(self, path: Path) -> EditorPage | None:
        path = path.absolute()
        return next((page for page in self.pages() if page.editor.path == path), None)

    def _page_of(self, editor: CodeEditor) -> EditorPage:
        return next(page for page in self.pages() if page.editor is editor)

    def _add(self, file: TextFile) -> EditorPage:
        page = EditorPage(file, self._font)
        editor = page.editor
        editor.set_breakpoints(self._breakpoints.of(file.path))
        editor.set_diagnostics(self._diagnostics.get(file.path, ()))
        editor.breakpoints_changed.connect(partial(self._store_breakpoints, editor))
        editor.document().modificationChanged.connect(self._modification_changed)
        editor.document().contentsChanged.connect(partial(self._text_edited, editor))
        editor.cursorPositionChanged.connect(self.cursor_moved)
        editor.zoom_requested.connect(self.zoom_requested)
        editor.gutter_menu_requested.connect(self.gutter_menu_requested)
        editor.definition_requested.connect(self.definition_requested)
        self._tabs.addTab(page, file.path.name)
        self._retitle()
        self._show_stack()
        return page

    def _written(self, editor: CodeEditor) -> None:
        self._page_of(editor).hide_banner("outside")
        self._watcher.watch(editor.path)
        self.saved.emit(editor.path)

    def _changed_outside(self, path: Path) -> None:
        page = self._page_for(path)
        if page is None or self._saver.is_writing(path):
            return
        editor = page.editor
        if not path.exists():
            editor.document().setModified(True)
            page.show_banner(
                "outside",
                f"{path.name} was deleted or moved by another program. Its text is still here.",
                {"Save it again": partial(self.save, editor)},
            )
            return
        try:
            file = read_text_file(path, editor.file.encoding)
        except UserError as error:
            self.failed.emit(error)
            return
        if file.digest == editor.file.digest:
            return
        if not editor.document().isModified():
            self._take(editor, file)
            page.hide_banner("outside")
        elif file.text == editor.text():
            self._take(editor, file)
        else:
            page.show_banner(
                "outside",
                f"{path.name} was changed by another program, and there are unsaved changes here.",
                {
                    "Load the other version": partial(self._reload, editor),
                    "Keep mine": partial(self._keep, editor, file),
                },
            )

    def _reload(self, editor: CodeEditor) -> None:
        try:
            self._take(editor, read_text_file(editor.path, editor.file.encoding))
        except UserError as error:
            self.failed.emit(error)

    def _take(self, editor: CodeEditor, file: TextFile) -> None:
        editor.file = file
        editor.replace_text(file.text)
        editor.document().setModified(False)

    def _keep(self, editor: CodeEditor, file: TextFile) -> None:
        editor.file = replace(editor.file, digest=file.digest)

    def _store_breakpoints(self, editor: CodeEditor) -> None:
        self._breakpoints.set(editor.path, editor.breakpoints())

    def _breakpoints_changed(self, path: Path) -> None:
        editor = self.editor_for(path)
        if editor is not None and editor.breakpoints() != self._breakpoints.of(path):
            editor.set_breakpoints(self._breakpoints.of(path))

    def _text_edited(self, editor: CodeEditor) -> None:
        self.edited.emit(editor.path)

    def _modification_changed(self) -> None:
        self._retitle()
        self.modified_changed.emit()

    def _retitle(self) -> None:
        editors = self.editors()
        names = [editor.path.name for editor in editors]
        for index, editor in enumerate(editors):
            name = editor.path.name
            title = f"{name} — {editor.path.parent.name}" if names.count(name) > 1 else name
            modified = editor.document().isModified()
            self._tabs.setTabText(index, title.replace("&", "&&"))
            self._tabs.setTabIcon(index, icon("modified", "info") if modified else icon(file_icon(editor.path)))
            self._tabs.setTabToolTip(index, f"{editor.path}{' — unsaved changes' if modified else ''}")

    def _show_stack(self) -> None:
        self._stack.setCurrentIndex(1 if self._tabs.count() else 0)

    def _tab_changed(self) -> None:
        self.current_changed.emit()
        self.cursor_moved.emit()

    def _close_requested(self, index: int) -> None:
        page = self._tabs.widget(index)
        if isinstance(page, EditorPage):
            self.close_page(page.editor)

    def _show_tab_menu(self, position: QPoint) -> None:
        bar = self._tabs.tabBar()
        index = bar.tabAt(position)
        page = self._tabs.widget(index)
        if not isinstance(page, EditorPage):
            return
        menu = QMenu(self)
        menu.addAction("Close", partial(self.close_page, page.editor))
        menu.addAction("Close others", partial(self.close_all, page.editor))
        menu.addAction("Close all", self.close_all)
        menu.exec(bar.mapToGlobal(position))
        menu.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at events of the watched widget."""
        if (
            event.type() is QEvent.Type.MouseButtonRelease
            and isinstance(event, QMouseEvent)
            and event.button() is Qt.MouseButton.MiddleButton
        ):
            index = self._tabs.tabBar().tabAt(event.position().toPoint())
            if index >= 0:
                self._close_requested(index)
                return True
        return super().eventFilter(watched, event)


def _already_open(path: Path) -> UserError:
    return InvalidInput("this file is open in another tab", where=str(path), advice="Close that tab first.")
