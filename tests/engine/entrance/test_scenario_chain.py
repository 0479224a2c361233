"""The runner against an engine that answers from a script; the real engine runs in tests/projects."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from engine.entrance.scenario import ScenarioRunner, report
from engine.entrance.scenario_outcome import ScenarioOutcome
from engine.errors import InvalidInput, RejectedTransaction
from engine.facade import DeployRequest, DeployResult, Engine, Genesis
from engine.values import (
    Abi,
    AccountSummary,
    BlockSummary,
    ContractEvent,
    DeployedContract,
    FailureDetail,
    Profile,
    ReceiptLine,
    Status,
    TransactionReceipt,
    TransactionRequest,
    TransactionResult,
)


def done(value: Any) -> Future[Any]:
    future: Future[Any] = Future()
    if isinstance(value, Exception):
        future.set_exception(value)
    else:
        future.set_result(value)
    return future


def transaction(request: TransactionRequest, **receipt: Any) -> TransactionResult:
    kept = TransactionReceipt(**({"tx_hash": "h", "status": Status.SUCCESS, "returns": ("[]",)} | receipt))
    return TransactionResult(hash="h", request=request, receipt=kept, block_number=1, index=0, time=0)


class ScriptedEngine(Engine):
    """Remembers what it was asked; `answers` gives what a transaction's first action is answered with."""

    def __init__(self, answers: dict[str, Any] | None = None) -> None:
        self.answers = answers or {}
        self.genesis: Genesis | None = None
        self.asked: list[Any] = []
        self.closed = self.cancelled = False

    def open_here(self, directory: Path, *, genesis: Genesis | None = None, check: bool | None = None) -> Engine:
        assert directory.is_dir()
        self.genesis, self.check = genesis, check
        return self

    def close(self) -> None:
        self.closed = True

    def cancel(self) -> None:
        self.cancelled = True

    def deploy(self, request: DeployRequest) -> Future[DeployResult]:
        self.asked.append(request)
        failed = self.answers.get("deploy")
        made = transaction(TransactionRequest(publisher=request.publisher, actions=()))
        if failed:
            made = transaction(made.request, status=Status.RUNTIME_ERROR, message=failed, returns=())
        contract = DeployedContract(
            f"Contract{request.name}", request.name, request.publisher, Abi(), Profile.IOST, "", request.file, 1
        )
        return done(DeployResult(made, None if failed else contract))

    def transact(self, request: TransactionRequest, *, block: bool = True) -> Future[TransactionResult]:
        self.asked.append((request, block))
        answer = self.answers.get(request.actions[0].action_name)
        if isinstance(answer, Future):
            return answer
        return done(answer(request) if callable(answer) else answer or transaction(request))

    def produce(self) -> Future[BlockSummary]:
        self.asked.append("produce")
        return self.head()

    def head(self) -> Future[BlockSummary]:
        return done(BlockSummary(7, "", "", 0, "", "0", (), flushed=True))

    def advance(self, nanoseconds: int) -> Future[int]:
        self.asked.append(("advance", nanoseconds))
        return done(nanoseconds)

    def checkpoint(self, name: str) -> Future[int]:
        self.asked.append(("checkpoint", name))
        return done(7)

    def restore(self, name: str) -> Future[int]:
        return done(InvalidInput(f"no checkpoint {name}"))

    def storage(self, contract: str, key: str, field: str | None = None) -> Future[str | None]:
        return done(self.answers.get("/".join(filter(None, (contract, key, field)))))

    def balance(self, name: str, token: str) -> Future[str]:
        return done(self.answers[f"{name} {token}"])

    def account(self, name: str) -> Future[AccountSummary]:
        return done(AccountSummary(name, {}, gas="12.50", ram_available=100, ram_used=64))

    def validate_block(self, number: int) -> Future[str | None]:
        self.asked.append(("validate", number))
        return done(self.answers.get("difference"))


@pytest.fixture
def engine() -> Iterator[ScriptedEngine]:
    engine = ScriptedEngine()
    yield engine
    assert engine.closed


def run(folder: Path, engine: ScriptedEngine, *steps: object, **more: Any) -> ScenarioOutcome:
    value = {"name": "s", "mode": "chain", "steps": steps} | more
    path = folder / "s.scenario.json"
    path.write_text(json.dumps(value))
    return ScenarioRunner(timeout=5, open_engine=engine.open_here).run(path)


def tx(api: str = "f", arguments: object = (), **more: object) -> dict[str, Any]:
    return {"publisher": "alice", "actions": [["$c", api, arguments]], **more}


CONTRACT = {"name": "c", "source": "text", "publisher": "alice"}


def test_genesis_accounts_split_into_tokens_and_resources(tmp_path: Path, engine: ScriptedEngine) -> None:
    accounts = {"alice": {"iost": "5", "gold": 7, "ram": 10, "pledge": "1", "gas": "3", "key": "seed"}}
    run(tmp_path, engine, genesis={"accounts": accounts, "time": 5})
    assert engine.genesis is not None and engine.genesis.time == 5
    alice = engine.genesis.accounts["alice"]
    assert alice.balances == {"iost": "5", "gold": "7"}
    assert (alice.ram, alice.pledge, alice.gas, alice.key) == (10, "1", "3", "seed")


@pytest.mark.parametrize("ram", ["much", -5, 1.5, ""])
def test_ram_that_is_no_number_of_bytes(tmp_path: Path, ram: object) -> None:
    path = tmp_path / "s.scenario.json"
    genesis = {"accounts": {"alice": {"ram": ram}}}
    path.write_text(json.dumps({"name": "s", "mode": "chain", "genesis": genesis}))
    outcome = ScenarioRunner(open_engine=ScriptedEngine().open_here).run(path)
    assert outcome.error == f"genesis.accounts.alice.ram: {str(ram)!r} is no number of bytes"


def test_refusals_are_compared_without_their_advice(tmp_path: Path, engine: ScriptedEngine) -> None:
    engine.answers["f"] = RejectedTransaction("txpool is full", advice="Send again.")
    outcome = run(tmp_path, engine, {"tx": tx(), "expect": {"message": "txpool is full"}})
    assert outcome.ok, outcome.as_text()


def test_contracts_are_deployed_and_named(tmp_path: Path, engine: ScriptedEngine) -> None:
    (tmp_path / "c.js").write_text("class C {}")
    (tmp_path / "c.abi").write_text('{"lang": "javascript", "version": "1.0.0", "abi": [{"name": "f"}]}')
    contract = {"name": "c", "file": "c.js", "abi": "c.abi", "publisher": "alice"}
    outcome = run(tmp_path, engine, {"tx": tx("f", ["$c", {"to": "$c"}, "$other"])}, contracts=[contract])
    assert outcome.ok
    deployed, (request, block) = engine.asked
    assert (deployed.source, deployed.file, deployed.abi.abi[0].name) == ("class C {}", "c.js", "f")
    action = request.actions[0]
    assert (action.contract, action.data) == ("Contractc", '["Contractc",{"to":"Contractc"},"$other"]')
    assert block


@pytest.mark.parametrize(
    ("settings", "named", "profile"),
    [
        (None, None, Profile.MODERN),
        ({"format": 1}, None, Profile.IOST),
        ({"format": 1, "profile": "modern"}, None, Profile.MODERN),
        ({"format": 1, "profile": "modern"}, "iost", Profile.IOST),
        (None, "iost", Profile.IOST),
    ],
)
def test_a_project_has_its_own_profile_unless_the_scenario_names_one(
    tmp_path: Path, engine: ScriptedEngine, settings: object, named: str | None, profile: Profile
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "index.js").write_text("module.exports = class { init() {} };")
    if settings is not None:
        (folder / "strata.json").write_text(json.dumps(settings))
    contract = {"name": "c", "project": "project", "publisher": "alice", "abi": []}
    run(tmp_path, engine, contracts=[contract], **({"profile": named} if named else {}))
    (deployed,) = engine.asked
    assert deployed.profile is profile


def test_contracts_of_block_0_need_no_transaction(tmp_path: Path, engine: ScriptedEngine) -> None:
    contract = {"name": "c", "source": "text", "id": "my.iost", "at_genesis": True}
    run(tmp_path, engine, {"tx": tx()}, contracts=[contract])
    assert engine.genesis is not None
    assert [(made.id, made.source, made.owner) for made in engine.genesis.contracts] == [("my.iost", "text", "admin")]
    assert engine.asked[0][0].actions[0].contract == "my.iost"


def test_raw_arguments_are_passed_as_they_are(tmp_path: Path, engine: ScriptedEngine) -> None:
    run(tmp_path, engine, {"tx": tx("f", "[1,]") | {"block": False}}, contracts=[CONTRACT])
    request, block = engine.asked[-1]
    assert (request.actions[0].data, block) == ("[1,]", False)


def test_a_failing_deployment_ends_the_scenario(tmp_path: Path, engine: ScriptedEngine) -> None:
    engine.answers["deploy"] = "init failed"
    outcome = run(tmp_path, engine, {"tx": tx()}, contracts=[CONTRACT])
    assert [step.index for step in outcome.steps] == [-1]
    assert "init failed" in outcome.steps[0].differences[0]


def full(request: TransactionRequest) -> TransactionResult:
    made = transaction(
        request,
        returns=('["1"]',),
        gas_usage="12345.00",
        ram_usage={"alice": 64},
        receipts=(ReceiptLine("token.iost/transfer", "[]"),),
    )
    events = (ContractEvent("CONTRACT_EVENT", "Contractc", "e"), ContractEvent("CONTRACT_RECEIPT", "Contractc", "r"))
    return TransactionResult(
        hash="h", request=request, receipt=made.receipt, block_number=1, index=0, time=0, events=events
    )


@pytest.mark.parametrize(
    "expect",
    [
        {"status": "SUCCESS", "returns": ['["1"]'], "gas_usage": 12345, "ram_usage": {"alice": 64}},
        {"receipts": [["token.iost/transfer", "[]"]], "events": ["e"], "error": None, "message": ""},
        {"events": [["$c", "e"]], "gas_usage": "12345.0"},
        {},
    ],
)
def test_met_expectations(tmp_path: Path, engine: ScriptedEngine, expect: object) -> None:
    engine.answers["f"] = full
    outcome = run(tmp_path, engine, {"tx": tx(), "expect": expect}, contracts=[CONTRACT])
    assert [step.differences for step in outcome.steps] == [(), ()]


@pytest.mark.parametrize(
    ("expect", "difference"),
    [
        ({"status": "TIMEOUT"}, 'status: expected "TIMEOUT", got "SUCCESS"'),
        ({"returns": ['["2"]']}, "returns: "),
        ({"gas_usage": 12346}, 'gas_usage: expected 12346, got "12345.00"'),
        ({"ram_usage": {}}, 'ram_usage: expected {}, got {"alice":64}'),
        ({"receipts": []}, "receipts: expected []"),
        ({"events": []}, "events: expected []"),
        ({"events": ["e", "r"]}, "events: "),
        ({"console": [["Info", "x"]]}, "console: "),
        ({"message_contains": "oops"}, 'message: expected to contain "oops"'),
        ({"error": "OutOfGas"}, 'error: expected "OutOfGas", got null'),
    ],
)
def test_each_difference_is_told(tmp_path: Path, engine: ScriptedEngine, expect: object, difference: str) -> None:
    engine.answers["f"] = full
    outcome = run(tmp_path, engine, {"tx": tx(), "expect": expect}, contracts=[CONTRACT])
    assert not outcome.ok
    assert outcome.steps[1].differences[0].startswith(difference)


def test_failures_are_compared_by_text_and_class(tmp_path: Path, engine: ScriptedEngine) -> None:
    def fails(request: TransactionRequest) -> TransactionResult:
        made = transaction(request, status=Status.RUNTIME_ERROR, message="running action … error: no", returns=())
        failure = FailureDetail("ContractException", "no")
        return TransactionResult("h", request, made.receipt, block_number=1, index=0, time=0, failure=failure)

    engine.answers["f"] = fails
    good = {"status": "RUNTIME_ERROR", "message_contains": "error: no", "error": "ContractException"}
    outcome = run(tmp_path, engine, {"tx": tx(), "expect": good}, {"tx": tx(), "expect": {"status": "SUCCESS"}})
    assert [step.ok for step in outcome.steps] == [True, False]
    assert outcome.steps[1].differences[1] == "message: running action … error: no"


def test_a_dead_sandbox_is_a_difference_unless_expected(tmp_path: Path, engine: ScriptedEngine) -> None:
    def dies(request: TransactionRequest) -> TransactionResult:
        made = transaction(request, status=Status.RUNTIME_ERROR, message="the sandbox process died", returns=())
        failure = FailureDetail("WorkerCrashed", "the sandbox process died")
        return TransactionResult("h", request, made.receipt, block_number=1, index=0, time=0, failure=failure)

    engine.answers["f"] = dies
    outcome = run(tmp_path, engine, {"tx": tx()}, {"tx": tx(), "expect": {"error": "WorkerCrashed"}})
    assert [step.differences for step in outcome.steps] == [("WorkerCrashed: the sandbox process died",), ()]


def test_a_refused_transaction_is_a_difference_unless_expected(tmp_path: Path, engine: ScriptedEngine) -> None:
    engine.answers["f"] = RejectedTransaction("gas not enough")
    outcome = run(
        tmp_path,
        engine,
        {"tx": tx(), "expect": {"error": "RejectedTransaction", "message_contains": "gas"}},
        {"tx": tx(), "expect": {"message_contains": "ram"}},
        {"tx": tx(), "expect": {"status": "SUCCESS"}},
        {"tx": tx()},
    )
    assert [step.ok for step in outcome.steps] == [True, False, False, False]


def test_the_chain_can_be_moved_and_looked_at(tmp_path: Path, engine: ScriptedEngine) -> None:
    engine.answers |= {"Contractc/k": "v", "alice iost": "10.50"}
    outcome = run(
        tmp_path,
        engine,
        {"blocks": 2},
        {"advance": "1.5h"},
        {"checkpoint": "here"},
        {"storage": ["$c", "k"], "expect": "v"},
        {"storage": ["$c", "m", "f"], "expect": None},
        {"balance": ["alice", "iost"], "expect": 10.5},
        {"gas": "alice", "expect_min": 12, "expect_max": "12.5", "expect": "12.5"},
        {"ram": "alice", "expect": {"used": 64}},
        {"validate_block": "head"},
        {"validate_block": 3, "expect": True},
        contracts=[CONTRACT],
    )
    assert [step.differences for step in outcome.steps] == [()] * 11
    moves = ["produce", "produce", ("advance", 5400 * 10**9), ("checkpoint", "here"), ("validate", 7), ("validate", 3)]
    assert engine.asked[1:] == moves


@pytest.mark.parametrize(
    ("step", "difference"),
    [
        ({"storage": ["$c", "k"], "expect": None}, 'storage: expected null, got "v"'),
        ({"balance": ["alice", "iost"], "expect": "10.51"}, 'balance: expected "10.51", got "10.50"'),
        ({"gas": "alice", "expect_min": 13}, "gas: expected at least 13, got 12.50"),
        ({"gas": "alice", "expect_max": 12}, "gas: expected at most 12, got 12.50"),
        ({"gas": "alice", "expect": 12}, 'gas: expected 12, got "12.50"'),
        ({"ram": "alice", "expect": {"used": 1, "available": 2}}, "used: expected 1, got 64"),
        ({"validate_block": "head"}, "valid: expected true, got false"),
    ],
)
def test_differences_of_what_is_looked_at(
    tmp_path: Path, engine: ScriptedEngine, step: object, difference: str
) -> None:
    engine.answers |= {"Contractc/k": "v", "alice iost": "10.50", "difference": "gas of transaction 1"}
    outcome = run(tmp_path, engine, step, contracts=[CONTRACT])
    assert outcome.steps[1].differences[0] == difference


def test_a_call_that_hangs_is_a_failed_step(tmp_path: Path, engine: ScriptedEngine) -> None:
    engine.answers["f"] = Future()
    path = tmp_path / "s.scenario.json"
    path.write_text(json.dumps({"name": "s", "mode": "chain", "steps": [{"tx": tx()}, {"blocks": 1}]}))
    outcome = ScenarioRunner(timeout=0.01, open_engine=engine.open_here).run(path)
    assert len(outcome.steps) == 1
    assert "took longer than 0.01 s" in outcome.steps[0].differences[0]
    assert engine.cancelled


def test_an_unknown_checkpoint_is_a_failed_step(tmp_path: Path, engine: ScriptedEngine) -> None:
    outcome = run(tmp_path, engine, {"restore": "nowhere"}, {"checkpoint": "here"})
    assert [step.differences for step in outcome.steps] == [("InvalidInput: no checkpoint nowhere",), ()]
    assert report([outcome], io.StringIO(), as_json=True) == 1


def test_missing_contract_files_are_unusable_input(tmp_path: Path) -> None:
    contract = {"name": "c", "file": "none.js", "publisher": "alice"}
    path = tmp_path / "s.scenario.json"
    path.write_text(json.dumps({"name": "s", "mode": "chain", "contracts": [contract]}))
    engine = ScriptedEngine()
    outcome = ScenarioRunner(open_engine=engine.open_here).run(path)
    assert "none.js cannot be read" in outcome.error
    assert report([outcome], io.StringIO(), as_json=True) == 2


def test_output_for_programs_and_exit_codes(tmp_path: Path, engine: ScriptedEngine) -> None:
    engine.answers["alice iost"] = "1"
    good = run(tmp_path, engine, {"balance": ["alice", "iost"], "expect": "1"})
    bad = run(tmp_path, engine, {"balance": ["alice", "iost"], "expect": "2"})
    stream = io.StringIO()
    assert report([good, bad], stream, as_json=True) == 1
    first, second = json.loads(stream.getvalue())
    assert (first["scenario"], first["ok"], second["ok"]) == ("s", True, False)
    assert second["steps"] == [
        {"index": 0, "ok": False, "got": {"balance": "1"}, "differences": ['balance: expected "2", got "1"']}
    ]
    assert report([good], io.StringIO(), as_json=False) == 0


def test_files_run_at_once_keep_their_order(tmp_path: Path) -> None:
    paths = []
    for number in range(5):
        path = tmp_path / f"{number}.scenario.json"
        path.write_text(json.dumps({"name": str(number), "mode": "chain"}))
        paths.append(path)

    def open_engine(directory: Path, *, genesis: Genesis | None = None, check: bool | None = None) -> Engine:
        return ScriptedEngine().open_here(directory, genesis=genesis, check=check)

    outcomes = ScenarioRunner(open_engine=open_engine).run_all(paths, jobs=3)
    assert [outcome.scenario for outcome in outcomes] == ["0", "1", "2", "3", "4"]
