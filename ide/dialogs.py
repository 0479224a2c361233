"""Every question the window asks in a dialog: one module, so that tests can answer."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget


class SaveChoice(Enum):
    """What to do with unsaved text."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


def ask_save(parent: QWidget, names: list[str]) -> SaveChoice:
    """Ask what to do with files that have unsaved changes."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("Unsaved changes")
    if len(names) == 1:
        box.setText(f"Save the changes to “{names[0]}”?")
    else:
        box.setText(f"Save the changes to {len(names)} files?")
        box.setInformativeText("\n".join(names[:12]) + ("\n…" if len(names) > 12 else ""))
    save = box.addButton("Save" if len(names) == 1 else "Save all", QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton("Don't save", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(save)
    box.exec()
    if box.clickedButton() is save:
        return SaveChoice.SAVE
    return SaveChoice.DISCARD if box.clickedButton() is discard else SaveChoice.CANCEL


def confirm(parent: QWidget | None, title: str, question: str, action: str, *, detail: str = "") -> bool:
    """Ask whether to do something that cannot be taken back; `action` is the button's verb."""
    box = QMessageBox()
    if parent is not None:
        box.setParent(parent, box.windowFlags())
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setText(question)
    box.setInformativeText(detail)
    yes = box.addButton(action, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    return box.clickedButton() is yes


def choose(parent: QWidget, title: str, question: str, actions: list[str], *, detail: str = "") -> int:
    """Offer several actions; returns the index of the chosen one, -1 if the dialog was dismissed."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setText(question)
    box.setInformativeText(detail)
    buttons = [box.addButton(action, QMessageBox.ButtonRole.ActionRole) for action in actions]
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setEscapeButton(cancel)
    box.exec()
    clicked = box.clickedButton()
    return next((index for index, button in enumerate(buttons) if button is clicked), -1)


def ask_text(parent: QWidget, title: str, label: str, value: str = "") -> str:
    """Ask for one line of text; an empty string if the dialog was dismissed."""
    text, accepted = QInputDialog.getText(parent, title, label, text=value)
    return text.strip() if accepted else ""


def ask_open_file(parent: QWidget, folder: Path) -> Path | None:
    """Ask for a file to open."""
    name, _ = QFileDialog.getOpenFileName(parent, "Open file", str(folder))
    return Path(name) if name else None


def ask_save_file(parent: QWidget, suggestion: Path) -> Path | None:
    """Ask where to save a file."""
    name, _ = QFileDialog.getSaveFileName(parent, "Save as", str(suggestion))
    return Path(name) if name else None


def ask_folder(parent: QWidget, folder: Path) -> Path | None:
    """Ask for a folder to open."""
    name = QFileDialog.getExistingDirectory(parent, "Open folder", str(folder))
    return Path(name) if name else None
