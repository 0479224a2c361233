"""Scenarios of mode `chain` with every key of the format, on the real engine (spec/scenario.md)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.entrance.scenario import ScenarioRunner

SUCCESS = {"status": "SUCCESS"}
TIME = 1700000000 * 10**9
ADMIN_KEY = "Gcv8c2tH8qZrUYnKdEEdTtASsxivic2834MQW6mgxqto"
ID_BYTES = 52
ENTRY_BYTES = ID_BYTES + len("-bids") + 2 * len("zoe") + len("s7@zoe")
BALANCE_BYTES = len("token.iost-TB") + ID_BYTES + 2 * len("iost") + 1 + 8 + len("@zoe")
"""What zoe pays for: an entry of the contract's map, and the contract's first iost (contract-api.md §15)."""
SOURCE = """class Counter {
  init() { storage.put('n', '0'); }
  add(by) {
    const n = new BigNumber(storage.get('n')).plus(by).toFixed(0);
    storage.put('n', n);
    blockchain.event('n is ' + n);
    blockchain.receipt('added ' + by);
    console.log('now ' + n);
    return n;
  }
  list(bid) { storage.mapPut('bids', blockchain.publisher(), bid, blockchain.publisher()); }
  give(amount) { blockchain.deposit(blockchain.publisher(), amount, ''); }
  echo(value) { return value; }
  fail() { storage.put('n', 'lost'); throw new Error('on purpose'); }
  forever() { while (true) {} }
}
module.exports = Counter;
"""
ABI: list[dict[str, Any]] = [
    {"name": "add", "args": ["string"]},
    {"name": "list", "args": ["string"]},
    {"name": "give", "args": ["string"], "amountLimit": [{"token": "iost", "val": "100"}]},
    {"name": "echo", "args": ["json"]},
    {"name": "fail", "args": []},
    {"name": "forever", "args": []},
]


def tx(publisher: str, *actions: list[Any], expect: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    step: dict[str, Any] = {"tx": {"publisher": publisher, "actions": actions, **more}}
    return step if expect is None else step | {"expect": expect}


def passes(folder: Path, *steps: dict[str, Any], **more: Any) -> None:
    path = folder / "s.scenario.json"
    path.write_text(json.dumps({"name": "s", "mode": "chain", "steps": steps, **more}))
    runner = ScenarioRunner()
    outcome = runner.run(path)
    runner.close()
    assert outcome.ok, outcome.as_text()
    assert len([step for step in outcome.steps if step.index >= 0]) == len(steps)


def test_every_kind_of_step(tmp_path: Path) -> None:
    (tmp_path / "counter.js").write_text(SOURCE)
    abi = {"lang": "javascript", "version": "1.0.0", "abi": ABI}
    (tmp_path / "counter.js.abi").write_text(json.dumps(abi))
    passes(
        tmp_path,
        tx(
            "alice",
            ["$c", "add", ["5"]],
            expect={
                **SUCCESS,
                "message": "",
                "error": None,
                "returns": ['["5"]'],
                "events": ["n is 5"],
                "receipts": [["$c/add", "added 5"]],
                "ram_usage": {},
                "console": [["Info", "now 5"]],
            },
        ),
        {"checkpoint": "five"},
        tx("zoe", ["$c", "add", ["1"]], expect={"events": [["$c", "n is 6"]]}, gas_ratio=1.5, gas_limit="900000.5"),
        {"storage": ["$c", "n"], "expect": "6"},
        {"validate_block": "head", "expect": True},
        {"restore": "five"},
        {"storage": ["$c", "n"], "expect": "5"},
        tx("alice", ["$c", "add", ["1"]], ["$c", "fail", []], expect={"message_contains": "on purpose", "returns": []}),
        {"storage": ["$c", "n"], "expect": "5"},
        tx("alice", ["$c", "echo", '[{"a": [1e3, "$c"]}]'], expect={"returns": ['["{\\"a\\":[1000,\\"$c\\"]}"]']}),
        tx("alice", ["$c", "echo", "[1"], expect={"error": "RejectedTransaction", "message_contains": "invalid json"}),
        tx("alice", ["$c", "forever", []], gas_limit=60000, expect={"error": "OutOfGas", "gas_usage": 60000}),
        tx("zoe", ["$c", "list", ["7"]], expect=SUCCESS),
        {"storage": ["$c", "bids", "zoe"], "expect": "7"},
        {"storage": ["$c", "bids", "alice"], "expect": None},
        tx("zoe", ["$c", "give", ["100.5"]], expect={"message_contains": "exceed amountLimit in abi. need 100.5"}),
        tx("zoe", ["$c", "give", ["20"]], amount_limit=[["iost", "19"]], expect={"status": "RUNTIME_ERROR"}),
        tx("zoe", ["$c", "give", ["20"]], amount_limit=[["iost", "20"]], expect=SUCCESS),
        {"balance": ["$c", "iost"], "expect": 20},
        {"balance": ["zoe", "iost"], "expect": "80.5"},
        {"balance": ["zoe", "gold"], "expect": "7"},
        tx("alice", ["token.iost", "transfer", ["iost", "zoe", "alice", "1", ""]], signers=["zoe@active"]),
        tx("alice", ["$c", "add", ["1"]], delay=1, expect={"message": "VerifyError invalid delay time"}),
        tx("alice", ["$c", "add", ["1"]], time=1, expect={"message_contains": "tx.time is expired"}),
        tx("alice", ["$c", "add", ["1"]], expiration=1, expect={"message_contains": "tx.time is expired"}),
        tx("alice", ["$c", "add", ["1"]], block=False),
        tx("alice", ["$c", "add", ["1"]], expect={"returns": ['["7"]']}) | {"block": False},
        {"blocks": 2},
        {"advance": "1.5h"},
        {"validate_block": 3},
        {"gas": "rich", "expect": "1234.5"},
        {"gas": "zoe", "expect_min": 1, "expect_max": "300000000"},
        {"ram": "zoe", "expect": {"used": ENTRY_BYTES + BALANCE_BYTES, "available": 9845}},
        contracts=[{"name": "c", "file": "counter.js", "abi": "counter.js.abi", "publisher": "alice"}],
        genesis={
            "accounts": {
                "zoe": {"iost": "100.5", "gold": 7, "ram": 10000, "pledge": "100", "key": "a seed"},
                "rich": {"gas": 1234.5, "pledge": 0},
            },
            "contracts": "none",
            "time": TIME,
        },
    )


@pytest.mark.parametrize("builtin", ["default", "none"])
def test_contracts_put_into_block_0(tmp_path: Path, builtin: str) -> None:
    placed = {"source": SOURCE, "abi": ABI, "at_genesis": True}
    passes(
        tmp_path,
        tx("bobby", ["my.iost", "add", ["2"]], expect={"returns": ['["2"]'], "ram_usage": {}}),
        tx(
            "bobby",
            ["$fixed", "add", ["3"]],
            expect={"returns": ['["3"]'], "receipts": [["Contractfixed/add", "added 3"]]},
        ),
        tx("bobby", ["exchange.iost", "echo", ["ours"]], expect={"returns": ['["ours"]']}),
        {"storage": ["my.iost", "n"], "expect": "2"},
        {"validate_block": "head"},
        contracts=[
            placed | {"name": "mine", "id": "my.iost"},
            placed | {"name": "fixed", "id": "Contractfixed", "publisher": "alice"},
            placed | {"name": "exchange", "id": "exchange.iost", "profile": "modern"},
        ],
        genesis={"contracts": builtin},
    )


def test_accounts_made_on_the_way(tmp_path: Path) -> None:
    limits = [["iost", "200"]]
    passes(
        tmp_path,
        tx(
            "alice",
            ["auth.iost", "signUp", ["newone", ADMIN_KEY, ADMIN_KEY]],
            ["ram.iost", "buy", ["alice", "newone", 1000]],
            ["gas.iost", "pledge", ["alice", "newone", "20"]],
            ["token.iost", "transfer", ["iost", "alice", "newone", "50", ""]],
            amount_limit=limits,
            expect=SUCCESS,
        ),
        {"ram": "newone", "expect": {"used": 0, "available": 1000}},
        {"gas": "newone", "expect_min": 3000000},
        tx("newone", ["token.iost", "transfer", ["iost", "newone", "bobby", "1", ""]], expect=SUCCESS),
        tx("newone", ["auth.iost", "addGroup", ["newone", "team"]], expect={"message_contains": "require auth failed"}),
        tx("newone", ["auth.iost", "addGroup", ["newone", "team"]], signers=["newone@owner"], expect=SUCCESS),
        {"balance": ["newone", "iost"], "expect": "49"},
        {"validate_block": "head"},
    )
