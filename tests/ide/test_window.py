"""The window: layout, settings, notifications, errors, and that a walk through it leaves nothing."""

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QLabel, QLineEdit, QTabBar, QTextEdit, QWidget

from engine.errors import InvalidInput, StorageError
from ide.application import CrashReporter
from ide.notifications import Notice, NoticesButton
from ide.program import Options
from ide.settings import Settings, SettingsStore
from ide.theme import themes
from ide.window import MainWindow


def dock_states(window):
    return {dock.objectName(): (dock.isVisible(), window.dockWidgetArea(dock)) for dock in window.docks()}


def make_window(folders, qtbot):
    window = MainWindow(folders, SettingsStore(folders.settings))
    for name, area in (("a", Qt.DockWidgetArea.LeftDockWidgetArea), ("b", Qt.DockWidgetArea.BottomDockWidgetArea)):
        window.add_dock(name, name.upper(), QTextEdit(), area)
    window.restore_layout()
    window.show()
    qtbot.waitExposed(window)
    return window


def test_the_layout_comes_back(folders, qtbot, leaves_nothing):
    window = make_window(folders, qtbot)
    original = dock_states(window)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, window.dock("a"))
    window.dock("b").hide()
    changed = dock_states(window)
    window.close()
    window.deleteLater()
    again = make_window(folders, qtbot)
    assert dock_states(again) == changed != original
    again.reset_layout()
    assert dock_states(again) == original
    again.close()
    again.deleteLater()


def test_the_window_leaves_the_desktop_room_for_its_title_bar(folders, qtbot, leaves_nothing):
    window = make_window(folders, qtbot)
    assert 0 < window.height() <= window.screen().availableSize().height() - window.fontMetrics().height()
    window.close()
    window.deleteLater()


@pytest.mark.parametrize(
    "content", [b"{", b'{"version": 99, "geometry": "", "state": ""}', b"\xff\xfe", b'{"geometry": "\xff"}']
)
def test_a_broken_layout_falls_back_and_is_kept(folders, qtbot, leaves_nothing, content):
    path = folders.state / "layout.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    window = make_window(folders, qtbot)
    assert all(shown for shown, _ in dock_states(window).values())
    assert path.with_suffix(".broken.json").read_bytes() == content
    window.close()
    window.deleteLater()


def test_docks_are_toggled_by_their_command(window, qtbot):
    window.add_dock("x", "Extra", QLineEdit(), shortcuts=("Ctrl+Alt+X",))
    qtbot.keyClick(window, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert not window.dock("x").isVisible()
    window.commands.run("view.panel.x")
    assert window.dock("x").isVisible()
    assert window.dock("x").widget().hasFocus()
    with pytest.raises(InvalidInput):
        window.add_dock("x", "Again", QWidget())


def test_panels_in_tabs_have_no_second_title(full_window, qtbot):
    qtbot.waitUntil(lambda: full_window.dock("state").titleBarWidget() is not None)
    for dock in full_window.findChildren(QDockWidget):
        assert (dock.titleBarWidget() is not None) == bool(full_window.tabifiedDockWidgets(dock))


def test_the_focus_of_a_panel_that_goes_behind_another_tab_does_not_wander(full_window, qtbot):
    full_window.show_dock("storage")
    inside = full_window.dock("storage").findChild(QLineEdit)
    qtbot.waitUntil(inside.isVisible)
    inside.setFocus()
    full_window.show_dock("time", focus=False)
    qtbot.waitUntil(lambda: not inside.isVisible())
    assert full_window.focusWidget() is None


def test_zoom_is_a_setting(window, project, qtbot):
    editor = window.open_file(project / "token.js")
    size = editor.font().pointSizeF()
    qtbot.keyClick(editor, Qt.Key.Key_Equal, Qt.KeyboardModifier.ControlModifier)
    assert editor.font().pointSizeF() == size + 1 == window.settings.value.code_font_size
    qtbot.keyClick(editor, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert editor.font().pointSizeF() == size


def test_settings_are_kept(folders):
    SettingsStore(folders.settings).update(theme="dark", shortcuts={"file.save": ["F2"]})
    assert SettingsStore(folders.settings).value == Settings(theme="dark", shortcuts={"file.save": ["F2"]})


@pytest.mark.parametrize("content", [b"{", b'{"format": 7}', b'{"theme": 3}', b"\xff", b'{"theme": "\xff"}'])
def test_broken_settings_are_kept_and_said(folders, content):
    folders.settings.mkdir(parents=True)
    (folders.settings / "settings.json").write_bytes(content)
    store = SettingsStore(folders.settings)
    assert store.value == Settings() and "cannot be used" in store.problem
    assert (folders.settings / "settings.broken.json").read_bytes() == content


def test_errors_for_people_become_notices_and_others_are_raised(window):
    window.report(StorageError("full", where="/x", advice="Make room."))
    assert window.notifications.visible()[-1].text == "/x: full\nMake room."
    with pytest.raises(ZeroDivisionError):
        window.report(ZeroDivisionError())


def test_notices_replace_each_other_and_are_at_most_three(window):
    for number in range(5):
        window.notifications.information(f"n{number}")
    assert [notice.text for notice in window.notifications.visible()] == ["n2", "n3", "n4"]
    window.notifications.error("first", "key")
    window.notifications.error("second", "key")
    assert [notice.text for notice in window.notifications.visible()] == ["n3", "n4", "second"]
    assert len(window.notifications.log) == 7


def test_a_notice_with_actions(window, qtbot):
    done = []
    window.notifications.show(Notice("warning", "Choose", actions={"Do it": lambda: done.append(1)}, lasting=True))
    button = next(b for b in window.findChildren(QAbstractButton) if b.text() == "Do it")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == [1] and not window.notifications.visible()


def test_what_was_said_can_be_read_again(window, qtbot):
    button = NoticesButton(window.notifications, window)
    for text in ("first", "second"):
        window.notifications.information(text)
    window.notifications.dismiss_all()
    popup = button.open()
    assert [popup.list.item(row).text() for row in range(popup.list.count())] == ["second", "first"]
    popup.close()


def test_back_and_forward(window, project, qtbot):
    (project / "long.js").write_text("x\n" * 200)
    window.open_file(project / "long.js", 5)
    window.open_file(project / "long.js", 150)
    window.open_file(project / "token.js", 2)
    places = []
    for _ in range(2):
        window.commands.run("go.back")
        places.append((window.current_editor().path.name, window.current_editor().textCursor().blockNumber() + 1))
    window.commands.run("go.forward")
    places.append((window.current_editor().path.name, window.current_editor().textCursor().blockNumber() + 1))
    assert places == [("long.js", 150), ("long.js", 5), ("long.js", 150)]


def test_closing_the_window_asks_about_unsaved_text(window, project, answers):
    from ide.dialogs import SaveChoice

    editor = window.open_file(project / "token.js")
    editor.insertPlainText("x")
    answers["ask_save"] = SaveChoice.CANCEL
    assert not window.close() and window.isVisible()
    answers["ask_save"] = SaveChoice.SAVE
    assert window.close()
    assert (project / "token.js").read_text().startswith("x")


def test_every_control_has_a_name(full_window, project):
    full_window.open_project(project)
    full_window.open_file(project / "token.js")
    nameless = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in full_window.findChildren(QAbstractButton)
        if not (widget.text() or widget.accessibleName())
        and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
        and not widget.objectName().startswith("qt_")
    ]
    nameless += [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in full_window.findChildren(QLineEdit)
        if not _name(widget) and not widget.objectName().startswith("qt_") and not _has_label(widget)
    ]
    assert not nameless


def _name(field):
    """The name that is read out: the field of a combo box hands the focus to its box."""
    return field.accessibleName() or (field.focusProxy() or field).accessibleName()


def _has_label(widget):
    return any(label.buddy() is widget for label in widget.window().findChildren(QLabel))


def test_switching_the_theme_reaches_everything_at_once(full_window, project, qtbot):
    full_window.open_project(project)
    editor = full_window.open_file(project / "token.js")
    for name in ("dark", "light"):
        themes().select(name)
        image = editor.viewport().grab().toImage()
        assert image.pixelColor(image.width() - 30, image.height() - 30).name() == themes().current.editor.name()


@pytest.mark.parametrize(("arguments", "safe"), [([], False), (["--safe"], True)])
def test_options(arguments, safe, tmp_path):
    assert Options.parse([*arguments, f"--base={tmp_path}"]) == Options(safe, tmp_path)
    with pytest.raises(InvalidInput, match="--nonsense"):
        Options.parse(["--nonsense"])


def test_nothing_that_goes_wrong_is_lost(tmp_path, qapp, monkeypatch, capsys):
    reporter = CrashReporter(tmp_path)
    said = []
    reporter.reported.connect(said.append)
    for name in ("excepthook", "unraisablehook"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    reporter.install()
    try:
        sys.excepthook(RuntimeError, RuntimeError("broken slot"), None)
    finally:
        reporter.uninstall()
    assert said == ["RuntimeError: broken slot"]
    assert "broken slot" in reporter.log_path.read_text()
    assert not (tmp_path / "fault.log").exists()


def test_a_crash_of_the_process_is_found_by_the_next_start(tmp_path):
    (tmp_path / "fault.log").write_text("Fatal Python error: Segmentation fault")
    assert "Segmentation" in CrashReporter(tmp_path).previous_fault


def test_tabs_of_panels_are_never_shortened(full_window, qtbot):
    for name in ("composer", "help", "composer"):
        full_window.show_dock(name, focus=False)

    def crowded():
        bars = full_window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return next(bar for bar in bars if bar.isVisible() and bar.count() == 5)

    def room_for_titles():
        bar = crowded()
        metrics = bar.fontMetrics()
        widths = [bar.tabRect(tab).width() - metrics.horizontalAdvance(bar.tabText(tab)) for tab in range(5)]
        return min(widths) > 0 and sum(bar.tabRect(tab).width() for tab in range(5)) <= bar.width()

    for width in (700, 400):
        full_window.resizeDocks([full_window.dock("composer")], [width], Qt.Orientation.Horizontal)
        qtbot.waitUntil(room_for_titles, timeout=30_000)
