"""The settings, as a dialog: every change is in force at once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.errors import StorageError
from ide.settings import Settings, SettingsStore
from ide.theme import SYSTEM, available_themes, default_code_family


class SettingsDialog(QDialog):
    """Shows the settings; the file behind them can be edited as well."""

    def __init__(self, settings: SettingsStore, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Settings")
        self._settings = settings
        value = settings.value
        self.theme = QComboBox()
        self.theme.addItem("Follow the desktop", SYSTEM)
        for name in available_themes():
            self.theme.addItem(name.replace("-", " ").title(), name)
        self.theme.setCurrentIndex(max(self.theme.findData(value.theme), 0))
        self.family = QComboBox()
        self.family.addItem(f"Default ({default_code_family()})", "")
        for family in QFontDatabase.families():
            if QFontDatabase.isFixedPitch(family):
                self.family.addItem(family, family)
        self.family.setCurrentIndex(max(self.family.findData(value.code_font_family), 0))
        self.code_size = self._size(value.code_font_size, 6)
        self.interface_size = self._size(value.interface_font_size, 0)
        self.interface_size.setSpecialValueText("as the desktop")
        self.trim = QCheckBox("Remove blanks at the end of lines when saving")
        self.trim.setChecked(value.trim_on_save)
        self.check = QCheckBox("Show problems while typing")
        self.check.setChecked(value.check_while_typing)
        self.install = QCheckBox("Install missing npm packages without asking")
        self.install.setChecked(value.install_missing_packages)
        self.snapshot_megabytes = self._count(value.snapshot_megabytes, 16, 100_000, " MB")
        self.snapshot_days = self._count(value.snapshot_days, 1, 10_000, " days")
        for box in (self.snapshot_megabytes, self.snapshot_days):
            box.setToolTip("Compiled contracts of the chain are always kept; this is about all others")
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.addRow("&Theme", self.theme)
        form.addRow("&Code font", self.family)
        form.addRow("Code font &size", self.code_size)
        form.addRow("&Interface font size", self.interface_size)
        form.addRow("", self.trim)
        form.addRow("", self.check)
        form.addRow("", self.install)
        form.addRow("Compiled contracts, &at most", self.snapshot_megabytes)
        form.addRow("kept while &used within", self.snapshot_days)
        for field in (
            self.theme,
            self.family,
            self.code_size,
            self.interface_size,
            self.snapshot_megabytes,
            self.snapshot_days,
        ):
            label = form.labelForField(field)
            if label is not None:
                label.setMinimumHeight(field.sizeHint().height())
        path = QLabel(f"Kept in {settings.path}")
        path.setObjectName("Hint")
        path.setWordWrap(True)
        path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problem = QLabel()
        self.problem.setProperty("tone", "error")
        self.problem.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        defaults = QPushButton("Set back to defaults")
        buttons.addButton(defaults, QDialogButtonBox.ButtonRole.ResetRole)
        defaults.setAutoDefault(False)
        defaults.clicked.connect(self._set_back)
        buttons.rejected.connect(self.reject)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 20, 20, 16)
        rows.setSpacing(14)
        rows.addLayout(form)
        rows.addWidget(path)
        rows.addWidget(self.problem)
        rows.addStretch(1)
        rows.addWidget(buttons)
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * 64)
        self.theme.currentIndexChanged.connect(lambda: self._set(theme=self.theme.currentData()))
        self.family.currentIndexChanged.connect(lambda: self._set(code_font_family=self.family.currentData()))
        self.code_size.valueChanged.connect(lambda size: self._set(code_font_size=size))
        self.interface_size.valueChanged.connect(lambda size: self._set(interface_font_size=size))
        self.trim.toggled.connect(lambda on: self._set(trim_on_save=on))
        self.check.toggled.connect(lambda on: self._set(check_while_typing=on))
        self.install.toggled.connect(lambda on: self._set(install_missing_packages=on))

        self.snapshot_megabytes.valueChanged.connect(lambda number: self._set(snapshot_megabytes=number))
        self.snapshot_days.valueChanged.connect(lambda number: self._set(snapshot_days=number))

    @staticmethod
    def _count(value: int, least: int, most: int, suffix: str) -> QSpinBox:
        box = QSpinBox()
        box.setRange(least, most)
        box.setSuffix(suffix)
        box.setValue(value)
        box.lineEdit().setTextMargins(5, 0, 0, 0)
        return box

    @staticmethod
    def _size(value: float, least: float) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setRange(least, 40)
        box.setDecimals(1)
        box.setSingleStep(0.5)
        box.setSuffix(" pt")
        box.setValue(value)
        box.lineEdit().setTextMargins(5, 0, 0, 0)
        return box

    def _set(self, **changes: object) -> None:
        try:
            self._settings.update(**changes)
        except StorageError as error:
            self.problem.setText(str(error))

    def _set_back(self) -> None:
        self.theme.setCurrentIndex(0)
        self.family.setCurrentIndex(0)
        self.code_size.setValue(11)
        self.interface_size.setValue(0)
        self.trim.setChecked(False)
        self.check.setChecked(True)
        self.install.setChecked(False)
        usual = Settings()
        self.snapshot_megabytes.setValue(usual.snapshot_megabytes)
        self.snapshot_days.setValue(usual.snapshot_days)
