"""One run of the window: puts the parts together, opens the project, and ends everything in order."""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QMenu

from engine.errors import InvalidInput, StorageDamaged, StorageError, StorageLocked, UserError
from ide import dialogs
from ide.application import Appearance, CrashReporter, create_application
from ide.authoring.install import Authoring
from ide.chain.install import ChainPanels
from ide.checking import LiveChecker
from ide.commands import Menu
from ide.names import NameTools
from ide.notifications import Notice, NoticesButton
from ide.pack.install import PackTools
from ide.panels.install import EnginePanels
from ide.paths import SAMPLES, Folders
from ide.problems.panel import ProblemCounts, ProblemsPanel
from ide.project.panel import ProjectPanel
from ide.project.recent import RecentProjects
from ide.project.samples import FIRST_SAMPLE, sample_names, working_copy
from ide.search.panel import SearchPanel
from ide.session.recovery import Leftovers, RecoveredText, RecoveryKeeper
from ide.session.recovery_dialog import RecoveryChoice, RecoveryDialog
from ide.session.session import SessionKeeper
from ide.session.starts import HEALTHY_AFTER_MS, UNCLEAN_BEFORE_OFFER, StartCounter
from ide.settings import SettingsStore
from ide.status import EditorStatus
from ide.tasks import JobsButton
from ide.theme import icon
from ide.time.damage import verify_chain
from ide.time.install import TimePanels
from ide.window import MainWindow

if TYPE_CHECKING:
    from engine.state.repair import RepairReport


SWITCH_SECONDS = 0.001
"""How long the engine's threads may keep the window's thread waiting for the interpreter; Python's default is 5 ms."""


@dataclass(frozen=True)
class Options:
    """What the command line says: `safe` starts without session and layout, `base` keeps all user files elsewhere."""

    safe: bool = False
    base: Path | None = None

    @classmethod
    def parse(cls, arguments: list[str]) -> Options:
        """Read `--safe` and `--base=FOLDER`; `InvalidInput` for anything else."""
        safe, base = False, None
        for argument in arguments:
            if argument == "--safe":
                safe = True
            elif argument.startswith("--base="):
                base = Path(argument.removeprefix("--base=")).absolute()
            else:
                raise InvalidInput(f"the IDE has no option {argument}", advice="It knows --safe and --base=FOLDER.")
        return cls(safe, base)


class Program(QObject):
    """The window with everything in it."""

    def __init__(self, folders: Folders, settings: SettingsStore, *, safe: bool = False) -> None:
        super().__init__()
        self.folders = folders
        self.safe = safe
        self.window = window = MainWindow(folders, settings)
        self.recent = RecentProjects(folders.state / "recent.json")
        left, bottom = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
        self.project_panel = ProjectPanel(window)
        window.add_dock("project", "Project", self.project_panel, left, icon_name="project")
        self.search_panel = SearchPanel(window)
        window.add_dock("search", "Search", self.search_panel, left, icon_name="search", beside="project")
        window.show_dock("project", focus=False)
        self.panels = EnginePanels(window)
        self.chain = ChainPanels(window, self.panels)
        self.time = TimePanels(window, self.panels)
        self.time.machine.named.connect(self.chain.checkpoints.refresh)
        self.chain.checkpoints.changed.connect(self.time.machine.refresh)
        self.pack_tools = PackTools(window, self.panels)
        self.problems_panel = ProblemsPanel(window)
        window.add_dock(
            "problems",
            "Problems",
            self.problems_panel,
            bottom,
            icon_name="problems",
            beside="state",
            shortcuts=("Ctrl+Shift+M",),
        )
        window.show_dock("state", focus=False)
        self.checker = LiveChecker(window, self.panels.bridge)
        self.names = NameTools(window, self.panels.bridge, self.search_panel.show_references)
        self.authoring = Authoring(window, self.panels, self.problems_panel, self.checker)
        window.add_status_sign(ProblemCounts(window))
        window.add_status_widget(JobsButton(window.tasks))
        window.add_status_widget(EditorStatus(window))
        window.add_status_widget(NoticesButton(window.notifications))
        self._add_project_menus()
        self._set_usual_sizes()
        window.restore_layout(use_saved=not safe)
        self.session = SessionKeeper(window, folders.state / "sessions")
        self.recovery = RecoveryKeeper(
            window.editors, window.tasks, folders.state / "recovery", settings.value.autosave_seconds
        )
        self._temporary_chains: list[Path] = []
        window.project_closing.connect(self.session.leave)
        window.project_opened.connect(self._project_opened)
        window.closing.connect(self.session.save)
        window.closed.connect(self._closed)
        self.panels.bridge.opening_failed.connect(self._chain_failed)
        self.panels.bridge.request_failed.connect(self._request_failed)
        self.panels.bridge.repaired.connect(self._chain_repaired)
        window.installEventFilter(self)

    def _set_usual_sizes(self) -> None:
        window = self.window
        width, height = window.fontMetrics().horizontalAdvance("0"), window.fontMetrics().height()
        sides = [window.dock("project"), window.dock("contracts")]
        window.resizeDocks(sides, [width * 32, width * 50], Qt.Orientation.Horizontal)
        window.resizeDocks([window.dock("state")], [height * 18], Qt.Orientation.Vertical)

    # --- starting --------------------------------------------------------------------------------

    def open_first_project(self, given: Path | None) -> None:
        """Open the folder (or the file's folder) that was given, the last one, or the first sample."""
        try:
            if given is not None and not given.exists():
                raise InvalidInput("there is no such folder", where=str(given), advice="Check the spelling.")
            if given is not None and given.is_file():
                self.window.open_project(given.parent)
                self.window.open_file(given)
                return
            folder = given or next(iter(self.recent.list()), None)
            self.window.open_project(folder or working_copy(SAMPLES, FIRST_SAMPLE, self.folders.data))
        except UserError as error:
            self.window.report(error)

    def offer_recovery(self) -> None:
        """Offer texts that earlier runs left behind unsaved."""
        leftovers = Leftovers(self.folders.state / "recovery")
        texts = leftovers.find()
        if not texts:
            leftovers.forget()
            return
        dialog = RecoveryDialog(texts, self.window)
        dialog.exec()
        chosen, choice = dialog.checked(), dialog.choice
        dialog.deleteLater()
        if choice is RecoveryChoice.RESTORE:
            for text in chosen:
                self._restore(text)
        keeping = self.recovery.keep() if choice is RecoveryChoice.RESTORE else None
        if keeping is not None:
            # Only when the texts are kept anew may the old copies go.
            keeping.succeeded.connect(partial(leftovers.forget))
        elif choice is not RecoveryChoice.LATER:
            leftovers.forget()

    def _restore(self, text: RecoveredText) -> None:
        if text.unsaved_name or not text.file.is_file():
            self.window.editors.restore_unsaved(text.file, text.text)
            return
        editor = self.window.open_file(text.file)
        if editor is not None and not editor.isReadOnly():
            editor.replace_text(text.text)

    # --- projects --------------------------------------------------------------------------------

    def _add_project_menus(self) -> None:
        window = self.window
        self._recent_menu = QMenu("Open &Recent", window)
        self._recent_menu.setIcon(icon("clock"))
        self._recent_menu.aboutToShow.connect(self._fill_recent)
        self._samples_menu = QMenu("Open &Sample", window)
        for name in sample_names(SAMPLES):
            self._samples_menu.addAction(name, partial(self.open_sample, name))
        window.add_submenu(Menu.FILE, 20, self._recent_menu)
        window.add_submenu(Menu.FILE, 20, self._samples_menu)

    def open_sample(self, name: str) -> None:
        """Open the working copy of a sample."""
        try:
            self.window.open_project(working_copy(SAMPLES, name, self.folders.data))
        except StorageError as error:
            self.window.report(error)

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        for folder in self.recent.list():
            self._recent_menu.addAction(str(folder), partial(self.window.open_project, folder))
        if self._recent_menu.isEmpty():
            self._recent_menu.addAction("No folder was opened yet").setEnabled(False)

    def _project_opened(self, folder: Path) -> None:
        if not self.session.restore(folder, open_tabs=not self.safe) and not self.window.editors.editors():
            self._open_main_file(folder)
        if self.session.problem:
            self.window.notifications.warning(self.session.problem)
        try:
            self.recent.add(folder)
        except StorageError as error:
            self.window.status_message(str(error).replace("\n", " "))
        if self.window.isVisible():
            self.open_chain()

    def _open_main_file(self, folder: Path) -> None:
        from engine.entrance.project import load_project

        try:
            contracts = load_project(folder).contracts
        except InvalidInput as error:
            self.window.report(error)
            return
        if contracts:
            self.window.open_file(folder / contracts[0].file)

    # --- the chain -------------------------------------------------------------------------------

    def open_chain(self, *, repair: bool = False, read_only: bool = False) -> None:
        """Open the project's private chain, in place of the present one.

        With `repair` a damaged one is repaired, with `read_only` one that is open elsewhere is only looked at.
        """
        if self.window.project is not None:
            self.panels.bridge.close()
            self.panels.open(self._chain_folder(self.window.project), repair=repair, read_only=read_only)

    def _chain_folder(self, project: Path) -> Path:
        if os.access(project, os.W_OK):
            return project / ".strata" / "chain"
        digest = hashlib.blake2b(str(project).encode(), digest_size=10).hexdigest()
        return self.folders.data / "chains" / f"{project.name}-{digest}"

    def _chain_failed(self, error: Exception) -> None:
        window = self.window
        actions: dict[str, Callable[[], object]]
        if isinstance(error, StorageLocked):
            actions = {
                "Look only": partial(self.open_chain, read_only=True),
                "Another folder…": self._choose_chain,
                "Use a temporary chain": self._use_temporary_chain,
                "Try again": self.open_chain,
            }
            text = (
                "Another Strata has the chain of this project open\n"
                "Close it there and try again, only look at it, or work on another chain here."
            )
            window.notifications.show(Notice("warning", text, "chain", actions, lasting=True))
        elif isinstance(error, StorageDamaged):
            actions = {
                "What is wrong?": self._verify_chain,
                "Repair": partial(self.open_chain, repair=True),
                "Begin anew": self._set_chain_aside,
                "Try again": self.open_chain,
            }
            text = f"The chain of this project is damaged\n{error}"
            window.notifications.show(Notice("error", text, "chain", actions, lasting=True))
        elif isinstance(error, UserError):
            actions = {"Use a temporary chain": self._use_temporary_chain, "Try again": self.open_chain}
            text = f"The chain of this project cannot be opened\n{error}"
            window.notifications.show(Notice("error", text, "chain", actions, lasting=True))
        else:
            raise error

    def _request_failed(self, error: Exception) -> None:
        if isinstance(error, StorageDamaged):
            self._chain_failed(error)

    def _chain_repaired(self, report: RepairReport) -> None:
        saved = f"{report.blocks:,} block{'' if report.blocks == 1 else 's'} could be read"
        lost = f"Could not be read: {'; '.join(report.lost)}." if report.lost else "Nothing was lost."
        text = f"The chain was repaired\n{saved}. {lost}\nThe damaged one was kept as {report.damaged}."
        self.window.notifications.show(Notice("warning" if report.lost else "success", text, "chain", lasting=True))

    def _use_temporary_chain(self) -> None:
        self._temporary_chains.append(Path(tempfile.mkdtemp(prefix="strata-chain-")))
        self.panels.open(self._temporary_chains[-1])

    def _choose_chain(self) -> None:
        folder = dialogs.ask_folder(self.window, self.window.project or Path.home())
        if folder is not None:
            self.panels.open(folder)

    def _verify_chain(self) -> None:
        if self.window.project is not None:
            self.panels.bridge.close(wait=True)
            verify_chain(self.window, self._chain_folder(self.window.project), self._chain_failed)

    def _set_chain_aside(self) -> None:
        if self.window.project is None:
            return
        self.panels.bridge.close(wait=True)
        chain = self._chain_folder(self.window.project)
        kept = chain.with_name(f"{chain.name}-damaged-{time.strftime('%Y%m%d-%H%M%S')}")
        try:
            chain.rename(kept)
        except OSError as error:
            self.window.notifications.error(f"The damaged chain cannot be set aside\n{chain}: {error.strerror}")
            return
        self.window.notifications.information(f"A new chain was begun\nThe damaged one was kept as {kept}.")
        self.open_chain()

    # --- ending ----------------------------------------------------------------------------------

    def _closed(self) -> None:
        self.recovery.close()
        for folder in self._temporary_chains:
            shutil.rmtree(folder, ignore_errors=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at events of the watched widget."""
        if event.type() is QEvent.Type.WindowDeactivate:
            self.recovery.keep()
        elif event.type() is QEvent.Type.WindowActivate:
            self.window.editors.check_files()
        return super().eventFilter(watched, event)


def run(project: Path | None, arguments: list[str]) -> int:
    """Show the window until it is closed; returns the exit code."""
    options = Options.parse(arguments)
    sys.setswitchinterval(SWITCH_SECONDS)
    application = create_application([])
    folders = Folders.below(options.base) if options.base is not None else Folders.standard()
    reporter = CrashReporter(folders.state)
    reporter.install()
    try:
        return _run(application, reporter, folders, project, safe=options.safe)
    finally:
        reporter.uninstall()


def _run(
    application: QApplication, reporter: CrashReporter, folders: Folders, project: Path | None, *, safe: bool
) -> int:
    settings = SettingsStore(folders.settings)
    appearance = Appearance(application, settings.value)
    settings.changed.connect(appearance.apply)
    starts = StartCounter(folders.state / "starts")
    if starts.begin() >= UNCLEAN_BEFORE_OFFER and not safe:
        safe = offer_safe_start()
    program = Program(folders, settings, safe=safe)
    window = program.window
    reporter.reported.connect(window.fault)
    program.open_first_project(project)
    window.show()

    def after_first_paint() -> None:
        program.open_chain()
        program.offer_recovery()
        if settings.problem:
            window.notifications.warning(settings.problem)
        if reporter.previous_fault:
            window.notifications.warning(
                f"Strata crashed last time\nThe report was added to {reporter.log_path}.", "fault"
            )

    QTimer.singleShot(0, after_first_paint)
    QTimer.singleShot(HEALTHY_AFTER_MS, lambda: settle(starts))
    code = application.exec()
    starts.healthy()
    return code


def settle(starts: StartCounter) -> None:
    """Note that the start went well, once everything that stays has been made."""
    starts.healthy()
    gc.freeze()  # else a full collection, on whatever thread, goes through all of the window: longer than a frame


def offer_safe_start() -> bool:
    """Ask whether to start without session and layout after starts that ended early."""
    question = "Strata ended early twice. Start without restoring tabs and layout?"
    detail = "Nothing is deleted: unsaved text is still offered, and the next start restores everything again."
    return dialogs.confirm(None, "Safe start", question, "Start safely", detail=detail)
