"""Executing blocks again from the window: in the background, with progress, until one is not what was recorded."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from engine.facade import BlockValidation
from ide.panels.readable import group_digits
from ide.panels.workbench import Workbench
from ide.tasks import Progress, Task
from ide.window import MainWindow


class ChainValidation(QObject):
    """Validates one block or all of them; `show_block` brings a block with a difference into view."""

    def __init__(self, window: MainWindow, workbench: Workbench, show_block: Callable[[int], object]) -> None:
        super().__init__(window)
        self._window, self._workbench, self._show_block = window, workbench, show_block
        self._task: Task | None = None

    def cannot(self) -> str:
        """Say why nothing can be validated now, empty if it can."""
        return "Blocks are being validated already." if self._task is not None else ""

    def validate(self, first: int, last: int | None = None) -> None:
        """Execute blocks again, up to the head by default, and say what came of it."""
        engine = self._workbench.engine
        if engine is None or self._task is not None:
            return
        reports: list[Progress] = []

        def progress(done: int, total: int) -> None:
            for report in reports:
                report.report(done / total, f"block {group_digits(first + done)}")

        title = f"Validating block {group_digits(first)}" if first == last else "Validating blocks"
        self._task = self._window.tasks.follow(
            title,
            engine.validate_blocks(first, last, progress=progress),
            succeeded=lambda found: self._tell(first, found),
            cancel=engine.cancel,
        )
        reports.append(self._task.progress)
        self._task.finished.connect(self._ended)
        self._window.commands.refresh()

    def _ended(self) -> None:
        self._task = None
        self._window.commands.refresh()

    def _tell(self, first: int, found: BlockValidation) -> None:
        if found.number is not None:
            self._show_block(found.number)
            self._window.notifications.error(f"Block {group_digits(found.number)} is not valid\n{found.difference}")
        elif found.checked == 1:
            self._window.status_message(f"Block {group_digits(first)} is valid: executing it again gives the same")
        else:
            text = f"All {group_digits(found.checked)} blocks are valid: executing them again gives the same"
            self._window.status_message(text)
