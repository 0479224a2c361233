"""Offers to install the packages that a failed pack asked for, and installs them in the background."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.compiler.pack import Dependency, Installation, missing_dependencies
from engine.compiler.pack.dependencies import MISSING_MODULE, package_name
from engine.entrance.project import project_folder
from engine.errors import UserError
from ide.notifications import Notice
from ide.pack.install_dialog import InstallDialog

if TYPE_CHECKING:
    from ide.window import MainWindow

__all__ = ["PackageInstaller"]

_NOTICE = "packages"


class PackageInstaller(QObject):
    """Watches the problems of a window; `installed` carries the folder whose packages are there now."""

    installed = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="npm")
        self._running: Installation | None = None
        self._offered: tuple[Dependency, ...] = ()
        self.dialog: InstallDialog | None = None
        window.problems.changed.connect(self._problems_changed)
        window.closing.connect(self._close)

    @property
    def is_running(self) -> bool:
        """Whether packages are being installed."""
        return self._running is not None

    def missing(self) -> tuple[Path, tuple[Dependency, ...]] | None:
        """Return the packages that the open project lacks, with its folder; None if no project is open."""
        findings = [one for one in self._window.problems.all() if one.diagnostic.code == MISSING_MODULE]
        folder = self._window.project or (project_folder(findings[0].path) if findings else None)
        if folder is None:
            return None
        return folder, missing_dependencies(folder, [one.diagnostic for one in findings])

    def offer(self) -> None:
        """Show what is missing and install it if that is wanted; say so if nothing is."""
        try:
            found = self.missing()
        except UserError as error:
            self._window.report(error)
            return
        if found is None or self.is_running:
            return
        folder, missing = found
        if not missing:
            self._window.status_message("All packages that the project needs are installed.")
            return
        dialog = self.dialog = InstallDialog(folder, missing, self._window)

        def accepted() -> None:
            if dialog.asks_no_more:
                self._window.settings.update(install_missing_packages=True)
            self.install(folder, missing)

        dialog.accepted.connect(accepted)
        dialog.open()

    def install(self, folder: Path, missing: Iterable[Dependency]) -> None:
        """Install packages in the background; the job list shows it and can stop it."""
        if self.is_running:
            return
        wanted = tuple(missing)
        names = ", ".join(one.name for one in wanted)
        installation = self._running = Installation(folder, wanted)
        task = self._window.tasks.follow(
            f"Installing {names}",
            self._pool.submit(lambda: installation.run(lambda line: task.progress.report(-1.0, line))),
            succeeded=lambda _: self._succeeded(folder, names),
            failed=self._failed,
            cancel=installation.cancel,
        )
        task.finished.connect(self._finished)

    def _problems_changed(self, path: Path) -> None:
        asked = [one for one in self._window.problems.in_file(path) if one.code == MISSING_MODULE and package_name(one)]
        if not asked or self.is_running:
            return
        try:
            found = self.missing()
        except UserError as error:
            self._window.report(error)
            return
        if found is None or not found[1] or found[1] == self._offered:
            return
        folder, self._offered = found
        if self._window.settings.value.install_missing_packages:
            self.install(folder, self._offered)
            return
        names = ", ".join(one.name for one in self._offered)
        text = f"Packages are not installed\nThe project needs {names}."
        self._window.notifications.show(Notice("warning", text, _NOTICE, {"Install…": self.offer}, lasting=True))

    def _succeeded(self, folder: Path, names: str) -> None:
        self._offered = ()
        for problem in self._window.problems.all():
            if problem.diagnostic.code == MISSING_MODULE:
                kept = [one for one in self._window.problems.in_file(problem.path) if one.code != MISSING_MODULE]
                self._window.problems.set(problem.path, problem.source, kept)
        self._window.notifications.success(f"Installed {names}", _NOTICE)
        self.installed.emit(folder)

    def _failed(self, error: BaseException) -> None:
        self._offered = ()
        self._window.report(error)

    def _finished(self) -> None:
        self._running = None
        self._window.commands.refresh()

    def _close(self) -> None:
        if self._running is not None:
            self._running.cancel()
        self._pool.shutdown(wait=True)
