"""Keeps how contracts are run: numbers of workers in the user's settings, limits in the project's `strata.json`."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject, Signal

from engine.entrance.project import NO_LIMITS, ProjectLimits, load_project, save_project
from engine.errors import UserError
from engine.facade import VmSettings
from ide.bridge import EngineBridge
from ide.window import MainWindow

DEFAULTS = VmSettings()


class VmControl(QObject):
    """Gives every engine that is opened the settings that were chosen, and changes them."""

    changed = Signal()
    """The open engine took other settings."""

    def __init__(self, window: MainWindow, bridge: EngineBridge) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        bridge.engine_changed.connect(self._engine_changed)

    @property
    def settings(self) -> VmSettings:
        """What the open engine uses, the defaults while there is none."""
        engine = self._bridge.engine
        return DEFAULTS if engine is None else engine.vm_settings

    def choose(self, settings: VmSettings) -> None:
        """Keep settings and put them in force; `UserError` if they cannot be kept, they are in force all the same."""
        self._configure(settings)
        self._window.settings.update(
            worker_floor=settings.floor, worker_ceiling=settings.ceiling, check_mode=settings.check
        )
        project = self._window.project
        if project is None:
            return
        known = load_project(project)
        limits = _limits_of(settings)
        if limits != known.limits:
            save_project(project, msgspec.structs.replace(known, limits=limits))

    def _engine_changed(self) -> None:
        engine = self._bridge.engine
        if engine is None:
            return
        try:
            settings = self._chosen(engine.vm_settings)
        except UserError as error:
            self._window.report(error)
            return
        if settings != engine.vm_settings:
            self._configure(settings)

    def toggle_check(self) -> None:
        """Run every transaction also in a fresh sandbox and compare, or do not any more."""
        settings = self.settings
        self.choose(msgspec.structs.replace(settings, check=not settings.check))

    def _chosen(self, opened: VmSettings) -> VmSettings:
        """Return what was chosen; an engine that was opened in check mode stays in it."""
        value = self._window.settings.value
        limits = load_project(self._window.project).limits if self._window.project is not None else None
        check = value.check_mode or opened.check
        chosen = VmSettings(floor=value.worker_floor, ceiling=value.worker_ceiling, check=check)
        return (limits or NO_LIMITS).applied(chosen)

    def _configure(self, settings: VmSettings) -> None:
        engine = self._bridge.engine
        if engine is not None:
            self._bridge.request(engine.configure_vm(settings), self, lambda _: self.changed.emit())


def _limits_of(settings: VmSettings) -> ProjectLimits | None:
    """Return the limits that are not the defaults, None if all are."""
    limits = ProjectLimits(
        seconds=settings.time_limit if settings.time_limit != DEFAULTS.time_limit else None,
        heap_bytes=settings.heap_bytes if settings.heap_bytes != DEFAULTS.heap_bytes else None,
        worker_bytes=settings.process_bytes if settings.process_bytes != DEFAULTS.process_bytes else None,
    )
    return None if limits == NO_LIMITS else limits
