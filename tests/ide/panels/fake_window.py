"""The window as the panels see it, without editor and docks: what was asked of it is noted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from ide.commands import Command, CommandRegistry
from ide.editor.line_marks import Breakpoint


class FakeWindow:
    def __init__(self, widget: QWidget) -> None:
        self.commands = CommandRegistry(widget, widget)
        self.commands.register(
            *(
                Command(id=command, title=command, category="Test", run=lambda: None)
                for command in (
                    "run.call",
                    "run.query",
                    "run.debug",
                    "run.stop",
                    "deploy.deploy",
                    "debug.start",
                    "debug.restart",
                    "debug.continue",
                    "debug.over",
                    "debug.into",
                    "debug.out",
                    "debug.reverse",
                    "debug.back_over",
                    "debug.back_into",
                    "debug.back_out",
                    "transactions.debug",
                    "transactions.resend",
                    "transactions.edit",
                    "transactions.source",
                    "transactions.copy_hash",
                    "state.books",
                )
            )
        )
        self._widget = widget
        self.texts: dict[Path, str] = {}
        self.opened: list[tuple[Path, int, int]] = []
        self.messages: list[str] = []
        self.errors: list[str] = []
        self.diagnostics: dict[Path, list] = {}
        self.shown_docks: list[str] = []
        self.execution: tuple[Path, int] | None = None
        self.execution_read_only = False
        self.details: dict[int, tuple[str, ...]] = {}
        self.stops: frozenset[tuple[str, int]] = frozenset()
        self.saved: list[Path] = []
        self.can_save = True

    def open_file(self, path, line=0, column=0):
        self.opened.append((path, line, column))

    def status_message(self, text):
        self.messages.append(text)

    def notify_error(self, text):
        self.errors.append(text)

    def show_diagnostics(self, path, diagnostics):
        self.diagnostics[path] = list(diagnostics)

    def text_of(self, path):
        return self.texts.get(path)

    def save(self, path):
        self.saved.append(path)
        return path if self.can_save else None

    def dialog_parent(self):
        return self._widget

    def show_dock(self, dock):
        self.shown_docks.append(dock)

    def show_execution(self, path, line, *, read_only):
        self.execution = (path, line)
        self.execution_read_only = read_only

    def hide_execution(self):
        self.execution = None

    def breakpoints(self):
        return tuple((file, Breakpoint(line, *self.details.get(line, ()))) for file, line in self.stops)
