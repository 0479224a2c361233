"""The commands without a window: their arguments, and what they hand over to."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from engine.entrance.coverage import ScenarioCoverage
from engine.entrance.installing import install_missing, package_folder
from engine.entrance.project import scenarios
from engine.entrance.scenario import DEFAULT_TIMEOUT, UNUSABLE, ScenarioRunner, report
from engine.facade import Engine


def run(arguments: list[str]) -> int:
    """`run SCENARIO...`: run scenarios; 0 all passed, 1 a difference, 2 unusable input."""
    parser = argparse.ArgumentParser("main.py run", description="Run scenarios and compare with what they expect.")
    parser.add_argument("paths", nargs="+", type=Path, metavar="SCENARIO", help="a scenario file or a project folder")
    parser.add_argument("--json", action="store_true", help="print one JSON text instead of lines")
    parser.add_argument("--jobs", type=_at_least_one, default=1, metavar="N", help="files to run at once")
    parser.add_argument("--timeout", type=_seconds, default=DEFAULT_TIMEOUT, metavar="S", help="seconds a step")
    parser.add_argument("--check", action="store_true", help="run everything in a fresh sandbox, too, and compare")
    parser.add_argument("--coverage", action="store_true", help="tell which lines ran")
    parser.add_argument("--install", action="store_true", help="install the npm packages that the projects lack")
    options = parser.parse_args(arguments)
    if options.install:
        for folder in dict.fromkeys(map(package_folder, (path.resolve() for path in options.paths))):
            if folder is not None:
                install_missing(folder, sys.stderr)
    files: list[Path] = []
    for path in options.paths:
        found = scenarios(path) if path.is_dir() else [path]
        if not found:
            sys.stderr.write(f"{path}: no scenarios (a project keeps them in tests/*.scenario.json)\n")
            return UNUSABLE
        files += found
    coverage = ScenarioCoverage() if options.coverage else None
    open_engine = coverage.open_engine if coverage is not None else Engine.open
    with contextlib.closing(
        ScenarioRunner(timeout=options.timeout, check=options.check or None, open_engine=open_engine, watcher=coverage)
    ) as runner:
        code = report(runner.run_all(files, jobs=options.jobs), sys.stdout, as_json=options.json)
    if coverage is not None:
        coverage.report(sys.stderr if options.json else sys.stdout)
    return code


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < 86_400:
        raise argparse.ArgumentTypeError("more than 0 and less than a day")
    return number
