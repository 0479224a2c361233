"""The command `diagnose`."""

from __future__ import annotations

import pytest

from engine.entrance.diagnostics import diagnose


def test_it_tells_versions_snapshot_and_limits(capsys):
    assert diagnose([]) == 0
    said = capsys.readouterr().out
    assert "V8 1" in said
    assert "startup snapshot  o" in said
    assert "not been built yet" not in said
    assert "ready after" in said
    assert "time of a transaction 2 s (the chain: 0.2 s)" in said


def test_it_takes_no_arguments(capsys):
    with pytest.raises(SystemExit):
        diagnose(["more"])
    assert "usage: main.py diagnose" in capsys.readouterr().err
