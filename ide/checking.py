"""Checks contracts while they are typed: lint and syntax, shown in the editor and among the problems."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from engine.compiler.abi import read_abi
from engine.entrance.project import load_project
from engine.errors import InvalidInput, UserError
from engine.facade import CheckResult
from engine.values import Abi, Diagnostic, Profile, Severity
from ide.bridge import EngineBridge, Request
from ide.editor.text_file import read_text_file

if TYPE_CHECKING:
    from ide.window import MainWindow

SOURCE = "check"
REST_MS = 350
"""A text is checked when nothing was typed for so long."""

INTERFACE_SUFFIX = ".abi"
LARGEST = 300_000
"""Longer texts are checked on deployment only, in characters."""


class LiveChecker(QObject):
    """Asks the engine about each edited contract, one question at a time a file; late answers are dropped.

    `checked` carries a contract's path and the `CheckResult` about its present text.
    """

    checked = Signal(object, object)

    def __init__(self, window: MainWindow, bridge: EngineBridge) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._due: set[Path] = set()
        self._asked: dict[Path, Request[CheckResult]] = {}
        self._contracts: dict[Path, Profile] = {}
        self._interfaces: dict[Path, Path] = {}
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._check_due)
        window.editors.edited.connect(self._edited)
        window.editors.opened.connect(self._edited)
        window.editors.closed.connect(self._closed)
        window.editors.saved.connect(self._saved)
        window.project_opened.connect(self._project_opened)
        bridge.engine_changed.connect(self._check_all)

    def _project_opened(self, folder: Path) -> None:
        self._contracts, self._interfaces = {}, {}
        try:
            project = load_project(folder)
        except InvalidInput as error:
            self._window.status_message(str(error).replace("\n", " "))
            return
        for contract in project.contracts:
            path = (folder / contract.file).resolve()
            self._contracts[path] = contract.profile or project.profile
            if contract.abi is not None:
                self._interfaces[path] = (folder / contract.abi).resolve()
        self._check_all()

    def interface_path(self, path: Path) -> Path:
        """Return where the interface of a contract is kept: what the project says, else beside it."""
        return self._interfaces.get(path, path.with_name(f"{path.name}.abi"))

    def interface(self, path: Path) -> Abi | None:
        """Return the interface that is kept for a contract, as it stands in the editor or on disk; None without one.

        Raises:
            InvalidInput: it is not an interface.
        """
        kept = self.interface_path(path)
        editor = self._window.editor_for(kept)
        if editor is not None:
            return read_abi(editor.text(), file=str(kept))
        return read_abi(read_text_file(kept).text, file=str(kept)) if kept.is_file() else None

    def is_contract(self, path: Path) -> bool:
        """Whether a file is checked as a contract."""
        return self._profile(path) is not None

    def check(self, path: Path) -> None:
        """Check a contract soon."""
        self._edited(path)

    def _profile(self, path: Path) -> Profile | None:
        """Return the profile to check a file by, None if it is no contract."""
        if path in self._contracts:
            return self._contracts[path]
        return Profile.IOST if not self._contracts and path.suffix == ".js" else None

    def _saved(self, path: Path) -> None:
        if path.name == "strata.json" and self._window.project is not None:
            self._project_opened(self._window.project)

    def _edited(self, path: Path) -> None:
        if path.suffix == INTERFACE_SUFFIX:
            concerned = (one.path for one in self._window.editors.editors() if self.interface_path(one.path) == path)
            self._due.update(concerned)
        self._due.add(path)
        self._rest.start()

    def _closed(self, path: Path) -> None:
        self._due.discard(path)
        self._window.problems.set(path, SOURCE, ())

    def _check_all(self) -> None:
        self._due.update(editor.path for editor in self._window.editors.editors())
        self._rest.start()

    def _check_due(self) -> None:
        engine = self._bridge.engine
        if engine is None or not self._window.settings.value.check_while_typing:
            return
        due, self._due = self._due, set()
        for path in due:
            editor = self._window.editor_for(path)
            profile = self._profile(path)
            if editor is None or profile is None or editor.document().characterCount() > LARGEST:
                continue
            if (previous := self._asked.pop(path, None)) is not None:
                previous.drop()
            revision = editor.document().revision()
            self._asked[path] = self._bridge.request(
                engine.check(editor.text(), file=str(path), profile=profile, abi=self._kept_interface(path)),
                self,
                partial(self._show, path, revision),
            )

    def _kept_interface(self, path: Path) -> Abi | None:
        """Return a contract's interface to compare with; what is wrong with its file is that file's problem."""
        kept = self.interface_path(path)
        try:
            abi = self.interface(path)
        except UserError as error:
            unusable = Diagnostic(Severity.ERROR, "abi-mismatch", error.what, str(kept))
            self._window.show_diagnostics(kept, [unusable], SOURCE)
            return None
        self._window.show_diagnostics(kept, (), SOURCE)
        return abi

    def _show(self, path: Path, revision: int, result: CheckResult) -> None:
        self._asked.pop(path, None)
        editor = self._window.editor_for(path)
        if editor is not None and editor.document().revision() == revision:
            self._window.show_diagnostics(path, result.diagnostics, SOURCE)
            self.checked.emit(path, result)
