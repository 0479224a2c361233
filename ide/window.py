"""The main window: menu bar, tool bar, docks and status bar around the editor area.

Features plug in here: `commands.register`, `add_dock`, `add_status_widget`. See `MainWindow` for what they
may use of the window.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QMenu, QSizePolicy, QTabWidget, QToolBar, QWidget

from engine.errors import InvalidInput, StorageError, StrataError, UserError
from engine.values import Diagnostic
from ide.actions import register_window_commands
from ide.commands import Command, CommandRegistry, Menu
from ide.commands.menus import MenuBuilder
from ide.commands.palette import CommandPalette
from ide.docking import DockKeeper
from ide.editor.area import EditorArea
from ide.editor.code_editor import CodeEditor
from ide.editor.line_marks import BreakpointStore
from ide.history import NavigationHistory
from ide.layout import LayoutKeeper
from ide.notifications import Notice, Notifications
from ide.paths import Folders
from ide.problems import ProblemList
from ide.quick_open import palette_modes
from ide.settings import Settings, SettingsStore
from ide.tasks import Task, TaskService
from ide.theme import code_font, icon
from ide.welcome import Welcome

MESSAGE_MS = 8000
"""How long a message in passing stays in the status bar."""


class MainWindow(QMainWindow):
    """Strata's window.

    For features: `commands`, `editors` (the tabs), `breakpoints` (by file), `problems` (diagnostics of
    all files), `tasks` (work off the GUI thread), `notifications`, `settings`, `folders`, `project` (the
    open folder or None). Signals: `project_closing` and `project_opened` with the folder, `closing` before
    everything ends, `closed` when all work has ended.
    """

    project_closing = Signal()
    project_opened = Signal(object)
    closing = Signal()
    closed = Signal()

    def __init__(self, folders: Folders, settings: SettingsStore) -> None:
        super().__init__()
        self.setObjectName("MainWindow")
        self.setWindowTitle("Strata")
        self.setDockNestingEnabled(True)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.folders = folders
        self.settings = settings
        self.project: Path | None = None
        self.breakpoints = BreakpointStore(self)
        self.problems = ProblemList(self)
        self.tasks = TaskService(self)
        self.editors = EditorArea(self.breakpoints, self.tasks, self)
        self.commands = CommandRegistry(self, self.editors)
        self.commands.set_overrides(settings.value.shortcuts)
        self.commands.rebound.connect(self._keep_keys)
        self.notifications = Notifications(self)
        self.history = NavigationHistory(self.editors, self.open_file)
        self.setCentralWidget(self.editors)
        self.statusBar().setSizeGripEnabled(False)
        self._message = QLabel()
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._message_time = QTimer(self)
        self._message_time.setSingleShot(True)
        self._message_time.setInterval(MESSAGE_MS)
        self._message_time.timeout.connect(self._message.clear)
        self.statusBar().addWidget(self._message, 1)
        self._docks: dict[str, QDockWidget] = {}
        self._dock_keeper = DockKeeper(self)
        self._hidden: dict[Qt.DockWidgetArea, list[QDockWidget]] = {}
        self._palette: CommandPalette | None = None
        self._layout: LayoutKeeper | None = None
        self._tool_bar = QToolBar("Main tool bar", self)
        self._tool_bar.setObjectName("MainToolBar")
        self._tool_bar.setMovable(False)
        side = self.fontMetrics().height() + 2
        self._tool_bar.setIconSize(QSize(side, side))
        self.addToolBar(self._tool_bar)
        self._menus = MenuBuilder(self.commands, self.menuBar(), self._tool_bar)
        register_window_commands(self)
        self.editors.set_empty_widget(Welcome(self.commands))
        for signal in (self.editors.current_changed, self.editors.modified_changed, self.breakpoints.changed):
            signal.connect(self.commands.refresh)
        settings.changed.connect(self._apply_settings)
        self._apply_settings(settings.value)
        self.problems.changed.connect(self._underline_problems)
        self.editors.failed.connect(self.report)
        self.editors.gutter_menu_requested.connect(self._show_gutter_menu)
        self.tasks.unhandled.connect(self._task_failed)

    # --- for features ----------------------------------------------------------------------------

    def add_dock(
        self,
        dock_id: str,
        title: str,
        widget: QWidget,
        area: Qt.DockWidgetArea = Qt.DockWidgetArea.RightDockWidgetArea,
        *,
        icon_name: str = "",
        visible: bool = True,
        beside: str = "",
        shortcuts: tuple[str, ...] = (),
    ) -> QDockWidget:
        """Add a panel; it gets a command "View: Show TITLE", and its place is restored.

        `dock_id` is stable. `beside` names a dock to share tabs with. A panel added after the layout was
        restored goes to its restored place at once.
        """
        if dock_id in self._docks:
            raise InvalidInput(f"there are two panels named {dock_id}")
        dock = QDockWidget(title, self)
        dock.setObjectName(dock_id)
        widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        dock.setWidget(widget)
        dock.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
        if icon_name:
            dock.setWindowIcon(icon(icon_name))
        self._docks[dock_id] = dock
        self._dock_keeper.add(dock)
        self.addDockWidget(area, dock)
        if beside:
            self.tabifyDockWidget(self._docks[beside], dock)
        dock.setVisible(visible)
        if self._layout is not None:
            self.restoreDockWidget(dock)
        self.commands.register(
            Command(
                id=f"view.panel.{dock_id}",
                title=title,
                category="View",
                run=partial(self.toggle_dock, dock_id),
                shortcuts=shortcuts,
                icon=icon_name,
                tip=f"Show or hide the panel {title}",
                checked=dock.isVisible,
                menu=Menu.VIEW,
                group=50,
                submenu="Panels",
            )
        )
        return dock

    def dock(self, dock_id: str) -> QDockWidget:
        """Return a panel by its id."""
        return self._docks[dock_id]

    def docks(self) -> list[QDockWidget]:
        """Return all panels in the order they were added."""
        return list(self._docks.values())

    def toggle_dock(self, dock_id: str) -> None:
        """Bring a panel to the front, or close it if it is there already."""
        dock = self._docks[dock_id]
        if dock.isVisible() and not dock.visibleRegion().isEmpty():
            dock.hide()
        else:
            self.show_dock(dock_id)

    def show_dock(self, dock_id: str, *, focus: bool = True) -> None:
        """Bring a panel to the front, opening it if it is closed."""
        dock = self._docks[dock_id]
        dock.show()
        dock.raise_()
        if focus and dock.widget() is not None:
            dock.widget().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def open_file(self, path: Path, line: int = 0, column: int = 0, *, focus: bool = True) -> CodeEditor | None:
        """Show a file in a tab, at a line from 1 and a UTF-16 column; None if it cannot be, which is said."""
        try:
            return self.editors.open(path, line, column, focus=focus)
        except UserError as error:
            self.report(error)
            return None

    def editor_for(self, path: Path) -> CodeEditor | None:
        """Return the editor of a file if it is open."""
        return self.editors.editor_for(path)

    def current_editor(self) -> CodeEditor | None:
        """Return the editor in front."""
        return self.editors.current()

    def show_diagnostics(self, file: Path, diagnostics: Iterable[Diagnostic], source: str = "compiler") -> None:
        """Replace the findings of `source` (who found them) about a file, in the editor and in Problems."""
        self.problems.set(file, source, diagnostics)

    def status_message(self, text: str) -> None:
        """Say something in passing in the status bar."""
        # `QStatusBar.showMessage` would hide what stands there all the time.
        self._message.setText(text.replace("\n", " "))
        self._message.setToolTip(text)
        self._message_time.start()

    def message(self) -> str:
        """Return what the status bar says now."""
        return self._message.text()

    def add_status_sign(self, widget: QWidget) -> None:
        """Add a small widget to the left of the status bar."""
        self.statusBar().insertWidget(0, widget)

    def add_status_widget(self, widget: QWidget) -> None:
        """Add a small widget to the right of the status bar."""
        self.statusBar().addPermanentWidget(widget)

    def open_project(self, folder: Path) -> None:
        """Open a folder as the project, in place of the present one; asks about unsaved texts there."""
        if self.project is not None:
            self.project_closing.emit()
            if not self.editors.close_all():
                return
            self.breakpoints.clear()
            self.problems.clear()
        self.project = folder.resolve()
        self.setWindowTitle(f"{self.project.name} — Strata")
        self.project_opened.emit(self.project)
        self.commands.refresh()

    def open_palette(self, text: str) -> None:
        """Open the palette with `text` in it: `>` commands, `@` symbols, `:` lines, else files."""
        if self._palette is None:
            self._palette = CommandPalette(self, palette_modes(self))
        self._palette.open(text)

    def show_settings(self) -> None:
        """Open the settings."""
        from ide.settings_dialog import SettingsDialog

        SettingsDialog(self.settings, self).open()

    def add_submenu(self, menu: Menu, group: int, submenu: QMenu) -> None:
        """Put a menu of its own into a group of a menu."""
        self._menus.add_submenu(menu, group, submenu)

    def fault(self, text: str) -> None:
        """Tell that something went wrong that is our own fault."""
        self.notifications.show(Notice("error", f"Something went wrong in Strata\n{text}", "fault"))

    def report(self, error: BaseException) -> None:
        """Tell the user about an error in the way its kind deserves."""
        if isinstance(error, StrataError):
            self.notifications.error(str(error))
        else:
            raise error

    # --- layout ----------------------------------------------------------------------------------

    def restore_layout(self, *, use_saved: bool = True) -> None:
        """Bring back where everything was; called once all panels were added."""
        self.resize(self._usual_size())
        self._layout = LayoutKeeper(self, self.folders.state / "layout.json")
        if use_saved:
            self._layout.restore()

    def _usual_size(self) -> QSize:
        metrics = self.fontMetrics()
        wanted = QSize(metrics.horizontalAdvance("0") * 200, metrics.height() * 66)
        # How high the desktop's title bar will be is only known once the window is shown.
        title_bar = metrics.height() * 2
        return wanted.boundedTo(self.screen().availableSize() - QSize(0, title_bar))

    def reset_layout(self) -> None:
        """Set the panels back to where they were at first."""
        if self._layout is not None:
            self._layout.reset()

    def showEvent(self, event: QShowEvent) -> None:
        """Tidy the docks once they are laid out."""
        super().showEvent(event)
        self._dock_keeper.tidy_soon()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved text, then keep what must be kept."""
        if not self.editors.confirm_close_all():
            event.ignore()
            return
        if self._layout is not None:
            try:
                self._layout.save()
            except StorageError as error:
                # Not worth keeping the window open for; the log says why.
                logging.getLogger(__name__).warning("the layout was not kept: %s", error)
        self.closing.emit()
        self.tasks.close()
        self.closed.emit()
        super().closeEvent(event)

    def last_hidden(self, area: Qt.DockWidgetArea) -> list[QDockWidget]:
        """Return the panels of an area that were hidden together."""
        return self._hidden.get(area, [])

    def remember_hidden(self, area: Qt.DockWidgetArea, docks: list[QDockWidget]) -> None:
        """Remember which panels of an area were hidden together."""
        if docks:
            self._hidden[area] = docks

    # --- inside ----------------------------------------------------------------------------------

    def _show_gutter_menu(self, place: QPoint) -> None:
        self.commands.refresh_now()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for command in ("toggle_breakpoint", "condition", "logpoint", "run_to_cursor"):
            if f"debug.{command}" in self.commands:
                menu.addAction(self.commands.action(f"debug.{command}"))
        menu.popup(place)

    def _underline_problems(self, path: Path) -> None:
        self.editors.set_diagnostics(path, self.problems.in_file(path))

    def _apply_settings(self, settings: Settings) -> None:
        self.editors.trims_on_save = settings.trim_on_save
        self.editors.set_code_font(code_font(settings.code_font_size, settings.code_font_family))
        self.commands.refresh()

    def _keep_keys(self) -> None:
        try:
            self.settings.update(shortcuts=self.commands.overrides())
        except StorageError as error:
            self.report(error)

    def _task_failed(self, _task: Task, error: BaseException) -> None:
        self.report(error)
