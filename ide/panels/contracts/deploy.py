"""Deploying a file: save, compile, deploy. Errors of the compiler go to the editor at their line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog

from engine.errors import CompileError
from engine.facade import CheckResult, DeployRequest, DeployResult
from engine.values import CompiledContract, DeployedContract, Diagnostic, Severity
from ide.chain.explanation import outcome_words
from ide.panels.contracts.deploy_dialog import DeployDialog
from ide.panels.workbench import Workbench

if TYPE_CHECKING:
    from engine.facade import PreparedFile


@dataclass(slots=True)
class Attempt:
    """A deployment on its way: the file, its text, and what is known so far."""

    path: Path
    text: str
    ask: bool
    request: DeployRequest | None = None
    is_packed: bool = False


class Deployer(QObject):
    """Leads a file from its text to a deployed contract; one at a time."""

    deployed = Signal(object)
    """The `DeployResult`, successful or not."""

    busy_changed = Signal()
    """`is_busy` changed."""

    def __init__(self, workbench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._last: dict[Path, DeployRequest] = {}
        self._texts: dict[str, str] = {}
        self._attempt: Attempt | None = None
        self.dialog: DeployDialog | None = None
        workbench.bridge.engine_changed.connect(self._end)

    @property
    def is_busy(self) -> bool:
        """Whether something is being compiled or deployed."""
        return self._attempt is not None

    def deployed_text(self, contract: DeployedContract) -> str | None:
        """Return the text of the file a contract was deployed from in this session."""
        return self._texts.get(contract.id)

    def can_redeploy(self, path: Path | None) -> bool:
        """Whether the settings for `path` are known."""
        return path is not None and path in self._last

    def start(self, path: Path, *, ask: bool = True) -> None:
        """Save, compile and deploy a file; `ask` False takes the settings of the last time."""
        window, engine = self._workbench.window, self._workbench.engine
        if engine is None or self.is_busy:
            return
        saved = window.save(path)
        if saved is None:
            return
        path = saved
        self._attempt = Attempt(path, window.text_of(path) or "", ask)
        self.busy_changed.emit()
        window.status_message(f"Compiling {path.name} …")
        self._workbench.bridge.request(engine.prepare(path), self, self._prepared, self._failed)

    def _prepared(self, prepared: PreparedFile) -> None:
        attempt, engine = self._attempt, self._workbench.engine
        if attempt is None or engine is None:
            return
        attempt.request = request = self._with_last_choices(attempt.path, prepared.request)
        if prepared.pack is not None:
            attempt.is_packed = True
            future = engine.compile_pack(prepared.pack, profile=request.profile)
        else:
            future = engine.compile(request.source, file=request.file, profile=request.profile, abi=request.abi)
        self._workbench.bridge.request(future, self, self._compiled, self._failed)

    def _with_last_choices(self, path: Path, request: DeployRequest) -> DeployRequest:
        last = self._last.get(path)
        if last is not None:
            abi = request.abi if last.abi is not None else None
            return msgspec.structs.replace(
                request, name=last.name, publisher=last.publisher, gas_limit=last.gas_limit, abi=abi
            )
        known = next((known for known in self._workbench.contracts.values() if known.file == request.file), None)
        accounts = [account.name for account in self._workbench.accounts]
        publisher = known.owner if known is not None and known.owner in accounts else next(iter(accounts), "")
        return msgspec.structs.replace(request, publisher=publisher)

    def _compiled(self, compiled: CompiledContract) -> None:
        attempt = self._attempt
        if attempt is None or attempt.request is None:
            return
        self._workbench.window.show_diagnostics(attempt.path, compiled.diagnostics)
        if attempt.ask:
            self._ask(attempt.request, compiled, is_packed=attempt.is_packed)
        else:
            self._deploy(attempt.request)

    def _ask(self, request: DeployRequest, compiled: CompiledContract, *, is_packed: bool) -> None:
        window, engine = self._workbench.window, self._workbench.engine
        accounts = [account.name for account in self._workbench.accounts]
        dialog = DeployDialog(request, compiled, accounts, window.dialog_parent())
        self.dialog = dialog
        if request.abi is not None and is_packed:
            dialog.offer_derived(compiled.abi)
        elif request.abi is not None and engine is not None:
            check = engine.check(request.source, file=request.file, profile=request.profile)

            def derived(result: CheckResult) -> None:
                dialog.offer_derived(result.abi)

            self._workbench.bridge.request(check, dialog, derived)
        window.status_message("")
        dialog.finished.connect(self._answered)
        dialog.open()

    def _answered(self, outcome: int) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None and outcome == QDialog.DialogCode.Accepted.value:
            self._deploy(dialog.request)
        else:
            self._end()

    def _deploy(self, request: DeployRequest) -> None:
        attempt, engine = self._attempt, self._workbench.engine
        if attempt is None or engine is None:
            return
        self._last[attempt.path] = request
        self._workbench.window.status_message(f"Deploying {request.name} …")
        self._workbench.bridge.request(engine.deploy(request), self, self._done, self._failed)

    def _done(self, result: DeployResult) -> None:
        attempt = self._attempt
        self._end()
        if attempt is None:
            return
        name = self._last[attempt.path].name
        self._workbench.remember_deployment(f"Contract{result.transaction.hash}", name, attempt.path)
        if result.contract is not None:
            self._texts[result.contract.id] = attempt.text
            self._workbench.window.status_message(f"Deployed {name} as {result.contract.id}")
        else:
            failure = result.transaction.failure
            reason = failure.text if failure is not None and failure.text else outcome_words(result.transaction)
            self._workbench.window.status_message(f"{name} was not deployed: {reason}")
        self.deployed.emit(result)

    def _failed(self, error: Exception) -> None:
        attempt = self._attempt
        self._end()
        if attempt is None:
            return
        if not isinstance(error, CompileError) or not error.diagnostics:
            self._workbench.bridge.request_failed.emit(error)
            return
        window = self._workbench.window
        for path, found in _by_file(attempt.path, error.diagnostics).items():
            window.show_diagnostics(path, found)
        first = next((one for one in error.diagnostics if one.severity is Severity.ERROR), error.diagnostics[0])
        file = _file_of(attempt.path, first)
        window.open_file(file, first.line, first.column)
        window.status_message("")
        place = f"{file.name}, line {first.line}: " if first.line else ""
        window.notify_error(f"{attempt.path.name} does not compile\n{place}{first.message}")

    def _end(self) -> None:
        if self._attempt is not None:
            self._attempt = None
            self.busy_changed.emit()


def _file_of(path: Path, diagnostic: Diagnostic) -> Path:
    """Return the file a finding is about: the packer names files of the project relative to its folder."""
    if not diagnostic.file:
        return path
    file = Path(diagnostic.file)
    candidates = [file] if file.is_absolute() else [folder / file for folder in path.parents[:3]]
    return next((candidate for candidate in candidates if candidate.is_file()), path)


def _by_file(path: Path, diagnostics: tuple[Diagnostic, ...]) -> dict[Path, list[Diagnostic]]:
    found: dict[Path, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        found.setdefault(_file_of(path, diagnostic), []).append(diagnostic)
    return found
