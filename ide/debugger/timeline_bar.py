"""The bar over the state stack while one debugs: buttons, the slider, and where one stands in words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from ide.debugger.controller import DebugController, Motion
from ide.debugger.timeline import Timeline, describe_position
from ide.panels.readable import group_digits
from ide.panels.widgets import ActionToolButton
from ide.panels.workbench import Workbench

BUTTONS = (
    "debug.reverse",
    "debug.back_out",
    "debug.back_into",
    "debug.back_over",
    "",
    "debug.over",
    "debug.into",
    "debug.out",
    "debug.continue",
    "",
    "debug.restart",
    "run.stop",
)
"""Commands of the tool bar, backwards on the left and forwards on the right, mirror images; empty: a gap."""


class TimelineBar(QWidget):
    """Visible only while an execution is looked at."""

    def __init__(self, workbench: Workbench, controller: DebugController) -> None:
        super().__init__()
        self._controller = controller
        commands = workbench.window.commands
        buttons = QHBoxLayout()
        buttons.setSpacing(1)
        for command in BUTTONS:
            if command:
                buttons.addWidget(ActionToolButton(commands.action(command)))
            else:
                line = QFrame()
                line.setFrameShape(QFrame.Shape.VLine)
                line.setFrameShadow(QFrame.Shadow.Plain)
                line.setForegroundRole(line.backgroundRole())
                buttons.addSpacing(4)
                buttons.addWidget(line)
                buttons.addSpacing(4)
        self.number = QLineEdit()
        self.number.setAccessibleName("Step number")
        self.number.setToolTip("The step one stands before; type a number to go there")
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setFixedWidth(self.fontMetrics().horizontalAdvance("0000000") + 16)
        self.number.returnPressed.connect(self._go_to_number)
        self.total = QLabel()
        self.place = QLabel()
        self.place.setMinimumWidth(40)
        buttons.addSpacing(10)
        buttons.addWidget(QLabel("Step"))
        buttons.addSpacing(4)
        buttons.addWidget(self.number)
        buttons.addWidget(self.total)
        buttons.addSpacing(12)
        buttons.addWidget(self.place, 1)
        self.timeline = Timeline()
        self.timeline.moved.connect(self._move)
        self.timeline.statement_requested.connect(self._statement)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 2)
        layout.setSpacing(2)
        layout.addLayout(buttons)
        layout.addWidget(self.timeline)
        controller.session_changed.connect(self._show_session)
        controller.position_changed.connect(self._show_position)
        self._show_session()

    def _show_session(self) -> None:
        session = self._controller.session
        self.setVisible(session is not None)
        self.timeline.show_session(session, self._describe)
        if session is not None:
            self.total.setText(f" of {group_digits(session.step_count)}")

    def _describe(self, position: int) -> str:
        session = self._controller.session
        return describe_position(session, position) if session is not None else ""

    def _show_position(self, position: int) -> None:
        self.timeline.show_position(position)
        self.number.setText(str(position + 1))
        step = self._controller.step
        if step is not None:
            file = step.file.replace("\\", "/").rsplit("/", 1)[-1]
            self.place.setText(
                f"{step.function or 'top level'}  ·  {file}:{step.line}  ·  depth {step.depth}"
                f"  ·  {group_digits(round(step.gas))} gas  ·  {step.accesses} accesses"
            )

    def _move(self, position: int, resting: bool) -> None:
        self._controller.move(position, resting=resting)

    def _statement(self, forwards: bool) -> None:
        self._controller.go(Motion.OVER if forwards else Motion.BACK_OVER)

    def _go_to_number(self) -> None:
        text = self.number.text().strip()
        if text.isdigit():
            self._controller.move(int(text) - 1)
        self.number.setText(str(self._controller.position + 1))
        self.number.selectAll()
