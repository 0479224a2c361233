"""Numbers of workers and limits of a transaction, as a dialog; each limit stands beside the chain's."""

from __future__ import annotations

import os

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.errors import UserError
from engine.facade import VmSettings
from engine.interface import CHAIN_HEAP_BYTES, CHAIN_TIME_LIMIT, problem_of
from ide.monitor.control import DEFAULTS, VmControl

_MEGABYTE = 1_000_000


class VmSettingsDialog(QDialog):
    """Shows what is in force; OK keeps the changes and puts them in force."""

    def __init__(self, control: VmControl, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Workers and Limits")
        self._control = control
        self.floor = _whole(1, 64, "")
        self.ceiling = _whole(0, 64, "")
        self.ceiling.setSpecialValueText(f"one a core ({os.cpu_count() or 1})")
        self.seconds = QDoubleSpinBox()
        self.seconds.setRange(0.01, 60)
        self.seconds.setDecimals(2)
        self.seconds.setSingleStep(0.1)
        self.seconds.setSuffix(" s")
        _arrange(self.seconds)
        self.heap = _whole(16, 2000, " MB")
        self.process = _whole(128, 16_000, " MB")
        self.check = QCheckBox("&Check mode: run every transaction also in a fresh sandbox and compare")
        self.check.setToolTip("Result, gas and writes must be the same; a difference is reported as a fault of Strata")
        self._hints: list[tuple[QLabel, QSpinBox | QDoubleSpinBox, float, str]] = []
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.addRow("Workers at &least", self.floor)
        form.addRow("Workers at &most", self.ceiling)
        form.addRow("&Time of a transaction", self._beside_chain(self.seconds, CHAIN_TIME_LIMIT, "s"))
        form.addRow("&Heap of an isolate", self._beside_chain(self.heap, CHAIN_HEAP_BYTES / _MEGABYTE, "MB"))
        form.addRow("&Memory of a worker", self.process)
        form.addRow(self.check)
        for field in (self.floor, self.ceiling, self.seconds, self.heap, self.process):
            row = field.parentWidget()
            label = form.labelForField(field) or (form.labelForField(row) if row is not None else None)
            if label is not None:
                label.setMinimumHeight(field.sizeHint().height())
        where = QLabel("Workers and check mode are kept with your settings, the limits in the project's strata.json.")
        where.setObjectName("Hint")
        where.setWordWrap(True)
        self.problem = QLabel()
        self.problem.setProperty("tone", "error")
        self.problem.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.as_chain = self._reset_button("Limits as the &Chain")
        self.as_chain.clicked.connect(self._set_as_chain)
        self.defaults = self._reset_button("&Defaults")
        self.defaults.clicked.connect(lambda: self._show(DEFAULTS))
        self.buttons.accepted.connect(self._keep)
        self.buttons.rejected.connect(self.reject)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 20, 20, 16)
        rows.setSpacing(14)
        rows.addLayout(form)
        rows.addWidget(where)
        rows.addWidget(self.problem)
        rows.addWidget(self.buttons)
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * 72)
        for field in (self.floor, self.ceiling, self.seconds, self.heap, self.process):
            field.valueChanged.connect(self._check)
        self._show(control.settings)
        self._check()

    def value(self) -> VmSettings:
        """Return what the fields say."""
        return VmSettings(
            floor=self.floor.value(),
            ceiling=self.ceiling.value(),
            time_limit=round(self.seconds.value(), 2),
            heap_bytes=self.heap.value() * _MEGABYTE,
            process_bytes=self.process.value() * _MEGABYTE,
            check=self.check.isChecked(),
        )

    def _reset_button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ResetRole)
        return button

    def _beside_chain(self, field: QSpinBox | QDoubleSpinBox, chain: float, unit: str) -> QWidget:
        hint = QLabel()
        row = QWidget()
        row.setFocusProxy(field)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(field)
        layout.addWidget(hint, 1)
        self._hints.append((hint, field, chain, unit))
        return row

    def _show(self, settings: VmSettings) -> None:
        self.floor.setValue(settings.floor)
        self.ceiling.setValue(settings.ceiling)
        self.seconds.setValue(settings.time_limit)
        self.heap.setValue(settings.heap_bytes // _MEGABYTE)
        self.process.setValue(settings.process_bytes // _MEGABYTE)
        self.check.setChecked(settings.check)

    def _set_as_chain(self) -> None:
        self.seconds.setValue(CHAIN_TIME_LIMIT)
        self.heap.setValue(CHAIN_HEAP_BYTES // _MEGABYTE)

    def _check(self) -> None:
        for hint, field, chain, unit in self._hints:
            differs = abs(field.value() - chain) > 1e-9
            hint.setText(f"differs from the chain: {chain:g} {unit}" if differs else "as on the chain")
            hint.setProperty("tone", "warning" if differs else "")
            hint.style().unpolish(hint)
            hint.style().polish(hint)
        problem = problem_of(self.value())
        self.problem.setText(problem[:1].upper() + problem[1:])
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not problem)

    def _keep(self) -> None:
        try:
            self._control.choose(self.value())
        except UserError as error:
            self.problem.setText(str(error))
        else:
            self.accept()


def _whole(least: int, most: int, suffix: str) -> QSpinBox:
    field = QSpinBox()
    field.setRange(least, most)
    field.setSuffix(suffix)
    _arrange(field)
    return field


def _arrange(field: QSpinBox | QDoubleSpinBox) -> None:
    field.lineEdit().setTextMargins(5, 0, 0, 0)
    field.setMinimumWidth(field.fontMetrics().horizontalAdvance("0") * 20)
