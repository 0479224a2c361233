"""The command `validate`."""

from __future__ import annotations

import json

import pytest

from engine.entrance.validating import validate
from engine.errors import InvalidInput, UserError
from engine.facade import Engine
from engine.values import Action, TransactionRequest


@pytest.fixture
def project(tmp_path):
    """A project with a chain that has three blocks after the first one."""
    with_chain = tmp_path / "project"
    engine = Engine.open(with_chain / ".strata" / "chain")
    request = TransactionRequest("admin", (Action("token.iost", "transfer", '["iost","admin","admin","1",""]'),))
    for _ in range(3):
        assert engine.transact(request).result(60).succeeded
    engine.close()
    return with_chain


def test_blocks_are_executed_again(project, capsys):
    assert validate([str(project)]) == 0
    assert "3 blocks as recorded" in capsys.readouterr().out
    assert validate([str(project), "--first", "2", "--last", "2"]) == 0
    assert "1 block as recorded" in capsys.readouterr().out
    with pytest.raises(InvalidInput):
        validate([str(project), "--last", "9"])


def test_the_first_difference_is_printed(project, capsys, monkeypatch):
    monkeypatch.setattr(
        "engine.chain.chain.Chain.validate", lambda self, number: "ram differs" if number == 2 else None
    )
    assert validate([str(project)]) == 1
    assert "block 2: ram differs" in capsys.readouterr().out


def test_a_signed_transaction_is_checked(project, tmp_path, capsys):
    file = tmp_path / "transaction.json"
    file.write_text(
        json.dumps({"publisher": "admin", "time": "1", "expiration": "2", "gas_limit": 10000, "gas_ratio": 1})
    )
    assert validate([str(project), "--transaction", str(file)]) == 1
    assert "TimeError" in capsys.readouterr().out
    file.write_text("[")
    with pytest.raises(UserError):
        validate([str(project), "--transaction", str(file)])
    with pytest.raises(InvalidInput):
        validate([str(project), "--transaction", str(tmp_path / "none.json")])
