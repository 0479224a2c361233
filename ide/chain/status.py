"""The chain's part of the status bar: how blocks are produced, the chain's time, the local node."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from ide.chain.node import NodeSwitch
from ide.chain.production import ProductionControl, mode_text, time_text
from ide.commands import CommandRegistry
from ide.theme import icon

_TICK_MS = 1000


class ChainStatus(QWidget):
    """Three buttons with menus; each says how things are."""

    def __init__(self, commands: CommandRegistry, control: ProductionControl, node: NodeSwitch) -> None:
        super().__init__()
        self._commands = commands
        self._control, self._node = control, node
        self.mode = self._button(
            "block",
            "How blocks are produced",
            ("chain.instant", "chain.interval", "chain.manual", "", "chain.produce", "chain.seconds"),
        )
        self.clock = self._button("clock", "The chain's time (UTC)", ("chain.advance", "chain.set_time"))
        self.node = self._button(
            "node", "The local node", ("node.toggle", "node.port", "node.copy", "", "node.debug", "node.show")
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in (self.mode, self.clock, self.node):
            row.addWidget(button)
        self._shows_running: bool | None = None
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._show_time)
        self._tick.start()
        control.changed.connect(self._show)
        node.changed.connect(self._show)
        self._show()

    def _button(self, icon_name: str, tip: str, commands: Sequence[str]) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(icon_name))
        button.setAutoRaise(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        menu = QMenu(button)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._commands.refresh_now)
        for command in commands:
            if command:
                menu.addAction(self._commands.action(command))
            else:
                menu.addSeparator()
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button

    def _show(self) -> None:
        self.setVisible(self._control.engine is not None)
        self.mode.setText(mode_text(self._control))
        node = self._node
        self.node.setText(f"Node :{node.url.rpartition(':')[2]}" if node.is_running else "Node off")
        if node.is_running != self._shows_running:
            self._shows_running = node.is_running
            self.node.setIcon(icon("node", "success" if node.is_running else "text_muted"))
        self.node.setToolTip(f"The local node answers at {node.url}" if node.is_running else "The local node is off")
        self._show_time()

    def _show_time(self) -> None:
        now = self._control.now
        if now is None:
            return
        stands = self._control.engine is not None and self._control.engine.clock_stands
        self.clock.setText(time_text(now)[11:])
        self.clock.setToolTip(
            f"The chain's time is {time_text(now)} UTC\n"
            + ("It stands still until it is moved." if stands else "It follows this machine's clock.")
        )
