"""Moving in time: going back and forward, checkpoints, branches that were left."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.facade import EngineEvent, HeadMoved
from engine.timeline.values import LeftBranch, NamedState
from ide.panels.readable import group_digits
from ide.panels.workbench import Workbench


class TimeMachine(QObject):
    """Checkpoints and branches of the open chain, and what can be done with them."""

    changed = Signal()
    """`checkpoints` or `branches` changed."""

    named = Signal()
    """A checkpoint was made, renamed or deleted here."""

    def __init__(self, workbench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self.checkpoints: tuple[NamedState, ...] = ()
        self.branches: tuple[LeftBranch, ...] = ()
        workbench.bridge.engine_changed.connect(self.refresh)
        workbench.bridge.events.connect(self._take_events)
        self.refresh()

    def cannot_change(self) -> str:
        """Return why the chain cannot be moved, empty if it can."""
        engine = self._workbench.engine
        if engine is None:
            return "The chain is not open yet."
        return "The chain is open read-only." if engine.is_read_only else ""

    def refresh(self) -> None:
        """Ask the engine for checkpoints and branches."""
        engine = self._workbench.engine
        if engine is None:
            self.checkpoints, self.branches = (), ()
            self.changed.emit()
            return
        self._workbench.bridge.request(engine.timeline.checkpoints(), self, self._take_checkpoints)
        self._workbench.bridge.request(engine.timeline.branches(), self, self._take_branches)

    def at(self, number: int) -> tuple[str, ...]:
        """Return the names of the checkpoints at a block of the chain."""
        return tuple(state.name for state in self.checkpoints if state.is_on_chain and state.number == number)

    def suggestion(self, number: int) -> str:
        """Return a name for a block's state that is not taken."""
        taken = {state.name for state in self.checkpoints}
        name, count = f"block {number}", 2
        while name in taken:
            name, count = f"block {number} ({count})", count + 1
        return name

    def set_checkpoint(self, name: str, number: int) -> None:
        """Name a block's state."""
        engine = self._workbench.engine
        if engine is not None:
            self._workbench.bridge.request(
                engine.timeline.set_checkpoint(name, number),
                self,
                lambda state: self._named(f"“{state.name}” was made"),
            )

    def rename_checkpoint(self, old: str, new: str) -> None:
        """Give a checkpoint another name."""
        engine = self._workbench.engine
        if engine is not None:
            self._workbench.bridge.request(
                engine.timeline.rename_checkpoint(old, new),
                self,
                lambda state: self._named(f"“{old}” is “{state.name}” now"),
            )

    def delete_checkpoint(self, name: str) -> None:
        """Forget a checkpoint's name."""
        engine = self._workbench.engine
        if engine is not None:
            self._workbench.bridge.request(
                engine.timeline.delete_checkpoint(name), self, lambda _: self._named(f"“{name}” was deleted")
            )

    def go_to(self, point: int | str) -> None:
        """Make a block of any branch the head; what is left can be returned to."""
        engine = self._workbench.engine
        if engine is not None:
            self._workbench.bridge.request(engine.timeline.go_to(point), self, self._moved)

    def undo(self) -> None:
        """Go to the branch that was left last."""
        if self.branches:
            self.go_to(self.branches[0].hash)

    def cannot_undo(self) -> str:
        """Return why there is no branch to go to, empty if there is one."""
        return self.cannot_change() or ("" if self.branches else "Nothing was left by going back.")

    def _moved(self, number: int) -> None:
        self._workbench.window.status_message(
            f"The chain's head is block {group_digits(number)} now. What was left is kept as a branch."
        )
        self.refresh()

    def _named(self, text: str) -> None:
        self._workbench.window.status_message(f"{text}.")
        self.refresh()
        self.named.emit()

    def _take_checkpoints(self, checkpoints: tuple[NamedState, ...]) -> None:
        self.checkpoints = checkpoints
        self.changed.emit()

    def _take_branches(self, branches: tuple[LeftBranch, ...]) -> None:
        self.branches = branches
        self.changed.emit()

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        if any(isinstance(event, HeadMoved) for event in events):
            self.refresh()
