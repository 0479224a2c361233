"""The command `diagnose`: V8's version, whether sandboxes start from a snapshot and why not, limits, start-up times."""

from __future__ import annotations

import argparse
import platform
import time
from importlib.metadata import version

from engine.chain.worker_program import PROGRAM
from engine.errors import InternalError
from engine.interface import VmSettings, limit_text
from engine.values import CompiledContract, Layer
from engine.vm import startup_snapshot
from engine.vm.monitor import VmMonitor
from engine.vm.pool import WorkerPool

_WORKING, _NO_WORKER = 0, 1


def diagnose(arguments: list[str]) -> int:
    """`diagnose`: start a worker and tell what it is made of; 1 if none gets ready.

    The startup snapshot is built first, where there is none.
    """
    parser = argparse.ArgumentParser("main.py diagnose", description="Tell what the sandboxes are made of.")
    parser.add_argument("--rebuild", action="store_true", help="build the startup snapshot anew, refused or not")
    options = parser.parse_args(arguments)
    startup_snapshot.build(anew=options.rebuild)
    began = time.monotonic()
    pool = WorkerPool(PROGRAM, serve_read=_no_state, serve_code=_no_code)
    try:
        is_ready = pool.wait_ready()
        seconds = time.monotonic() - began
        found = VmMonitor((pool,)).diagnostics(VmSettings())
    finally:
        pool.close()
    snapshot = "on" if found.startup_snapshot else f"off: {found.snapshot_reason}"
    print(f"Python            {platform.python_version()} on {platform.system()} {platform.machine()}")
    print(f"mini-racer        {version('mini-racer')}, V8 {found.v8_version or 'unknown'}")
    print(f"startup snapshot  {snapshot}")
    print(f"first worker      {f'ready after {seconds * 1e3:.0f} ms' if is_ready else 'does not get ready'}")
    for number, limit in enumerate(found.limits):
        print(f"{'limits' if not number else '':<16}  {limit_text(limit)}")
    return _WORKING if is_ready else _NO_WORKER


def _no_state(keys: object) -> list[tuple[str | None, Layer]]:
    raise InternalError("a worker that only starts reads no state")


def _no_code(key: str) -> CompiledContract:
    raise InternalError(f"a worker that only starts loads no contract {key}")
