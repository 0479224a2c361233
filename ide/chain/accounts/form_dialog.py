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
    """One form, or several to choose from; a field that several have keeps its text.

    `submitted` carries the fields' texts when they are right; `finish` or `fail` ends the waiting.
    """

    submitted = Signal(object)

    def __init__(
        self,
        title: str,
        forms: Sequence[AccountForm],
        suggestions: Mapping[Kind, Sequence[str]],
        parent: QWidget | None,
    ) -> None:
        """Show the first of `forms`; `suggestions` are what can be chosen in fields of a kind."""
        super().__init__(parent)
        self._forms = tuple(forms)
        self.setWindowTitle(title)
        self._fields: dict[str, QComboBox | QLineEdit] = {}
        self.choice = QComboBox()
        self.choice.addItems([form.title for form in self._forms])
        self.choice.setAccessibleName("What to do")
        self.problem = ProblemLabel()
        self._about = QLabel()
        self._about.setWordWrap(True)
        self._about.setProperty("muted", True)
        self._rows = QFormLayout()
        self._rows.setSpacing(8)
        self._rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        if len(self._forms) > 1:
            self._add_row("What", self.choice)
        for field in {field.id: field for form in self._forms for field in form.fields}.values():
            widget = _input(field, suggestions)
            widget.setAccessibleName(field.label)
            self._add_row(field.label, widget)
            self._fields[field.id] = widget
        buttons = QDialogButtonBox()
        self.submit_button = buttons.addButton(self.form.verb, QDialogButtonBox.ButtonRole.AcceptRole)
        self.submit_button.setDefault(True)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._submit)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(10)
        layout.addWidget(self._about)
        layout.addLayout(self._rows)
        layout.addWidget(self.problem)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * 56)
        self.choice.currentIndexChanged.connect(self._show_form)
        self._show_form()

    @property
    def form(self) -> AccountForm:
        """The form that is shown."""
        return self._forms[self.choice.currentIndex()]

    def choose(self, form: str) -> None:
        """Show the form of an id."""
        self.choice.setCurrentIndex([one.id for one in self._forms].index(form))

    def _add_row(self, label: str, widget: QWidget) -> None:
        buddy = QLabel(label)
        buddy.setBuddy(widget)
        self._rows.addRow(buddy, widget)

    def _show_form(self) -> None:
        shown = {field.id for field in self.form.fields}
        for name, widget in self._fields.items():
            self._rows.setRowVisible(widget, name in shown)
        self._about.setText(self.form.about)
        self.submit_button.setText(self.form.verb)
        self.problem.say("")

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
            for name, widget in ((field.id, self._fields[field.id]) for field in self.form.fields)
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
        for field in self.form.fields:
            try:
                check(field, values[field.id])
            except ArgumentProblem as problem:
                self.problem.say(str(problem))
                self._fields[field.id].setFocus()
                return
        self.problem.say("")
        self.submit_button.setEnabled(False)
        self.submitted.emit(values)


def _input(field: FormField, suggestions: Mapping[Kind, Sequence[str]]) -> QComboBox | QLineEdit:
    hint = field.hint or ("optional" if field.optional else "")
    if field.kind in suggestions:
        combo = QComboBox()
        combo.setEditable(True)
        combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        combo.addItems(list(suggestions[field.kind]))
        combo.setCurrentText(field.value or combo.itemText(0))
        line = combo.lineEdit()
        if line is not None:
            line.setPlaceholderText(hint)
        return combo
    line = QLineEdit(field.value)
    line.setPlaceholderText(hint)
    return line
