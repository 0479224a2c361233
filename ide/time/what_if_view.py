"""What a call would have done earlier, and what that would have changed: the answer to a what-if."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSplitter, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from engine.timeline.values import WhatIf
from engine.values import TransactionRequest, TransactionResult
from ide.bridge import Request
from ide.panels import style
from ide.panels.readable import group_digits, shorten
from ide.panels.widgets import EmptyState, SectionTitle, Switcher
from ide.panels.workbench import Workbench
from ide.theme import icon
from ide.time.difference import DifferenceModel
from ide.time.difference_view import difference_tree

ASK = (
    "Choose a block, then “What If”: the call of the form, or the transaction chosen in the list, is run right after "
    "that block. Nothing is kept."
)


class WhatIfView(QWidget):
    """Runs a what-if and shows outcome, later transactions that come out otherwise, and the state."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self._request: Request[WhatIf] | None = None
        self.answer: WhatIf | None = None
        self.title = QLabel()
        self.title.setWordWrap(True)
        self.title.setFont(style.scaled_font(self.font(), 1.0, bold=True))
        self.outcome = QLabel()
        self.outcome.setWordWrap(True)
        self.outcome.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.others_title = SectionTitle("")
        self.others = QTreeWidget()
        self.others.setHeaderLabels(["Later transaction", "It would …"])
        self.others.setRootIsDecorated(False)
        self.others.setUniformRowHeights(True)
        self.others.setFrameShape(QFrame.Shape.NoFrame)
        self.others.setAccessibleName("Later transactions that would come out otherwise")
        self.others.itemActivated.connect(self._show_other)
        self.model = DifferenceModel(workbench, self)
        self.state_title = SectionTitle("")
        self.state = difference_tree(self.model, "What would be otherwise in the end", workbench)
        lower = QSplitter(Qt.Orientation.Horizontal)
        for title, widget in ((self.others_title, self.others), (self.state_title, self.state)):
            part = QWidget()
            column = QVBoxLayout(part)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            column.addWidget(title)
            column.addWidget(widget, 1)
            lower.addWidget(part)
        lower.setChildrenCollapsible(False)
        shown = QWidget()
        layout = QVBoxLayout(shown)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addWidget(self.outcome)
        layout.addWidget(lower, 1)
        self.switcher = Switcher(shown, EmptyState(ASK))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.switcher)
        workbench.bridge.engine_changed.connect(self.clear)

    def clear(self) -> None:
        """Forget the answer."""
        if self._request is not None:
            self._request.drop()
            self._request = None
        self.answer = None
        self.switcher.empty.set_sentence(ASK)
        self.switcher.show_view(False)

    def ask(self, request: TransactionRequest, number: int, moved: TransactionResult | None) -> None:
        """Run a call right after a block; `moved` is the later transaction that it is, if it is one."""
        engine = self._workbench.engine
        if engine is None:
            return
        self.clear()
        self.switcher.empty.set_sentence("Running it, and what came later …")
        future = engine.timeline.what_if(request, number, moved="" if moved is None else moved.hash)
        self._request = self._workbench.bridge.request(
            future, self, lambda answer: self._take(answer, moved), self._failed
        )

    def _failed(self, error: Exception) -> None:
        self.clear()
        self._workbench.bridge.request_failed.emit(error)

    def _take(self, answer: WhatIf, moved: TransactionResult | None) -> None:
        self.answer = answer
        call = self._workbench.describe_request(answer.request)
        self.title.setText(f"If {call} had come right after block {group_digits(answer.number)}")
        self.outcome.setText(outcome_text(answer, moved))
        self.others.clear()
        for other in answer.others:
            result = other.transaction
            item = QTreeWidgetItem([self._workbench.describe_request(result.request, result.hash), other.difference])
            item.setData(0, Qt.ItemDataRole.UserRole, result)
            item.setIcon(0, icon("transactions", "warning"))
            item.setToolTip(1, other.difference)
            self.others.addTopLevelItem(item)
        self.others.resizeColumnToContents(0)
        count = len(answer.others)
        self.others_title.setText(
            f"{count} of {answer.replayed} later transactions would come out otherwise"
            if answer.replayed
            else "No transaction came later"
        )
        self.model.show(answer.difference.changes)
        self.state.expandToDepth(0)
        more = " and more" if answer.difference.truncated else ""
        self.state_title.setText(f"State after block {group_digits(answer.until)}: {self.model.count}{more} otherwise")
        self.switcher.show_view(True)

    def _show_other(self, item: QTreeWidgetItem) -> None:
        result = item.data(0, Qt.ItemDataRole.UserRole)
        if isinstance(result, TransactionResult):
            self._workbench.follow(False)
            self._workbench.select(result)
            self._workbench.window.show_dock("transactions")


def outcome_text(answer: WhatIf, moved: TransactionResult | None) -> str:
    """Return what the call would come to, beside what it came to if it was a transaction."""
    would = f"It would be refused: {answer.refused}" if answer.refused else f"It would {_outcome(answer.outcome)}"
    return would if moved is None else f"{would}\nIt did {_outcome(moved)}"


def _outcome(result: TransactionResult) -> str:
    receipt = result.receipt
    if not result.succeeded:
        text = result.failure.text if result.failure is not None else receipt.message
        return f"fail: {shorten(text, 300)}"
    returned = ", ".join(text for text in receipt.returns if text not in ("", '[""]', "[]"))
    gas = f" for {group_digits(receipt.gas_usage)} gas"
    return f"succeed and return {shorten(returned, 200)}{gas}" if returned else f"succeed{gas}"
