"""The dialog that changes an entry by hand: what it is, what it will be, who pays, and that this is recorded."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from engine.values import StateEdit
from ide.panels import style
from ide.panels.contracts.inputs import ProblemLabel

_KINDS = ("text", "number", "boolean", "json", "decimal")
_WIDTH = 460
NOTE = (
    "The change becomes a block of its own, marked as edited by hand, outside any transaction. "
    "It can be undone, or left by going back in time."
)


class EditDialog(QDialog):
    """Proposes an edit; `edit_requested` tells that it is wanted, and the dialog waits for `done` or `refuse`."""

    edit_requested = Signal(object)

    def __init__(self, edit: StateEdit, contract: str, old: str, parent: QWidget | None) -> None:
        """Propose `edit` of an entry of the contract called `contract`, whose value is `old` now."""
        super().__init__(parent)
        self._edit = edit
        self.setWindowTitle("Edit Value by Hand")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        name = edit.key if edit.field is None else f"{edit.key} · {edit.field}"
        heading = QLabel(f"{contract} · {name}")
        heading.setFont(style.scaled_font(self.font(), 1.1, bold=True))
        heading.setWordWrap(True)
        self.kind = QComboBox()
        self.kind.addItems([*_KINDS, "deleted"])
        self.kind.setCurrentText(edit.kind if edit.text is not None else "deleted")
        self.kind.currentTextChanged.connect(self._show_kind)
        self.text = QPlainTextEdit(edit.text or "")
        self.text.setFont(style.code_font(self.font()))
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("New value")
        self.payer = QLineEdit(edit.payer)
        self.payer.setPlaceholderText("as before")
        self.problem = ProblemLabel()
        before = QLabel(old)
        before.setWordWrap(True)
        before.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        note = QLabel(NOTE)
        note.setWordWrap(True)
        note.setProperty("muted", True)
        form = QFormLayout()
        form.addRow("Value now", before)
        form.addRow("&Type", self.kind)
        form.addRow("&New value", self.text)
        form.addRow("RAM &paid by", self.payer)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.apply = self.buttons.addButton("Edit", QDialogButtonBox.ButtonRole.AcceptRole)
        self.apply.setProperty("primary", True)
        self.apply.setDefault(True)
        self.buttons.accepted.connect(self._ask)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(heading)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addWidget(note)
        layout.addWidget(self.buttons)
        self._show_kind(self.kind.currentText())
        self.resize(_WIDTH, self.sizeHint().height())
        self.text.setFocus()
        self.text.selectAll()

    def edit(self) -> StateEdit:
        """Return what was entered."""
        kind = self.kind.currentText()
        if kind == "deleted":
            return msgspec.structs.replace(self._edit, text=None, payer="")
        return msgspec.structs.replace(
            self._edit, text=self.text.toPlainText(), kind=kind, payer=self.payer.text().strip()
        )

    def refuse(self, problem: str) -> None:
        """Say why the edit was not made."""
        self.problem.say(problem)
        self.apply.setEnabled(True)

    def _ask(self) -> None:
        self.problem.say("")
        self.apply.setEnabled(False)
        self.edit_requested.emit(self.edit())

    def _show_kind(self, kind: str) -> None:
        self.text.setEnabled(kind != "deleted")
        self.payer.setEnabled(kind != "deleted")
        self.apply.setText("Delete" if kind == "deleted" else "Edit")
