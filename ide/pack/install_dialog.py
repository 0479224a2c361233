"""Asks before packages are installed: which, in which versions, for whom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.compiler.pack import Dependency

__all__ = ["InstallDialog"]

_HEADINGS = ["Package", "Version", "Needed by"]


class InstallDialog(QDialog):
    """Accepted if the packages are to be installed; `asks_no_more` if that is to be the answer from now on."""

    def __init__(self, folder: Path, missing: Sequence[Dependency], parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Install missing packages")
        count = "A package is" if len(missing) == 1 else f"{len(missing)} packages are"
        text = QLabel(
            f"{count} needed to pack this project. npm downloads them, and what they need themselves, "
            f"into {folder / 'node_modules'}; their install scripts do not run."
        )
        text.setWordWrap(True)
        self.table = QTableWidget(len(missing), len(_HEADINGS))
        self.table.setHorizontalHeaderLabels(_HEADINGS)
        self.table.setAccessibleName("Missing packages")
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        for row, one in enumerate(missing):
            needed = f"{Path(one.importer).name}:{one.line}" if one.importer else "package.json"
            for column, content in enumerate((one.name, one.wanted or "newest", needed)):
                self.table.setItem(row, column, QTableWidgetItem(content))
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.no_more = QCheckBox("Install without asking from now on")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.install = buttons.addButton("Install", QDialogButtonBox.ButtonRole.AcceptRole)
        self.install.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 20, 20, 16)
        rows.setSpacing(12)
        rows.addWidget(text)
        rows.addWidget(self.table)
        rows.addWidget(self.no_more)
        rows.addWidget(buttons)
        self.resize(self.fontMetrics().horizontalAdvance("0") * 70, self.sizeHint().height())

    @property
    def asks_no_more(self) -> bool:
        """Whether packages are to be installed without asking from now on."""
        return self.no_more.isChecked()
