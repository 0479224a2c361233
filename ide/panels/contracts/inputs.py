"""Inputs of the call form, one kind for each type of the ABI; each says under itself what is wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from ide.panels import style
from ide.panels.arguments import Argument, ArgumentProblem, to_json

_JSON_LINES = 3


class ProblemLabel(QLabel):
    """Says what is wrong with the input above it; invisible while nothing is."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setFont(style.scaled_font(self.font(), 0.9))
        self.setProperty("tone", "error")
        self.hide()

    def say(self, problem: str) -> None:
        """Show `problem`, or hide if it is empty."""
        self.setText(problem)
        self.setVisible(bool(problem))


class ArgumentInput(QWidget):
    """Base of the inputs: `changed` tells of an edit, `argument` is what was typed."""

    changed = Signal()

    def __init__(self, type_name: str, label: str, field: QWidget) -> None:
        super().__init__()
        self._type = type_name
        self.field = field
        self.problem_label = ProblemLabel()
        self.setFocusProxy(field)
        field.setAccessibleName(f"{label} ({type_name})")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(field)
        layout.addWidget(self.problem_label)

    def text(self) -> str:
        """Return what was typed."""
        raise NotImplementedError

    def set_text(self, text: str) -> None:
        """Put a remembered text into the input."""
        raise NotImplementedError

    def argument(self) -> Argument:
        """Return the argument as typed."""
        return Argument(self._type, self.text())

    def validate(self) -> bool:
        """Say under the input what is wrong with it; True if nothing is."""
        try:
            to_json(self.argument())
        except ArgumentProblem as problem:
            self._show_problem(str(problem))
            return False
        self._show_problem("")
        return True

    def _show_problem(self, problem: str) -> None:
        self.problem_label.say(problem)
        self.field.setAccessibleDescription(problem)
        self.field.setProperty("invalid", bool(problem))
        self.field.style().polish(self.field)

    def _edited(self) -> None:
        # A message disappears as soon as it is no longer true; a new one waits until the field is left or sent.
        if self.problem_label.text():
            self.validate()
        self.changed.emit()


class LineInput(ArgumentInput):
    """A `string` or a `number`."""

    def __init__(self, type_name: str, label: str) -> None:
        self._line = QLineEdit()
        super().__init__(type_name, label, self._line)
        if type_name == "number":
            self._line.setPlaceholderText("whole number")
        self._line.textChanged.connect(self._edited)
        self._line.editingFinished.connect(self._leave)

    def text(self) -> str:
        """Return what was typed."""
        return self._line.text()

    def set_text(self, text: str) -> None:
        """Put a remembered text into the input."""
        self._line.setText(text)

    def _leave(self) -> None:
        if self._line.text():
            self.validate()


class CheckInput(ArgumentInput):
    """A `bool`."""

    def __init__(self, type_name: str, label: str) -> None:
        self._box = QCheckBox("true")
        super().__init__(type_name, label, self._box)
        self._box.toggled.connect(self._toggle)
        self._toggle(False)

    def text(self) -> str:
        """Return `true` or `false`."""
        return "true" if self._box.isChecked() else "false"

    def set_text(self, text: str) -> None:
        """Check the box if `text` is `true`."""
        self._box.setChecked(text == "true")

    def _toggle(self, checked: bool) -> None:
        self._box.setText("true" if checked else "false")
        self._edited()


class JsonInput(ArgumentInput):
    """A `json` value, over several lines."""

    def __init__(self, type_name: str, label: str) -> None:
        self._editor = _JsonEditor()
        super().__init__(type_name, label, self._editor)
        self._editor.textChanged.connect(self._edited)
        self._editor.left.connect(self._leave)

    def text(self) -> str:
        """Return what was typed."""
        return self._editor.toPlainText()

    def set_text(self, text: str) -> None:
        """Put a remembered text into the input."""
        self._editor.setPlainText(text)

    def _leave(self) -> None:
        if self.text():
            self.validate()


class _JsonEditor(QPlainTextEdit):
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFont(style.code_font(self.font()))
        self.setTabChangesFocus(True)
        self.setPlaceholderText('JSON, for example {"rate": 2}')
        self.setFixedHeight(self.fontMetrics().lineSpacing() * _JSON_LINES + 14)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the input was left."""
        super().focusOutEvent(event)
        self.left.emit()


def input_for(type_name: str, label: str) -> ArgumentInput:
    """Return the input for an ABI type."""
    match type_name:
        case "bool":
            return CheckInput(type_name, label)
        case "json":
            return JsonInput(type_name, label)
        case _:
            return LineInput(type_name, label)
