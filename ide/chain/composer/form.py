"""The composer's form: a transaction's actions, who signs, what it may cost and move, and until when it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.values import AccountSummary, TransactionRequest
from ide.chain.composer.action_editor import ActionEditor
from ide.chain.composer.catalogue import Catalogue
from ide.panels.arguments import ArgumentProblem, check_gas_limit
from ide.panels.contracts.call_form import DEFAULT_GAS_LIMIT, UNLIMITED, amount_limits
from ide.panels.contracts.inputs import ProblemLabel
from ide.panels.widgets import ActionButton, SectionTitle
from ide.theme import icon

Checked = TypeVar("Checked")

NO_DELAY = "Leave it at 0: the chain takes no delayed transactions since version 3.9.2 and refuses any other delay."
_SIGNER = re.compile(r"[a-z0-9_]+@\w+")
_RELATIVE = re.compile(r"\+\s*(\d+(?:\.\d+)?)\s*(s|m|h|d)?")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Field(QWidget):
    """A line with a message under it."""

    def __init__(self, name: str, text: str = "", placeholder: str = "", tip: str = "") -> None:
        super().__init__()
        self.line = QLineEdit(text)
        self.line.setPlaceholderText(placeholder)
        self.line.setAccessibleName(name)
        self.line.setToolTip(tip)
        self.problem = ProblemLabel()
        self.setFocusProxy(self.line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.line)
        layout.addWidget(self.problem)

    def text(self) -> str:
        """Return what was typed, without blanks around it."""
        return self.line.text().strip()

    def say(self, problem: str) -> None:
        """Show what is wrong, nothing if `problem` is empty."""
        self.problem.say(problem)
        self.line.setProperty("invalid", bool(problem))
        self.line.style().polish(self.line)


class ComposerForm(QScrollArea):
    """`request` is the transaction as typed; `load` shows one."""

    changed = Signal()

    def __init__(self, catalogue: Catalogue, add_action: ActionButton) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._add_button = add_action
        self._time: int | None = None
        self._actions: list[ActionEditor] = []
        self.publisher = QComboBox()
        self.publisher.setEditable(True)
        self.publisher.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.publisher.setAccessibleName("Publisher")
        self.publisher.setToolTip("Who sends the transaction and pays its gas")
        self.signers = Field(
            "Signers",
            placeholder="bobby@active, carol@transfer",
            tip="Others who agree, as account@permission, separated by commas; Strata must know their keys",
        )
        self.amounts = Field(
            "Amount limits",
            UNLIMITED,
            tip="What may be moved at most: token:amount, separated by commas; * is any token",
        )
        self.gas_limit = Field("Gas limit", DEFAULT_GAS_LIMIT, tip="6 000 to 4 000 000; only what is used is paid")
        self.gas_ratio = Field("Gas ratio", "1", tip="1 to 100: what a unit of gas costs, and the place in the queue")
        self.delay = Field("Delay", "0", tip=NO_DELAY)
        self.expiration = Field(
            "Expires",
            placeholder="90 s after it is sent",
            tip="Empty, +30s, +5m, or a moment such as 2030-01-31 12:00:00 (UTC, the chain's time)",
        )
        self._settings = self._settings_form()
        self.more_button = QToolButton()
        self.more_button.setCheckable(True)
        self.more_button.setAutoRaise(True)
        self.more_button.setText("Gas, delay, expiration")
        self.more_button.setToolTip("Show gas ratio, delay and expiration")
        self.more_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more_button.toggled.connect(self._show_more)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(8)
        layout.addLayout(self._list)
        layout.addWidget(add_action, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(SectionTitle("Signing and limits"))
        layout.addLayout(self._settings)
        layout.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._more)
        layout.addStretch(1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._show_more(False)
        self.publisher.currentTextChanged.connect(self.changed)
        for field in (self.signers, self.amounts, self.gas_limit, self.gas_ratio, self.delay, self.expiration):
            field.line.textChanged.connect(self.changed)
        self.delay.line.textChanged.connect(self._explain_delay)
        catalogue.changed.connect(self._contracts_changed)
        self.add_action()

    def _settings_form(self) -> QFormLayout:
        main, self._more = _form(), QWidget()
        more = _form(self._more)
        for form, text, widget in (
            (main, "Publisher", self.publisher),
            (main, "Signers", self.signers),
            (main, "Amount limits", self.amounts),
            (main, "Gas limit", self.gas_limit),
            (more, "Gas ratio", self.gas_ratio),
            (more, "Delay (s)", self.delay),
            (more, "Expires", self.expiration),
        ):
            label = QLabel(text)
            label.setBuddy(widget)
            form.addRow(label, widget)
        return main

    # --- actions ---------------------------------------------------------------------------------

    @property
    def actions_shown(self) -> Sequence[ActionEditor]:
        """The editors of the actions in order."""
        return tuple(self._actions)

    def add_action(self) -> ActionEditor:
        """Add an action at the end."""
        editor = ActionEditor(self._catalogue)
        editor.changed.connect(self.changed)
        editor.moved.connect(lambda step: self._move(editor, step))
        editor.removed.connect(lambda: self.remove_action(editor))
        editor.rebuilt.connect(self._order_tabs)
        self._actions.append(editor)
        self._list.addWidget(editor)
        self._number()
        self.changed.emit()
        return editor

    def remove_action(self, editor: ActionEditor) -> None:
        """Remove an action; the last one stays."""
        if len(self._actions) > 1:
            self._actions.remove(editor)
            self._list.removeWidget(editor)
            editor.hide()
            editor.deleteLater()
            self._number()
            self.changed.emit()

    def _move(self, editor: ActionEditor, step: int) -> None:
        place = self._actions.index(editor)
        target = place + step
        if 0 <= target < len(self._actions):
            self._actions.insert(target, self._actions.pop(place))
            self._list.insertWidget(target, editor)
            self._number()
            self.changed.emit()

    def _number(self) -> None:
        for place, editor in enumerate(self._actions):
            editor.set_place(place, len(self._actions))
        self._order_tabs()

    def _order_tabs(self) -> None:
        """Let Tab go through the form as it is seen; Qt's own order is that in which widgets were made."""
        stops = [stop for editor in self._actions for stop in editor.tab_stops]
        for before, after in pairwise((*stops, self._add_button, self.publisher)):
            QWidget.setTabOrder(before, after)

    def showEvent(self, event: QShowEvent) -> None:
        """Order what Tab goes through; coming into the window changed that."""
        super().showEvent(event)
        self._order_tabs()

    def _contracts_changed(self) -> None:
        for editor in self._actions:
            editor.fill_contracts()

    def set_accounts(self, accounts: Sequence[AccountSummary]) -> None:
        """Offer accounts as publishers; keeps what is chosen."""
        names = [account.name for account in accounts]
        if names == [self.publisher.itemText(place) for place in range(self.publisher.count())]:
            return
        chosen = self.publisher.currentText()
        self.publisher.blockSignals(True)
        self.publisher.clear()
        self.publisher.addItems(names)
        if chosen:
            self.publisher.setCurrentText(chosen)
        self.publisher.blockSignals(False)

    # --- the transaction -------------------------------------------------------------------------

    def load(self, request: TransactionRequest) -> None:
        """Show a transaction."""
        while len(self._actions) < max(len(request.actions), 1):
            self.add_action()
        while len(self._actions) > max(len(request.actions), 1):
            self.remove_action(self._actions[-1])
        for editor, action in zip(self._actions, request.actions, strict=False):
            editor.load(action)
        self.publisher.setCurrentText(request.publisher)
        self.signers.line.setText(", ".join(request.signers))
        self.amounts.line.setText(", ".join(f"{limit.token}:{limit.val}" for limit in request.amount_limit))
        self.gas_limit.line.setText(request.gas_limit)
        self.gas_ratio.line.setText(request.gas_ratio)
        self.delay.line.setText(_seconds(request.delay))
        self.expiration.line.setText("" if request.expiration is None else _moment_text(request.expiration))
        self._time = request.time
        if request.delay or request.expiration is not None or request.gas_ratio != "1":
            self.more_button.setChecked(True)
        self.changed.emit()

    def request(self, now: int) -> TransactionRequest | None:
        """Return the transaction as typed, at the chain's time `now`; None after saying what is wrong."""
        actions = []
        for editor in self._actions:
            action = editor.action()
            if action is None:
                self.ensureWidgetVisible(editor)
                return None
            actions.append(action)
        try:
            return TransactionRequest(
                publisher=self.publisher.currentText().strip(),
                actions=tuple(actions),
                signers=self._checked(self.signers, _check_signers),
                amount_limit=self._checked(self.amounts, amount_limits),
                gas_limit=self._checked(self.gas_limit, check_gas_limit),
                gas_ratio=self._checked(self.gas_ratio, check_gas_ratio),
                delay=self._checked(self.delay, _check_delay),
                expiration=self._checked(self.expiration, lambda text: _check_expiration(text, now)),
                time=self._time,
            )
        except ArgumentProblem:
            return None

    def _checked(self, field: Field, check: Callable[[str], Checked]) -> Checked:
        """Return a field's value; says under the field what is wrong before it raises `ArgumentProblem`."""
        try:
            value = check(field.text())
        except ArgumentProblem as problem:
            if field in (self.gas_ratio, self.delay, self.expiration):
                self.more_button.setChecked(True)
            field.say(str(problem))
            field.setFocus()
            self.ensureWidgetVisible(field)
            raise
        field.say("")
        return value

    def _explain_delay(self) -> None:
        """Say that a delay is refused; it can be sent all the same, to see that."""
        self.delay.say("" if self.delay.text() in ("", "0") else NO_DELAY)

    def _show_more(self, shown: bool) -> None:
        self._more.setVisible(shown)
        self.more_button.setIcon(icon("chevron-down" if shown else "chevron-right"))


def _form(owner: QWidget | None = None) -> QFormLayout:
    form = QFormLayout(owner) if owner is not None else QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setSpacing(6)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
    return form


def check_gas_ratio(text: str) -> str:
    """Return a gas ratio as the request wants it; raises `ArgumentProblem`."""
    try:
        return check_gas_limit(text)
    except ArgumentProblem:
        raise ArgumentProblem("The gas ratio is a number from 1 to 100.") from None


def _check_signers(text: str) -> tuple[str, ...]:
    signers = tuple(part.strip() for part in text.split(",") if part.strip())
    for signer in signers:
        if not _SIGNER.fullmatch(signer):
            raise ArgumentProblem(f"“{signer}” is not of the form account@permission, for example bobby@active.")
    return signers


def _check_delay(text: str) -> int:
    try:
        return round(float(text or "0") * 1_000_000_000)
    except (ValueError, OverflowError):
        raise ArgumentProblem("The delay is a number of seconds.") from None


def _check_expiration(text: str, now: int) -> int | None:
    if not text:
        return None
    relative = _RELATIVE.fullmatch(text)
    if relative is not None:
        return now + round(float(relative[1]) * _UNITS[relative[2] or "s"] * 1_000_000_000)
    if text.isdigit():
        return int(text)
    whole, _, fraction = text.removesuffix("UTC").strip().partition(".")
    try:
        moment = datetime.fromisoformat(whole).replace(tzinfo=UTC)
        return int(moment.timestamp()) * 1_000_000_000 + int(fraction[:9].ljust(9, "0"))
    except (ValueError, OverflowError):
        raise ArgumentProblem("Write +30s, +5m, or a moment such as 2030-01-31 12:00:00.") from None


def _moment_text(nanoseconds: int) -> str:
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return str(nanoseconds)
    return f"{moment:%Y-%m-%d %H:%M:%S}" + (f".{rest:09d}" if rest else "")


def _seconds(nanoseconds: int) -> str:
    whole, rest = divmod(nanoseconds, 1_000_000_000)
    return f"{whole}.{rest:09d}".rstrip("0") if rest else str(whole)
