"""Looks after the docks: no second title under a tab, no tab bars Qt leaves behind, no work behind another tab."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStyle, QTabBar, QWidget

TAB_PADDING = 18
"""Room to the left and right of a tab's title, as the style sheet has it, in pixels."""

ICON_GAP = 8
"""Room between a tab's icon and its title."""


class DockKeeper(QObject):
    """Tidies the docks of a window whenever their arrangement changes."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._docks: list[QDockWidget] = []
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.tidy)

    def add(self, dock: QDockWidget) -> None:
        """Look after a dock from now on."""
        self._docks.append(dock)
        dock.visibilityChanged.connect(partial(_show_content, dock))
        dock.visibilityChanged.connect(self.tidy_soon)
        dock.topLevelChanged.connect(self.tidy_soon)
        dock.dockLocationChanged.connect(self.tidy_soon)
        self.tidy_soon()

    def tidy_soon(self) -> None:
        """Tidy when the arrangement is complete."""
        self._soon.start()

    def tidy(self) -> None:
        """Show titles only where there is no tab that says the same, and hide stray tab bars."""
        for dock in self._docks:
            in_tabs = not dock.isFloating() and bool(self._window.tabifiedDockWidgets(dock))
            has_title = dock.titleBarWidget() is None
            if in_tabs and has_title:
                dock.setTitleBarWidget(QWidget())
            elif not in_tabs and not has_title:
                empty = dock.titleBarWidget()
                dock.setTitleBarWidget(None)  # type: ignore[arg-type]
                if empty is not None:
                    empty.deleteLater()
        if self._window.isVisible():
            for bar in self._tab_bars():
                bar.installEventFilter(self)
                _fit(bar)
            self._hide_stray_tab_bars()
            for dock in self._docks:
                _show_content(dock, not _is_behind_a_tab(dock))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit the tabs when there is more or less room for them."""
        if event.type() is QEvent.Type.Resize and isinstance(watched, QTabBar):
            _fit(watched)
        return super().eventFilter(watched, event)

    def _tab_bars(self) -> list[QTabBar]:
        return self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def _hide_stray_tab_bars(self) -> None:
        """Show one tab bar a group: the one that stands right above the visible dock.

        Qt 6.11 leaves others behind where docks were tabified before the window was shown.
        """
        bars = self._tab_bars()
        for dock in self._docks:
            if dock.visibleRegion().isEmpty() or dock.isFloating() or not self._window.tabifiedDockWidgets(dock):
                continue
            ours = [bar for bar in bars if dock.windowTitle() in {bar.tabText(i) for i in range(bar.count())}]
            fitting = [bar for bar in ours if _stands_above(bar, dock)]
            if not fitting:
                # The layout is not complete; another change will follow.
                continue
            right = max(fitting, key=QTabBar.count)
            for bar in ours:
                bar.setVisible(bar is right)


def _fit(bar: QTabBar) -> None:
    """Leave the icons of tabs out where there is no room for them and the whole titles."""
    metrics = bar.fontMetrics()
    titles = sum(metrics.horizontalAdvance(bar.tabText(tab)) + TAB_PADDING for tab in range(bar.count()))
    side = bar.style().pixelMetric(QStyle.PixelMetric.PM_TabBarIconSize, None, bar)
    fits = titles + bar.count() * (side + ICON_GAP) <= bar.width()
    # Icons of no size at all cannot be painted.
    size = QSize(side, side) if fits else QSize(1, 1)
    if bar.iconSize() != size:
        bar.setIconSize(size)


def _is_behind_a_tab(dock: QDockWidget) -> bool:
    # Qt does not hide such a dock, it moves it out of the window.
    return dock.geometry().right() < 0 or dock.geometry().bottom() < 0


def _show_content(dock: QDockWidget, seen: bool) -> None:
    """Let a panel know whether it is seen: behind another tab Qt still calls it visible."""
    content = dock.widget()
    if content is None or (seen and _is_behind_a_tab(dock)):
        return
    policy = content.sizePolicy()
    if not policy.retainSizeWhenHidden():
        # The tabs of a group share its room: no tab may ask for more of it only when it comes to the front.
        policy.setRetainSizeWhenHidden(True)
        content.setSizePolicy(policy)
    focused = content.window().focusWidget()
    if not seen and focused is not None and (focused is content or content.isAncestorOf(focused)):
        focused.clearFocus()  # Qt would give it to whatever comes next: a button of the status bar
    content.setVisible(seen)


def _stands_above(bar: QTabBar, dock: QDockWidget) -> bool:
    return abs(dock.x() - bar.x()) <= 2 and abs(dock.y() - bar.geometry().bottom() - 1) <= 2
