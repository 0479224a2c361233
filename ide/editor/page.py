"""A tab's page: banners, the editor, and its find bar."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ide.editor.banner import Banner
from ide.editor.code_editor import CodeEditor
from ide.editor.find_bar import FindBar
from ide.editor.text_file import TextFile


class EditorPage(QWidget):
    """One open file."""

    def __init__(self, file: TextFile, font: QFont, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = CodeEditor(file, font, self)
        self._find_bar: FindBar | None = None
        self._banners: dict[str, Banner] = {}
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addWidget(self.editor, 1)
        self.setFocusProxy(self.editor)

    @property
    def find_bar(self) -> FindBar:
        """The find bar, made when it is first needed."""
        if self._find_bar is None:
            self._find_bar = FindBar(self.editor, self)
            self._rows.addWidget(self._find_bar)
        return self._find_bar

    def show_banner(
        self, key: str, text: str, actions: dict[str, Callable[[], object]], severity: str = "warning"
    ) -> Banner:
        """Show a banner, in place of the one with the same key."""
        self.hide_banner(key)
        banner = Banner(text, actions, severity=severity, parent=self)
        banner.dismissed.connect(partial(self.hide_banner, key))
        self._banners[key] = banner
        self._rows.insertWidget(0, banner)
        return banner

    def banner(self, key: str) -> Banner | None:
        """Return the banner with a key if it is shown."""
        return self._banners.get(key)

    def hide_banner(self, key: str) -> None:
        """Take a banner away."""
        banner = self._banners.pop(key, None)
        if banner is not None:
            banner.hide()
            banner.deleteLater()
