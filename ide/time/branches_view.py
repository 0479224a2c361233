"""Checkpoints and the branches that were left, with what can be done with them."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from engine.timeline.values import LeftBranch, NamedState
from ide.panels.readable import group_digits
from ide.panels.widgets import EmptyState, Switcher, tool_button
from ide.theme import icon
from ide.time.machine import TimeMachine


class BranchesView(QWidget):
    """One list: checkpoints by block, then branches, the last one left first."""

    go_requested = Signal(object)
    look_requested = Signal(int)
    rename_requested = Signal(str)

    def __init__(self, machine: TimeMachine) -> None:
        super().__init__()
        self._machine = machine
        self.list = QTreeWidget()
        self.list.setHeaderLabels(["Checkpoint or branch", "Block", "Made or left"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setAccessibleName("Checkpoints and branches that were left")
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.currentItemChanged.connect(lambda *_: self._show_possible())
        self.list.itemActivated.connect(lambda _: self._look())
        self.go = tool_button("restore", "Make this the chain's head", self._go)
        self.look = tool_button("clock", "Look at the state there", self._look)
        self.rename = tool_button("rename", "Rename this checkpoint", self._rename)
        self.delete = tool_button("trash", "Forget this checkpoint's name; the blocks stay", self._delete)
        buttons = QVBoxLayout()
        for button in (self.go, self.look, self.rename, self.delete):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.switcher = Switcher(self.list, EmptyState("No checkpoint was made and no branch was left."))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.switcher, 1)
        layout.addLayout(buttons)
        machine.changed.connect(self._fill)
        self._fill()

    @property
    def chosen(self) -> NamedState | LeftBranch | None:
        """The checkpoint or branch that is chosen."""
        item = self.list.currentItem()
        found = None if item is None else item.data(0, Qt.ItemDataRole.UserRole)
        return found if isinstance(found, NamedState | LeftBranch) else None

    def _fill(self) -> None:
        chosen = self.chosen
        self.list.clear()
        for state in self._machine.checkpoints:
            where = "" if state.is_on_chain else " (on a branch)"
            self._add(state, f"{state.name}{where}", state.number, state.created, "checkpoint", "success")
        for branch in self._machine.branches:
            title = f"Branch that left the chain after block {group_digits(branch.leaves_at)}"
            self._add(branch, title, branch.number, branch.left, "branch", "text_muted")
        for row in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(row)
            if item is not None and item.data(0, Qt.ItemDataRole.UserRole) == chosen:
                self.list.setCurrentItem(item)
        self.switcher.show_view(self.list.topLevelItemCount() > 0)
        self._show_possible()

    def _add(self, entry: NamedState | LeftBranch, title: str, number: int, when: int, sign: str, tint: str) -> None:
        moment = datetime.fromtimestamp(when // 10**9, UTC).strftime("%Y-%m-%d %H:%M:%S")
        item = QTreeWidgetItem([title, group_digits(number), moment])
        item.setIcon(0, icon(sign, tint))
        item.setData(0, Qt.ItemDataRole.UserRole, entry)
        item.setToolTip(0, entry.hash)
        self.list.addTopLevelItem(item)

    def _show_possible(self) -> None:
        chosen, may_change = self.chosen, not self._machine.cannot_change()
        is_checkpoint = isinstance(chosen, NamedState)
        self.go.setEnabled(chosen is not None and may_change)
        self.look.setEnabled(isinstance(chosen, NamedState) and chosen.is_on_chain)
        self.rename.setEnabled(is_checkpoint and may_change)
        self.delete.setEnabled(is_checkpoint and may_change)

    def _go(self) -> None:
        chosen = self.chosen
        if chosen is not None:
            self.go_requested.emit(chosen.name if isinstance(chosen, NamedState) else chosen.hash)

    def _look(self) -> None:
        chosen = self.chosen
        if isinstance(chosen, NamedState) and chosen.is_on_chain:
            self.look_requested.emit(chosen.number)

    def _rename(self) -> None:
        if isinstance(self.chosen, NamedState):
            self.rename_requested.emit(self.chosen.name)

    def _delete(self) -> None:
        if isinstance(self.chosen, NamedState):
            self._machine.delete_checkpoint(self.chosen.name)
