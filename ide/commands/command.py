"""A command: one thing a person can do, declared once as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Menu(StrEnum):
    """The menus of the menu bar, in order."""

    FILE = "&File"
    EDIT = "&Edit"
    CODE = "C&ode"
    VIEW = "&View"
    GO = "&Go"
    RUN = "&Run"
    DEBUG = "&Debug"
    CHAIN = "&Chain"
    HELP = "&Help"


class Scope(StrEnum):
    """Where a command's keys work: anywhere in the window, or only while the editor area has the focus."""

    WINDOW = "window"
    EDITOR = "editor"


def always() -> str:
    """Return no reason against: the command is always enabled."""
    return ""


@dataclass(frozen=True)
class Command:
    """What menus, tool bar, palette and keyboard help are made from.

    `id` is stable, `category.verb` (`file.save`). `title` is an imperative without the category.
    `shortcuts` are in Qt's portable text (`Ctrl+Shift+P`, chords as `Ctrl+K, Ctrl+S`).
    `disabled_reason` returns why the command cannot run now, or an empty string if it can.
    `checked` makes it a toggle. `menu` None keeps it out of the menus (it is in the palette all the
    same); commands with the same `group` stand together, in a menu of their own if they name
    a `submenu`. `toolbar` puts it in the main tool bar, in
    the group of that number.
    """

    id: str
    title: str
    category: str
    run: Callable[[], object]
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    icon_colour: str = "text_muted"
    tip: str = ""
    disabled_reason: Callable[[], str] = always
    checked: Callable[[], bool] | None = None
    menu: Menu | None = None
    group: int = 0
    submenu: str = ""
    toolbar: int | None = None
    scope: Scope = Scope.WINDOW
