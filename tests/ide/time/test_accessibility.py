"""Every control of the time dock has a name that a screen reader says, and can be reached by keyboard."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QHeaderView, QLineEdit, QTabBar

from ide.program import Program
from ide.settings import SettingsStore


def test_names_and_focus(leaves_nothing, qtbot, folders):
    program = Program(folders, SettingsStore(folders.settings))
    try:
        panel = program.time.panel
        for control in (*panel.findChildren(QAbstractButton), *panel.findChildren(QLineEdit)):
            is_qts_own = control.objectName().startswith("qt_") or isinstance(control.parent(), QTabBar | QLineEdit)
            if not is_qts_own:
                assert control.accessibleName() or control.text(), control
        for view in panel.findChildren(QAbstractItemView):
            if not isinstance(view, QHeaderView):
                assert view.accessibleName(), view
        assert panel.track.accessibleName()
        assert panel.track.focusPolicy() & Qt.FocusPolicy.TabFocus
        for name in ("time.back", "time.now", "time.what_if", "storage.filter", "storage.undo_edit"):
            assert program.window.commands.tool_tip(name)
    finally:
        program.window.close()
        program.window.deleteLater()
