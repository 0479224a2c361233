"""Facts about the locked packages that a newer version may break (spec/platform.md)."""

from __future__ import annotations

import sys
from importlib.metadata import version

from PySide6.QtCore import QObject


def test_void_calls_of_qt_keep_the_reference_count_of_none() -> None:
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(10_000):
        thing.setObjectName("name")
    assert abs(sys.getrefcount(None) - before) < 1000


def test_pyside_is_of_the_line_that_works_on_every_python_we_run_on() -> None:
    assert version("PySide6-Essentials").startswith("6.11.")


def test_the_sandbox_is_written_against_this_mini_racer() -> None:
    assert version("mini-racer") == "0.14.1"
