"""The debugger dock: call stack, variables, watches, and a console for expressions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLineEdit,
    QListView,
    QSplitter,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from engine.facade import StackFrame, StepView, Variable
from ide.debugger.console import ExpressionConsole
from ide.debugger.controller import DebugController
from ide.debugger.deployed import ShownSource
from ide.debugger.variables import VariableModel
from ide.debugger.watches import WatchModel
from ide.panels.banner import Banner
from ide.panels.widgets import EmptyState, SectionTitle, Switcher
from ide.panels.workbench import Workbench
from ide.theme import icon

Index = QModelIndex | QPersistentModelIndex


class StackModel(QAbstractListModel):
    """Frames, innermost first."""

    def __init__(self, workbench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._frames: tuple[StackFrame, ...] = ()

    def show(self, frames: tuple[StackFrame, ...]) -> None:
        """Show a stack."""
        self.beginResetModel()
        self._frames = frames
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the depth of the stack."""
        return 0 if parent.isValid() else len(self._frames)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a frame in words."""
        if not index.isValid() or index.row() >= len(self._frames):
            return None
        frame = self._frames[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                file = frame.file.replace("\\", "/").rsplit("/", 1)[-1]
                contract = self._workbench.contract_name(frame.contract)
                return f"{contract}.{frame.function or '(top level)'}   {file}:{frame.line}"
            case Qt.ItemDataRole.DecorationRole:
                return icon("method", "execution_marker" if index.row() == 0 else "text_muted")
            case Qt.ItemDataRole.ToolTipRole:
                return f"{frame.contract}\n{frame.file}, line {frame.line}, depth {frame.depth}"
        return None


class WatchView(QTreeView):
    """Watches; Delete removes the chosen one."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Remove with the standard key."""
        model = self.model()
        if event.matches(QKeySequence.StandardKey.Delete) and self.currentIndex().isValid():
            assert isinstance(model, WatchModel), "the view shows watches"
            model.remove(self.currentIndex().row())
        else:
            super().keyPressEvent(event)


class DebuggerPanel(QWidget):
    """Follows the controller."""

    def __init__(self, workbench: Workbench, controller: DebugController) -> None:
        super().__init__()
        self._workbench = workbench
        self._controller = controller
        self.stack = StackModel(workbench, self)
        self.stack_view = QListView()
        self.stack_view.setModel(self.stack)
        self.stack_view.setUniformItemSizes(True)
        self.stack_view.setFrameShape(QFrame.Shape.NoFrame)
        self.stack_view.setAccessibleName("Call stack")
        self.stack_view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.stack_view.clicked.connect(self._choose_frame)
        self.stack_view.activated.connect(self._choose_frame)
        self.variables = VariableModel(self._evaluate_part, self)
        self.variables_view = _tree("Variables", self.variables)
        self.watches = WatchModel(self)
        self.watches.evaluation_wanted.connect(self._evaluate_watch)
        self.watches_view = WatchView()
        _set_up_tree(self.watches_view, "Watches")
        self.watches_view.setModel(self.watches)
        self.watches_view.setRootIsDecorated(False)
        # Expressions are longer than names of variables.
        self.watches_view.header().resizeSection(0, self.fontMetrics().horizontalAdvance("m" * 22))
        self.new_watch = QLineEdit()
        self.new_watch.setPlaceholderText("Expression to watch, Enter adds it")
        self.new_watch.setAccessibleName("New watch")
        self.new_watch.returnPressed.connect(self._add_watch)
        watches = QWidget()
        watches_layout = QVBoxLayout(watches)
        watches_layout.setContentsMargins(0, 0, 0, 0)
        watches_layout.setSpacing(0)
        watches_layout.addWidget(self.watches_view, 1)
        watches_layout.addWidget(self.new_watch)
        self.console = ExpressionConsole(controller)
        self.thrown = Banner()
        self.thrown.setWordWrap(True)
        self.stale = Banner()
        self.stale.setWordWrap(True)
        splitter = QSplitter(Qt.Orientation.Vertical)
        for title, widget, stretch in (
            ("Call stack", self.stack_view, 2),
            ("Variables", self.variables_view, 5),
            ("Watches", watches, 3),
            ("Console", self.console, 3),
        ):
            splitter.addWidget(_titled(title, widget))
            splitter.setStretchFactor(splitter.count() - 1, stretch)
        splitter.setSizes([90, 260, 150, 150])
        content = QWidget()
        content_layout = QVBoxLayout(content)
        content_layout.setContentsMargins(0, 0, 0, 0)
        content_layout.setSpacing(0)
        content_layout.addWidget(self.stale)
        content_layout.addWidget(self.thrown)
        content_layout.addWidget(splitter, 1)
        self.switcher = Switcher(
            content,
            EmptyState(
                "Step through a call, forwards and backwards. Set breakpoints in the gutter, then debug a call.",
                workbench.window.commands.action("debug.start"),
            ),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.switcher)
        controller.session_changed.connect(self._show_session)
        controller.view_changed.connect(self._show_view)
        controller.source_changed.connect(self._show_source)
        controller.frame_changed.connect(self._show_frame)
        self._show_session()

    # --- following -------------------------------------------------------------------------------

    def _show_session(self) -> None:
        self.switcher.show_view(self._controller.session is not None)
        self.switcher.empty.set_sentence(
            "Recording the execution …"
            if self._controller.is_opening
            else "Step through a call, forwards and backwards. Set breakpoints in the gutter, then debug a call."
        )
        if self._controller.session is None:
            self.stack.show(())
            self.variables.clear()
            self.watches.forget_values()
            self.thrown.hide()

    def _show_view(self, view: StepView | None) -> None:
        if view is None:
            self.console.setEnabled(False)
            return
        self.console.setEnabled(True)
        self.stack.show(view.stack)
        if view.stack:
            self.stack_view.setCurrentIndex(self.stack.index(0))
        step = view.step
        self.variables.show(view.variables, f"{step.contract}/{step.file}/{step.function}/{step.depth}")
        self.watches.begin_stop()
        if view.thrown is None:
            self.thrown.hide()
        else:
            self.thrown.say(f"Ends here: {view.thrown}", "error")

    def _show_source(self, shown: ShownSource | None) -> None:
        if shown is None:
            self.stale.say("The source of this contract is not known; its steps are shown without text.", "warning")
        elif shown.is_copy:
            name = shown.path.name
            reason = f"{name} differs from what is deployed" if shown.has_file else f"{name} is on the chain only"
            text = f"{reason}. The deployed text is shown, read-only."
            self.stale.say(text, "warning")
        else:
            self.stale.hide()

    def _show_frame(self, frame: StackFrame, variables: tuple[Variable, ...]) -> None:
        self.variables.show(variables, f"{frame.contract}/{frame.file}/{frame.function}/{frame.depth}")
        self.watches.begin_stop()

    # --- expressions -----------------------------------------------------------------------------

    def _evaluate_part(self, expression: str, take: Callable[[Variable], None]) -> None:
        self._controller.evaluate(expression, self, take, self._workbench.bridge.request_failed.emit)

    def _evaluate_watch(self, expression: str) -> None:
        self._controller.evaluate(
            expression,
            self,
            lambda value: self.watches.take_value(expression, value),
            lambda error: self.watches.take_error(expression, error),
        )

    def _add_watch(self) -> None:
        self.watches.add(self.new_watch.text())
        self.new_watch.clear()

    def _choose_frame(self, index: QModelIndex) -> None:
        self._controller.choose_frame(index.row())


def _set_up_tree(view: QTreeView, name: str) -> None:
    view.setUniformRowHeights(True)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setAccessibleName(name)
    view.setAllColumnsShowFocus(True)
    view.header().setStretchLastSection(True)
    view.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    view.header().resizeSection(0, view.fontMetrics().horizontalAdvance("m" * 13))


def _tree(name: str, model: VariableModel) -> QTreeView:
    view = QTreeView()
    _set_up_tree(view, name)
    view.setModel(model)
    view.setHeaderHidden(True)
    view.header().resizeSection(0, view.fontMetrics().horizontalAdvance("m" * 13))
    return view


def _titled(title: str, widget: QWidget) -> QWidget:
    box = QWidget()
    layout = QVBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(SectionTitle(title))
    layout.addWidget(widget, 1)
    return box
