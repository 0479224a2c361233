"""Every control of the panels can be reached by keyboard and has a name that a screen reader says."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLineEdit, QScrollArea, QScrollBar, QWidget

from ide.panels.install import EnginePanels
from ide.paths import Folders
from ide.settings import SettingsStore
from ide.theme import themes
from ide.window import MainWindow


@pytest.fixture
def panels(qtbot, tmp_path, engine):
    folders = Folders.below(tmp_path / "user")
    window = MainWindow(folders, SettingsStore(folders.settings))
    made = EnginePanels(window)
    made.bridge.attach(engine)
    window.resize(1300, 850)
    window.show()
    qtbot.waitUntil(lambda: made.contracts.contract is not None)
    yield made
    made.close()
    window.close()
    window.deleteLater()


def controls(panels):
    for name in (
        "contracts",
        "debugger",
        "accounts",
        "state",
        "timeline",
        "transactions",
        "storage",
        "output",
        "workers",
    ):
        for widget in getattr(panels, name).findChildren(QWidget):
            is_inner = isinstance(widget, QScrollArea | QScrollBar) or widget.objectName().startswith("qt_")
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not is_inner and not widget.focusProxy():
                yield name, widget


def test_every_control_has_a_name(panels):
    panels.contracts.form.choose_method("transfer")
    nameless = [
        (panel, type(widget).__name__)
        for panel, widget in controls(panels)
        if not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
        and not isinstance(widget.parent(), QLineEdit | QAbstractScrollArea)
        and "ComboBox" not in type(widget.parent()).__name__ + widget.parent().metaObject().className()
    ]
    assert nameless == []


def test_every_button_can_be_reached_by_keyboard(panels):
    mouse_only = [
        (button.toolTip() or button.text())
        for name in ("contracts", "debugger", "state", "timeline", "storage", "transactions", "output")
        for button in getattr(panels, name).findChildren(QAbstractButton)
        if button.focusPolicy() is Qt.FocusPolicy.NoFocus
        and not isinstance(button.parent(), QLineEdit | QAbstractScrollArea)
        and not button.objectName().startswith("qt_")
        and "TabBar" not in type(button.parent()).__name__
        and type(button).__name__ not in ("QTableCornerButton", "CloseButton")
    ]
    assert mouse_only == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_panels_can_be_painted_in_both_themes(panels, theme, qtbot):
    try:
        themes().select(theme)
        for name in ("contracts", "debugger", "accounts", "state", "transactions", "storage", "output", "workers"):
            assert not getattr(panels, name).grab().isNull()
    finally:
        themes().select("light")
