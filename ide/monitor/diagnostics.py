"""What the sandboxes are made of, in words."""

from __future__ import annotations

from engine.facade import VmDiagnostics, WorkerDeath
from engine.interface import limit_text
from ide.panels.readable import clock_time

CHECK_MODE = "check mode on"


def snapshot_text(diagnostics: VmDiagnostics) -> str:
    """Say whether workers start from the startup snapshot, and why not."""
    if diagnostics.startup_snapshot:
        return "startup snapshot on"
    return f"no startup snapshot: {diagnostics.snapshot_reason}"


def death_text(death: WorkerDeath) -> str:
    """Say which worker ended unasked, when, and what it said."""
    words = death.last_words or "without a word"
    return f"{clock_time(death.time)}  {death.kind} {death.id} (process {death.pid}): {words}"


def summary(diagnostics: VmDiagnostics) -> str:
    """Return one line: V8, the startup snapshot, and what differs from the chain."""
    parts = [f"V8 {diagnostics.v8_version}" if diagnostics.v8_version else "V8 not started yet"]
    parts.append(snapshot_text(diagnostics))
    differing = [limit_text(limit) for limit in diagnostics.limits if limit.differs]
    parts += differing or ["all limits as on the chain"]
    if diagnostics.check:
        parts.append(CHECK_MODE)
    if diagnostics.deaths:
        count = len(diagnostics.deaths)
        parts.append(f"{count} worker{'' if count == 1 else 's'} died")
    return "  ·  ".join(parts)


def report(diagnostics: VmDiagnostics) -> str:
    """Return everything, a line each."""
    lines = [f"V8 {diagnostics.v8_version or 'not started yet'}", snapshot_text(diagnostics)]
    lines += [limit_text(limit) for limit in diagnostics.limits]
    if diagnostics.check:
        lines.append(f"{CHECK_MODE}: every transaction is also run in a fresh sandbox, and compared")
    if diagnostics.deaths:
        lines += ["", "Workers that ended unasked:", *map(death_text, diagnostics.deaths)]
    return "\n".join(lines)
