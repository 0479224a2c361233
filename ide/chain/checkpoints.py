"""Checkpoints: naming the chain's state, and going back to it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QFontMetrics, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.details import CheckpointDetails
from engine.facade import BlockProduced, EngineEvent, HeadMoved
from engine.values import BlockSummary
from ide.bridge import EngineBridge, Request
from ide.chain.production import time_text
from ide.panels.readable import group_digits
from ide.panels.widgets import EmptyState, Switcher

NONE_YET = "There is no checkpoint yet. One is made at once and costs nothing: a name for the state as it is now."


class Checkpoints(QObject):
    """The chain's checkpoints. `changed` tells that `known` changed, `said` what was done."""

    changed = Signal()
    said = Signal(str)

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.known: tuple[CheckpointDetails, ...] = ()
        self.head = 0
        self._asked: list[Request[tuple[CheckpointDetails, ...]] | Request[BlockSummary]] = []
        bridge.engine_changed.connect(self.refresh)
        bridge.events.connect(self._take_events)

    @property
    def is_ready(self) -> bool:
        """Whether there is an engine."""
        return self._bridge.engine is not None

    def suggestion(self) -> str:
        """Return a name that is not taken."""
        names = {point.name for point in self.known}
        number = len(names) + 1
        while f"checkpoint {number}" in names:
            number += 1
        return f"checkpoint {number}"

    def find(self, name: str) -> CheckpointDetails | None:
        """Return a checkpoint by its name."""
        return next((point for point in self.known if point.name == name), None)

    def refresh(self) -> None:
        """Ask the engine for all checkpoints."""
        engine = self._bridge.engine
        for request in self._asked:
            request.drop()  # what was asked before may be answered after what is asked now
        self._asked.clear()
        if engine is None:
            self._take(())
            return
        self._asked = [
            self._bridge.request(engine.explorer().checkpoints(), self, self._take),
            self._bridge.request(engine.head(), self, self._take_head),
        ]

    def create(self, name: str) -> None:
        """Name the state as it is now; a name that is taken is moved here."""
        engine = self._bridge.engine
        if engine is not None:

            def made(number: int) -> None:
                self.said.emit(f"“{name}” is the state after block {group_digits(number)}")
                self.refresh()

            self._bridge.request(engine.checkpoint(name), self, made)

    def restore(self, name: str) -> None:
        """Go back to a checkpoint."""
        engine = self._bridge.engine
        if engine is not None:

            def moved(number: int) -> None:
                self.said.emit(f"Back at “{name}”, block {group_digits(number)}")

            self._bridge.request(engine.restore(name), self, moved)

    def delete(self, name: str) -> None:
        """Forget a checkpoint's name."""
        engine = self._bridge.engine
        if engine is not None:
            self._bridge.request(engine.delete_checkpoint(name), self, lambda _: self.refresh())

    def _take(self, points: tuple[CheckpointDetails, ...]) -> None:
        self.known = points
        self.changed.emit()

    def _take_head(self, block: BlockSummary) -> None:
        self.head = block.number

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        produced = [event.block.number for event in events if isinstance(event, BlockProduced)]
        if produced:
            self.head = produced[-1]
            for request in self._asked[1:]:
                request.drop()  # an answer that is still to come may be older
        if any(isinstance(event, HeadMoved) for event in events):
            self.refresh()


class CheckpointsDialog(QDialog):
    """Lists the checkpoints; `new_asked`, `restore_asked` and `delete_asked` tell what somebody wants."""

    new_asked = Signal()
    restore_asked = Signal(str)
    delete_asked = Signal(str)

    def __init__(self, checkpoints: Checkpoints, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._checkpoints = checkpoints
        self.setWindowTitle("Checkpoints")
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setAccessibleName("Checkpoints")
        self.list.setHeaderLabels(["Name", "Block", "Made"])
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.itemActivated.connect(lambda _: self._ask_restore())
        self.list.currentItemChanged.connect(lambda _current, _previous: self._allow())
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        metrics = QFontMetrics(self.font())
        header.resizeSection(1, metrics.horizontalAdvance("1 000 000") + 24)
        header.resizeSection(2, metrics.horizontalAdvance("2030-01-31 12:00:00") + 24)
        self.switcher = Switcher(self.list, EmptyState(NONE_YET))
        explanation = QLabel("Going back takes the blocks after it off the chain. They can be found by their hash.")
        explanation.setWordWrap(True)
        explanation.setProperty("muted", True)
        buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.restore_button = buttons.addButton("Go Back", role.ActionRole)
        self.new_button = buttons.addButton("New…", role.ActionRole)
        self.delete_button = buttons.addButton("Delete", role.ActionRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.restore_button.clicked.connect(self._ask_restore)
        self.new_button.clicked.connect(self.new_asked)
        self.delete_button.clicked.connect(self._ask_delete)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(10)
        layout.addWidget(self.switcher, 1)
        layout.addWidget(explanation)
        layout.addWidget(buttons)
        self.resize(520, 360)
        checkpoints.changed.connect(self._show)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Look again: others may have made some."""
        super().showEvent(event)
        self._checkpoints.refresh()

    @property
    def chosen(self) -> str:
        """The name of the chosen checkpoint, empty if there is none."""
        item = self.list.currentItem()
        return item.text(0) if item is not None else ""

    def _show(self) -> None:
        before = self.chosen
        self.list.clear()
        for point in self._checkpoints.known:
            place = group_digits(point.number) + ("" if point.is_on_chain else " (other branch)")
            item = QTreeWidgetItem([point.name, place, time_text(point.created)])
            item.setToolTip(0, f"{point.name}\nblock {point.number}\n{point.hash}")
            self.list.addTopLevelItem(item)
            if point.name == before:
                self.list.setCurrentItem(item)
        first = self.list.topLevelItem(0)
        if self.list.currentItem() is None and first is not None:
            self.list.setCurrentItem(first)
        self.switcher.show_view(bool(self._checkpoints.known))
        self._allow()

    def _allow(self) -> None:
        for button in (self.restore_button, self.delete_button):
            button.setEnabled(bool(self.chosen))

    def _ask_restore(self) -> None:
        if self.chosen:
            self.restore_asked.emit(self.chosen)

    def _ask_delete(self) -> None:
        if self.chosen:
            self.delete_asked.emit(self.chosen)
