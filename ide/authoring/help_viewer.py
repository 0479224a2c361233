"""The Help panel: pages with links between them, back and forward."""

from __future__ import annotations

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QTextBrowser, QVBoxLayout, QWidget

from engine.errors import InvalidInput
from ide.authoring.help_pages import CONTENTS, HelpPages
from ide.panels.widgets import make_plain, tool_button
from ide.theme import code_font, theme, themes

SCHEME = "help"


class HelpViewer(QWidget):
    """Shows one page at a time; `outside_link` carries a URL that is not a page's."""

    outside_link = Signal(QUrl)

    def __init__(self, pages: HelpPages) -> None:
        super().__init__()
        self._pages = pages
        self._visited: list[str] = []
        self._current = -1
        self.browser = QTextBrowser()
        self.browser.setFrameShape(QFrame.Shape.NoFrame)
        make_plain(self.browser)
        self.browser.setOpenLinks(False)
        self.browser.setAccessibleName("Help page")
        self.browser.anchorClicked.connect(self._follow)
        self.browser.document().setDocumentMargin(16)
        self._back = tool_button("arrow-left", "Back", self.back)
        self._forward = tool_button("arrow-right", "Forward", self.forward)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find in the titles, then press Enter")
        self.search.setAccessibleName("Find a help page")
        self.search.setClearButtonEnabled(True)
        self.search.returnPressed.connect(self._search)
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 4)
        for button in (self._back, self._forward, tool_button("file-text", "Contents", self.show_contents)):
            bar.addWidget(button)
        bar.addWidget(self.search, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.browser, 1)
        self.setFocusProxy(self.browser)
        themes().changed.connect(self._render)

    @property
    def page_name(self) -> str:
        """The name of the page that is shown, empty at first."""
        return self._visited[self._current] if self._visited else ""

    def show_page(self, name: str) -> None:
        """Show a page; raises `InvalidInput` if there is none of that name."""
        self._pages.page(name)
        if name != self.page_name:
            self._visited = [*self._visited[: self._current + 1], name]
            self._current += 1
        self._render()

    def show_contents(self) -> None:
        """Show the list of all pages."""
        self.show_page(CONTENTS)

    def back(self) -> None:
        """Show the page before."""
        self._move(-1)

    def forward(self) -> None:
        """Show the page that was left by going back."""
        self._move(1)

    def _move(self, direction: int) -> None:
        if 0 <= self._current + direction < len(self._visited):
            self._current += direction
            self._render()

    def _search(self) -> None:
        words = self.search.text().lower().split()
        for name in self._pages.names():
            text = f"{name} {self._pages.page(name).title}".lower()
            if words and all(word in text for word in words):
                self.show_page(name)
                return
        self.search.selectAll()

    def _follow(self, url: QUrl) -> None:
        if url.scheme() != SCHEME:
            self.outside_link.emit(url)
            return
        try:
            self.show_page(url.path())
        except InvalidInput:
            self.show_contents()

    def _render(self) -> None:
        self._back.setEnabled(self._current > 0)
        self._forward.setEnabled(self._current + 1 < len(self._visited))
        if not self._visited:
            return
        colours = theme()
        document = self.browser.document()
        document.setDefaultStyleSheet(f"a {{ color: {colours.info.name()}; }}")
        document.setMarkdown(self._pages.page(self.page_name).text)
        self._set_code_apart()
        self.browser.moveCursor(QTextCursor.MoveOperation.Start)

    def _set_code_apart(self) -> None:
        """Give code the code font and a background, links our colour, titles our sizes: Markdown knows no theme."""
        colours = theme()
        size = self.font().pointSizeF()
        code = code_font(size * 0.95)
        block = self.browser.document().begin()
        while block.isValid():
            layout = block.blockFormat()
            fenced = layout.hasProperty(QTextFormat.Property.BlockCodeFence)
            level = layout.headingLevel()
            change = QTextBlockFormat()
            if fenced:
                change.setBackground(colours.raised)
                change.setLeftMargin(8)
            if level:
                change.setTopMargin(size * (0 if level == 1 else 1.4))
                change.setBottomMargin(size * 0.6)
            QTextCursor(block).mergeBlockFormat(change)
            iterator = block.begin()
            ranges = []
            while not iterator.atEnd():
                fragment = iterator.fragment()
                ranges.append((fragment.position(), fragment.length(), fragment.charFormat()))
                iterator += 1
            for position, length, text in ranges:
                shape = QTextCharFormat()
                if fenced or text.fontFixedPitch():
                    shape.setFont(code)
                if text.isAnchor():
                    shape.setForeground(colours.info)
                if level:
                    shape.setProperty(QTextFormat.Property.FontSizeAdjustment, max(3 - level, 0))
                cursor = QTextCursor(self.browser.document())
                cursor.setPosition(position)
                cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(shape)
            block = block.next()
