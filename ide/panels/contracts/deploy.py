"""Deploying the open file: compile, show the ABI, ask for publisher and gas limit, deploy.

Errors of the compiler go to the editor at their line; no dialog is shown for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.errors import CompileError
from engine.facade import DeployRequest, DeployResult
from engine.values import CompiledContract, DeployedContract, Profile, Severity
from ide.bridge import describe_error
from ide.panels.arguments import ArgumentProblem, check_gas_limit
from ide.panels.contracts.inputs import ProblemLabel
from ide.panels.contracts.parameters import parameter_names
from ide.panels.workbench import Workbench
from ide.theme import icon

DEFAULT_DEPLOY_GAS = "4000000"


@dataclass(frozen=True, slots=True)
class DeploySettings:
    """What people chose for a file when they deployed it last."""

    name: str
    publisher: str
    profile: Profile = Profile.IOST
    gas_limit: str = DEFAULT_DEPLOY_GAS


class DeployDialog(QDialog):
    """Shows what would be deployed. `settings` is what was chosen."""

    def __init__(
        self,
        path: Path,
        compiled: CompiledContract,
        accounts: list[str],
        settings: DeploySettings,
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self._profile = settings.profile
        self.setWindowTitle(f"Deploy {path.name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.name = QLineEdit(settings.name)
        self.publisher = QComboBox()
        self.publisher.addItems(accounts)
        self.publisher.setCurrentText(settings.publisher)
        self.gas_limit = QLineEdit(settings.gas_limit)
        self.problem = ProblemLabel()
        self.methods = QListWidget()
        self.methods.setAccessibleName("Methods that can be called")
        for method in compiled.abi.abi:
            names = parameter_names(compiled.original, method.name, len(method.args))
            parameters = ", ".join(f"{name}: {kind}" for name, kind in zip(names, method.args, strict=True))
            self.methods.addItem(QListWidgetItem(icon("method"), f"{method.name}({parameters})"))
        form = QFormLayout()
        form.setSpacing(8)
        for text, field in (("&Name", self.name), ("&Publisher", self.publisher), ("&Gas limit", self.gas_limit)):
            label = QLabel(text)
            label.setBuddy(field)
            field.setAccessibleName(text.replace("&", ""))
            form.addRow(label, field)
        form.addRow("Profile", QLabel(str(settings.profile)))
        count = len(compiled.abi.abi)
        interface = QLabel(f"Interface: {count} method{'' if count == 1 else 's'}, and init, which runs now")
        buttons = QDialogButtonBox()
        self.deploy_button = buttons.addButton("Deploy", QDialogButtonBox.ButtonRole.AcceptRole)
        self.deploy_button.setIcon(icon("deploy"))
        self.deploy_button.setDefault(True)
        self.deploy_button.setProperty("primary", True)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._accept_checked)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(10)
        layout.addLayout(form)
        layout.addWidget(interface)
        layout.addWidget(self.methods, 1)
        warnings = sum(diagnostic.severity is Severity.WARNING for diagnostic in compiled.diagnostics)
        if warnings:
            layout.addWidget(QLabel(f"{warnings} warning{'' if warnings == 1 else 's'}, see the Problems panel."))
        layout.addWidget(self.problem)
        layout.addWidget(buttons)
        self.resize(440, 420)
        self.name.setFocus()

    @property
    def settings(self) -> DeploySettings:
        """What was chosen."""
        return DeploySettings(
            self.name.text().strip(),
            self.publisher.currentText(),
            self._profile,
            check_gas_limit(self.gas_limit.text()),
        )

    def _accept_checked(self) -> None:
        try:
            check_gas_limit(self.gas_limit.text())
        except ArgumentProblem as problem:
            self.problem.say(str(problem))
            self.gas_limit.setFocus()
            return
        if not self.name.text().strip():
            self.problem.say("Give the contract a name, for example the file's.")
            self.name.setFocus()
            return
        self.accept()


class Deployer(QObject):
    """Leads a file from its text to a deployed contract; one at a time."""

    deployed = Signal(object)
    """The `DeployResult`, successful or not."""

    busy_changed = Signal()
    """`is_busy` changed."""

    def __init__(self, workbench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._settings: dict[Path, DeploySettings] = {}
        self._texts: dict[str, str] = {}
        self._busy = False
        self.dialog: DeployDialog | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is being compiled or deployed."""
        return self._busy

    def deployed_text(self, contract: DeployedContract) -> str | None:
        """Return the text a contract was deployed from in this session."""
        return self._texts.get(contract.id)

    def can_redeploy(self, path: Path | None) -> bool:
        """Whether the settings for `path` are known."""
        return path is not None and path in self._settings

    def start(self, path: Path, text: str, *, ask: bool = True) -> None:
        """Compile `text` and deploy it; `ask` False takes the settings of the last time."""
        engine = self._workbench.engine
        if engine is None or self._busy:
            return
        settings = self._settings.get(path, self._first_settings(path))
        self._set_busy(True)
        self._workbench.window.status_message(f"Compiling {path.name} …")

        def compiled(contract: CompiledContract) -> None:
            self._workbench.window.show_diagnostics(path, contract.diagnostics)
            if ask:
                self._ask(path, text, contract, settings)
            else:
                self._deploy(path, text, settings)

        future = engine.compile(text, file=str(path), profile=settings.profile)
        self._workbench.bridge.request(future, self, compiled, lambda error: self._failed(path, error))

    def _first_settings(self, path: Path) -> DeploySettings:
        accounts = [account.name for account in self._workbench.accounts]
        before = next((known for known in self._workbench.contracts.values() if known.file == str(path)), None)
        if before is not None:
            return DeploySettings(before.name, before.owner, before.profile)
        return DeploySettings(path.stem, accounts[0] if accounts else "")

    def _ask(self, path: Path, text: str, compiled: CompiledContract, settings: DeploySettings) -> None:
        accounts = [account.name for account in self._workbench.accounts]
        dialog = DeployDialog(path, compiled, accounts, settings, self._workbench.window.dialog_parent())
        self.dialog = dialog

        def closed(outcome: int) -> None:
            self.dialog = None
            if outcome == QDialog.DialogCode.Accepted.value:
                self._deploy(path, text, dialog.settings)
            else:
                self._set_busy(False)

        dialog.finished.connect(closed)
        dialog.open()

    def _deploy(self, path: Path, text: str, settings: DeploySettings) -> None:
        engine = self._workbench.engine
        if engine is None:
            self._set_busy(False)
            return
        self._settings[path] = settings
        self._workbench.window.status_message(f"Deploying {settings.name} …")
        request = DeployRequest(
            name=settings.name,
            source=text,
            publisher=settings.publisher,
            file=str(path),
            profile=settings.profile,
            gas_limit=settings.gas_limit,
        )

        def done(result: DeployResult) -> None:
            self._set_busy(False)
            if result.contract is not None:
                self._texts[result.contract.id] = text
                self._workbench.window.status_message(f"Deployed {settings.name} as {result.contract.id}")
            else:
                self._workbench.window.status_message(
                    f"{settings.name} was not deployed: {result.transaction.receipt.message}"
                )
            self.deployed.emit(result)

        self._workbench.bridge.request(engine.deploy(request), self, done, lambda error: self._failed(path, error))

    def _failed(self, path: Path, error: Exception) -> None:
        self._set_busy(False)
        if isinstance(error, CompileError):
            window = self._workbench.window
            window.show_diagnostics(path, error.diagnostics)
            first = next(
                (found for found in error.diagnostics if found.severity is Severity.ERROR), error.diagnostics[0]
            )
            window.open_file(path, first.line, first.column)
            window.status_message(f"{path.name} does not compile: {first.message}")
        else:
            self._workbench.bridge.request_failed.emit(error)
            self._workbench.window.status_message(describe_error(error))

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.busy_changed.emit()
