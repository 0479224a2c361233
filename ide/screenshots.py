"""Renders the window's main states off screen, one PNG each, in light and dark."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSize, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from engine.errors import InternalError
from engine.values import Diagnostic, Severity
from ide.application import Appearance, create_application
from ide.authoring.scenes import authoring_scenes
from ide.editor.line_marks import Breakpoint
from ide.paths import SAMPLES, Folders
from ide.program import Program
from ide.project.samples import FIRST_SAMPLE, working_copy
from ide.settings import SettingsStore
from ide.theme import themes

SIZE = QSize(1440, 900)
PATIENCE_SECONDS = 60.0


class Stage:
    """The window on which states are prepared, with its real engine."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.window = program.window

        self._failure: Exception | None = None

    def fail(self, error: Exception) -> None:
        """End the next `wait` with this error."""
        self._failure = error

    def settle(self, milliseconds: int = 120) -> None:
        """Let timers, animations and painting come to rest."""
        end = time.monotonic() + milliseconds / 1000
        while time.monotonic() < end:
            QCoreApplication.processEvents()

    def wait(self, condition: Callable[[], object], what: str) -> None:
        """Wait until `condition` holds; `InternalError` naming `what` if it takes too long."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if self._failure is not None:
                raise self._failure
            if time.monotonic() > end:
                raise InternalError(f"screenshot: waited too long for {what}")
            QCoreApplication.processEvents()
        self.settle()

    def open_contract(self, name: str = "token.js") -> Path:
        """Open a file of the sample project."""
        if self.window.project is None:
            raise InternalError("screenshot: no project is open")
        path = self.window.project / name
        self.window.open_file(path)
        return path


@dataclass(frozen=True)
class State:
    """A picture: its file name, and what brings the stage there. Returns another widget to render than the window."""

    name: str
    prepare: Callable[[Stage], QWidget | None]


def render_all(folder: Path) -> None:
    """Write every state as `<name>.png` (light) and `<name>-dark.png` into `folder`."""
    qInstallMessageHandler(_tell_qt_trouble)
    application = QApplication.instance() or create_application([])
    if not isinstance(application, QApplication):
        raise InternalError("screenshot: another kind of application runs already")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="strata-screenshot-") as base:
        folders = Folders.below(Path(base))
        settings = SettingsStore(folders.settings)
        Appearance(application, settings.value)
        program = Program(folders, settings)
        program.window.open_project(working_copy(SAMPLES, FIRST_SAMPLE, folders.data))
        program.window.resize(SIZE)
        program.window.show()
        program.open_chain()
        stage = Stage(program)
        program.panels.bridge.opening_failed.connect(stage.fail)
        try:
            stage.wait(lambda: program.panels.bridge.engine, "the engine")
            for state in all_states():
                _render(stage, state, folder)
        finally:
            for editor in program.window.editors.editors():
                editor.document().setModified(False)
            program.window.close()
            program.window.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _tell_qt_trouble(_kind: QtMsgType, _context: object, text: str) -> None:
    """Pass on what Qt says, but for what the platform without a screen says of every dialog."""
    if "propagateSizeHints" not in text:
        sys.stderr.write(f"{text}\n")


def _render(stage: Stage, state: State, folder: Path) -> None:
    widget = state.prepare(stage) or stage.window
    for theme, suffix in (("light", ""), ("dark", "-dark")):
        themes().select(theme)
        stage.settle()
        picture: QPixmap = widget.grab()
        path = folder / f"{state.name}{suffix}.png"
        if not picture.save(str(path)):
            raise InternalError(f"screenshot: cannot write {path}")
    if widget is not stage.window:
        widget.close()
        widget.deleteLater()
    stage.window.notifications.dismiss_all()


def all_states() -> list[State]:
    """Return the states in the order they are prepared; each starts where the one before ended."""
    from ide.chain.screenshots import chain_states
    from ide.time.screenshots import time_states

    return [
        State("start", _start),
        State("editor", _editor),
        State("find", _find),
        State("palette", _palette),
        State("files", _files),
        State("search", _search),
        State("settings", _settings),
        State("keyboard", _keyboard),
        State("recovery", _recovery),
        State("welcome", _welcome),
        State("deployed", _deployed),
        State("called", _called),
        State("rolled-back", _rolled_back),
        State("transactions", _transactions),
        *time_states(),
        *(State(name, prepare) for name, prepare in authoring_scenes()),
        State("debugging", _debugging),
        State("output", _output),
        State("workers", _workers),
        State("vm-settings", _vm_settings),
        *chain_states(),
    ]


def _start(stage: Stage) -> None:
    stage.open_contract()


def _editor(stage: Stage) -> None:
    path = stage.open_contract()
    stage.window.show_diagnostics(
        path,
        [
            Diagnostic(Severity.ERROR, "syntax", "Unexpected token, expected “;”", "", 9, 6, 9, 14),
            Diagnostic(Severity.WARNING, "unused-variable", "“MAX_MEMO” is never used", "", 11, 6, 11, 14),
        ],
    )
    editor = stage.window.current_editor()
    if editor is not None:
        editor.set_breakpoints([Breakpoint(15), Breakpoint(25)])
        editor.set_execution_line(16)
    stage.window.show_dock("problems", focus=False)
    stage.window.notifications.information("Saved\ntoken.js was written.")


def _find(stage: Stage) -> None:
    stage.open_contract()
    stage.window.problems.clear()
    page = stage.window.editors.current_page()
    if page is not None:
        page.editor.set_execution_line(None)
        page.find_bar.open(replace=True)
        page.find_bar.needle.setText("amount")
        stage.settle(200)
        page.find_bar.go(1)


def _palette(stage: Stage) -> None:
    page = stage.window.editors.current_page()
    if page is not None:
        page.find_bar.close_bar()
    stage.window.open_palette(">th")


def _files(stage: Stage) -> None:
    stage.window.open_palette("")


def _search(stage: Stage) -> None:
    stage.window.open_palette(">")
    stage.window.current_editor()
    panel = stage.program.search_panel
    stage.window.show_dock("search")
    panel.needle.setText("storage")
    panel.search()
    stage.wait(lambda: not stage.window.tasks.tasks, "the search")


def _settings(stage: Stage) -> QWidget:
    from ide.settings_dialog import SettingsDialog

    stage.window.show_dock("project", focus=False)
    dialog = SettingsDialog(stage.window.settings, stage.window)
    dialog.show()
    return dialog


def _keyboard(stage: Stage) -> QWidget:
    from ide.commands.keyboard_help import KeyboardHelp

    dialog = KeyboardHelp(stage.window.commands, stage.window)
    dialog.show()
    return dialog


def _recovery(stage: Stage) -> QWidget:
    from ide.session.recovery import RECOVERY_FORMAT, RecoveredText
    from ide.session.recovery_dialog import RecoveryDialog

    path = stage.open_contract()
    text = path.read_text(encoding="utf-8").replace('"Acorn"', '"Oak"').replace("= 4;", "= 8; // as the exchange")
    kept = RecoveredText(RECOVERY_FORMAT, str(path), text, False, "utf-8", "\n", b"", time.time())
    dialog = RecoveryDialog([kept], stage.window)
    dialog.show()
    return dialog


def _welcome(stage: Stage) -> None:
    stage.window.editors.close_all()


# --- with the engine -----------------------------------------------------------------------------


def _deployed(stage: Stage) -> None:
    path = stage.open_contract()
    panels = stage.program.panels
    stage.window.show_dock("contracts", focus=False)
    stage.window.show_dock("state", focus=False)
    panels.deployer.start(path, ask=False)
    stage.wait(lambda: panels.workbench.contracts and not panels.deployer.is_busy, "the deployment")


def call(stage: Stage, method: str, arguments: list[str], *, debug: bool = False) -> None:
    """Call a method with the form, or debug it, and wait for what comes of it."""
    panels = stage.program.panels
    form = panels.contracts.form
    if not form.choose_method(method):
        raise InternalError(f"screenshot: the sample has no method {method}")
    for field, text in zip(form.inputs, arguments, strict=True):
        field.set_text(text)
    before = panels.workbench.selected
    if debug:
        panels.contracts.debug()
        stage.wait(lambda: panels.controller.session is not None, "the recording")
    else:
        panels.contracts.call()
        stage.wait(lambda: panels.workbench.selected is not before and not panels.caller.is_running, "the call")
    stage.settle(600)


def account_names(stage: Stage) -> tuple[str, str]:
    """Return the first two development accounts."""
    first, second, *_ = (account.name for account in stage.program.panels.workbench.accounts)
    return first, second


def _called(stage: Stage) -> None:
    _, second = account_names(stage)
    call(stage, "mint", [second, "250.5"])


def _rolled_back(stage: Stage) -> None:
    first, second = account_names(stage)
    call(stage, "transfer", [first, second, "1000000", "too much"])


def _transactions(stage: Stage) -> None:
    stage.window.show_dock("transactions", focus=False)


def _debugging(stage: Stage) -> None:
    _, second = account_names(stage)
    editor = stage.window.current_editor()
    if editor is not None:
        editor.set_breakpoints([])
    call(stage, "mint", [second, "10"], debug=True)
    for _ in range(3):
        stage.window.commands.run("debug.over")
        stage.settle(400)


def _output(stage: Stage) -> None:
    stage.program.panels.controller.stop()
    stage.window.show_dock("output", focus=False)


def _workers(stage: Stage) -> None:
    """A busy monitor with a worker that was just killed and the one that took its place."""
    stage.window.show_dock("workers", focus=False)
    panels = stage.program.panels
    engine, shown = panels.bridge.engine, panels.workbench.selected
    if engine is None or shown is None:
        raise InternalError("screenshot: no transaction is there to be repeated")
    load = [engine.transact_many([shown.request] * 40) for _ in range(6)]
    stage.wait(lambda: all(future.done() for future in load), "the load")
    stage.settle(1500)
    panels.workers.view.setCurrentIndex(panels.workers.model.index(0, 0))
    panels.workers.kill()
    known = panels.workers.model.rowCount()
    stage.wait(lambda: panels.workers.model.rowCount() > known, "the new worker")


def _vm_settings(stage: Stage) -> QWidget:
    return stage.program.panels.monitor.open_settings()
