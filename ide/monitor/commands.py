"""Commands of the VM monitor."""

from __future__ import annotations

from collections.abc import Callable

from ide.commands import Command, Menu


def monitor_commands(
    no_worker: Callable[[], str],
    no_engine: Callable[[], str],
    *,
    kill: Callable[[], object],
    recycle: Callable[[], object],
    configure: Callable[[], object],
    toggle_check: Callable[[], object],
    is_checking: Callable[[], bool],
    copy: Callable[[], object],
) -> list[Command]:
    """Return what can be done with workers; `no_worker` and `no_engine` say why something cannot."""
    entries = [
        (
            "recycle",
            "Replace Worker When Idle",
            recycle,
            "refresh",
            "A fresh process takes the chosen worker's place as soon as it has nothing to do",
            no_worker,
        ),
        (
            "kill",
            "Kill Worker",
            kill,
            "stop",
            "End the chosen worker at once: the transaction it runs fails, another worker takes its place",
            no_worker,
        ),
        (
            "settings",
            "Workers and Limits…",
            configure,
            "settings",
            "How many workers run contracts, and how much time and memory a transaction may take",
            no_engine,
        ),
        (
            "copy",
            "Copy VM Diagnostics",
            copy,
            "copy",
            "Put V8's version, the state of the startup snapshot, all limits and dead workers' last words on the "
            "clipboard",
            no_engine,
        ),
    ]
    check = Command(
        id="vm.check",
        title="Check Mode",
        category="VM",
        run=toggle_check,
        tip="Run every transaction also in a fresh sandbox: result, gas and writes must be the same",
        disabled_reason=no_engine,
        checked=is_checking,
        menu=Menu.RUN,
        group=8,
        submenu="Workers",
    )
    return [
        check,
        *(
            Command(
                id=f"vm.{name}",
                title=title,
                category="VM",
                run=run,
                icon=icon,
                tip=tip,
                disabled_reason=reason,
                menu=Menu.RUN,
                group=8,
                submenu="Workers",
            )
            for name, title, run, icon, tip, reason in entries
        ),
    ]
