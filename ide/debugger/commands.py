"""The debugger's commands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ide.commands import Command, Menu
from ide.debugger.controller import DebugController, Motion

_CATEGORY = "Debug"


def debug_commands(
    controller: DebugController,
    start: Callable[[], object],
    cannot_start: Callable[[], str],
    stop: Callable[[], object],
    cannot_stop: Callable[[], str],
    run_to_cursor: Callable[[], object],
) -> list[Command]:
    """Return the commands; `start` debugs the call of the form, `stop` ends a debug session or a running call."""

    def start_or_continue() -> None:
        if controller.session is None:
            start()
        else:
            controller.go(Motion.CONTINUE)

    def cannot_start_or_continue() -> str:
        return cannot_start() if controller.session is None else ""

    def needs_session() -> str:
        return "" if controller.session is not None else "Nothing is being debugged."

    motions = [
        (Motion.CONTINUE, "Continue", (), "To the next breakpoint, or the end"),
        (Motion.OVER, "Step Over", ("F10",), "To the next statement at this depth"),
        (Motion.INTO, "Step Into", ("F11",), "To the next statement, wherever it is"),
        (Motion.OUT, "Step Out", ("Shift+F11",), "To where the current function has returned"),
        (Motion.REVERSE, "Reverse Continue", ("Ctrl+F5",), "Back to the previous breakpoint, or the beginning"),
        (Motion.BACK_OVER, "Step Back Over", ("Ctrl+Shift+F10",), "Back to the previous statement at this depth"),
        (Motion.BACK_INTO, "Step Back Into", ("Ctrl+Shift+F11",), "Back to the previous statement, wherever it was"),
        (Motion.BACK_OUT, "Step Back Out", ("Ctrl+F11",), "Back to where the current function was called"),
    ]
    commands = [
        Command(
            id="debug.start",
            title="Debug Call or Continue",
            category=_CATEGORY,
            run=start_or_continue,
            shortcuts=("F5",),
            icon="debug",
            icon_colour="accent",
            tip="Run the call of the form and step through it; while debugging, go to the next breakpoint",
            disabled_reason=cannot_start_or_continue,
            menu=Menu.DEBUG,
            group=2,
            toolbar=2,
        ),
        Command(
            id="run.stop",
            title="Stop",
            category=_CATEGORY,
            run=stop,
            shortcuts=("Shift+F5",),
            icon="debug-stop",
            icon_colour="error",
            tip="Stop the call that is running, or end debugging",
            disabled_reason=cannot_stop,
            menu=Menu.DEBUG,
            group=2,
            toolbar=2,
        ),
        Command(
            id="debug.restart",
            title="Restart",
            category=_CATEGORY,
            run=controller.restart,
            shortcuts=("Ctrl+Shift+F5",),
            icon="debug-restart",
            tip="Go back to where debugging began",
            disabled_reason=needs_session,
            menu=Menu.DEBUG,
            group=2,
        ),
    ]
    for motion, title, shortcuts, tip in motions:
        commands.append(
            Command(
                id=f"debug.{motion}",
                title=title,
                category=_CATEGORY,
                run=partial(controller.go, motion),
                shortcuts=shortcuts,
                icon=f"debug-{motion.replace('_', '-')}",
                icon_colour="info",
                tip=tip,
                disabled_reason=partial(controller.cannot_go, motion),
                menu=Menu.DEBUG,
                group=4 if motion.is_backwards else 3,
            )
        )
    commands.append(
        Command(
            id="debug.run_to_cursor",
            title="Run to Cursor",
            category=_CATEGORY,
            run=run_to_cursor,
            shortcuts=("Ctrl+F10",),
            tip="Go to the next time the line with the cursor runs, or to the last time before",
            disabled_reason=needs_session,
            menu=Menu.DEBUG,
            group=3,
        )
    )
    return commands
