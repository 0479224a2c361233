"""The project tree: folders are read when they are opened, and read again when something changes in them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import (
    QAbstractItemModel,
    QFileSystemWatcher,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)

from ide.project.files import is_ignored
from ide.theme import icon

Index = QModelIndex | QPersistentModelIndex

_ICONS = {".js": "file-code", ".mjs": "file-code", ".ts": "file-code", ".json": "file-json", ".abi": "file-json"}


@dataclass(eq=False)
class Node:
    """A file or folder of the tree; `children` is None until the folder was read."""

    path: Path
    is_folder: bool
    parent: Node | None = None
    children: list[Node] | None = field(default=None, repr=False)

    @property
    def row(self) -> int:
        """Its place among its siblings."""
        return self.parent.children.index(self) if self.parent and self.parent.children else 0


def file_icon(path: Path) -> str:
    """Return the name of the icon for a kind of file."""
    return _ICONS.get(path.suffix, "file-text")


def _sort_key(node: Node) -> tuple[bool, str]:
    return not node.is_folder, node.path.name.lower()


def _read(folder: Path) -> list[tuple[str, bool]]:
    try:
        with os.scandir(folder) as entries:
            return [
                (entry.name, entry.is_dir())
                for entry in entries
                if not (is_ignored(entry.name) or entry.name.endswith("~"))
            ]
    except OSError:
        # A folder that vanished or may not be read has no visible content.
        return []


class ProjectModel(QAbstractItemModel):
    """The files of one folder."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root: Node | None = None
        self._nodes: dict[int, Node] = {}
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._folder_changed)
        self._stale: set[Path] = set()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(100)
        self._soon.timeout.connect(self._refresh_stale)

    def set_folder(self, folder: Path | None) -> None:
        """Show another folder."""
        self.beginResetModel()
        if watched := self._watcher.directories():
            self._watcher.removePaths(watched)
        self._nodes.clear()
        self._root = Node(folder, is_folder=True) if folder is not None else None
        if self._root is not None:
            self._load(self._root)
        self.endResetModel()

    def path(self, index: Index) -> Path | None:
        """Return the path of an item; the project's folder for the invalid index."""
        node = self._node(index)
        return node.path if node is not None else None

    def is_folder(self, index: Index) -> bool:
        """Whether an item is a folder."""
        node = self._node(index)
        return node is not None and node.is_folder

    def index_of(self, path: Path) -> QModelIndex:
        """Return the item of a path, reading the folders on the way; the invalid index if there is none."""
        node = self._root
        if node is None or not path.is_relative_to(node.path):
            return QModelIndex()
        for name in path.relative_to(node.path).parts:
            self._load_visible(node)
            node = next((child for child in node.children or () if child.path.name == name), None)
            if node is None:
                return QModelIndex()
        return self._index_of_node(node)

    def refresh(self) -> None:
        """Read all folders that are shown again."""
        self._stale.update(Path(name) for name in self._watcher.directories())
        self._refresh_stale()

    # --- Qt --------------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a child."""
        node = self._node(parent)
        if node is None or not node.children or not 0 <= row < len(node.children) or column != 0:
            return QModelIndex()
        child = node.children[row]
        return self.createIndex(row, 0, id(child))

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        """Return the index of the parent."""
        node = self._nodes.get(index.internalId()) if index.isValid() else None
        if node is None or node.parent is None:
            return QModelIndex()
        return self._index_of_node(node.parent)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        node = self._node(parent)
        return len(node.children) if node is not None and node.children else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 1

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        """Tell whether an item can be expanded."""
        node = self._node(parent)
        return node is not None and node.is_folder and (node.children is None or bool(node.children))

    def canFetchMore(self, parent: Index) -> bool:
        """Return the number of rows."""
        node = self._node(parent)
        return node is not None and node.is_folder and node.children is None

    def fetchMore(self, parent: Index) -> None:
        """Load the children."""
        node = self._node(parent)
        if node is not None:
            self._load_visible(node)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return one role of an item."""
        node = self._node(index)
        if node is None or not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return node.path.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(node.path)
        if role == Qt.ItemDataRole.DecorationRole:
            if node.is_folder:
                return icon("folder")
            return icon(file_icon(node.path))
        return None

    # --- inside ----------------------------------------------------------------------------------

    def _node(self, index: Index) -> Node | None:
        return self._nodes.get(index.internalId()) if index.isValid() else self._root

    def _index_of_node(self, node: Node) -> QModelIndex:
        return QModelIndex() if node is self._root else self.createIndex(node.row, 0, id(node))

    def _load(self, node: Node) -> None:
        """Read a folder whose children nobody has seen yet."""
        node.children = sorted(
            (Node(node.path / name, is_folder, node) for name, is_folder in _read(node.path)), key=_sort_key
        )
        for child in node.children:
            self._nodes[id(child)] = child
        self._watcher.addPath(str(node.path))

    def _load_visible(self, node: Node) -> None:
        if node.children is not None or not node.is_folder:
            return
        names = _read(node.path)
        if not names:
            node.children = []
            self._watcher.addPath(str(node.path))
            return
        self.beginInsertRows(self._index_of_node(node), 0, len(names) - 1)
        self._load(node)
        self.endInsertRows()

    def _folder_changed(self, name: str) -> None:
        self._stale.add(Path(name))
        self._soon.start()

    def _refresh_stale(self) -> None:
        stale, self._stale = self._stale, set()
        for folder in sorted(stale):
            node = self._find_loaded(folder)
            if node is not None:
                self._refresh(node)

    def _find_loaded(self, folder: Path) -> Node | None:
        if self._root is not None and folder == self._root.path:
            return self._root
        return next((node for node in self._nodes.values() if node.path == folder and node.children is not None), None)

    def _refresh(self, node: Node) -> None:
        """Bring a folder that was read up to date without touching items that stay."""
        if node.children is None:
            return
        present = set(_read(node.path))
        parent = self._index_of_node(node)
        for row in range(len(node.children) - 1, -1, -1):
            child = node.children[row]
            if (child.path.name, child.is_folder) not in present:
                self.beginRemoveRows(parent, row, row)
                del node.children[row]
                self._forget(child)
                self.endRemoveRows()
        known = {child.path.name for child in node.children}
        for name, is_folder in sorted(present):
            if name in known:
                continue
            child = Node(node.path / name, is_folder, node)
            keys = [_sort_key(other) for other in node.children]
            row = next((i for i, key in enumerate(keys) if key > _sort_key(child)), len(keys))
            self.beginInsertRows(parent, row, row)
            node.children.insert(row, child)
            self._nodes[id(child)] = child
            self.endInsertRows()

    def _forget(self, node: Node) -> None:
        self._nodes.pop(id(node), None)
        if node.children is not None:
            self._watcher.removePath(str(node.path))
        for child in node.children or ():
            self._forget(child)
