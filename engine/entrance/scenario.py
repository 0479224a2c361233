"""Runs scenario files, several at once if wanted, and prints what came of them (spec/scenario.md)."""

from __future__ import annotations

import functools
import json
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TextIO

from engine.entrance.call_sandbox import CallWatcher, WorkerCallSandbox
from engine.entrance.project import ProjectLimits, limits_for
from engine.entrance.scenario_call import run_call_scenario
from engine.entrance.scenario_chain import run_chain_scenario
from engine.entrance.scenario_file import ChainScenario, load_scenario
from engine.entrance.scenario_outcome import ScenarioOutcome, StepOutcome
from engine.errors import StrataError, UserError
from engine.facade import Engine

PASSED, FAILED, UNUSABLE = 0, 1, 2
DEFAULT_TIMEOUT = 30.0


class ScenarioRunner:
    """Runs scenario files; `timeout` is in seconds a step. Any thread may use it; close it when done.

    `check` compares every run with one in a fresh isolate (`VmSettings`), None leaves it to the environment. `watcher`
    is told what direct calls ran.
    """

    def __init__(
        self,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        check: bool | None = None,
        open_engine: Callable[..., Engine] = Engine.open,
        watcher: CallWatcher | None = None,
    ) -> None:
        self._timeout, self._check = timeout, check
        self._open_engine = functools.partial(open_engine, check=check)
        self._watcher = watcher
        self._lock = threading.Lock()
        self._sandboxes: dict[ProjectLimits, WorkerCallSandbox] = {}

    def run(self, path: Path) -> ScenarioOutcome:
        """Run one file; never raises for what a file or a contract does."""
        started = time.perf_counter()
        name = ""
        steps: list[StepOutcome] = []
        error = ""
        try:
            scenario = load_scenario(path)
            name = scenario.name
            if isinstance(scenario, ChainScenario):
                steps = run_chain_scenario(scenario, path, timeout=self._timeout, open_engine=self._open_engine)
            else:
                steps = run_call_scenario(scenario, path, self._call_sandbox(limits_for(path)))
        except UserError as problem:
            error = str(problem)
        except StrataError as problem:
            steps.append(StepOutcome(-1, name, {}, (f"{type(problem).__name__}: {problem}",)))
        except Exception:
            # A fault of ours in one scenario must not keep the others from running; it is told in full.
            steps.append(StepOutcome(-1, name, {}, (f"fault in Strata\n{traceback.format_exc()}",)))
        return ScenarioOutcome(str(path), name, (time.perf_counter() - started) * 1000, tuple(steps), error)

    def run_all(self, paths: Sequence[Path], *, jobs: int = 1) -> Iterator[ScenarioOutcome]:
        """Run files, `jobs` at once, and yield their outcomes in the order of the files."""
        if jobs == 1:
            yield from map(self.run, paths)
            return
        with ThreadPoolExecutor(jobs, thread_name_prefix="scenario") as threads:
            yield from threads.map(self.run, paths)

    def close(self) -> None:
        """End the sandboxes' processes."""
        for sandbox in self._sandboxes.values():
            sandbox.close()

    def _call_sandbox(self, limits: ProjectLimits) -> WorkerCallSandbox:
        """Return the sandbox of direct calls within some limits, started when it is first needed."""
        with self._lock:
            if limits not in self._sandboxes:
                self._sandboxes[limits] = WorkerCallSandbox(
                    timeout=self._timeout, check=self._check, limits=limits, watcher=self._watcher
                )
            return self._sandboxes[limits]


def report(outcomes: Iterable[ScenarioOutcome], stream: TextIO, *, as_json: bool) -> int:
    """Print outcomes, lines as they come or one JSON text at the end; return the exit code."""
    seen: list[ScenarioOutcome] = []
    for outcome in outcomes:
        seen.append(outcome)
        if not as_json:
            print(_printable(outcome.as_text(), stream), file=stream, flush=True)
    if as_json:
        json.dump([outcome.as_json() for outcome in seen], stream, indent=1)
        stream.write("\n")
    else:
        good = sum(outcome.ok for outcome in seen)
        bad = len(seen) - good
        print(f"{good} passed, {bad} failed", file=stream)
    if any(outcome.error for outcome in seen):
        return UNUSABLE
    return PASSED if all(outcome.ok for outcome in seen) else FAILED


def _printable(text: str, stream: TextIO) -> str:
    """Return `text` with what the stream's encoding cannot hold written as escapes (lone surrogates, for one)."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
