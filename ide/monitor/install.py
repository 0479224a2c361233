"""Puts the VM monitor and its commands into the main window."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.errors import UserError
from ide.monitor.commands import monitor_commands
from ide.monitor.control import VmControl
from ide.monitor.panel import MonitorPanel
from ide.monitor.settings_dialog import VmSettingsDialog
from ide.panels.commands import NO_ENGINE
from ide.panels.workbench import Workbench
from ide.window import MainWindow


class VmTools(QObject):
    """The monitor's panel, its commands, and the settings of the workers."""

    def __init__(self, window: MainWindow, workbench: Workbench) -> None:
        super().__init__(window)
        self._window = window
        self._workbench = workbench
        self.control = VmControl(window, workbench.bridge)
        self._panel: MonitorPanel | None = None
        window.commands.register(
            *monitor_commands(
                self._no_worker,
                self._no_engine,
                kill=self._kill,
                recycle=self._recycle,
                configure=self.open_settings,
                toggle_check=self._toggle_check,
                is_checking=lambda: self.control.settings.check,
                copy=self._copy,
            )
        )
        self._panel = MonitorPanel(workbench, self.control)

    @property
    def panel(self) -> MonitorPanel:
        """The dock's content; its buttons are commands, so that these come first."""
        assert self._panel is not None
        return self._panel

    def open_settings(self) -> VmSettingsDialog:
        """Ask for the numbers of workers and the limits of a transaction."""
        dialog = VmSettingsDialog(self.control, self._window)
        dialog.open()
        return dialog

    def _kill(self) -> None:
        self.panel.kill()

    def _recycle(self) -> None:
        self.panel.recycle()

    def _toggle_check(self) -> None:
        try:
            self.control.toggle_check()
        except UserError as error:
            self._window.report(error)

    def _copy(self) -> None:
        self.panel.copy_diagnostics()

    def _no_engine(self) -> str:
        return NO_ENGINE if self._workbench.engine is None else ""

    def _no_worker(self) -> str:
        if self._workbench.engine is None:
            return NO_ENGINE
        chosen = self._panel.chosen if self._panel is not None else None
        return "" if chosen is not None else "No worker is chosen in the VM Monitor."
