"""The project panel: the tree, and what can be done with files."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QFile, QModelIndex, QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from engine.errors import InvalidInput, StorageError
from ide import dialogs
from ide.actions.conditions import needs_project
from ide.commands import Command, Menu
from ide.project.model import ProjectModel

if TYPE_CHECKING:
    from ide.window import MainWindow

_BAD_CHARACTERS = frozenset("/\\\0")


class ProjectPanel(QStackedWidget):
    """Shows the files of the open folder; Enter opens, F2 renames, Delete moves to the trash."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self.model = ProjectModel(self)
        self.tree = QTreeView()
        self.tree.setModel(self.model)
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setAccessibleName("Project files")
        self.tree.setIndentation(self.fontMetrics().height())
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._show_menu)
        self.tree.clicked.connect(self._clicked)
        self.tree.activated.connect(self._activated)
        self.tree.installEventFilter(self)
        self.addWidget(_NoProject(window))
        self.addWidget(self.tree)
        self.setFocusProxy(self.tree)
        window.project_opened.connect(self._project_opened)
        window.editors.current_changed.connect(self._reveal_current)
        window.commands.register(*self._commands())

    def selected(self) -> Path | None:
        """Return the selected path, or the project's folder."""
        return self.model.path(self.tree.currentIndex())

    # --- what can be done ------------------------------------------------------------------------

    def new_file(self) -> None:
        """Ask for a name and make a file beside the selected one."""
        folder = self._folder()
        name = dialogs.ask_text(self, "New file", f"Name of the new file in {folder.name}", "contract.js")
        if not name:
            return
        path = folder / name
        try:
            _check_name(name)
            if path.exists():
                raise InvalidInput("a file of this name exists", where=str(path), advice="Take another name.")
            path.touch()
        except OSError as error:
            self._window.report(_storage_error(path, error))
            return
        except InvalidInput as error:
            self._window.report(error)
            return
        self.model.refresh()
        self._window.open_file(path)

    def new_folder(self) -> None:
        """Ask for a name and make a folder beside the selected item."""
        folder = self._folder()
        name = dialogs.ask_text(self, "New folder", f"Name of the new folder in {folder.name}", "lib")
        if not name:
            return
        try:
            _check_name(name)
            (folder / name).mkdir()
        except OSError as error:
            self._window.report(_storage_error(folder / name, error))
        except InvalidInput as error:
            self._window.report(error)
        self.model.refresh()

    def rename(self) -> None:
        """Ask for another name of the selected item; open tabs follow."""
        path = self.selected()
        if path is None or path == self._window.project:
            return
        name = dialogs.ask_text(self, "Rename", f"New name of {path.name}", path.name)
        if not name or name == path.name:
            return
        target = path.with_name(name)
        try:
            _check_name(name)
            if target.exists():
                raise InvalidInput("this name is taken", where=str(target), advice="Take another name.")
            self._window.editors.settle()
            path.rename(target)
        except OSError as error:
            self._window.report(_storage_error(path, error))
            return
        except InvalidInput as error:
            self._window.report(error)
            return
        self._window.editors.moved(path, target)
        self.model.refresh()
        self.tree.setCurrentIndex(self.model.index_of(target))

    def delete(self) -> None:
        """Move the selected item to the trash; ask before deleting for good where there is no trash."""
        path = self.selected()
        if path is None or path == self._window.project:
            return
        if not dialogs.confirm(self, "Delete", f"Move “{path.name}” to the trash?", "Move to trash"):
            return
        self._window.editors.settle()
        if not move_to_trash(path):
            question = f"“{path.name}” cannot be moved to the trash. Delete it for good?"
            if not dialogs.confirm(self, "Delete", question, "Delete for good"):
                return
            try:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            except OSError as error:
                self._window.report(_storage_error(path, error))
        if not path.exists():
            self._window.editors.deleted(path)
        self._window.problems.forget(path)
        self.model.refresh()

    def reveal(self, path: Path) -> None:
        """Select a file in the tree, opening the folders on the way."""
        index = self.model.index_of(path)
        if index.isValid():
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)

    # --- inside ----------------------------------------------------------------------------------

    def _commands(self) -> list[Command]:
        window = self._window
        condition = needs_project(window)

        def needs_selection() -> str:
            if reason := condition():
                return reason
            return "" if self.tree.currentIndex().isValid() else "No file is selected in the project panel"

        return [
            Command(
                "project.new_file",
                "New File in Project…",
                "Project",
                self.new_file,
                ("Ctrl+Alt+N",),
                "new-file",
                disabled_reason=condition,
                menu=Menu.FILE,
                group=15,
            ),
            Command(
                "project.new_folder",
                "New Folder in Project…",
                "Project",
                self.new_folder,
                (),
                "new-folder",
                disabled_reason=condition,
                menu=Menu.FILE,
                group=15,
            ),
            Command(
                "project.rename", "Rename File…", "Project", self.rename, (), "rename", disabled_reason=needs_selection
            ),
            Command(
                "project.delete", "Delete File…", "Project", self.delete, (), "trash", disabled_reason=needs_selection
            ),
            Command(
                "project.copy_path",
                "Copy Path",
                "Project",
                lambda: QGuiApplication.clipboard().setText(str(self.selected())),
                (),
                "copy",
                disabled_reason=needs_selection,
            ),
            Command(
                "project.show_in_files",
                "Show in File Manager",
                "Project",
                lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder()))),
                (),
                "folder-open",
                disabled_reason=condition,
            ),
        ]

    def _folder(self) -> Path:
        path = self.selected()
        if path is None:
            return self._window.project or Path.home()
        return path if path.is_dir() else path.parent

    def _project_opened(self, folder: Path) -> None:
        self.model.set_folder(folder)
        self.setCurrentWidget(self.tree)
        self._reveal_current()

    def _reveal_current(self) -> None:
        editor = self._window.current_editor()
        if editor is not None:
            self.reveal(editor.path)

    def _clicked(self, index: QModelIndex) -> None:
        path = self.model.path(index)
        if self.model.is_folder(index):
            self.tree.setExpanded(index, not self.tree.isExpanded(index))
        elif path is not None:
            self._window.open_file(path, focus=False)
        self._window.commands.refresh()

    def _activated(self, index: QModelIndex) -> None:
        path = self.model.path(index)
        if path is not None and not self.model.is_folder(index):
            self._window.open_file(path)

    def _show_menu(self, position: QPoint) -> None:
        index = self.tree.indexAt(position)
        self.tree.setCurrentIndex(index)
        self._window.commands.refresh_now()
        menu = QMenu(self)
        for name in ("new_file", "new_folder", "", "rename", "delete", "", "copy_path", "show_in_files"):
            if name:
                menu.addAction(self._window.commands.action(f"project.{name}"))
            else:
                menu.addSeparator()
        menu.exec(self.tree.viewport().mapToGlobal(position))
        menu.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at events of the watched widget."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            action = {Qt.Key.Key_F2: self.rename, Qt.Key.Key_Delete: self.delete}.get(Qt.Key(event.key()))
            if action is not None:
                action()
                return True
        return super().eventFilter(watched, event)


class _NoProject(QWidget):
    """Empty state: no folder is open."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        text = QLabel("Open a folder with contracts to see its files here.")
        text.setObjectName("Hint")
        text.setWordWrap(True)
        button = QPushButton("Open Folder…")
        button.clicked.connect(partial(window.commands.run, "file.open_folder"))
        row = QHBoxLayout()
        row.addWidget(button)
        row.addStretch(1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(12)
        rows.addWidget(text)
        rows.addLayout(row)
        rows.addStretch(1)


def _check_name(name: str) -> None:
    if name in {".", ".."} or _BAD_CHARACTERS & set(name):
        raise InvalidInput(f"“{name}” cannot be a file name", advice="Leave out / and \\.")


def move_to_trash(path: Path) -> bool:
    """Move a file or folder to the desktop's trash; False where there is none."""
    return QFile(str(path)).moveToTrash()


def _storage_error(path: Path, error: OSError) -> StorageError:
    return StorageError(
        error.strerror or str(error), where=str(path), advice="Check the permissions of the folder and the free space."
    )
