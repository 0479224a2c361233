"""`python3 main.py bench [NAME...] [--json]`: run the benchmarks and print their figures."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import msgspec

from tests.benchmarks.harness import BENCHMARKS, Figure, noise


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, all if none is named; exit code 2 for an unknown name."""
    as_json = "--json" in arguments
    names = [word for word in arguments if word != "--json"]
    for module in sorted(Path(__file__).parent.glob("bench_*.py")):
        importlib.import_module(f"tests.benchmarks.{module.stem}")
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.stderr.write(f"There is no benchmark {unknown[0]!r}. There are: {', '.join(sorted(BENCHMARKS))}\n")
        return 2
    results: dict[str, list[Figure]] = {}
    for name in names or sorted(BENCHMARKS):
        figures = list(BENCHMARKS[name]())
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
    return 0


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
