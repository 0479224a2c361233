"""Offers text that was not saved when the program ended, with what it would change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ide.session.recovery import RecoveredText
from ide.theme import code_font, theme


class RecoveryChoice(Enum):
    """What to do with the texts."""

    RESTORE = "restore"
    LATER = "later"
    DISCARD = "discard"


class _DifferenceColours(QSyntaxHighlighter):
    def highlightBlock(self, text: str) -> None:
        colours = theme()
        colour = {"+": colours.success, "-": colours.error, "@": colours.info}.get(text[:1])
        if colour is not None:
            shade = QTextCharFormat()
            shade.setForeground(colour)
            self.setFormat(0, len(text), shade)


class RecoveryDialog(QDialog):
    """Lists the texts; the checked ones are restored as unsaved changes, nothing on disk is touched."""

    def __init__(self, texts: Sequence[RecoveredText], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Unsaved text was kept")
        self.choice = RecoveryChoice.LATER
        self._texts = list(texts)
        count = "1 file" if len(self._texts) == 1 else f"{len(self._texts)} files"
        heading = QLabel(f"Strata did not end properly. Unsaved changes of {count} were kept.")
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        explanation = QLabel(
            "Restoring opens the files with these changes, not yet saved. "
            "Files on disk stay as they are until you save."
        )
        explanation.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName("Files with unsaved changes")
        for text in self._texts:
            when = datetime.fromtimestamp(text.time).strftime("%H:%M:%S, %d %B")
            item = QListWidgetItem(f"{text.file.name}\n{when}")
            item.setToolTip(text.path)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.list.addItem(item)
        self.difference = QPlainTextEdit()
        self.difference.setReadOnly(True)
        self.difference.setAccessibleName("What the unsaved text changes")
        self.difference.setFont(code_font(self.font().pointSizeF()))
        self.difference.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._colours = _DifferenceColours(self.difference.document())
        parts = QSplitter()
        parts.addWidget(self.list)
        parts.addWidget(self.difference)
        parts.setStretchFactor(1, 3)
        parts.setHandleWidth(8)
        parts.setObjectName("Quiet")
        self.restore = QPushButton("Restore")
        self.restore.setDefault(True)
        self.later = QPushButton("Ask again next time")
        self.discard = QPushButton("Throw away")
        row = QHBoxLayout()
        row.addWidget(self.discard)
        row.addStretch(1)
        row.addWidget(self.later)
        row.addWidget(self.restore)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 20, 20, 16)
        rows.setSpacing(12)
        rows.addWidget(heading)
        rows.addWidget(explanation)
        rows.addWidget(parts, 1)
        rows.addLayout(row)
        self.resize(self.fontMetrics().horizontalAdvance("0") * 110, self.fontMetrics().height() * 30)
        self.list.currentRowChanged.connect(self._show)
        self.restore.clicked.connect(lambda: self._choose(RecoveryChoice.RESTORE))
        self.later.clicked.connect(lambda: self._choose(RecoveryChoice.LATER))
        self.discard.clicked.connect(lambda: self._choose(RecoveryChoice.DISCARD))
        self.list.setCurrentRow(0)

    def checked(self) -> list[RecoveredText]:
        """Return the texts that are to be restored."""
        rows = range(self.list.count())
        return [self._texts[row] for row in rows if self.list.item(row).checkState() is Qt.CheckState.Checked]

    def _show(self, row: int) -> None:
        if 0 <= row < len(self._texts):
            text = self._texts[row]
            missing = text.on_disk() is None and not text.unsaved_name
            note = f"{text.path} is not on disk any more.\n\n" if missing else ""
            self.difference.setPlainText(note + text.difference())

    def _choose(self, choice: RecoveryChoice) -> None:
        self.choice = choice
        self.accept()
