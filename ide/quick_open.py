"""What the palette finds in the window: commands, files, symbols, lines."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from ide.commands.palette import PaletteItem, PaletteMode
from ide.editor.symbols import symbols_of
from ide.project.files import project_files
from ide.project.model import file_icon

if TYPE_CHECKING:
    from ide.window import MainWindow

RECENT_COMMANDS = 5


def palette_modes(window: MainWindow) -> list[PaletteMode]:
    """Return the kinds of things the palette finds."""
    recent: list[str] = []

    def remember(command_id: str) -> None:
        if command_id in recent:
            recent.remove(command_id)
        if not command_id.startswith(("view.command_palette", "go.")):
            recent.insert(0, command_id)
        del recent[RECENT_COMMANDS:]

    window.commands.triggered.connect(remember)

    def commands() -> Sequence[PaletteItem]:
        registry = window.commands
        known = {command.id: command for command in registry.commands()}
        ordered = [known.pop(command_id) for command_id in recent if command_id in known]
        ordered += sorted(known.values(), key=lambda command: (command.category, command.title))
        return [
            PaletteItem(
                title=f"{command.category}: {command.title.removesuffix('…')}",
                run=partial(registry.run, command.id),
                detail=command.tip,
                key=registry.key_text(command.id),
                icon=command.icon,
                reason=command.disabled_reason(),
                checked=command.checked is not None and command.checked(),
            )
            for command in ordered
        ]

    def files() -> Sequence[PaletteItem]:
        folder = window.project
        if folder is None:
            return ()
        open_first = {editor.path for editor in window.editors.editors()}
        found = sorted(project_files(folder), key=lambda path: (path not in open_first, str(path).lower()))
        return [
            PaletteItem(
                title=path.name,
                run=partial(window.open_file, path),
                detail="" if path.parent == folder else str(path.parent.relative_to(folder)),
                icon=file_icon(path),
            )
            for path in found
        ]

    def symbols() -> Sequence[PaletteItem]:
        editor = window.current_editor()
        if editor is None:
            return ()
        icons = {"class": "project", "function": "method", "method": "method"}
        return [
            PaletteItem(
                title=symbol.name,
                run=partial(editor.go_to, symbol.line),
                detail=symbol.detail,
                key=f"line {symbol.line}",
                icon=icons[symbol.kind],
            )
            for symbol in symbols_of(editor.text())
        ]

    def line(text: str) -> Sequence[PaletteItem]:
        editor = window.current_editor()
        if editor is None:
            return ()
        number, _, column = text.partition(":")
        if not number.isdecimal() or (column and not column.isdecimal()):
            return [
                PaletteItem(
                    title=f"Type a line from 1 to {editor.blockCount()}, or line:column",
                    run=lambda: None,
                    reason=" ",
                    icon="go-to",
                )
            ]
        target = partial(editor.go_to, int(number), max(int(column or "1") - 1, 0))
        return [PaletteItem(title=f"Go to line {number}" + (f", column {column}" if column else ""), run=target)]

    return [
        PaletteMode(">", "Type the name of a command", items=commands),
        PaletteMode("@", "Type the name of a function or class", items=symbols),
        PaletteMode(":", "Type a line, or line:column", answer=line),
        PaletteMode("", "Type a file name; > commands, @ symbols, : line", items=files),
    ]
