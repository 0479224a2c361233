"""Commands: one owner of ids and keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from engine.errors import InternalError, InvalidInput
from ide.commands import Command, CommandRegistry, Scope
from ide.settings import SettingsStore
from ide.window import MainWindow


@pytest.fixture
def owner(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def registry(owner):
    return CommandRegistry(owner, owner)


def command(name, *keys, **more):
    return Command(f"test.{name}", name.title(), "Test", more.pop("run", lambda: None), keys, **more)


def test_a_key_works(registry, owner, qtbot):
    ran = []
    registry.register(command("one", "Ctrl+1", run=lambda: ran.append(1)))
    owner.show()
    owner.activateWindow()
    qtbot.waitUntil(owner.isActiveWindow)
    qtbot.keyClick(owner, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert ran == [1]


def test_ids_and_keys_are_unique(registry):
    registry.register(command("one", "Ctrl+1"))
    with pytest.raises(InternalError, match="registered twice"):
        registry.register(command("one"))
    with pytest.raises(InternalError, match=r"test\.one"):
        registry.register(command("two", "ctrl+1"))
    with pytest.raises(InternalError):
        registry.register(command("three", "Ctrl+1", scope=Scope.EDITOR))


def test_a_disabled_command_does_not_run_and_says_why(registry):
    reason, ran = ["not now"], []
    registry.register(command("one", run=lambda: ran.append(1), disabled_reason=lambda: reason[0]))
    registry.refresh_now()
    assert not registry.run("test.one") and not ran
    assert not registry.action("test.one").isEnabled()
    assert "not now" in registry.tool_tip("test.one")
    reason[0] = ""
    registry.refresh_now()
    assert registry.action("test.one").isEnabled()
    registry.action("test.one").trigger()
    assert ran == [1]


def test_toggles_show_their_state(registry):
    state = [False]
    registry.register(command("one", run=lambda: state.__setitem__(0, not state[0]), checked=lambda: state[0]))
    registry.action("test.one").trigger()
    registry.refresh_now()
    assert registry.action("test.one").isChecked()


def test_rebinding(registry):
    registry.register(command("one", "Ctrl+1"), command("two", "Ctrl+2"))
    with pytest.raises(InvalidInput, match="already runs"):
        registry.rebind("test.two", ["Ctrl+1"])
    with pytest.raises(InvalidInput, match="not a key"):
        registry.rebind("test.two", ["Nonsense+Q+"])
    registry.rebind("test.two", ["Ctrl+3"])
    assert registry.owner_of("Ctrl+2") is None
    assert registry.action("test.two").shortcut() == QKeySequence("Ctrl+3")


def test_the_users_keys_win(registry):
    registry.set_overrides({"test.one": ["F2"]})
    registry.register(command("one", "Ctrl+1"))
    assert registry.keys("test.one") == ("F2",)


def test_no_key_is_used_twice_in_the_whole_window(full_window):
    """Two enabled actions with one key: Qt would run neither."""
    seen = {}
    shortcuts = [(a, key) for a in full_window.findChildren(QAction) for key in a.shortcuts()]
    shortcuts += [(s, s.key()) for s in full_window.findChildren(QShortcut)]
    for owner, key in shortcuts:
        other = seen.setdefault(key.toString(), owner)
        assert other is owner, f"{key.toString()}: {owner.objectName()} and {other.objectName()}"


def test_every_command_can_be_found(full_window):
    menus = {action.objectName() for action in _menu_actions(full_window.menuBar())}
    for one in full_window.commands.commands():
        action = full_window.commands.action(one.id)
        assert action.statusTip() and action.toolTip() and one.title and one.category
        assert one.menu is None or one.id in menus
        assert "." in one.id


def test_no_chord_begins_with_the_key_of_another_command(full_window):
    keys = [
        QKeySequence(k).toString() for c in full_window.commands.commands() for k in full_window.commands.keys(c.id)
    ]
    prefixes = {key.split(", ")[0] for key in keys if ", " in key}
    assert not prefixes & set(keys)


def _menu_actions(menu):
    for action in menu.actions():
        yield action
        if action.menu() is not None:
            yield from _menu_actions(action.menu())


def test_keys_the_user_moved_survive_a_restart(folders, qtbot, leaves_nothing):
    first = make_window(folders)
    first.commands.rebind("file.save", ["Ctrl+Alt+F5"])
    first.commands.rebind("file.new", ["Ctrl+S"])
    close(first)
    second = make_window(folders)
    assert second.commands.keys("file.save") == ("Ctrl+Alt+F5",)
    assert second.commands.owner_of("Ctrl+S").id == "file.new"
    close(second)


def test_a_key_the_user_gave_away_is_not_taken_back_by_its_first_owner(registry):
    registry.set_overrides({"test.one": ["Ctrl+2"]})
    registry.register(command("one", "Ctrl+1"), command("two", "Ctrl+2"))
    assert registry.owner_of("Ctrl+2").id == "test.one" and registry.keys("test.two") == ()


def make_window(folders):
    return MainWindow(folders, SettingsStore(folders.settings))


def close(window):
    window.close()
    window.deleteLater()
