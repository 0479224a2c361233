"""Commands of the panels: deploy, call, query, and what can be done with a transaction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ide.commands import Command, Menu
from ide.panels.contracts.deploy import Deployer
from ide.panels.workbench import Workbench

NO_ENGINE = "The engine is still starting."
_CONTRACT_SUFFIXES = (".js", ".cjs", ".mjs", ".ts")


def deploy_commands(workbench: Workbench, deployer: Deployer, current_file: Callable[[], Path | None]) -> list[Command]:
    """Return the commands that deploy the open file; `current_file` returns its path."""

    def cannot_deploy() -> str:
        if workbench.engine is None:
            return NO_ENGINE
        if deployer.is_busy:
            return "Another file is being deployed."
        current = current_file()
        if current is None:
            return "No file is open."
        return "" if current.suffix in _CONTRACT_SUFFIXES else "The open file is not a JavaScript file."

    def cannot_redeploy() -> str:
        current = current_file()
        reason = cannot_deploy()
        if reason or current is None:
            return reason
        return "" if deployer.can_redeploy(current) else "The open file was not deployed in this session."

    def deploy(ask: bool) -> None:
        current = current_file()
        if current is not None:
            deployer.start(current, ask=ask)

    return [
        Command(
            id="deploy.deploy",
            title="Deploy…",
            category="Deploy",
            run=lambda: deploy(True),
            shortcuts=("F7",),
            icon="deploy",
            icon_colour="accent",
            tip="Compile the open file, show its interface and put it on the chain",
            disabled_reason=cannot_deploy,
            menu=Menu.RUN,
            group=0,
            toolbar=2,
        ),
        Command(
            id="deploy.redeploy",
            title="Deploy Again",
            category="Deploy",
            run=lambda: deploy(False),
            shortcuts=("Shift+F7",),
            tip="Deploy the open file with the settings of the last time",
            disabled_reason=cannot_redeploy,
            menu=Menu.RUN,
            group=0,
        ),
    ]


def run_commands(
    workbench: Workbench,
    call: Callable[[], object],
    query: Callable[[], object],
    debug: Callable[[], object],
    is_running: Callable[[], bool],
) -> list[Command]:
    """Return the commands of the call form."""

    def cannot_run() -> str:
        if workbench.engine is None:
            return NO_ENGINE
        if not workbench.contracts:
            return "No contract is deployed. Deploy one first."
        return "A call is running; stop it first." if is_running() else ""

    return [
        Command(
            id="run.call",
            title="Call Method",
            category="Run",
            run=call,
            shortcuts=("Ctrl+Return",),
            icon="call",
            icon_colour="success",
            tip="Send the transaction of the call form; what it writes is kept if it succeeds",
            toolbar=2,
            disabled_reason=cannot_run,
            menu=Menu.RUN,
            group=1,
        ),
        Command(
            id="run.query",
            title="Query Method",
            category="Run",
            run=query,
            shortcuts=("Ctrl+Shift+Return",),
            icon="query",
            tip="Run the call of the form on the present state and keep nothing",
            disabled_reason=cannot_run,
            menu=Menu.RUN,
            group=1,
        ),
        Command(
            id="run.debug",
            title="Debug Method",
            category="Run",
            run=debug,
            icon="debug",
            tip="Send the transaction of the call form and step through what it did",
            disabled_reason=cannot_run,
            menu=Menu.RUN,
            group=1,
        ),
    ]


def transaction_commands(
    cannot: Callable[[], str],
    debug: Callable[[], object],
    resend: Callable[[], object],
    edit: Callable[[], object],
    source: Callable[[], object],
    copy_hash: Callable[[], object],
) -> list[Command]:
    """Return what can be done with the chosen transaction; `cannot` says why there is none."""
    commands = [
        ("debug", "Debug Transaction", debug, "debug", "Step through the chosen transaction"),
        ("resend", "Send Transaction Again", resend, "resend", "Send the chosen transaction's request once more"),
        ("edit", "Edit Transaction and Send Again", edit, "compose", "Open the chosen transaction in the composer"),
        ("source", "Go to Transaction's Source", source, "go-to", "To the failing line, else to the contract"),
        ("copy_hash", "Copy Transaction Hash", copy_hash, "copy", "Put the chosen transaction's hash on the clipboard"),
    ]
    return [
        Command(
            id=f"transactions.{name}",
            title=title,
            category="Transactions",
            run=run,
            icon=icon,
            tip=tip,
            disabled_reason=cannot,
            menu=Menu.RUN,
            group=5,
            submenu="Transaction",
        )
        for name, title, run, icon, tip in commands
    ]


def state_commands(workbench: Workbench) -> list[Command]:
    """Return the commands of the state stack."""
    return [
        Command(
            id="state.books",
            title="Show the Chain's Own Books",
            category="State Stack",
            run=workbench.toggle_books,
            icon="books",
            tip="Show also what the chain itself reads and writes: fees, permissions, code, lists of map fields",
            checked=lambda: workbench.shows_books,
            menu=Menu.VIEW,
            group=60,
        )
    ]
