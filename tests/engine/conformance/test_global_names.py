"""Global names as a contract of the reference chain sees them (spec/gas.md §6.3, §8.2)."""

from __future__ import annotations

import pytest

from tests.engine.conformance.test_metering import modern, outcome


@pytest.mark.parametrize(
    "name", ["globalThis", "WeakRef", "Iterator", "AggregateError", "Float16Array", "DisposableStack"]
)
def test_a_newer_global_is_not_defined(workbench, name):
    assert outcome(workbench, modern(f"return typeof {name};")).result == "undefined"
    seen = outcome(workbench, modern(f"return {name};"))
    assert seen.error == f"Uncaught exception: ReferenceError: {name} is not defined"


@pytest.mark.parametrize("name", ["Map", "Date", "Promise", "parseInt", "_native_log"])
def test_a_removed_global_is_null(workbench, name):
    assert outcome(workbench, modern(f"return {name} === null;")).result == "true"
