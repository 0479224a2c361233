"""The changes between two blocks: by whom they are told apart is the caller's; filter, tree, going to a key."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QHeaderView, QLabel, QToolButton, QTreeView, QVBoxLayout, QWidget

from engine.timeline.values import StateDifference
from ide.bridge import Request
from ide.panels import style
from ide.panels.readable import group_digits
from ide.panels.widgets import EmptyState, FilterBox, Switcher, tool_button
from ide.panels.workbench import Workbench
from ide.time.difference import KEY_ROLE, Column, DifferenceModel

_EXPANDED = 200
"""All contracts are opened if there are no more changes than this."""


def difference_tree(model: DifferenceModel, name: str, workbench: Workbench) -> QTreeView:
    """Return a tree over changes, that goes to a key in the inspector when a row is activated."""
    tree = QTreeView()
    tree.setModel(model)
    tree.setUniformRowHeights(True)
    tree.setAllColumnsShowFocus(True)
    tree.setFrameShape(QFrame.Shape.NoFrame)
    tree.setAccessibleName(name)
    tree.header().setStretchLastSection(False)
    for column in Column:
        tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def go(index: QModelIndex) -> None:
        key = index.data(KEY_ROLE)
        if key:
            workbench.key_requested.emit(key)

    tree.activated.connect(go)
    return tree


class DifferenceView(QWidget):
    """What changed from one block to another; `single_requested` wants only the changes of one block."""

    single_requested = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self._request: Request[StateDifference] | None = None
        self._points: tuple[int, int] | None = None
        self.title = QLabel()
        self.title.setFont(style.scaled_font(self.font(), 1.0, bold=True))
        self.count = QLabel()
        self.count.setProperty("muted", True)
        self.filter = FilterBox("Filter by key or value", "Filter of the changes")
        self.filter.filter_changed.connect(lambda _: self._ask())
        self.single: QToolButton = tool_button(
            "close", "Compare with the block before again", self.single_requested.emit
        )
        self.model = DifferenceModel(workbench, self)
        self.tree = difference_tree(self.model, "Changes between two blocks", workbench)
        self.switcher = Switcher(self.tree, EmptyState("Choose a block to see what it changed."))
        self.model.modelReset.connect(self._show_filled)
        top = QHBoxLayout()
        top.setContentsMargins(8, 2, 4, 2)
        top.setSpacing(8)
        top.addWidget(self.title)
        top.addWidget(self.single)
        top.addWidget(self.count)
        top.addStretch(1)
        top.addWidget(self.filter, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.switcher, 1)
        workbench.bridge.engine_changed.connect(self.clear)
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        if self._request is not None:
            self._request.drop()
        self._request, self._points = None, None
        self.title.clear()
        self.count.clear()
        self.single.hide()
        self.switcher.empty.set_sentence("Choose a block to see what it changed.")
        self.model.show(())

    def compare(self, old: int, new: int) -> None:
        """Show what changed from the state after block `old` to that after block `new`."""
        if self._points != (old, new):
            self._points = (old, new)
            self._ask()

    def _ask(self) -> None:
        engine = self._workbench.engine
        if engine is None or self._points is None:
            return
        old, new = self._points
        by_one = new == old + 1
        self.title.setText(
            f"Changed by block {group_digits(new)}"
            if by_one
            else f"From block {group_digits(old)} to {group_digits(new)}"
        )
        self.single.setVisible(not by_one)
        if self._request is not None:
            self._request.drop()
        future = engine.timeline.difference(old, new, contains=self.filter.text().strip())
        self._request = self._workbench.bridge.request(future, self, self._take, self._failed)

    def _take(self, difference: StateDifference) -> None:
        self._request = None
        self.model.show(difference.changes)
        if len(difference.changes) <= _EXPANDED:
            self.tree.expandToDepth(0)
        hidden = f", {self.model.hidden} of the chain's own books hidden" if self.model.hidden else ""
        more = " and more" if difference.truncated else ""
        self.count.setText(f"{group_digits(self.model.count)}{more} keys{hidden}")
        self.switcher.empty.set_sentence(
            "Only the chain's own books changed (View ▸ Show the Chain's Own Books)."
            if self.model.hidden
            else "Nothing changed."
        )
        self._show_filled()

    def _failed(self, error: Exception) -> None:
        self.clear()
        self.switcher.empty.set_sentence(str(error))

    def _show_filled(self) -> None:
        self.switcher.show_view(self.model.count > 0)
