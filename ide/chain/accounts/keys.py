"""Importing and exporting keys, with a clear word about what they are worth."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.entrance.account_keys import AccountKey
from ide.panels.contracts.inputs import ProblemLabel

INSECURE = (
    "These keys protect nothing. The development accounts' keys are the same in every copy of Strata and are "
    "public knowledge; all keys lie unencrypted beside the chain. Never use them on a real network."
)
NEVER_REAL = (
    "The key will lie unencrypted beside this chain. Import keys of test accounts only, never one that "
    "holds anything on a real network."
)


def warning(text: str) -> QLabel:
    """Return a warning that nobody overlooks."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setProperty("tone", "warning")
    return label


class ImportKeyDialog(QDialog):
    """`submitted` carries account, secret key and algorithm; `fail` says what is wrong with them."""

    submitted = Signal(str, str, str)

    def __init__(self, accounts: Sequence[str], parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import Key")
        self.account = QComboBox()
        self.account.setEditable(True)
        self.account.addItems(list(accounts))
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.setPlaceholderText("base58, as the SDK writes it")
        self.algorithm = QComboBox()
        self.algorithm.addItems(["ed25519", "secp256k1"])
        self.shown = QCheckBox("Show the key")
        self.shown.toggled.connect(self._show_secret)
        self.problem = ProblemLabel()
        form = QFormLayout()
        form.setSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, widget in (("Account", self.account), ("Secret key", self.secret), ("Algorithm", self.algorithm)):
            label = QLabel(text)
            label.setBuddy(widget)
            widget.setAccessibleName(text)
            form.addRow(label, widget)
        form.addRow("", self.shown)
        buttons = QDialogButtonBox()
        self.import_button = buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        self.import_button.setDefault(True)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._submit)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(10)
        layout.addWidget(warning(NEVER_REAL))
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * 64)
        self.secret.setFocus()

    def fail(self, error: Exception) -> None:
        """Say what is wrong."""
        self.problem.say(str(error))
        self.import_button.setEnabled(True)

    def _show_secret(self, shown: bool) -> None:
        self.secret.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)

    def _submit(self) -> None:
        account, secret = self.account.currentText().strip(), self.secret.text().strip()
        if not account or not secret:
            self.problem.say("An account and its secret key are needed.")
            return
        self.import_button.setEnabled(False)
        self.submitted.emit(account, secret, self.algorithm.currentText())


class ExportKeysDialog(QDialog):
    """Shows all keys; they can be copied one by one, or saved as the accounts file that `node` writes."""

    save_asked = Signal()

    def __init__(self, keys: Sequence[AccountKey], parent: QWidget | None, *, chosen: str = "") -> None:
        super().__init__(parent)
        self._keys = tuple(keys)
        self.setWindowTitle("Keys")
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setAccessibleName("Keys")
        self.list.setHeaderLabels(["Account", "Public key", "Algorithm"])
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        for key in self._keys:
            item = QTreeWidgetItem([key.name, key.public_key, key.algorithm.lower()])
            self.list.addTopLevelItem(item)
            if key.name == chosen:
                self.list.setCurrentItem(item)
        first = self.list.topLevelItem(0)
        if self.list.currentItem() is None and first is not None:
            self.list.setCurrentItem(first)
        buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.copy_secret = buttons.addButton("Copy Secret Key", role.ActionRole)
        self.copy_public = buttons.addButton("Copy Public Key", role.ActionRole)
        self.save_button = buttons.addButton("Save All…", role.ActionRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.copy_secret.clicked.connect(lambda: self._copy(secret=True))
        self.copy_public.clicked.connect(lambda: self._copy(secret=False))
        self.save_button.clicked.connect(self.save_asked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(10)
        layout.addWidget(warning(INSECURE))
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)
        self.resize(self.fontMetrics().horizontalAdvance("0") * 84, 420)

    def content(self) -> bytes:
        """Return all keys as the JSON that `main.py node --accounts-file` writes."""
        return msgspec.json.format(msgspec.json.encode(self._keys)) + b"\n"

    def _copy(self, *, secret: bool) -> None:
        item = self.list.currentItem()
        if item is not None:
            key = self._keys[self.list.indexOfTopLevelItem(item)]
            QGuiApplication.clipboard().setText(key.secret_key if secret else key.public_key)
