"""The form that calls a method of a deployed contract; made from its ABI."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.values import AbiMethod, AccountSummary, Action, AmountLimit, DeployedContract, TransactionRequest
from ide.panels import style
from ide.panels.arguments import ArgumentProblem, check_amount, check_gas_limit, to_json_array
from ide.panels.contracts.inputs import ArgumentInput, ProblemLabel, input_for
from ide.panels.contracts.parameters import parameter_names
from ide.panels.widgets import ActionButton
from ide.theme import icon

DEFAULT_GAS_LIMIT = "1000000"
UNLIMITED = "*:unlimited"
_FIRST_ARGUMENT = 1
"""The form's row of the first argument, under the method."""


class CallForm(QWidget):
    """Method, arguments, signer and limits. `request` makes the transaction or says what is wrong."""

    method_changed = Signal()

    def __init__(self, call: QAction, query: QAction, debug: QAction) -> None:
        super().__init__()
        self._contract: DeployedContract | None = None
        self._source = ""
        self._inputs: list[ArgumentInput] = []
        self._remembered: dict[tuple[str, str], tuple[str, ...]] = {}
        self.methods = QComboBox()
        self.methods.setAccessibleName("Method")
        self.methods.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.methods.setMinimumContentsLength(12)
        self.publisher = QComboBox()
        self.publisher.setAccessibleName("Signer")
        self.gas_limit = QLineEdit(DEFAULT_GAS_LIMIT)
        self.gas_limit.setAccessibleName("Gas limit")
        self.signers = QLineEdit()
        self.signers.setPlaceholderText("bob@active, carol@active")
        self.signers.setAccessibleName("Further signers")
        self.amounts = QLineEdit(UNLIMITED)
        self.amounts.setAccessibleName("Amount limits")
        self.amounts.setToolTip("What the call may move at most: token:amount, separated by commas; * is any token.")
        self.gas_ratio = QLineEdit("1")
        self.gas_ratio.setAccessibleName("Gas ratio")
        self.problem = ProblemLabel()

        self._form = _form()
        self._form.addRow(_label("Method", self.methods), self.methods)
        self._form.addRow(_label("Signer", self.publisher), self.publisher)
        self._form.addRow(_label("Gas limit", self.gas_limit), self.gas_limit)
        self._more = QWidget()
        more = _form(self._more)
        more.addRow(_label("Further signers", self.signers), self.signers)
        more.addRow(_label("Amount limits", self.amounts), self.amounts)
        more.addRow(_label("Gas ratio", self.gas_ratio), self.gas_ratio)
        self.more_button = QToolButton()
        self.more_button.setCheckable(True)
        self.more_button.setAutoRaise(True)
        self.more_button.setText("More")
        self.more_button.setAccessibleName("More settings of the call")
        self.more_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.more_button.toggled.connect(self._show_more)

        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for action, text, primary in ((call, "Call", True), (query, "Query", False), (debug, "Debug", False)):
            buttons.addWidget(ActionButton(action, text=text, primary=primary))
        buttons.addStretch(1)
        buttons.addWidget(self.more_button)
        fields = QWidget()
        rows = QVBoxLayout(fields)
        rows.setContentsMargins(10, 8, 10, 8)
        rows.setSpacing(8)
        rows.addLayout(self._form)
        rows.addWidget(self._more)
        rows.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(fields)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bottom = QVBoxLayout()
        bottom.setContentsMargins(10, 4, 10, 8)
        bottom.setSpacing(6)
        bottom.addWidget(self.problem)
        bottom.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addLayout(bottom)
        self._show_more(False)
        self.methods.currentIndexChanged.connect(self._show_method)

    # --- what it is about ------------------------------------------------------------------------

    @property
    def contract(self) -> DeployedContract | None:
        """The contract that is called."""
        return self._contract

    @property
    def method(self) -> AbiMethod | None:
        """The method that is called."""
        position = self.methods.currentIndex()
        return self._contract.abi.abi[position] if self._contract is not None and position >= 0 else None

    @property
    def inputs(self) -> Sequence[ArgumentInput]:
        """The inputs of the arguments, in order."""
        return tuple(self._inputs)

    def set_accounts(self, accounts: Sequence[AccountSummary]) -> None:
        """Offer accounts as signers; keeps the chosen one."""
        chosen = self.publisher.currentText()
        names = [account.name for account in accounts]
        if names == [self.publisher.itemText(place) for place in range(self.publisher.count())]:
            return
        self.publisher.clear()
        self.publisher.addItems(names)
        self.publisher.setCurrentText(chosen)

    def show_contract(self, contract: DeployedContract | None, source: str) -> None:
        """Offer the methods of `contract`; `source` gives names to parameters. The method stays if it still exists."""
        self._keep_arguments()
        before = self.method.name if self.method is not None else ""
        self._contract, self._source = contract, source
        methods = contract.abi.abi if contract is not None else ()
        self.methods.blockSignals(True)
        self.methods.clear()
        for method in methods:
            names = parameter_names(source, method.name, len(method.args))
            self.methods.addItem(icon("method"), f"{method.name}({', '.join(names)})")
        names_of_methods = [method.name for method in methods]
        self.methods.setCurrentIndex(names_of_methods.index(before) if before in names_of_methods else 0)
        self.methods.blockSignals(False)
        self._build_inputs()

    def choose_method(self, name: str) -> bool:
        """Choose a method by name; False if the contract has none of that name."""
        methods = self._contract.abi.abi if self._contract is not None else ()
        for position, method in enumerate(methods):
            if method.name == name:
                self.methods.setCurrentIndex(position)
                return True
        return False

    def _show_method(self) -> None:
        self._build_inputs()
        self.method_changed.emit()

    def _build_inputs(self) -> None:
        for _ in self._inputs:
            self._form.removeRow(_FIRST_ARGUMENT)
        self._inputs = []
        self.problem.say("")
        method, contract = self.method, self._contract
        if method is None or contract is None:
            return
        remembered = self._remembered.get((contract.name or contract.id, method.name), ())
        for position, (type_name, name) in enumerate(
            zip(method.args, parameter_names(self._source, method.name, len(method.args)), strict=True)
        ):
            field = input_for(type_name, name)
            label = QLabel(f"{name}  <span style='color:{style.colour('text_muted').name()}'>{type_name}</span>")
            label.setBuddy(field)
            if position < len(remembered):
                field.set_text(remembered[position])
            field.changed.connect(self._keep_arguments)
            self._form.insertRow(_FIRST_ARGUMENT + position, label, field)
            self._inputs.append(field)

    # --- memory ----------------------------------------------------------------------------------

    def _keep_arguments(self) -> None:
        if self._contract is not None and self.method is not None and self._inputs:
            key = (self._contract.name or self._contract.id, self.method.name)
            self._remembered[key] = tuple(field.text() for field in self._inputs)

    def remembered(self) -> dict[str, list[str]]:
        """Return the last arguments of every method as `contract/method` → texts, for the session."""
        return {"/".join(key): list(texts) for key, texts in self._remembered.items()}

    def restore(self, remembered: dict[str, list[str]]) -> None:
        """Take the last arguments of an earlier session."""
        for key, texts in remembered.items():
            contract, _, method = key.rpartition("/")
            self._remembered[contract, method] = tuple(texts)
        self._build_inputs()

    # --- the request -----------------------------------------------------------------------------

    def request(self) -> TransactionRequest | None:
        """Return the transaction, or None after saying at the input what is wrong with it."""
        contract, method = self._contract, self.method
        if contract is None or method is None:
            self.problem.say("Deploy a contract first.")
            return None
        wrong = [field for field in self._inputs if not field.validate()]
        if wrong:
            wrong[0].setFocus()
            return None
        try:
            request = TransactionRequest(
                publisher=self.publisher.currentText(),
                actions=(
                    Action(contract.id, method.name, to_json_array([field.argument() for field in self._inputs])),
                ),
                signers=tuple(part.strip() for part in self.signers.text().split(",") if part.strip()),
                gas_limit=check_gas_limit(self.gas_limit.text()),
                gas_ratio=check_gas_limit(self.gas_ratio.text()),
                amount_limit=amount_limits(self.amounts.text()),
            )
        except ArgumentProblem as problem:
            self.problem.say(str(problem))
            return None
        self.problem.say("")
        return request

    def _show_more(self, shown: bool) -> None:
        self._more.setVisible(shown)
        self.more_button.setIcon(icon("chevron-down" if shown else "chevron-right"))


def amount_limits(text: str) -> tuple[AmountLimit, ...]:
    """Return the limits in `token:amount, …`; raises `ArgumentProblem`."""
    limits = []
    for part in text.split(","):
        if not part.strip():
            continue
        token, separator, value = part.partition(":")
        if not separator or not token.strip():
            raise ArgumentProblem("Write amount limits as token:amount, for example iost:100, *:unlimited.")
        limits.append(AmountLimit(token.strip(), check_amount(value)))
    return tuple(limits)


def _form(owner: QWidget | None = None) -> QFormLayout:
    layout = QFormLayout(owner) if owner is not None else QFormLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
    return layout


def _label(text: str, buddy: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(buddy)
    return label
