"""The Interface panel: the open contract's interface beside its source, editable, kept as an `.abi` file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.compiler.abi import write_abi
from engine.errors import StorageError, UserError
from engine.facade import CheckResult
from engine.values import Abi
from ide.authoring.interface_model import Column, InterfaceModel
from ide.files import write_atomically
from ide.panels.widgets import EmptyState, FlatTable, Switcher

if TYPE_CHECKING:
    from ide.checking import LiveChecker
    from ide.window import MainWindow


class InterfacePanel(QWidget):
    """Follows the editor in front. What is edited here is kept only by `save`."""

    def __init__(self, window: MainWindow, checker: LiveChecker) -> None:
        super().__init__()
        self._window, self._checker = window, checker
        self._path: Path | None = None
        self._derived: dict[Path, Abi | None] = {}
        self._changed = False
        self.model = InterfaceModel(self)
        self.table = FlatTable("Interface")
        self.table.setModel(self.model)
        self.table.setSelectionMode(FlatTable.SelectionMode.SingleSelection)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        header = self.table.horizontalHeader()
        header.setStretchLastSection(True)
        width = self.fontMetrics().horizontalAdvance("n")
        for column, characters in ((Column.METHOD, 24), (Column.ARGUMENTS, 44), (Column.LIMITS, 26)):
            header.resizeSection(column, width * characters)
        self.origin = QLabel()
        self.origin.setProperty("muted", True)
        self.origin.setWordWrap(True)
        self.derive = QPushButton("Take from Source")
        self.derive.setToolTip("Put back what the source and its doc comments say")
        self.save = QPushButton("Save Interface")
        self.derive.clicked.connect(self._take_derived)
        self.save.clicked.connect(self.save_interface)
        top = QHBoxLayout()
        top.setContentsMargins(8, 4, 8, 4)
        top.setSpacing(8)
        top.addWidget(self.origin, 1)
        top.addWidget(self.derive)
        top.addWidget(self.save)
        filled = QWidget()
        column_layout = QVBoxLayout(filled)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(0)
        column_layout.addLayout(top)
        column_layout.addWidget(self.table, 1)
        self.switcher = Switcher(filled, EmptyState("Open a contract to see and edit what can be called in it."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.switcher)
        self.setFocusProxy(self.table)
        self.model.edited.connect(self._edited)
        checker.checked.connect(self._checked)
        window.editors.current_changed.connect(self._follow)
        window.editors.closed.connect(lambda path: self._derived.pop(path, None))
        self._follow()

    def save_interface(self) -> None:
        """Write the interface to the contract's `.abi` file, in the reference's format."""
        if self._path is None:
            return
        file = self._checker.interface_path(self._path)
        text = write_abi(self.model.abi()) + "\n"
        editor = self._window.editor_for(file)
        if editor is not None:
            editor.replace_text(text)
            if not self._window.editors.save(editor):
                return
        else:
            try:
                write_atomically(file, text.encode())
            except StorageError as error:
                self._window.report(error)
                return
        self._changed = False
        self._window.status_message(f"{file.name} was written.")
        self._checker.check(self._path)
        self._show()

    def _follow(self) -> None:
        editor = self._window.current_editor()
        path = editor.path if editor is not None and self._checker.is_contract(editor.path) else None
        if path is None and editor is not None and editor.path.suffix == ".abi":
            return  # whoever looks at the file looks at the same contract
        if path != self._path:
            self._path, self._changed = path, False
        self._show()

    def _checked(self, path: Path, result: CheckResult) -> None:
        if result.abi is not None or path not in self._derived:
            self._derived[path] = result.abi
        if path == self._path:
            self._show()

    def _edited(self) -> None:
        self._changed = True
        self._show()

    def _take_derived(self) -> None:
        derived = self._derived.get(self._path) if self._path is not None else None
        if derived is not None:
            self.model.show(derived, derived)
            self._edited()

    def _show(self) -> None:
        """Show the kept interface, else the derived one; what was edited here stays."""
        derived = self._derived.get(self._path) if self._path is not None else None
        kept: Abi | None = None
        problem = ""
        if self._path is not None:
            try:
                kept = self._checker.interface(self._path)
            except UserError as error:
                problem = f" {error.what}"
        shown = self.model.abi() if self._changed else kept or derived
        self.switcher.show_view(shown is not None)
        if shown is None or self._path is None:
            return
        self.model.show(shown, derived)
        file = self._checker.interface_path(self._path).name
        origin = f"From {file}." if kept is not None else "As the source and its doc comments say; no file is needed."
        self.origin.setText(("Not saved yet." if self._changed else origin) + problem)
        self.derive.setEnabled(derived is not None and shown != derived)
        self.save.setText(f"Save {file}")
        self.save.setEnabled(self._changed or kept is None)
