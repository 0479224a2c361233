"""A JSON value as a tree, filled level by level as it is opened; members that changed are marked."""

from __future__ import annotations

import json
from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHeaderView, QTreeWidget, QTreeWidgetItem

from ide.panels import style
from ide.panels.readable import shorten

_VALUE_ROLE = Qt.ItemDataRole.UserRole
_OPENED_LEVELS = 2
_MOST_OPENED = 200
_PAGE = 2000


def parse_json(text: str) -> object | None:
    """Return the object or array in `text`, None if it is none."""
    if text[:1] not in ("{", "["):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


class JsonTree(QTreeWidget):
    """Member and value in two columns."""

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderLabels(["Member", "Value"])
        self.setAccessibleName("Members of the value")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformRowHeights(True)
        self.setFont(style.code_font(self.font()))
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.header().setStretchLastSection(True)
        self.itemExpanded.connect(self._fill)

    def show_value(self, value: object) -> None:
        """Show an object or array, its upper levels open as far as that is little."""
        self.clear()
        self.addTopLevelItems([_item(name, member) for name, member in _members(value)])
        for _ in range(_OPENED_LEVELS - 1):
            items = [self.topLevelItem(row) for row in range(self.topLevelItemCount())]
            if (
                sum(len(list(_members(item.data(0, _VALUE_ROLE)))) for item in items if item is not None)
                <= _MOST_OPENED
            ):
                for item in items:
                    if item is not None:
                        item.setExpanded(True)

    def _fill(self, item: QTreeWidgetItem) -> None:
        if not item.childCount():
            item.addChildren([_item(name, member) for name, member in _members(item.data(0, _VALUE_ROLE))])


def _members(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for number, (name, member) in enumerate(value.items()):
            if number == _PAGE:
                yield "…", f"{len(value):,} members in all"
                return
            yield str(name), member
    elif isinstance(value, list):
        for number, member in enumerate(value):
            if number == _PAGE:
                yield "…", f"{len(value):,} elements in all"
                return
            yield str(number), member


def _item(name: str, value: object) -> QTreeWidgetItem:
    match value:
        case dict():
            text = f"{{ {len(value)} }}"
        case list():
            text = f"[ {len(value)} ]"
        case _:
            text = shorten(json.dumps(value, ensure_ascii=False), 500)
    item = QTreeWidgetItem([name, text])
    if isinstance(value, dict | list):
        item.setData(0, _VALUE_ROLE, value)
        if value:
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
    item.setToolTip(1, text)
    return item
