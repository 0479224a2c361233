"""The commands of `main.py`: what they are called, what they need, and where they live."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from launcher.environment import ROOT, Environment
from launcher.problems import LaunchProblem

USER_MISTAKE = 2
INTERRUPTED = 130


class Command(NamedTuple):
    """One word after `main.py`; `entry` is `module:function` taking the arguments and returning the exit code."""

    usage: str
    summary: str
    entry: str
    developer: bool = False


COMMANDS = {
    "test": Command("test [PYTEST ARGS]", "run the tests", "launcher.commands:run_tests", developer=True),
    "run": Command("run SCENARIO.json... [--json] [--coverage]", "run scenarios", "engine.entrance.commands:run"),
    "node": Command("node [--port N] [--data DIR]", "local node with IOST's HTTP API", "engine.entrance.node:node"),
    "check": Command("check FILE... [--json]", "look for problems in contracts", "engine.entrance.checking:check"),
    "pack": Command("pack DIR [-o FILE]", "pack and compile a project", "engine.entrance.packing:pack"),
    "database": Command(
        "database verify|repair|export|import DIR [FILE]",
        "check, repair, export or import a chain",
        "engine.entrance.database:database",
    ),
    "validate": Command(
        "validate DIR [--transaction FILE]",
        "execute a chain's blocks again, or check a transaction",
        "engine.entrance.validating:validate",
    ),
    "diagnose": Command("diagnose", "what the sandboxes are made of", "engine.entrance.diagnostics:diagnose"),
    "bench": Command("bench [NAME...] [--json]", "benchmarks", "launcher.commands:run_benchmarks", developer=True),
    "screenshot": Command(
        "screenshot OUT_DIR", "render the window's main states, one PNG each", "launcher.commands:render_screenshots"
    ),
}
WINDOW = Command("[PROJECT]", "the IDE, with the project folder PROJECT open", "launcher.commands:open_window")


def start(arguments: list[str], environment: Callable[..., Environment] = Environment) -> int:
    """Prepare the environment and run a command; return the process's exit code."""
    try:
        command, rest = choose(arguments)
        if command is None:
            sys.stdout.write(help_text())
            return 0
        place = environment(developer=command.developer)
        if not place.is_ready():
            place.prepare()
        if not place.is_current():
            return place.run_again(ROOT / "main.py", arguments)
        return call(command, rest)
    except LaunchProblem as problem:
        sys.stderr.write(f"{problem}\n")
        return USER_MISTAKE
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. The next start goes on from here.\n")
        return INTERRUPTED


def choose(arguments: list[str]) -> tuple[Command | None, list[str]]:
    """Return the command that `arguments` name and what is left for it; None asks for help."""
    if not arguments:
        return WINDOW, []
    word = arguments[0]
    if word in ("--help", "-h", "help"):
        return None, []
    if word in COMMANDS:
        return COMMANDS[word], arguments[1:]
    if word.startswith("-") or Path(word).exists():
        return WINDOW, arguments
    import difflib

    near = difflib.get_close_matches(word, COMMANDS, n=1)
    guess = f"Did you mean `{near[0]}`? " if near else ""
    raise LaunchProblem(
        f"'{word}' is neither a command nor a project folder.", f"{guess}All commands: python3 main.py --help"
    )


def help_text() -> str:
    """Return the list of commands."""
    rows = [WINDOW, *COMMANDS.values()]
    width = max(len(row.usage) for row in rows)
    lines = [f"  python3 main.py {row.usage:<{width}}  {row.summary}" for row in rows]
    return "Strata: desktop IDE and simulator for JavaScript smart contracts\n\n" + "\n".join(lines) + "\n"


def call(command: Command, arguments: list[str]) -> int:
    """Run a command inside the environment; what its user can put right becomes a `LaunchProblem`."""
    from engine.errors import UserError

    entry: Callable[[list[str]], int] = load(command.entry)
    try:
        return entry(arguments)
    except UserError as error:
        raise LaunchProblem(f"{error.where}: {error.what}" if error.where else error.what, error.advice) from error


def load(entry: str) -> Any:
    """Import `module:name`; commands are imported one at a time because each is slow to import."""
    module, _, name = entry.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        what = f"{module.replace('.', '/')}.py is missing: this copy of Strata is incomplete."
        raise LaunchProblem(what, "Get a complete copy (git checkout, or clone it again).") from error


# --- commands that are not the engine's ----------------------------------------------------------


def open_window(arguments: list[str]) -> int:
    """Open the IDE."""
    from launcher.desktop import check_desktop

    check_desktop()
    words = [word for word in arguments if not word.startswith("-")]
    if len(words) > 1:
        raise LaunchProblem("The IDE opens one project at a time.", "Give one folder: python3 main.py PROJECT")
    project = Path(words[0]).resolve() if words else None
    run: Callable[[Path | None, list[str]], int] = load("ide:run")
    return run(project, [word for word in arguments if word.startswith("-")])


def render_screenshots(arguments: list[str]) -> int:
    """Render the window's main states into a folder; needs no display."""
    if len(arguments) != 1:
        raise LaunchProblem("screenshot needs one folder.", "Usage: python3 main.py screenshot OUT_DIR")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from launcher.desktop import check_libraries

    check_libraries()
    folder = Path(arguments[0]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    load("ide.screenshots:render_all")(folder)
    return 0


def run_tests(arguments: list[str]) -> int:
    """Run pytest; `tests/conftest.py` keeps its windows off the screen."""
    return _run_module("pytest", arguments)


def run_benchmarks(arguments: list[str]) -> int:
    """Run the benchmarks of `tests/benchmarks`."""
    return _run_module("tests.benchmarks", arguments)


def _run_module(name: str, arguments: list[str]) -> int:
    import subprocess

    return subprocess.run([sys.executable, "-m", name, *arguments], cwd=ROOT, check=False).returncode
