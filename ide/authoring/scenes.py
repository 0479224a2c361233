"""What of this folder is shown in screenshots (`ide.screenshots`), with the sample deployed and called before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ide.authoring.install import INTERFACE_DOCK, PROFILE_DOCK

if TYPE_CHECKING:
    from ide.screenshots import Stage


def authoring_scenes() -> list[tuple[str, Callable[[Stage], None]]]:
    """Return names of states and what prepares them, in order."""
    return [
        ("gas-profile", _profile),
        ("gas-lines", _lines),
        ("coverage", _coverage),
        ("interface", _interface),
        ("help", _help),
    ]


def _profile(stage: Stage) -> None:
    stage.open_contract()
    profiler = stage.program.authoring.profiler
    stage.window.commands.run("profile.transaction")
    stage.wait(lambda: profiler.profile is not None and not profiler.is_busy, "the profile")
    editor = stage.window.current_editor()
    if editor is not None and editor.line_notes:
        editor.go_to(max(editor.line_notes, key=lambda line: editor.line_notes[line].heat))
    stage.window.show_dock(PROFILE_DOCK, focus=False)


def _lines(stage: Stage) -> None:
    stage.program.authoring.profile_panel.tabs.setCurrentIndex(2)


def _coverage(stage: Stage) -> None:
    profiler = stage.program.authoring.profiler
    profiler.set_heat(False)
    stage.window.commands.run("profile.coverage")
    stage.wait(lambda: profiler.covered_transactions and not profiler.is_busy, "the coverage")


def _interface(stage: Stage) -> None:
    profiler = stage.program.authoring.profiler
    profiler.set_coverage(False)
    profiler.set_heat(True)
    stage.window.show_dock(INTERFACE_DOCK, focus=False)
    model = stage.program.authoring.interface_panel.model
    stage.wait(model.rowCount, "the interface")
    model.setData(model.index(0, 2), "iost 100")
    model.setData(model.index(1, 1), "string, text")


def _help(stage: Stage) -> None:
    stage.program.authoring.explainer.show("rules/write-after-call")
