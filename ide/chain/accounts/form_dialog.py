"""A dialog for one of the accounts dock's forms: checks, sends, and stays open with the reason if it failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from engine.values import TransactionResult
from ide.chain.accounts.requests import AccountForm, FormField, Kind, check
from ide.chain.explanation import explain, explain_refusal
from ide.panels.arguments import ArgumentProblem
from ide.panels.contracts.inputs import ProblemLabel


class FormDialog(QDialog):
    """`submitted` carries the fields' texts when they are right; `finish` or `fail` ends the waiting."""

    submitted = Signal(object)

    def __init__(
        self, form: AccountForm, accounts: Sequence[str], tokens: Sequence[str], parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self._form = form
        self.setWindowTitle(form.title)
        self._fields: dict[str, QComboBox | QLineEdit] = {}
        self.problem = ProblemLabel()
        about = QLabel(form.about)
        about.setWordWrap(True)
        about.setProperty("muted", True)
        rows = QFormLayout()
        rows.setSpacing(8)
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for field in form.fields:
            widget = _input(field, accounts, tokens)
            widget.setAccessibleName(field.label)
            label = QLabel(field.label)
            label.setBuddy(widget)
            rows.addRow(label, widget)
            self._fields[field.id] = widget
        buttons = QDialogButtonBox()
        self.submit_button = buttons.addButton(form.verb, QDialogButtonBox.ButtonRole.AcceptRole)
        self.submit_button.setDefault(True)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._submit)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(10)
        layout.addWidget(about)
        layout.addLayout(rows)
        layout.addWidget(self.problem)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * 56)

    def widget(self, field: str) -> QComboBox | QLineEdit:
        """Return a field's input."""
        return self._fields[field]

    def set_text(self, field: str, text: str) -> None:
        """Put a text into a field."""
        widget = self._fields[field]
        if isinstance(widget, QComboBox):
            widget.setCurrentText(text)
        else:
            widget.setText(text)

    def values(self) -> Mapping[str, str]:
        """Return the fields' texts."""
        return {
            name: (widget.currentText() if isinstance(widget, QComboBox) else widget.text()).strip()
            for name, widget in self._fields.items()
        }

    def finish(self, result: TransactionResult) -> None:
        """Close if the transaction succeeded, else say why it did not."""
        if result.succeeded:
            self.accept()
            return
        found = explain(result, str)
        parts = [result.receipt.message, *((found.why, found.advice) if found is not None else ())]
        self._stay("\n".join(part for part in parts if part))

    def fail(self, error: Exception) -> None:
        """Say why the transaction was refused."""
        self._stay("\n".join(part for part in (str(error), *explain_refusal(str(error))) if part))

    def _stay(self, text: str) -> None:
        self.problem.say(text)
        self.submit_button.setEnabled(True)

    def _submit(self) -> None:
        values = self.values()
        for field in self._form.fields:
            try:
                check(field, values[field.id])
            except ArgumentProblem as problem:
                self.problem.say(str(problem))
                self._fields[field.id].setFocus()
                return
        self.problem.say("")
        self.submit_button.setEnabled(False)
        self.submitted.emit(values)


def _input(field: FormField, accounts: Sequence[str], tokens: Sequence[str]) -> QComboBox | QLineEdit:
    if field.kind in (Kind.ACCOUNT, Kind.TOKEN):
        combo = QComboBox()
        combo.setEditable(True)
        combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        combo.addItems(list(accounts if field.kind is Kind.ACCOUNT else tokens))
        if field.value:
            combo.setCurrentText(field.value)
        return combo
    line = QLineEdit(field.value)
    line.setPlaceholderText(field.hint or ("optional" if field.optional else ""))
    return line
