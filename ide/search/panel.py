"""The Search panel: find in files, results as they come, replace with one step of undo a file."""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QTextDocument
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.errors import InvalidInput
from ide import dialogs
from ide.commands import Command, Menu
from ide.commands.palette import Index
from ide.editor.definition import SUFFIXES
from ide.editor.replacement import expand
from ide.project.model import file_icon
from ide.search.searcher import Hit, Query, search_files
from ide.tasks import Progress, Task
from ide.theme import icon, theme

if TYPE_CHECKING:
    from ide.window import MainWindow

_PLACE = Qt.ItemDataRole.UserRole


class _Results(QObject):
    """Carries results from the worker to the GUI thread."""

    found = Signal(object, object, int)


class _HitDelegate(QStyledItemDelegate):
    """Draws a line of text with the hit marked."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint."""
        place = index.data(_PLACE)
        if not isinstance(place, tuple) or not isinstance(place[1], Hit):
            super().paint(painter, option, index)
            return
        hit = place[1]
        widget = option.widget
        style = widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, widget)
        colours = theme()
        document = QTextDocument()
        document.setDocumentMargin(0)
        document.setDefaultFont(option.font)
        parts = (hit.text[: hit.start], hit.text[hit.start : hit.end], hit.text[hit.end :])
        before, inside, after = (html.escape(part).replace("\t", " ") for part in parts)
        document.setHtml(
            f'<span style="white-space:pre;color:{colours.text.name()}">{before}'
            f'<span style="background:{colours.search_current.name()}">{inside}</span>{after}'
            f'<span style="color:{colours.text_muted.name()}">   {hit.line}</span></span>'
        )
        painter.save()
        painter.setClipRect(option.rect)
        painter.translate(option.rect.left() + 4, option.rect.top() + 3)
        document.drawContents(painter, QRectF(0, 0, option.rect.width(), option.rect.height()))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the preferred size."""
        return QSize(0, option.fontMetrics.height() + 8)


class SearchPanel(QWidget):
    """Find and replace in the files of the project."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._task: Task | None = None
        self._generation = 0
        self._results = _Results(self)
        self._results.found.connect(self._add)
        self.needle = QLineEdit()
        self.needle.setPlaceholderText("Search in files")
        self.needle.setAccessibleName("Search in files")
        self.needle.setClearButtonEnabled(True)
        self.replacement = QLineEdit()
        self.replacement.setPlaceholderText("Replace with")
        self.replacement.setAccessibleName("Replace with")
        self.replace = QPushButton("Replace all")
        self.replace.setEnabled(False)
        self.case = self._toggle("match-case", "Match case")
        self.word = self._toggle("match-word", "Match whole words")
        self.regex = self._toggle("match-regex", "Use a regular expression")
        self.stop = QToolButton()
        self.stop.setIcon(icon("stop-circle"))
        self.stop.setToolTip("Stop searching")
        self.stop.setAccessibleName("Stop searching")
        self.stop.hide()
        self.summary = QLabel("Type what to look for and press Enter.")
        self.summary.setObjectName("Hint")
        self.summary.setWordWrap(True)
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setAccessibleName("Search results")
        self.tree.setIndentation(self.fontMetrics().height())
        self.tree.setItemDelegate(_HitDelegate(self.tree))
        first = QHBoxLayout()
        first.setSpacing(2)
        first.addWidget(self.needle, 1)
        for button in (self.case, self.word, self.regex, self.stop):
            first.addWidget(button)
        second = QHBoxLayout()
        second.addWidget(self.replacement, 1)
        second.addWidget(self.replace)
        top = QVBoxLayout()
        top.setContentsMargins(8, 8, 8, 6)
        top.setSpacing(6)
        top.addLayout(first)
        top.addLayout(second)
        top.addWidget(self.summary)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(top)
        rows.addWidget(self.tree, 1)
        self.setFocusProxy(self.needle)
        self.needle.returnPressed.connect(self.search)
        for button in (self.case, self.word, self.regex):
            button.toggled.connect(self._search_again)
        self.stop.clicked.connect(self.cancel)
        self.replace.clicked.connect(self.replace_all)
        self.tree.itemClicked.connect(partial(self._open, focus=False))
        self.tree.itemActivated.connect(partial(self._open, focus=True))
        window.commands.register(
            Command(
                "search.files",
                "Find in Files…",
                "Edit",
                self.open,
                ("Ctrl+Shift+F", "Ctrl+Shift+H"),
                "search",
                disabled_reason=lambda: "" if window.project is not None else "No folder is open",
                menu=Menu.EDIT,
                group=35,
            )
        )

    def open(self) -> None:
        """Show the panel, seeded with the selection."""
        editor = self._window.current_editor()
        selected = editor.textCursor().selectedText() if editor is not None else ""
        if selected and "\u2029" not in selected:
            self.needle.setText(selected)
        self._window.show_dock("search")
        self.needle.selectAll()

    def search(self) -> None:
        """Search for what is typed, in place of a search that still runs."""
        self.cancel()
        self.tree.clear()
        self.replace.setEnabled(False)
        folder = self._window.project
        if folder is None or not self.needle.text():
            self.summary.setText("Type what to look for and press Enter.")
            return
        query = self.query()
        try:
            query.pattern()
        except InvalidInput as error:
            self.summary.setText(str(error))
            return
        self._generation += 1
        self._search(query, folder, lambda _path: True, partial(self._finished, self._generation))

    def show_references(self, name: str, path: Path, places: list[Hit], *, elsewhere: bool) -> None:
        """Show the places of a name in a file; `elsewhere` adds where other files of the project have the word."""
        self.cancel()
        self.tree.clear()
        self.replace.setEnabled(False)
        self.needle.setText(name)
        self._window.show_dock("search", focus=False)
        self._generation += 1
        if places:
            self._add(path, places, self._generation)
        self.summary.setText(_references(name, len(places), 0))
        if elsewhere and self._window.project is not None:
            query = Query(name.lstrip("#"), match_case=True, whole_word=True)

            def finished(outcome: tuple[int, bool]) -> None:
                self.summary.setText(_references(name, len(places), outcome[0]))

            self._search(
                query,
                self._window.project,
                lambda other: other != path and other.suffix in SUFFIXES,
                finished,
            )

    def _search(
        self,
        query: Query,
        folder: Path,
        wanted: Callable[[Path], bool],
        finished: Callable[[tuple[int, bool]], object],
    ) -> None:
        generation = self._generation
        texts = {editor.path: editor.text() for editor in self._window.editors.editors()}
        emit = self._results.found.emit

        def work(progress: Progress) -> tuple[int, bool]:
            return search_files(query, folder, texts, lambda path, hits: emit(path, hits, generation), progress, wanted)

        self.summary.setText("Searching…")
        self.stop.show()
        self._task = self._window.tasks.start(f"Searching for “{query.text}”", work, succeeded=finished)
        self._task.finished.connect(partial(self._ended, generation))

    def query(self) -> Query:
        """Return what is looked for."""
        return Query(self.needle.text(), self.case.isChecked(), self.word.isChecked(), self.regex.isChecked())

    def cancel(self) -> None:
        """Stop the search that runs; hits found so far stay."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._generation += 1
            self.stop.hide()
            self.summary.setText("The search was stopped.")

    def replace_all(self) -> None:
        """Replace in all files that were found: as unsaved changes, one step of undo a file."""
        items = [self.tree.topLevelItem(row) for row in range(self.tree.topLevelItemCount())]
        paths = [item.data(0, _PLACE)[0] for item in items if item is not None]
        question = f"Replace in {len(paths)} file{'s' * (len(paths) != 1)}?"
        detail = "The files are opened with the changes, not yet saved; each can be undone in one step."
        if not paths or not dialogs.confirm(self, "Replace in files", question, "Replace", detail=detail):
            return
        pattern = self.query().pattern()
        new = self.replacement.text()
        total = 0
        for path in paths:
            editor = self._window.open_file(path, focus=False)
            if editor is None or editor.isReadOnly():
                continue
            text, count = pattern.subn(partial(expand, new) if self.regex.isChecked() else lambda _: new, editor.text())
            editor.replace_text(text)
            total += count
        self.tree.clear()
        self.replace.setEnabled(False)
        self.summary.setText(f"{total} replaced in {len(paths)} files, not yet saved.")

    def _toggle(self, name: str, title: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(name))
        button.setToolTip(title)
        button.setAccessibleName(title)
        button.setCheckable(True)
        return button

    def _search_again(self) -> None:
        if self.needle.text():
            self.search()

    def _add(self, path: Path, hits: list[Hit], generation: int) -> None:
        if generation != self._generation or self._window.project is None:
            return
        name = path.relative_to(self._window.project) if path.is_relative_to(self._window.project) else path
        item = QTreeWidgetItem([f"{name}  ({len(hits)})"])
        item.setIcon(0, icon(file_icon(path)))
        item.setData(0, _PLACE, (path, None))
        for hit in hits:
            child = QTreeWidgetItem([hit.text])
            child.setData(0, _PLACE, (path, hit))
            item.addChild(child)
        self.tree.addTopLevelItem(item)
        item.setExpanded(self.tree.topLevelItemCount() <= 20)

    def _finished(self, generation: int, outcome: tuple[int, bool]) -> None:
        if generation != self._generation:
            return
        total, cut = outcome
        files = self.tree.topLevelItemCount()
        if not total:
            self.summary.setText("Nothing was found.")
        else:
            least = "at least " if cut else ""
            self.summary.setText(f"{least}{total} hit{'s' * (total != 1)} in {files} file{'s' * (files != 1)}")
        self.replace.setEnabled(total > 0 and not cut)

    def _ended(self, generation: int) -> None:
        if generation == self._generation:
            self._task = None
            self.stop.hide()

    def _open(self, item: QTreeWidgetItem, _column: int = 0, *, focus: bool) -> None:
        path, hit = item.data(0, _PLACE)
        if hit is None:
            item.setExpanded(not item.isExpanded())
            return
        editor = self._window.open_file(path, hit.line, hit.column, focus=focus)
        if editor is not None:
            editor.select(hit.line, hit.column, hit.length)


def _references(name: str, here: int, elsewhere: int) -> str:
    """Return how often a name was found: here by its meaning, in other files by its look."""
    places = f"{here} place{'' if here == 1 else 's'} of {name} in this file"
    return places + (f", {elsewhere} like it in others" if elsewhere else "")
