"""The dialog before a deployment: the interface that will be there, publisher and gas limit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
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

from engine.facade import DeployRequest
from engine.values import Abi, AbiMethod, CompiledContract, Diagnostic, Severity
from ide.panels.arguments import ArgumentProblem, check_gas_limit
from ide.panels.contracts.inputs import ProblemLabel
from ide.panels.contracts.parameters import parameter_names
from ide.panels.readable import byte_size
from ide.panels.widgets import SectionTitle
from ide.theme import icon

CODE_LIMIT = 49152
"""Largest source the chain takes, in bytes (spec/vm.md §1)."""


class DeployDialog(QDialog):
    """Shows what would be deployed; `request` is what was chosen."""

    def __init__(
        self, request: DeployRequest, compiled: CompiledContract, accounts: list[str], parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self._request, self._compiled = request, compiled
        self._derived: Abi | None = None
        self.setWindowTitle(f"Deploy {Path(request.file).name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.name = QLineEdit(request.name)
        self.publisher = QComboBox()
        self.publisher.addItems(accounts)
        self.publisher.setCurrentText(request.publisher)
        self.gas_limit = QLineEdit(request.gas_limit)
        self.problem = ProblemLabel()
        self.notice = QLabel()
        self.notice.setWordWrap(True)
        self.methods = QListWidget()
        self.methods.setAccessibleName("Methods that can be called")
        self.methods.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.methods.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.uses_file = QCheckBox("Interface from the project's .abi file")
        self.uses_file.setChecked(request.abi is not None)
        self.uses_file.setVisible(False)
        self.uses_file.toggled.connect(self._show_methods)
        form = QFormLayout()
        form.setSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, widget in (("&Name", self.name), ("&Publisher", self.publisher), ("&Gas limit", self.gas_limit)):
            label = QLabel(text)
            label.setBuddy(widget)
            widget.setAccessibleName(text.replace("&", ""))
            form.addRow(label, widget)
        size = len(request.source.encode("utf-8", "replace"))
        form.addRow("Profile", QLabel(f"{request.profile}, {byte_size(size)} of {byte_size(CODE_LIMIT)}"))
        self.interface_title = SectionTitle("")
        self.interface_title.setContentsMargins(0, 4, 0, 0)
        buttons = QDialogButtonBox()
        self.deploy_button = buttons.addButton("Deploy", QDialogButtonBox.ButtonRole.AcceptRole)
        self.deploy_button.setDefault(True)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._accept_checked)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(10)
        layout.addLayout(form)
        layout.addWidget(self.interface_title)
        layout.addWidget(self.methods, 1)
        layout.addWidget(self.uses_file)
        if compiled.diagnostics and (text := findings(compiled.diagnostics)):
            self.notice.setText(text)
            errors = any(finding.severity is Severity.ERROR for finding in compiled.diagnostics)
            self.notice.setProperty("tone", "error" if errors else "warning")
            layout.addWidget(self.notice)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)
        self.resize(460, 440)
        self.deploy_button.setFocus()
        self._show_methods()

    def offer_derived(self, abi: Abi | None) -> None:
        """Let people choose the interface derived from the source, if it differs from the file's."""
        if abi is not None and self._request.abi is not None and abi.abi != self._request.abi.abi:
            self._derived = abi
            self.uses_file.setVisible(True)

    @property
    def request(self) -> DeployRequest:
        """What was chosen."""
        return msgspec.structs.replace(
            self._request,
            name=self.name.text().strip(),
            publisher=self.publisher.currentText(),
            gas_limit=check_gas_limit(self.gas_limit.text()),
            abi=self._request.abi if self.uses_file.isChecked() else None,
        )

    def _show_methods(self) -> None:
        from_file = self._request.abi if self.uses_file.isChecked() else self._derived
        abi = from_file or self._compiled.abi
        self.methods.clear()
        for method in abi.abi:
            self.methods.addItem(QListWidgetItem(icon("method"), signature(self._compiled.original, method)))
        count = len(abi.abi)
        self.interface_title.setText(f"{count} method{'' if count == 1 else 's'}, and init, which runs now")

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


def findings(diagnostics: Sequence[Diagnostic]) -> str:
    """Return what the compiler found in a sentence: the first error, else how many warnings; empty if neither."""
    error = next((finding for finding in diagnostics if finding.severity is Severity.ERROR), None)
    if error is not None:
        place = f" (line {error.line})" if error.line else ""
        return f"The chain will refuse this contract: {error.message}{place}."
    warnings = sum(finding.severity is Severity.WARNING for finding in diagnostics)
    return f"{warnings} warning{'' if warnings == 1 else 's'}, see the Problems panel." if warnings else ""


def signature(source: str, method: AbiMethod) -> str:
    """Return a method with the names (found in `source`) and types of its parameters."""
    names = parameter_names(source, method.name, len(method.args))
    return f"{method.name}({', '.join(f'{name}: {kind}' for name, kind in zip(names, method.args, strict=True))})"
