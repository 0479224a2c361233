"""Puts what helps authors into the window: help, gas profile, coverage, interface, tidy snapshots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from engine.compiler.snapshots import SnapshotLimits
from ide.authoring.explain import DOCK as HELP_DOCK
from ide.authoring.explain import Explainer
from ide.authoring.help_pages import HelpPages
from ide.authoring.help_viewer import HelpViewer
from ide.authoring.interface_panel import InterfacePanel
from ide.authoring.profile_panel import ProfilePanel
from ide.authoring.profiler import Profiler
from ide.commands import Command, Menu

if TYPE_CHECKING:
    from ide.checking import LiveChecker
    from ide.panels.install import EnginePanels
    from ide.problems.panel import ProblemsPanel
    from ide.window import MainWindow

PROFILE_DOCK = "profile"
INTERFACE_DOCK = "interface"


class Authoring(QObject):
    """The parts of this folder in one window."""

    def __init__(self, window: MainWindow, panels: EnginePanels, problems: ProblemsPanel, checker: LiveChecker) -> None:
        super().__init__(window)
        self._window, self._panels = window, panels
        workbench = panels.workbench
        pages = HelpPages()
        self.help = HelpViewer(pages)
        self.explainer = Explainer(window, workbench, problems, self.help, pages)
        self.profiler = Profiler(window, workbench)
        window.commands.register(*self.explainer.commands(), *self._profile_commands())
        self.profile_panel = ProfilePanel(workbench, self.profiler)
        self.interface_panel = InterfacePanel(window, checker)
        right, bottom = Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
        window.add_dock(
            PROFILE_DOCK, "Gas Profile", self.profile_panel, bottom, icon_name="gas", beside="state", visible=False
        )
        window.add_dock(INTERFACE_DOCK, "Interface", self.interface_panel, bottom, icon_name="method", beside="state")
        window.add_dock(HELP_DOCK, "Help", self.help, right, icon_name="help", beside="contracts", visible=False)
        for dock in ("state", "contracts"):
            window.show_dock(dock, focus=False)
        self._offer_explanations(problems)
        for changed in (self.profiler.changed, self.profiler.profiled):
            changed.connect(window.commands.refresh)
        panels.bridge.engine_changed.connect(self._tidy_snapshots)

    def profile_selected(self) -> None:
        """Profile the transaction that is shown and bring the panel to the front."""
        result = self._panels.workbench.selected
        if result is not None:
            self._window.show_dock(PROFILE_DOCK, focus=False)
            self.profiler.start(result)

    def _profile_commands(self) -> tuple[Command, ...]:
        profiler = self.profiler
        return (
            Command(
                "profile.transaction",
                "Profile Gas of Transaction",
                "Run",
                self.profile_selected,
                ("Ctrl+Alt+P",),
                "gas",
                tip="Record the shown transaction again and show where its gas went",
                disabled_reason=self._cannot_profile,
                menu=Menu.RUN,
                group=5,
                submenu="Transaction",
            ),
            Command(
                "profile.heat",
                "Show Gas beside Lines",
                "View",
                lambda: profiler.set_heat(not profiler.shows_heat),
                icon="gas",
                tip="Colour line numbers by the gas of the profiled transaction",
                checked=lambda: profiler.shows_heat,
                menu=Menu.VIEW,
                group=60,
            ),
            Command(
                "profile.coverage",
                "Show Coverage beside Lines",
                "View",
                lambda: profiler.set_coverage(not profiler.shows_coverage),
                icon="success",
                tip="Mark which lines ran in the newest transactions",
                checked=lambda: profiler.shows_coverage,
                disabled_reason=self._cannot_cover,
                menu=Menu.VIEW,
                group=60,
            ),
            Command(
                "profile.gather",
                "Gather Coverage of Recent Transactions",
                "Run",
                profiler.gather,
                tip="Record the newest transactions again and mark which lines ran in any of them",
                disabled_reason=self._cannot_cover,
                menu=Menu.RUN,
                group=5,
            ),
        )

    def _cannot_cover(self) -> str:
        if self._panels.bridge.engine is None:
            return "The engine is still starting."
        return "A transaction is being recorded." if self.profiler.is_busy else ""

    def _cannot_profile(self) -> str:
        workbench = self._panels.workbench
        if workbench.selected is None:
            return "No transaction is shown."
        if not workbench.selected_is_kept:
            return "A query is not recorded; send it as a call."
        return self._cannot_cover()

    def _offer_explanations(self, problems: ProblemsPanel) -> None:
        commands = self._window.commands
        problems.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        problems.table.addActions([commands.action("help.explain"), commands.action("problems.fix")])

    def _tidy_snapshots(self) -> None:
        engine = self._panels.bridge.engine
        if engine is not None:
            settings = self._window.settings.value
            limits = SnapshotLimits(megabytes=settings.snapshot_megabytes, days=settings.snapshot_days)
            self._panels.bridge.request(engine.tidy_snapshots(limits), self, lambda _: None)
