"""What this is, and the versions that matter in a problem report."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ide.theme import IconLabel

_PARTS = ("PySide6-Essentials", "mini-racer", "rocksdict", "Pygments", "msgspec")


def versions() -> list[str]:
    """Return the versions of the parts Strata stands on."""
    lines = [f"Python {platform.python_version()}", f"Qt {qVersion()}"]
    for part in _PARTS:
        try:
            lines.append(f"{part} {version(part)}")
        except PackageNotFoundError:
            lines.append(f"{part} is not installed")
    return lines


class AboutDialog(QDialog):
    """Name, purpose and versions."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About Strata")
        sign = IconLabel("strata", "info", 56)
        title = QLabel("Strata")
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        font.setBold(True)
        title.setFont(font)
        text = QLabel(
            "Write, run, and step through JavaScript smart contracts,\nand see what every step does to the state."
        )
        details = QLabel("\n".join(versions()))
        details.setObjectName("Hint")
        details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addWidget(title)
        right.addWidget(text)
        right.addWidget(details)
        top = QHBoxLayout()
        top.setSpacing(20)
        top.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(right, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(24, 24, 24, 16)
        rows.setSpacing(16)
        rows.addLayout(top)
        rows.addWidget(buttons)
