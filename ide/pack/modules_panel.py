"""The panel Modules: what a packed contract is made of, who pulled it in, and what it takes of the chain's limit."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QSplitter,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.compiler.pack import CHAIN_CODE_LIMIT, Minify, Pack
from ide.pack.graph import ModuleNode, module_tree
from ide.pack.treemap import Treemap
from ide.panels.widgets import EmptyState, Switcher, tool_button

__all__ = ["MINIFY_WORDS", "ModulesPanel"]

_NAME, _PACKED, _TOTAL, _SOURCE = range(4)
_PATH = Qt.ItemDataRole.UserRole
MINIFY_WORDS = {
    Minify.NEVER: "As it is",
    Minify.LARGE: "Smaller if it is too large",
    Minify.ALWAYS: "Smaller",
    Minify.NAMES: "Smallest, with short names",
}
"""What the choices are called."""
_EMPTY = "Modules shows what a packed contract consists of. Open a project with a contract that is packed."


class ModulesPanel(QWidget):
    """Shows a `Pack`; `contract_chosen` carries the file of another contract of the project, `opened` a module's file.

    `refresh_asked` wants the contract packed anew, `minify_chosen` in another way (a `Minify`).
    """

    contract_chosen = Signal(object)
    minify_chosen = Signal(object)
    opened = Signal(object)
    refresh_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.contracts = QComboBox()
        self.contracts.setAccessibleName("Contract")
        self.contracts.activated.connect(lambda: self.contract_chosen.emit(self.contracts.currentData()))
        self.minify = QComboBox()
        self.minify.setAccessibleName("When the script is made smaller")
        self.minify.setToolTip("When the script is made smaller; kept in strata.json")
        for choice, words in MINIFY_WORDS.items():
            self.minify.addItem(words, choice)
        self.minify.activated.connect(lambda: self.minify_chosen.emit(Minify(self.minify.currentData())))
        self.size_bar = QProgressBar()
        self.size_bar.setRange(0, CHAIN_CODE_LIMIT)
        self.size_bar.setTextVisible(False)
        self.size_bar.setMaximumWidth(180)
        self.size_bar.setAccessibleName("Share of the size that the chain takes")
        self.size_text = QLabel()
        refresh: QToolButton = tool_button("refresh", "Pack again", self.refresh_asked.emit)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("Modules by who imports them")
        self.tree.setHeaderLabels(["Module", "In the script", "With its imports", "As it is written"])
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setUniformRowHeights(True)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.tree.header()
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        for column in (_PACKED, _TOTAL, _SOURCE):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(False)
        self.tree.currentItemChanged.connect(self._current_changed)
        self.tree.itemActivated.connect(lambda item, _column: self._open(item))
        self.treemap = Treemap()
        self.treemap.chosen.connect(self._choose)
        self._items: dict[str, QTreeWidgetItem] = {}
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.tree)
        split.addWidget(self.treemap)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        self._view = Switcher(split, EmptyState(_EMPTY))
        top = QHBoxLayout()
        top.setContentsMargins(8, 4, 4, 4)
        top.setSpacing(10)
        top.addWidget(self.contracts)
        top.addWidget(self.size_bar)
        top.addWidget(self.size_text, 1)
        top.addWidget(self.minify)
        top.addWidget(refresh)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(top)
        rows.addWidget(self._view, 1)
        self.setFocusProxy(self.tree)
        self.set_contracts((), None)

    def set_contracts(self, files: tuple[Path, ...], current: Path | None, minify: Minify = Minify.LARGE) -> None:
        """Offer the packed contracts of the project and show how the current one is packed; none empties the panel."""
        self.contracts.clear()
        for file in files:
            self.contracts.addItem(file.name, file)
        if current in files:
            self.contracts.setCurrentIndex(files.index(current))
        self.contracts.setVisible(len(files) > 1)
        self.minify.setCurrentIndex(self.minify.findData(minify))
        self.minify.setVisible(bool(files))
        if not files:
            self.show_nothing(_EMPTY)

    def show_nothing(self, sentence: str) -> None:
        """Say why there is nothing to be seen."""
        self.size_text.clear()
        self.size_bar.hide()
        self._view.empty.set_sentence(sentence)
        self._view.show_view(False)

    def show_pack(self, pack: Pack) -> None:
        """Show what a contract was packed from."""
        share = pack.size / CHAIN_CODE_LIMIT
        smaller = f", made smaller from {pack.plain_size:,}" if pack.is_minified else ""
        self.size_text.setText(
            f"{pack.size:,} of {CHAIN_CODE_LIMIT:,} bytes that the chain takes ({share:.0%}){smaller}"
        )
        self.size_text.setProperty("tone", "error" if share > 1 else "")
        self.size_text.style().polish(self.size_text)
        self.size_bar.setValue(min(pack.size, CHAIN_CODE_LIMIT))
        self.size_bar.show()
        root = module_tree(pack)
        self.treemap.set_tree(root)
        self._fill(root)
        self._view.show_view(True)

    def _fill(self, root: ModuleNode) -> None:
        self.tree.clear()
        self._items = {}
        waiting: list[tuple[ModuleNode, QTreeWidgetItem | None]] = [(root, None)]
        while waiting:
            node, parent = waiting.pop()
            item = self._item(node)
            self._items[node.path] = item
            if parent is None:
                self.tree.addTopLevelItem(item)
            else:
                parent.addChild(item)
            waiting += [(child, item) for child in reversed(node.children)]
        self.tree.expandToDepth(1)

    def _item(self, node: ModuleNode) -> QTreeWidgetItem:
        item = QTreeWidgetItem([node.name, f"{node.packed_size:,}", f"{node.total:,}", f"{node.size:,}"])
        item.setData(_NAME, _PATH, node.path)
        importers = "\n".join(f"imported by {name}" for name in node.importers)
        item.setToolTip(_NAME, f"{node.path}\n{importers}".strip())
        for column in (_PACKED, _TOTAL, _SOURCE):
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return item

    def _current_changed(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.treemap.select(str(item.data(_NAME, _PATH)))

    def _choose(self, path: str) -> None:
        item = self._items.get(path)
        if item is not None:
            self.tree.setCurrentItem(item)
            self.tree.scrollToItem(item)

    def _open(self, item: QTreeWidgetItem) -> None:
        path = Path(str(item.data(_NAME, _PATH)))
        if path.is_file():
            self.opened.emit(path)
