"""The window: Strata's desktop IDE in PySide6, on top of the facade `engine.Engine`."""

from __future__ import annotations

from pathlib import Path


def run(project: Path | None, arguments: list[str]) -> int:
    """Show the window with a project (None: the last one, or the first sample) until it is closed.

    `arguments` may hold `--safe` and `--base=FOLDER`. Returns the exit code.

    Raises:
        InvalidInput: an unknown argument.
    """
    from ide.program import run as run_program

    return run_program(project, arguments)
