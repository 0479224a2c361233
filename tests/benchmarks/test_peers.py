"""Comparing with peers: who is missing is named, who fails is told, ratios are taken within a round."""

from __future__ import annotations

import json
import sys

import pytest

from tests.benchmarks.__main__ import main
from tests.benchmarks.bench_peers import Contestant, Row, compared, summary


@pytest.fixture
def peers(tmp_path, monkeypatch):
    """A folder with a peer that says its figures, and one that ends with an error."""
    monkeypatch.setenv("STRATA_PEERS", str(tmp_path))
    monkeypatch.setenv("STRATA_PEER_ROUNDS", "2")
    monkeypatch.setenv("N", "7")
    row = json.dumps({"peer": "good", "what": "receipt", "tx_s": 500.0, "p50_us": 2000.0, "p99_us": 9000.0})
    scripts = {
        "good": f"import os\nassert os.environ['N'] == '7' and os.environ['MODE'] == 'x'\nprint('log'); print({row!r})",
        "bad": "raise SystemExit('wrong balances')",
    }
    for name, text in scripts.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.py").write_text(text)
    return tmp_path


def test_rows_failures_and_who_is_missing(peers, capsys):
    contestants = [
        Contestant("good", sys.executable, ("run.py",), {"MODE": "x"}),
        Contestant("bad", sys.executable, ("run.py",)),
        Contestant("absent", sys.executable, ("run.py",)),
    ]
    figures = {figure.name: figure for figure in compared(contestants, "good receipt")}
    assert str(peers / "absent" / "run.py") in figures["not measured: absent run.py"].note
    assert "wrong balances" in figures["failed: bad run.py"].note
    good = figures["good receipt, p50"]
    assert (good.value, good.unit) == (2000.0, "µs")
    assert good.note == "500 tx/s, best 500; p50 2,000.0…2,000.0, p99 9,000; 1 × ours, best against best 1 ×"
    assert capsys.readouterr().err.count("good receipt: 500 tx/s") == 2


def test_ratios_are_taken_within_rounds():
    rounds = [
        {"ours": Row(0, 10, 0), "theirs": Row(0, 30, 0)},
        {"ours": Row(0, 100, 0), "theirs": Row(0, 200, 0)},
        {"ours": Row(0, 20, 0), "theirs": Row(0, 20, 0)},
        {"theirs": Row(0, 5, 0)},
    ]
    notes = {figure.name: figure.note for figure in summary(rounds, "ours")}
    assert notes["theirs, p50"].endswith("2 × ours, best against best 0.5 ×")


def test_without_a_folder(monkeypatch, capsys):
    monkeypatch.delenv("STRATA_PEERS", raising=False)
    assert main(["peers"]) == 2
    assert "--peers FOLDER" in capsys.readouterr().err
