"""The composer's dock: a transaction as a form and as JSON, its estimate, sending it, and saving it as a scenario."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from engine.errors import RejectedTransaction, UserError
from engine.values import CompiledContract, TransactionRequest, TransactionResult
from ide.bridge import Request, describe_error
from ide.chain.composer.catalogue import Catalogue
from ide.chain.composer.document import DocumentProblem, from_text, to_text
from ide.chain.composer.form import ComposerForm
from ide.chain.composer.scenario_writer import (
    Step,
    UsedContracts,
    append_to_scenario,
    mentioned,
    write_scenario,
)
from ide.chain.explanation import explain_refusal, outcome_words
from ide.panels import style
from ide.panels.contracts.caller import Caller
from ide.panels.contracts.inputs import ProblemLabel
from ide.panels.readable import byte_size, group_digits
from ide.panels.result_view import ResultView
from ide.panels.widgets import ActionButton, EmptyState, Switcher
from ide.panels.workbench import Workbench

FORM, JSON = 0, 1


class ComposerPanel(QWidget):
    """Composes one transaction."""

    estimate_changed = Signal()
    """`estimate` changed."""

    def __init__(self, workbench: Workbench, caller: Caller) -> None:
        super().__init__()
        self._workbench = workbench
        self._caller = caller
        self._estimating: Request[TransactionResult] | None = None
        self._sent: TransactionRequest | None = None
        self._outcome: Step | None = None
        commands = workbench.window.commands
        self.form = ComposerForm(Catalogue(workbench, self), ActionButton(commands.action("composer.add_action")))
        self.json = QPlainTextEdit()
        self.json.setFont(style.code_font(self.font()))
        self.json.setAccessibleName("Transaction as JSON")
        self.json.setFrameShape(QFrame.Shape.NoFrame)
        self.json.setTabChangesFocus(True)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("Form or JSON")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.addTab("Form")
        self.tabs.addTab("JSON")
        self.tabs.setTabToolTip(JSON, "The same transaction as text, in the form that scenario files have")
        self.views = QStackedWidget()
        self.views.addWidget(self.form)
        self.views.addWidget(self.json)
        self.problem = ProblemLabel()
        self.estimate = QLabel()
        self.estimate.setWordWrap(True)
        self.estimate.setTextFormat(Qt.TextFormat.PlainText)
        self.estimate.setAccessibleName("Estimate")
        self.estimate.hide()
        self.result = ResultView(workbench)
        self.result_switcher = Switcher(
            self.result, EmptyState("Estimate or send the transaction to see what comes of it.")
        )
        self._lay_out()
        self.tabs.currentChanged.connect(self._turn)
        self.form.changed.connect(self._edited)
        self.json.textChanged.connect(self._edited)
        workbench.accounts_changed.connect(self._show_accounts)
        workbench.bridge.engine_changed.connect(self._engine_changed)
        caller.answered.connect(self._answered)
        caller.failed.connect(self._failed)
        self._show_accounts()

    def _lay_out(self) -> None:
        commands = self._workbench.window.commands
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for command, text, primary in (
            ("composer.send", "Send", True),
            ("composer.estimate", "Estimate", False),
            ("composer.debug", "Debug", False),
        ):
            buttons.addWidget(ActionButton(commands.action(command), text=text, primary=primary))
        buttons.addStretch(1)
        buttons.addWidget(ActionButton(commands.action("composer.save"), text="Save…"))
        bottom = QVBoxLayout()
        bottom.setContentsMargins(10, 4, 10, 8)
        bottom.setSpacing(6)
        for widget in (self.problem, self.estimate):
            bottom.addWidget(widget)
        bottom.addLayout(buttons)
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.views, 1)
        column.addLayout(bottom)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(top)
        splitter.addWidget(self.result_switcher)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([600, 200])
        splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)

    # --- form and text ---------------------------------------------------------------------------

    def load(self, request: TransactionRequest) -> None:
        """Show a transaction for editing."""
        self._show_view(FORM)
        self.form.load(request)
        self._edited()
        self.result_switcher.show_view(False)

    def request(self) -> TransactionRequest | None:
        """Return the transaction as it stands in the view in front; None after saying what is wrong."""
        self.problem.say("")
        if self.tabs.currentIndex() == JSON:
            try:
                return from_text(self.json.toPlainText())
            except DocumentProblem as problem:
                self.problem.say(str(problem))
                self.json.setFocus()
                return None
        engine = self._workbench.engine
        return self.form.request(engine.now) if engine is not None else None

    def _turn(self, view: int) -> None:
        """Take the transaction over into the other view; stay if it is not right."""
        if view == self.views.currentIndex():
            return
        self._show_view(self.views.currentIndex())
        request = self.request()
        if request is None:
            return
        outcome, estimate = self._outcome, self.estimate.isVisibleTo(self)
        if view == JSON:
            self.json.setPlainText(to_text(request))
        else:
            self.form.load(request)
        self._show_view(view)
        # It is the same transaction: what was said of it is still true.
        self._outcome = outcome
        self.estimate.setVisible(estimate)

    def _show_view(self, view: int) -> None:
        self.views.setCurrentIndex(view)
        self.tabs.blockSignals(True)
        self.tabs.setCurrentIndex(view)
        self.tabs.blockSignals(False)

    def _edited(self) -> None:
        """What was said before is about another transaction."""
        self.problem.say("")
        self.estimate.hide()
        self._outcome = None

    def _show_accounts(self) -> None:
        self.form.set_accounts(self._workbench.accounts)

    def _engine_changed(self) -> None:
        if self._estimating is not None:
            self._estimating.drop()
            self._estimating = None
        self._sent = None
        self._edited()
        self.result_switcher.show_view(False)

    # --- estimating ------------------------------------------------------------------------------

    def estimate_now(self) -> None:
        """Execute the transaction on the present state, keep nothing, and show what it would cost."""
        engine, request = self._workbench.engine, self.request()
        if engine is None or request is None:
            return
        if self._estimating is not None:
            self._estimating.drop()

        def done(result: TransactionResult) -> None:
            self._estimating = None
            self._show_estimate(request, result)

        def refused(error: Exception) -> None:
            self._estimating = None
            self._show_refusal(error)

        self._estimating = self._workbench.bridge.request(engine.query(request), self, done, refused)

    def _show_estimate(self, request: TransactionRequest, result: TransactionResult) -> None:
        self._outcome = Step(request, result)
        self._say_estimate(
            estimate_text(result, self._workbench.contract_name), "success" if result.succeeded else "error"
        )
        self._show_result(result, kept=False)

    def _show_refusal(self, error: Exception) -> None:
        why, advice = explain_refusal(str(error))
        self._say_estimate("\n".join(filter(None, (f"Refused: {describe_error(error)}", why, advice))), "error")

    def _say_estimate(self, text: str, tone: str) -> None:
        self.estimate.setText(text)
        self.estimate.setProperty("tone", tone)
        self.estimate.style().polish(self.estimate)
        self.estimate.show()
        self.estimate_changed.emit()

    def _show_result(self, result: TransactionResult, *, kept: bool) -> None:
        self.result_switcher.show_view(True)
        self.result.show_result(result, kept=kept)

    # --- sending ---------------------------------------------------------------------------------

    def send(self) -> None:
        """Send the transaction; what it writes is kept if it succeeds."""
        self._begin(self._caller.call)

    def debug(self) -> None:
        """Send the transaction and step through what it did."""
        self._begin(self._caller.debug)

    def _begin(self, start: Callable[[TransactionRequest], None]) -> None:
        request = self.request()
        if request is not None and not self._caller.is_running:
            self._sent = request
            self.estimate.hide()
            start(request)

    def _answered(self, result: TransactionResult, kept: bool) -> None:
        sent, self._sent = self._sent, None
        if sent is not None and kept:
            self._outcome = Step(sent, result)
            self._show_result(result, kept=True)

    def _failed(self, error: Exception) -> None:
        sent, self._sent = self._sent, None
        if sent is not None:
            if isinstance(error, RejectedTransaction):
                self._show_refusal(error)
            else:
                self.problem.say(describe_error(error))

    # --- scenarios -------------------------------------------------------------------------------

    def save(self, path: Path, step: Step | None = None, *, append: bool = False) -> None:
        """Write the transaction, or another `step`, as a scenario, or add it to one."""
        chosen = step or self.step()
        engine = self._workbench.engine
        if chosen is None or engine is None:
            return
        contracts = mentioned(chosen.request, self._workbench.contracts)
        codes: dict[str, CompiledContract] = {}

        def take(contract: str, code: CompiledContract) -> None:
            codes[contract] = code
            if len(codes) == len(contracts):
                self._write(path, chosen, UsedContracts(contracts, codes), append=append)

        if not contracts:
            self._write(path, chosen, UsedContracts(), append=append)
        for contract in contracts:
            self._workbench.bridge.request(engine.code(contract.id), self, partial(take, contract.id))

    def _write(self, path: Path, step: Step, used: UsedContracts, *, append: bool) -> None:
        try:
            (append_to_scenario if append else write_scenario)(path, [step], used)
        except UserError as error:
            self._workbench.bridge.request_failed.emit(error)
            return
        self._workbench.window.status_message(f"{'Added to' if append else 'Saved as'} {path.name}")
        self._workbench.window.open_file(path)

    def step(self) -> Step | None:
        """Return the transaction as a step, with what came of it if it was estimated or sent as it stands."""
        outcome = self._outcome
        request = self.request()
        if request is None:
            return None
        return outcome if outcome is not None else Step(request)


def estimate_text(result: TransactionResult, name_of: Callable[[str], str]) -> str:
    """Return in words what a transaction would cost, and whether it would succeed; `name_of` names contracts."""
    receipt = result.receipt
    limit = float(result.request.gas_limit)
    share = f" ({float(receipt.gas_usage) / limit:.1%})" if limit else ""
    lines = [
        "Would succeed." if result.succeeded else outcome_words(result).replace("Failed:", "Would fail:"),
        f"Gas: {group_digits(receipt.gas_usage)} of {group_digits(result.request.gas_limit)}{share}",
    ]
    if receipt.ram_usage:
        used = ", ".join(
            f"{name_of(payer)} {'+' if used > 0 else '−'}{byte_size(abs(used))}"
            for payer, used in receipt.ram_usage.items()
        )
        lines.append(f"RAM: {used}")
    elif result.succeeded:
        lines.append("RAM: none")
    return "\n".join(lines)
