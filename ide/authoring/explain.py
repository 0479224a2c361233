"""F1: explains what one stands on (a problem, a failed transaction), else opens the help's contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from engine.values import Diagnostic
from ide.authoring.help_pages import CONTENTS, HelpPages
from ide.commands import Command, Menu

if TYPE_CHECKING:
    from collections.abc import Callable

    from ide.authoring.help_viewer import HelpViewer
    from ide.panels.workbench import Workbench
    from ide.problems.panel import ProblemsPanel
    from ide.window import MainWindow

DOCK = "help"


class Explainer:
    """Finds the page that fits and shows it."""

    def __init__(
        self, window: MainWindow, workbench: Workbench, problems: ProblemsPanel, viewer: HelpViewer, pages: HelpPages
    ) -> None:
        self._window, self._workbench, self._problems = window, workbench, problems
        self._viewer, self._pages = viewer, pages

    def commands(self) -> tuple[Command, ...]:
        """Return the commands of the help."""
        return (
            Command(
                "help.explain",
                "Explain",
                "Help",
                self.explain,
                ("F1",),
                "help",
                tip="Explain the problem or failure one stands on; else open the help",
                menu=Menu.HELP,
                group=0,
            ),
            self._opening("help.contents", "Help Contents", CONTENTS),
            self._opening("help.scenarios", "Scenario Files", "scenarios"),
            Command(
                "transactions.explain",
                "Explain Failure",
                "Transactions",
                self.explain_failure,
                icon="help",
                tip="Explain the class of error with which the shown transaction failed",
                disabled_reason=lambda: "" if self._failure_page() else "The shown transaction did not fail.",
                menu=Menu.RUN,
                group=5,
                submenu="Transaction",
            ),
        )

    def explain(self) -> None:
        """Show the page about what has the focus: a chosen problem, the problem at the cursor, a failure."""
        self.show(self._focused_page() or CONTENTS)

    def explain_failure(self) -> None:
        """Show the page about how the shown transaction failed."""
        self.show(self._failure_page() or CONTENTS)

    def show(self, page: str) -> None:
        """Show a page in the Help panel."""
        self._viewer.show_page(page)
        self._window.show_dock(DOCK)

    def _opening(self, command: str, title: str, page: str) -> Command:
        def run() -> None:
            self.show(page)

        return Command(command, title, "Help", run, menu=Menu.HELP, group=0)

    def _focused_page(self) -> str | None:
        focus = QApplication.focusWidget()
        finders: list[Callable[[], str | None]] = [self._problem_at_cursor, self._failure_page]
        if focus is not None and self._problems.isAncestorOf(focus):
            finders.insert(0, self._chosen_problem)
        elif self._window.current_editor() is not focus:
            finders.reverse()
        return next((page for finder in finders if (page := finder())), None)

    def _chosen_problem(self) -> str | None:
        rows, row = self._problems.model.rows, self._problems.table.currentIndex().row()
        return self._page_of(rows[row].diagnostic) if 0 <= row < len(rows) else None

    def _problem_at_cursor(self) -> str | None:
        editor = self._window.current_editor()
        if editor is None:
            return None
        cursor = editor.textCursor()
        line, column = cursor.blockNumber() + 1, cursor.positionInBlock()
        here = [one for one in self._window.problems.in_file(editor.path) if one.line <= line <= one.end_line]
        here.sort(key=lambda one: not (one.line < line or one.column <= column))
        return next((page for one in here if (page := self._page_of(one))), None)

    def _page_of(self, diagnostic: Diagnostic) -> str | None:
        return self._pages.of_rule(diagnostic.code)

    def _failure_page(self) -> str | None:
        result = self._workbench.selected
        if result is None or result.failure is None:
            return None
        return self._pages.of_error(result.failure.error)
