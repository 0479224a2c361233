"""What came of a scenario, and how it is shown: a line a step for people, JSON for programs (spec/scenario.md)."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from msgspec import UNSET

from engine.values import Value


class StepOutcome(Value, frozen=True):
    """One step: `got` is what was observed, `differences` what was expected otherwise; index −1 is the set-up."""

    index: int
    title: str
    got: dict[str, Any] = msgspec.field(default_factory=dict)
    differences: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all expectations were met."""
        return not self.differences


class ScenarioOutcome(Value, frozen=True):
    """One scenario file; `error` says why it could not be used at all."""

    file: str
    scenario: str
    duration_ms: float = 0
    steps: tuple[StepOutcome, ...] = ()
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether it ran and met all expectations."""
        return not self.error and all(step.ok for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        steps = [
            {"index": step.index, "ok": step.ok, "got": step.got, "differences": list(step.differences)}
            for step in self.steps
        ]
        shown = {"scenario": self.scenario, "file": self.file, "ok": self.ok, "duration_ms": round(self.duration_ms, 3)}
        return shown | {"steps": steps} | ({"error": self.error} if self.error else {})

    def as_text(self) -> str:
        """Return the lines for people."""
        lines = [f"{self.file}: {self.scenario}" if self.scenario else self.file]
        if self.error:
            lines += [f"  ! {line}" for line in self.error.splitlines()]
        for step in self.steps:
            lines.append(f"  {'✓' if step.ok else '✗'} {step.title}")
            lines += [f"      {line}" for difference in step.differences for line in difference.splitlines()]
        return "\n".join(lines)


class Comparison:
    """Collects the differences of one step; what is expected as `UNSET` is not compared."""

    def __init__(self) -> None:
        self.differences: list[str] = []

    def equal(self, name: str, expected: object, got: object) -> None:
        """Compare two JSON values."""
        if expected is not UNSET and _plain(expected) != _plain(got):
            self.add(name, expected, got)

    def number(self, name: str, expected: object, got: object) -> None:
        """Compare decimal numbers, however they are written."""
        if expected is not UNSET and _decimal(expected) != _decimal(got):
            self.add(name, expected, got)

    def at_least(self, name: str, least: object, got: object) -> None:
        """Check a lower bound."""
        if least is not UNSET and not _decimal(got) >= _decimal(least):
            self.differences.append(f"{name}: expected at least {least}, got {got}")

    def at_most(self, name: str, most: object, got: object) -> None:
        """Check an upper bound."""
        if most is not UNSET and not _decimal(got) <= _decimal(most):
            self.differences.append(f"{name}: expected at most {most}, got {got}")

    def contains(self, name: str, part: object, got: str) -> None:
        """Check that a text occurs."""
        if part is not UNSET and str(part) not in got:
            self.differences.append(f"{name}: expected to contain {as_json(part)}\n  got {as_json(got)}")

    def add(self, name: str, expected: object, got: object) -> None:
        """Record a difference; long values stand below each other."""
        wanted, found = as_json(expected), as_json(got)
        if len(wanted) + len(found) > 80:
            self.differences.append(f"{name}:\n  expected {wanted}\n  got      {found}")
        else:
            self.differences.append(f"{name}: expected {wanted}, got {found}")


def as_json(value: object) -> str:
    """Return compact JSON text."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> object:
    """Return tuples as lists, at any depth, as JSON has only those."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _decimal(value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal("NaN")
