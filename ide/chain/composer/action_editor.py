"""One action of a transaction: contract, method, and typed arguments or the raw JSON of them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from engine.entrance.scenario_outcome import as_json
from engine.values import Action, DeployedContract
from ide.chain.composer.catalogue import Catalogue, Method
from ide.chain.composer.document import compact
from ide.panels import style
from ide.panels.arguments import ArgumentProblem, to_json_array
from ide.panels.contracts.inputs import ArgumentInput, JsonInput, ProblemLabel, input_for
from ide.panels.widgets import tool_button
from ide.theme import icon

_FIRST_ARGUMENT = 2


class ActionEditor(QFrame):
    """Edits an action; `moved` asks to go up (-1) or down (1), `removed` to go away."""

    changed = Signal()
    moved = Signal(int)
    removed = Signal()
    rebuilt = Signal()
    """The inputs are others now."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._inputs: list[ArgumentInput] = []
        self._contract: DeployedContract | None = None
        self._method: Method | None = None
        self._shows_raw = False
        self.title = QLabel()
        self.title.setProperty("muted", True)
        self.contracts = self._combo("Contract")
        self.methods = self._combo("Method")
        self.problem = ProblemLabel()
        self.raw_button = QToolButton()
        self.raw_button.setCheckable(True)
        self.raw_button.setAutoRaise(True)
        self.raw_button.setText("JSON")
        self.raw_button.setToolTip("Write the arguments as a JSON array")
        self.raw_button.setAccessibleName("Arguments as JSON")
        self.raw_button.toggled.connect(self._show_raw)
        self.up_button = tool_button("arrow-up", "Move this action up", lambda: self.moved.emit(-1))
        self.down_button = tool_button("arrow-down", "Move this action down", lambda: self.moved.emit(1))
        self.remove_button = tool_button("trash", "Remove this action", self.removed.emit)
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.title, 1)
        for button in (self.raw_button, self.up_button, self.down_button, self.remove_button):
            head.addWidget(button)
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setSpacing(6)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for text, combo in (("Contract", self.contracts), ("Method", self.methods)):
            label = QLabel(text)
            label.setBuddy(combo)
            self._form.addRow(label, combo)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 8)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addLayout(self._form)
        layout.addWidget(self.problem)
        self.setObjectName("action")
        self.contracts.currentTextChanged.connect(self._contract_changed)
        self.methods.currentTextChanged.connect(self._method_changed)
        self.fill_contracts()

    @staticmethod
    def _combo(name: str) -> QComboBox:
        combo = QComboBox()
        combo.setEditable(True)
        combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        combo.setAccessibleName(name)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(12)
        return combo

    # --- place -----------------------------------------------------------------------------------

    def set_place(self, position: int, count: int) -> None:
        """Say which of how many actions this is."""
        self.title.setText(f"Action {position + 1}" if count > 1 else "Action")
        self.up_button.setEnabled(position > 0)
        self.down_button.setEnabled(position < count - 1)
        self.remove_button.setEnabled(count > 1)

    @property
    def tab_stops(self) -> Sequence[QWidget]:
        """What Tab goes through, in the order it is seen."""
        buttons = (self.raw_button, self.up_button, self.down_button, self.remove_button)
        return (*buttons, self.contracts, self.methods, *(field.field for field in self._inputs))

    # --- content ---------------------------------------------------------------------------------

    @property
    def inputs(self) -> Sequence[ArgumentInput]:
        """The inputs of the arguments; a single JSON one if they are raw."""
        return tuple(self._inputs)

    @property
    def is_raw(self) -> bool:
        """Whether the arguments are written as a JSON array."""
        return self._shows_raw or self._method is None

    def fill_contracts(self) -> None:
        """Offer the contracts there are; keeps what is chosen and typed."""
        contract, method, texts, raw = self._identity(), self.methods.currentText(), self._texts(), self._shows_raw
        self.contracts.blockSignals(True)
        self.contracts.clear()
        for known in self._catalogue.contracts():
            self.contracts.addItem(icon("contract"), self._catalogue.title(known), known.id)
        self._choose_contract(contract)
        self.contracts.blockSignals(False)
        self._fill_methods(method)
        if self._shows_raw == raw and len(texts) == len(self._inputs):
            self._set_texts(texts)

    def load(self, action: Action) -> None:
        """Show an action; its arguments as JSON if they do not fit the method's types."""
        self.contracts.blockSignals(True)
        self._choose_contract(action.contract)
        self.contracts.blockSignals(False)
        self._shows_raw = False
        self._fill_methods(action.action_name)
        texts = _typed_texts(action.data, self._method)
        if texts is None:
            self._shows_raw = True
            self._build_inputs()
            texts = [action.data]
        self._set_texts(texts)
        self._follow_raw()

    def action(self) -> Action | None:
        """Return the action as it was typed; None after saying what is wrong."""
        self.problem.say("")
        identity, method = self._identity(), self.methods.currentText().strip()
        if not identity or not method:
            self.problem.say("Choose a contract and a method.")
            (self.methods if identity else self.contracts).setFocus()
            return None
        wrong = [field for field in self._inputs if not field.validate()]
        if wrong:
            wrong[0].setFocus()
            return None
        if self.is_raw:
            data = self._inputs[0].text().strip()
            if not data.startswith("["):
                self.problem.say('The arguments are a JSON array, for example ["alice", 5].')
                self._inputs[0].setFocus()
                return None
        else:
            try:
                data = to_json_array([field.argument() for field in self._inputs])
            except ArgumentProblem as problem:
                self.problem.say(str(problem))
                return None
        return Action(identity, method, compact(data))

    def _identity(self) -> str:
        text = self.contracts.currentText().strip()
        position = self.contracts.findText(text)
        if position >= 0:
            return str(self.contracts.itemData(position))
        known = self._catalogue.find(text)
        return known.id if known is not None else text

    def _choose_contract(self, identity: str) -> None:
        position = self.contracts.findData(identity)
        if position >= 0:
            self.contracts.setCurrentIndex(position)
        elif identity:
            self.contracts.setCurrentText(identity)
        elif self.contracts.count():
            self.contracts.setCurrentIndex(0)

    def _contract_changed(self) -> None:
        contract = self._catalogue.find(self._identity())
        if contract is not self._contract or contract is None:
            self._fill_methods("")
        self.changed.emit()

    def _fill_methods(self, wanted: str) -> None:
        self._contract = self._catalogue.find(self._identity())
        self.methods.blockSignals(True)
        self.methods.clear()
        if self._contract is not None:
            for method in self._catalogue.methods(self._contract):
                self.methods.addItem(icon("method"), method.abi.name, method)
        if wanted:
            self.methods.setCurrentText(wanted)
        self.methods.blockSignals(False)
        self._method_changed()

    def _method_changed(self) -> None:
        position = self.methods.findText(self.methods.currentText())
        found = self.methods.itemData(position) if position >= 0 else None
        self._method = found if isinstance(found, Method) else None
        self._build_inputs()
        self._follow_raw()
        self.changed.emit()

    # --- arguments -------------------------------------------------------------------------------

    def _build_inputs(self) -> None:
        for _ in self._inputs:
            self._form.removeRow(_FIRST_ARGUMENT)
        self._inputs = []
        self.problem.say("")
        if self.is_raw or self._method is None:
            self._add_input(JsonInput("json", "Arguments"), "Arguments", "array")
        else:
            for kind, name in zip(self._method.abi.args, self._method.parameters, strict=True):
                self._add_input(input_for(kind, name), name, kind)
        self.rebuilt.emit()

    def _add_input(self, field: ArgumentInput, name: str, kind: str) -> None:
        label = QLabel(f"{name}  <span style='color:{style.colour('text_muted').name()}'>{kind}</span>")
        label.setBuddy(field)
        field.changed.connect(self.changed)
        self._form.insertRow(_FIRST_ARGUMENT + len(self._inputs), label, field)
        self._inputs.append(field)

    def _show_raw(self, raw: bool) -> None:
        if raw == self._shows_raw:
            return
        if raw:
            texts = [self._written()]
        else:
            typed = _typed_texts(self._inputs[0].text(), self._method)
            if typed is None:
                self._follow_raw()
                self.problem.say("These arguments do not fit the method's types.")
                return
            texts = typed
        self._shows_raw = raw
        self._build_inputs()
        self._set_texts(texts)
        self.changed.emit()

    def _written(self) -> str:
        """Return the arguments typed so far as JSON, as far as that is possible."""
        try:
            return to_json_array([field.argument() for field in self._inputs])
        except ArgumentProblem:
            return as_json([field.text() for field in self._inputs])

    def _follow_raw(self) -> None:
        self.raw_button.blockSignals(True)
        self.raw_button.setChecked(self.is_raw)
        self.raw_button.setEnabled(self._method is not None)
        self.raw_button.blockSignals(False)

    def _texts(self) -> list[str]:
        return [field.text() for field in self._inputs]

    def _set_texts(self, texts: list[str]) -> None:
        for field, text in zip(self._inputs, texts, strict=False):
            field.set_text(text)


def _typed_texts(data: str, method: Method | None) -> list[str] | None:
    """Return what the inputs of a method would hold for arguments; None if they are not of its types."""
    if method is None:
        return None
    try:
        values = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, list) or len(values) != len(method.abi.args):
        return None
    texts = []
    for kind, value in zip(method.abi.args, values, strict=True):
        match kind, value:
            case "string", str():
                texts.append(value)
            case "bool", bool():
                texts.append("true" if value else "false")
            case "number", int() if not isinstance(value, bool):
                texts.append(str(value))
            case "json", _:
                texts.append(json.dumps(value, ensure_ascii=False))
            case _:
                return None
    return texts
