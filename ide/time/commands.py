"""The commands of time travel."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ide.commands import Command, Menu

if TYPE_CHECKING:
    from ide.time.install import TimePanels


def time_commands(actions: TimePanels) -> list[Command]:
    """Return what can be done with time."""

    def command(
        name: str,
        title: str,
        run: Callable[[], object],
        icon: str,
        tip: str,
        cannot: Callable[[], str],
        *keys: str,
    ) -> Command:
        return Command(
            id=f"time.{name}",
            title=title,
            category="Time",
            run=run,
            shortcuts=keys,
            icon=icon,
            tip=tip,
            disabled_reason=cannot,
            menu=Menu.CHAIN,
            group=8,
        )

    return [
        command(
            "back",
            "Look One Block Back",
            actions.back,
            "arrow-left",
            "The state before the block that is looked at",
            actions.cannot_look_back,
            "Alt+Shift+Left",
        ),
        command(
            "forward",
            "Look One Block Forward",
            actions.forward,
            "arrow-right",
            "The state after the next block",
            actions.is_now,
            "Alt+Shift+Right",
        ),
        command("now", "Look at Now", actions.now, "clock", "The newest state again", actions.is_now, "Alt+Shift+End"),
        command(
            "compare",
            "Compare From Here",
            actions.compare,
            "compare",
            "Show what changed from this block to the one chosen next",
            actions.cannot_look,
        ),
        command(
            "checkpoint",
            "Name This State…",
            actions.checkpoint,
            "checkpoint",
            "Make a checkpoint of the block that is looked at",
            actions.cannot_change,
        ),
        command(
            "go_back",
            "Go Back to This Block…",
            actions.go_back,
            "restore",
            "Make the block that is looked at the chain's head; later blocks are kept as a branch",
            actions.cannot_go_back,
        ),
        command(
            "undo_going_back",
            "Undo Going Back",
            actions.undo_going_back,
            "undo",
            "Return to the branch that was left last",
            actions.cannot_undo,
        ),
        command(
            "what_if",
            "What If This Call Had Come First?",
            actions.what_if,
            "branch",
            "Run the chosen transaction, or the call of the form, right after the block looked at; keep nothing",
            actions.cannot_ask,
        ),
        command(
            "retention",
            "How Far Back to Keep…",
            actions.retention,
            "books",
            "Drop the history of old blocks to save space",
            actions.cannot_change,
        ),
        command(
            "export",
            "Export Chain…",
            actions.export,
            "save",
            "Write the whole chain to a file that outlives this program",
            actions.cannot_look,
        ),
    ]
