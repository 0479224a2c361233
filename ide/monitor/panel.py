"""The VM monitor dock: the worker processes, how busy they are, and what they are made of."""

from __future__ import annotations

import time

import msgspec
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLabel, QMenu, QSplitter, QVBoxLayout, QWidget

from engine.facade import EngineEvent, VmDiagnostics, WorkerChanged, WorkerStatus
from ide.monitor import diagnostics
from ide.monitor.control import VmControl
from ide.monitor.history import LoadHistory
from ide.monitor.model import WORKER_ROLE, Column, WorkerModel
from ide.monitor.plot import LoadPlot
from ide.panels.readable import group_digits
from ide.panels.widgets import ActionToolButton, ElidedLabel, EmptyState, FlatTable, Switcher
from ide.panels.workbench import Workbench

SAMPLE_MS = 500
"""How often the load is measured while somebody looks."""

ASK_EVERY = 2
"""With every so manieth sample the workers are asked for their memory and contracts."""

MENU = ("vm.recycle", "vm.kill")
BUTTONS = ("vm.recycle", "vm.kill", "vm.copy", "vm.settings")

_WIDEST = {
    Column.WORKER: "run 10  (process 0000000)",
    Column.STATE: "starting",
    Column.TEMPERATURE: "restored",
    Column.RUNS: "100 000",
    Column.MEMORY: "100.0 MiB",
}


class MonitorPanel(QWidget):
    """Table, plot and diagnostics; measures only while it is seen."""

    def __init__(self, workbench: Workbench, control: VmControl) -> None:
        super().__init__()
        self._workbench = workbench
        self._bridge = workbench.bridge
        self.diagnostics: VmDiagnostics | None = None
        self.history = LoadHistory()
        self.model = WorkerModel(workbench, self)
        self.view = FlatTable("Workers")
        self.view.setModel(self.model)
        self.view.setSelectionMode(FlatTable.SelectionMode.SingleSelection)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.view.selectionModel().currentRowChanged.connect(workbench.window.commands.refresh)
        self._size_columns()
        self.plot = LoadPlot(self.history)
        self.line = ElidedLabel()
        self.line.setAccessibleName("Diagnostics of the VM")
        self.line.setProperty("muted", True)
        self.progress = QLabel()
        self.progress.setAccessibleName("Progress of many transactions")
        self.progress.setProperty("muted", True)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.view)
        splitter.addWidget(self.plot)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setChildrenCollapsible(False)
        splitter.setSizes([600, 400])
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 2, 8, 2)
        bar.setSpacing(4)
        bar.addWidget(self.line, 1)
        bar.addWidget(self.progress)
        for command in BUTTONS:
            bar.addWidget(ActionToolButton(workbench.window.commands.action(command)))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(splitter, 1)
        self.switcher = Switcher(
            content,
            EmptyState("Contracts run in processes of their own. They are listed here once the engine is ready."),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.switcher)
        self._samples = 0
        self._pulse = QTimer(self, interval=SAMPLE_MS)
        self._pulse.timeout.connect(self._measure)
        self._bridge.events.connect(self._take_events)
        self._bridge.engine_changed.connect(self._engine_changed)
        workbench.contracts_changed.connect(self.model.names_changed)
        control.changed.connect(self._ask_diagnostics)
        self._engine_changed()

    def _size_columns(self) -> None:
        header = self.view.horizontalHeader()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, text in _WIDEST.items():
            header.resizeSection(column, self.fontMetrics().horizontalAdvance(text) + 20)

    @property
    def chosen(self) -> WorkerStatus | None:
        """The worker that the keyboard is on, unless it has ended."""
        worker = self.view.currentIndex().data(WORKER_ROLE)
        return worker if isinstance(worker, WorkerStatus) and worker.state != "ended" else None

    # --- what people do --------------------------------------------------------------------------

    def kill(self) -> None:
        """Kill the chosen worker."""
        if self.chosen is not None and self._bridge.engine is not None:
            self._bridge.engine.kill_worker(self.chosen.kind, self.chosen.id)

    def recycle(self) -> None:
        """Replace the chosen worker once it is idle."""
        if self.chosen is not None and self._bridge.engine is not None:
            self._bridge.engine.recycle_worker(self.chosen.kind, self.chosen.id)

    def copy_diagnostics(self) -> None:
        """Put everything that is known about the VM on the clipboard."""
        if self._bridge.engine is not None:
            self._bridge.request(self._bridge.engine.vm_diagnostics(), self, self._copy)

    def _copy(self, found: VmDiagnostics) -> None:
        QGuiApplication.clipboard().setText(diagnostics.report(found))
        self._workbench.window.status_message("The VM's diagnostics are on the clipboard")

    def _show_menu(self, at: QPoint) -> None:
        if self.chosen is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for command in MENU:
            menu.addAction(self._workbench.window.commands.action(command))
        menu.popup(self.view.viewport().mapToGlobal(at))

    # --- following -------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Measure while somebody looks."""
        super().showEvent(event)
        self._ask_diagnostics()
        self._measure()
        self._pulse.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks."""
        super().hideEvent(event)
        self._pulse.stop()

    def _engine_changed(self) -> None:
        self.history.clear()
        self.model.forget()
        self.diagnostics = None
        self.line.setText("")
        self.switcher.show_view(self._bridge.engine is not None)
        if self.isVisible():
            self._ask_diagnostics()
            self._measure()

    def _measure(self) -> None:
        engine = self._bridge.engine
        if engine is None:
            return
        load, entrance = engine.vm_load(), engine.entrance()
        waiting = load.waiting + entrance.interactive + entrance.others
        self.history.add(msgspec.structs.replace(load, waiting=waiting), time.monotonic())
        self.progress.setText(
            f"{group_digits(entrance.done)} of {group_digits(entrance.total)} transactions" if entrance.total else ""
        )
        self.plot.show_newest()
        self.model.show(engine.workers())
        self._samples += 1
        if self._samples % ASK_EVERY == 1:
            engine.refresh_workers()
        if self.diagnostics is None or not self.diagnostics.v8_version:
            self._ask_diagnostics()

    def _take_events(self, events: tuple[EngineEvent, ...]) -> None:
        changed = [event for event in events if isinstance(event, WorkerChanged)]
        if not changed or not self.isVisible():
            return
        had = {(worker.kind, worker.id) for worker in self._listed()}
        self.model.show(changed[-1].workers)
        if {(worker.kind, worker.id) for worker in changed[-1].workers} != had:
            self._ask_diagnostics()  # one of them may have died
        self._workbench.window.commands.refresh()

    def _listed(self) -> list[WorkerStatus]:
        rows = range(self.model.rowCount())
        return [self.model.index(row, 0).data(WORKER_ROLE) for row in rows]

    def _ask_diagnostics(self) -> None:
        if self._bridge.engine is not None and self.isVisible():
            self._bridge.request(self._bridge.engine.vm_diagnostics(), self, self._show_diagnostics)

    def _show_diagnostics(self, found: VmDiagnostics) -> None:
        self.diagnostics = found
        self.line.setText(diagnostics.summary(found))
        self.line.setToolTip(diagnostics.report(found))
        differs = any(limit.differs for limit in found.limits)
        self.line.setProperty("tone", "warning" if differs or found.deaths else "")
        self.line.style().unpolish(self.line)
        self.line.style().polish(self.line)
