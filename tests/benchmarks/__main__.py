"""`python3 main.py bench [NAME...] [--json] [--peers FOLDER] [--rounds N]`: run benchmarks and print their figures."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

import msgspec

from tests.benchmarks.harness import BENCHMARKS, Figure, Missing, noise


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, all if none is named; exit code 2 for one that is unknown or lacks something."""
    parser = argparse.ArgumentParser("main.py bench", description="Run benchmarks and print their figures.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which benchmarks; all if absent")
    parser.add_argument("--json", action="store_true", help="print one JSON text instead of tables")
    parser.add_argument("--peers", type=Path, metavar="FOLDER", help="where other simulators are installed")
    parser.add_argument("--rounds", type=int, metavar="N", help="how often the peers take their turn")
    options = parser.parse_args(arguments)
    as_json, names = options.json, options.names
    if options.peers is not None:
        os.environ["STRATA_PEERS"] = str(options.peers.resolve())
    if options.rounds is not None:
        os.environ["STRATA_PEER_ROUNDS"] = str(options.rounds)
    for module in sorted(Path(__file__).parent.glob("bench_*.py")):
        importlib.import_module(f"tests.benchmarks.{module.stem}")
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.stderr.write(f"There is no benchmark {unknown[0]!r}. There are: {', '.join(sorted(BENCHMARKS))}\n")
        return 2
    results: dict[str, list[Figure]] = {}
    code = 0
    for name in names or sorted(BENCHMARKS):
        try:
            figures = list(BENCHMARKS[name]())
        except Missing as lack:
            sys.stderr.write(f"{name}: {lack}\n")
            code = 2 if names else code
            continue
        results[name] = figures
        if not as_json:
            show(name, figures)
    steadiness = noise()
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode({"noise_ms": steadiness, "figures": results}) + b"\n")
    else:
        print(
            f"\nnoise: a fixed loop took {steadiness.least:.1f}…{steadiness.p99:.1f} ms, median {steadiness.p50:.1f} ms"
        )
    return code


def show(name: str, figures: list[Figure]) -> None:
    """Print one benchmark's figures as a table."""
    print(f"\n{name}")
    width = max((len(figure.name) for figure in figures), default=0)
    for figure in figures:
        goal = f"  (goal {figure.goal})" if figure.goal else ""
        note = f"  {figure.note}" if figure.note else ""
        print(f"  {figure.name:<{width}}  {figure.value:>14,.3f} {figure.unit}{goal}{note}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
