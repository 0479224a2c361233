"""Checks contracts while they are typed: lint and syntax, shown in the editor and among the problems."""

from __future__ import annotations

import re
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
SYNTAX = "syntax"
"""The code of the finding that a text does not parse."""

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
        self._usual_profile = Profile.IOST
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
        self._contracts, self._interfaces, self._usual_profile = {}, {}, Profile.IOST
        try:
            project = load_project(folder)
        except InvalidInput as error:
            self._window.status_message(str(error).replace("\n", " "))
            return
        self._usual_profile = project.profile
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
        if path in self._contracts or path.suffix != ".js":
            return self._contracts.get(path)
        editor = self._window.editor_for(path)
        # Beside the contracts of `strata.json` there are modules of theirs, and contracts that are being begun.
        is_one = not self._contracts or (editor is not None and looks_like_contract(editor.text()))
        return self._usual_profile if is_one else None

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
            if editor is None or editor.document().characterCount() > LARGEST:
                continue
            profile = self._profile(path)
            if profile is None and path.suffix != ".js":
                continue
            if (previous := self._asked.pop(path, None)) is not None:
                previous.drop()
            revision = editor.document().revision()
            self._asked[path] = self._bridge.request(
                engine.check(
                    editor.text(),
                    file=str(path),
                    profile=profile or Profile.MODERN,
                    abi=self._kept_interface(path) if profile else None,
                ),
                self,
                partial(self._show if profile else self._show_syntax, path, revision),
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

    def _show_syntax(self, path: Path, revision: int, result: CheckResult) -> None:
        """Show what is wrong with a file that is no contract: whether it parses at all."""
        self._asked.pop(path, None)
        editor = self._window.editor_for(path)
        if editor is not None and editor.document().revision() == revision:
            wrong = [one for one in result.diagnostics if one.code == SYNTAX and not _is_module(editor.text())]
            self._window.show_diagnostics(path, wrong, SOURCE)

    def _show(self, path: Path, revision: int, result: CheckResult) -> None:
        self._asked.pop(path, None)
        editor = self._window.editor_for(path)
        if editor is not None and editor.document().revision() == revision:
            self._window.show_diagnostics(path, result.diagnostics, SOURCE)
            self.checked.emit(path, result)


_CLASS_WITH_INIT = re.compile(r"^class\s+\w+[\s\S]*?^\s+init\s*\(", re.MULTILINE)
_REQUIRES = re.compile(r"^(?!\s*(?://|\*)).*\brequire\s*\(", re.MULTILINE)
_MODULE = re.compile(r"^(?:import|export)\b", re.MULTILINE)


def looks_like_contract(text: str) -> bool:
    """Whether a text declares a class with `init` and asks for no other file, so that it can be deployed as it is."""
    return bool(_CLASS_WITH_INIT.search(text)) and not _REQUIRES.search(text) and not _is_module(text)


def _is_module(text: str) -> bool:
    return bool(_MODULE.search(text))
