"""The one owner of all commands and of all keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from engine.errors import InternalError, InvalidInput
from ide.commands.command import Command, Scope
from ide.pacing import Throttle
from ide.theme import icon


class CommandRegistry(QObject):
    """Commands by id, each with the `QAction` that menus, tool bars and keys share.

    `added` tells that commands were added, `rebound` that the user moved a key, `changed`
    either, `triggered` the id of a command
    that ran.
    """

    added = Signal()
    changed = Signal()
    rebound = Signal()
    triggered = Signal(str)

    def __init__(self, window: QWidget, editor_area: QWidget) -> None:
        super().__init__(window)
        self._owners = {Scope.WINDOW: window, Scope.EDITOR: editor_area}
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._overrides: dict[str, tuple[str, ...]] = {}
        self._paced = Throttle(self.refresh_now, self)
        # In a turn of its own: whoever asks is in the middle of a change.
        self._refresh_timer = QTimer(self, singleShot=True, interval=0)
        self._refresh_timer.timeout.connect(self._paced.request)

    def register(self, *commands: Command) -> None:
        """Add commands.

        Raises:
            InternalError: an id is taken, or a key already belongs to another command.
        """
        for command in commands:
            if command.id in self._commands:
                raise InternalError(f"the command {command.id} is registered twice")
            keys = self._usable_keys(command)
            self._commands[command.id] = command
            self._keys[command.id] = keys
            self._actions[command.id] = self._make_action(command)
        self.added.emit()
        self.changed.emit()
        self.refresh()

    def _usable_keys(self, command: Command) -> tuple[str, ...]:
        chosen = self._overrides.get(command.id)
        usable = []
        for key in command.shortcuts if chosen is None else chosen:
            other = self.owner_of(key)
            if other is None:
                usable.append(key)
            elif chosen is None and other.id not in self._overrides:
                raise InternalError(f"{key} is the key of {other.id} and of {command.id}")
            # Else the user gave the key away: whoever has it keeps it.
        return tuple(usable)

    def commands(self) -> list[Command]:
        """Return all commands in the order they were registered."""
        return list(self._commands.values())

    def __contains__(self, command_id: str) -> bool:
        """Whether a command is registered."""
        return command_id in self._commands

    def command(self, command_id: str) -> Command:
        """Return a command by id; `InternalError` if there is none."""
        if command_id not in self._commands:
            raise InternalError(f"there is no command {command_id}")
        return self._commands[command_id]

    def action(self, command_id: str) -> QAction:
        """Return the shared action of a command, to put on a button or into a context menu."""
        self.command(command_id)
        return self._actions[command_id]

    def keys(self, command_id: str) -> tuple[str, ...]:
        """Return the keys in force for a command (its own, or what the user chose)."""
        return self._keys[self.command(command_id).id]

    def key_text(self, command_id: str) -> str:
        """Return the first key of a command as the platform writes it, or an empty string."""
        keys = self.keys(command_id)
        return QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""

    def owner_of(self, key: str) -> Command | None:
        """Return the command that `key` runs."""
        wanted = QKeySequence(key).toString()
        for command_id, keys in self._keys.items():
            if any(QKeySequence(other).toString() == wanted for other in keys):
                return self._commands[command_id]
        return None

    def rebind(self, command_id: str, keys: Iterable[str]) -> None:
        """Give a command other keys.

        Raises:
            InvalidInput: a key is not a key, or belongs to another command.
        """
        chosen = tuple(keys)
        for key in chosen:
            if QKeySequence(key).isEmpty() or not QKeySequence(key).toString():
                raise InvalidInput(f"“{key}” is not a key", advice="Write it like Ctrl+Shift+K.")
            other = self.owner_of(key)
            if other is not None and other.id != command_id:
                raise InvalidInput(
                    f"{key} already runs “{other.title}”", advice="Take the key from that command first."
                )
        self._keys[self.command(command_id).id] = chosen
        self._overrides[command_id] = chosen
        self._actions[command_id].setShortcuts([QKeySequence(key) for key in chosen])
        self._actions[command_id].setToolTip(self.tool_tip(command_id))
        self.rebound.emit()
        self.changed.emit()

    def set_overrides(self, overrides: Mapping[str, Iterable[str]]) -> None:
        """Take the user's keys for commands that are registered from now on."""
        self._overrides = {command_id: tuple(keys) for command_id, keys in overrides.items()}

    def overrides(self) -> dict[str, list[str]]:
        """Return the keys of all commands that do not have their own keys."""
        changed = {one.id: self._keys[one.id] for one in self.commands() if self._keys[one.id] != one.shortcuts}
        return {command_id: list(keys) for command_id, keys in changed.items()}

    def run(self, command_id: str) -> bool:
        """Run a command if it is enabled now; return whether it ran."""
        command = self.command(command_id)
        if command.disabled_reason():
            self.refresh_now()
            return False
        self.triggered.emit(command_id)
        command.run()
        self.refresh()
        return True

    def refresh(self) -> None:
        """Ask every command again whether it is enabled, soon; cheap to call often."""
        self._refresh_timer.start()

    def refresh_now(self) -> None:
        """Bring enabled and checked states of all actions up to date."""
        for command_id, command in self._commands.items():
            action = self._actions[command_id]
            action.setEnabled(not command.disabled_reason())
            if command.checked is not None:
                action.setChecked(command.checked())

    def tool_tip(self, command_id: str) -> str:
        """Return what a button for the command says: title, key, explanation, and why it is disabled."""
        command = self.command(command_id)
        key = self.key_text(command_id)
        lines = [f"{command.title} ({key})" if key else command.title]
        if command.tip:
            lines.append(command.tip)
        if reason := command.disabled_reason():
            lines.append(reason)
        return "\n".join(lines)

    def _make_action(self, command: Command) -> QAction:
        action = QAction(command.title, self)
        action.setObjectName(command.id)
        if command.icon:
            action.setIcon(icon(command.icon, command.icon_colour))
        action.setShortcuts([QKeySequence(key) for key in self._keys[command.id]])
        action.setShortcutContext(
            Qt.ShortcutContext.WindowShortcut
            if command.scope is Scope.WINDOW
            else Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        action.setCheckable(command.checked is not None)
        action.setToolTip(self.tool_tip(command.id))
        action.setStatusTip(command.tip or f"{command.category}: {command.title}")
        action.triggered.connect(lambda _checked=False, command_id=command.id: self.run(command_id))
        self._owners[command.scope].addAction(action)
        return action
