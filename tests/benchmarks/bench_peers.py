"""Strata beside other simulators and sandboxes, in turn in one run: `main.py bench peers --peers FOLDER`.

FOLDER holds the peers as they are installed by the benchmark scripts that go with them: a folder each, with its script
in it. A script does fifty accounts' transfers one after the other, checks the balances, and prints a JSON line with
`peer`, `tx_s`, `p50_us`, `p99_us`. Every round runs everybody once, each in a fresh process, so that a ratio taken
within a round compares neighbours in time; a fixed loop before each process tells how noisy the machine was. Rows are
told on standard error as they come.

On a busy Linux machine `taskset -c 0 chrt -r 5 python3 main.py bench peers …` (as root) gives everybody the same core
and keeps other work off it.

Environment: `STRATA_PEERS` (the folder), `STRATA_PEER_ROUNDS` (3), `N` (1000 transfers).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.harness import Figure, Missing, benchmark, noise

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 300.0
_HARDHAT = {"HARDHAT_CONFIG": "hardhat.config.mjs"}
_NODE, _NEW_NODE, _PYTHON = "node", "node24/node_modules/node/bin/node", "bin/python"


class Contestant(NamedTuple):
    """Somebody who takes part: what is run, in which of the peers' folders; Strata has none."""

    folder: str
    program: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = {}
    pinned: bool = False

    @property
    def title(self) -> str:
        """What to call it where it is missing."""
        return " ".join([self.folder or "Strata", *self.arguments])

    def command(self, peers: Path) -> list[str]:
        """Return the command line; raises `Missing`."""
        if not self.folder:
            command = [sys.executable, *self.arguments]
        else:
            script = peers / self.folder / self.arguments[-1]
            program = {_NEW_NODE: peers / _NEW_NODE, _PYTHON: peers / self.folder / _PYTHON}.get(self.program)
            for needed in (script, program):
                if needed is not None and not needed.exists():
                    raise Missing(f"there is no {needed}")
            command = [str(program or self.program), *self.arguments]
        return ["taskset", "-c", "0", *command] if self.pinned else command


class Row(NamedTuple):
    """What one process said of one way of doing the work; a figure that it does not give is 0."""

    rate: float
    p50: float
    p99: float


def strata(kind: str) -> Contestant:
    """Return one of our own workloads."""
    return Contestant("", "", ("-m", "tests.benchmarks.peer_workload", kind))


TRANSACTIONS = (
    strata("facade"),
    Contestant("hardhat", _NEW_NODE, ("hardhat.mjs",), _HARDHAT),
    Contestant("anvil", _NODE, ("anvil.mjs",)),
    strata("bulk"),
    Contestant("boa", _PYTHON, ("boa_bench.py",)),
    Contestant("boa", _PYTHON, ("boa_bench.py",), {"MODE": "fast"}),
    Contestant("vert", _NODE, ("vert.cjs",)),
    strata("http"),
    Contestant("ganache", _NODE, ("ganache.cjs",)),
    Contestant("ethereumjs", _NODE, ("ethereumjs.mjs",)),
    strata("sdk"),
    Contestant("ethtester", _PYTHON, ("eth_tester_bench.py",)),
    Contestant("fabric", _NODE, ("fabric_mock.cjs",)),
)
PINNED = tuple(
    one._replace(pinned=True)
    for one in TRANSACTIONS
    if one.folder in {"hardhat", "anvil", "vert"} or "facade" in one.arguments
)
SANDBOXES = (
    strata("sandboxes"),
    Contestant("isolated7", _NEW_NODE, ("--no-node-snapshot", "isolated.cjs")),
    Contestant("isolated7", _NEW_NODE, ("node_contexts.cjs",)),
    Contestant("py", _PYTHON, ("mini_racer_bench.py",)),
)


@benchmark("peers")
def transaction_figures() -> Iterator[Figure]:
    """Transfers one after the other, each with its receipt; every ratio is against our contract call."""
    yield from compared(TRANSACTIONS, "Strata contract call")


@benchmark("peers-one-core")
def pinned_figures() -> Iterator[Figure]:
    """The same held to one core: hand-overs between cores cost most of those who have threads."""
    yield from compared(PINNED, "Strata contract call")


@benchmark("peers-sandboxes")
def sandbox_figures() -> Iterator[Figure]:
    """New sandboxes, and calls into one that is there."""
    yield from compared(SANDBOXES, "Strata sandbox from the startup snapshot")


def compared(contestants: Sequence[Contestant], ours: str) -> Iterator[Figure]:
    """Run everybody in turn, several times; yield the median of each, its spread, and its ratio to `ours`.

    Raises:
        Missing: the peers' folder is not given.
    """
    folder = os.environ.get("STRATA_PEERS", "")
    if not folder or not Path(folder).is_dir():
        raise Missing("name the folder in which the peers are installed: --peers FOLDER, or STRATA_PEERS")
    present = []
    for contestant in contestants:
        try:
            present.append((contestant, contestant.command(Path(folder))))
        except Missing as lack:
            yield Figure(f"not measured: {contestant.title}", 0, "", note=str(lack))
    rounds: list[dict[str, Row]] = []
    probes: list[float] = []
    failures: dict[str, str] = {}
    for _ in range(int(os.environ.get("STRATA_PEER_ROUNDS", "3"))):
        found: dict[str, Row] = {}
        for contestant, command in present:
            probes.append(noise().p50)
            try:
                rows = run(contestant, command, Path(folder))
                for name, row in rows.items():
                    sys.stderr.write(f"{name}: {row.rate:,.0f} tx/s, p50 {row.p50:,.1f} µs, p99 {row.p99:,.0f} µs\n")
                found |= rows
            except (subprocess.SubprocessError, ValueError) as error:
                failures[contestant.title] = str(error)
                sys.stderr.write(f"{contestant.title} failed: {error}\n")
        rounds.append(found)
    for title, text in failures.items():
        yield Figure(f"failed: {title}", 0, "", note=text)
    yield Figure("noise, a fixed loop", statistics.median(probes), "ms", note=f"{min(probes):.1f}…{max(probes):.1f}")
    yield from summary(rounds, ours)


def run(contestant: Contestant, command: Sequence[str], peers: Path) -> dict[str, Row]:
    """Run one contestant and return its rows by name.

    Raises:
        ValueError: it failed, or said nothing.
        subprocess.SubprocessError: it took too long.
    """
    place = peers / contestant.folder if contestant.folder else ROOT
    environment = {**os.environ, "N": os.environ.get("N", "1000"), **contestant.environment}
    done = subprocess.run(
        command, cwd=place, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not rows:
        raise ValueError(f"exit code {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}")
    return {
        " ".join(filter(None, (row["peer"], row.get("what", "")))): Row(
            row.get("tx_s", 0.0), row.get("p50_us", 0.0), row.get("p99_us", 0.0)
        )
        for row in rows
    }


def summary(rounds: Sequence[Mapping[str, Row]], ours: str) -> Iterator[Figure]:
    """Yield each row's median p50; the note has rate, range, p99 and how many times `ours` it is.

    That is told twice: the median of the rounds' own ratios, and each one's best round against our best, which other
    load on the machine hurts least.
    """
    rows: dict[str, list[Row]] = defaultdict(list)
    ratios: dict[str, list[float]] = defaultdict(list)
    for found in rounds:
        for name, row in found.items():
            rows[name].append(row)
            if ours in found and row.p50:
                ratios[name].append(row.p50 / found[ours].p50)
    best = {name: min(row.p50 for row in taken) for name, taken in rows.items()}
    for name, taken in rows.items():
        rates, middles = sorted(row.rate for row in taken), sorted(row.p50 for row in taken)
        parts = [f"{statistics.median(rates):,.0f} tx/s, best {rates[-1]:,.0f}"] if rates[-1] else []
        parts.append(
            f"p50 {middles[0]:,.1f}…{middles[-1]:,.1f}, p99 {statistics.median(row.p99 for row in taken):,.0f}"
        )
        if ratios[name]:
            against = f"{best[name] / best[ours]:.3g}"
            parts.append(f"{statistics.median(ratios[name]):.3g} × ours, best against best {against} ×")
        yield Figure(f"{name}, p50", statistics.median(middles), "µs", note="; ".join(parts))
