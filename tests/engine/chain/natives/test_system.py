"""system.iost: deploying, updating, settings (spec/natives.md §2, spec/contract-api.md §11)."""

from __future__ import annotations

import base64
import json

import pytest

from engine.chain.compile_request import CompileReply
from engine.chain.contract_source import (
    ContractInfo,
    ContractSource,
    encode_contract,
    read_contract,
    write_contract,
)
from engine.chain.contracts import encoded_size, parse_record
from engine.chain.stored import decode
from engine.values import AbiMethod, AmountLimit
from engine.vm.interface import ScriptOutcome
from tests.engine.chain.support import error, genesis_chain, succeed

ID = "system.iost"
CAN_UPDATE = AbiMethod("can_update", ("string",))


def source(*methods, code="class T {}", lang="javascript", identity=""):
    return ContractSource(id=identity, info=ContractInfo(lang, "1.0.0", methods), code=code)


@pytest.fixture
def chain():
    chain = genesis_chain()
    chain.compiler.reply = CompileReply(code_key="key", compiled_bytes=20)
    chain.results = {"init": "", "can_update": "true", "other": "1"}

    def scripts(frame, host):
        result = chain.results[frame.method]
        if result is None:
            return ScriptOutcome(gas=7, error="Uncaught exception: no", error_class="ContractException")
        return ScriptOutcome(gas=7, result=result)

    chain.scripts = scripts
    return chain


def deploy(chain, contract, publisher="alice"):
    execution = succeed(chain.call(publisher, ID, "setCode", write_contract(contract)))
    return json.loads(execution.receipt.returns[0])[0]


def test_deployment_is_stored_and_paid(chain):
    method = AbiMethod("other", ("string",), (AmountLimit("iost", "1"),))
    execution = chain.call("alice", ID, "setCode", write_contract(source(method)))
    identity = f"Contract{succeed(execution).receipt.tx_hash}"
    record = parse_record(chain.entries[f"c-{identity}"])
    assert (record.code_key, record.abi, record.block_number) == ("key", (method,), 1)
    assert decode(chain.entries[f"s-{identity}"])[0] == "class T {}"
    assert decode(chain.entries[f"m-system.iost-contract_owner-{identity}"]) == ("alice", "alice")
    code_bytes = encoded_size(identity, "javascript", "1.0.0", (method, AbiMethod("init")), 20)
    owner_bytes = 26 + 2 * len(identity) + 2 + 2 * len("alice")
    assert execution.receipt.ram_usage == {"alice": code_bytes + owner_bytes}
    assert chain.compiler.requests[0].source == "class T {}"


def test_the_binary_form_is_accepted(chain):
    text = base64.b64encode(encode_contract(source(AbiMethod("other")))).decode()
    execution = succeed(chain.call("alice", ID, "setCode", text))
    identity = json.loads(execution.receipt.returns[0])[0]
    assert succeed(chain.call("bobby", identity, "other")).receipt.returns == ('["1"]',)


def limited(*limits):
    return source(AbiMethod("a", (), tuple(AmountLimit(token, value) for token, value in limits)))


@pytest.mark.parametrize(
    ("reply", "contract", "expected"),
    [
        (CompileReply(validate_error="validate code error: , result: x"), source(), "validate code error: , result: x"),
        (CompileReply(compile_error="use of async"), source(), "use of async"),
        (CompileReply(), source(lang="python"), "vm unsupported"),
        (CompileReply(), limited(("no", "1")), 'token not exists in amountLimit, token:"no"  val:"1"'),
        (CompileReply(), limited(("iost", "x")), "abnormal char in amount"),
        (CompileReply(), limited(("iost", "")), "amount format error"),
        (CompileReply(), limited(("iost", "1.2.3")), "multi decimal point error"),
        (CompileReply(), limited(("iost", "9" * 20)), "overflow error"),
        (CompileReply(), limited(("iost", "1"), ("iost", "2")), "duplicated token in amountLimit: iost"),
    ],
)
def test_deployments_that_are_refused(chain, reply, contract, expected):
    chain.compiler.reply = reply
    assert error(chain.call("alice", ID, "setCode", write_contract(contract))) == expected


def test_a_deployment_needs_an_interface(chain):
    assert error(chain.call("alice", ID, "setCode", '{"code":"x"}')) == "invalid code info"


@pytest.mark.parametrize("text", ["", "{", '{"code":1}', "?", "AA", base64.b64encode(b"\x0a\xff").decode()])
def test_unreadable_contracts(chain, text):
    error(chain.call("alice", ID, "setCode", text))


def test_failing_init_undoes_the_deployment(chain):
    chain.results["init"] = None
    execution = chain.call("alice", ID, "setCode", write_contract(source()))
    assert error(execution) == "Uncaught exception: no"
    assert not any(key.startswith("c-Contract") for key in chain.entries)


def test_two_deployments_in_one_transaction(chain):
    action = (ID, "setCode", [write_contract(source())])
    assert error(chain.execute(chain.transaction("alice", action, action))) == "contract exists"


def test_init_cannot_be_called(chain):
    identity = deploy(chain, source())
    assert error(chain.call("alice", identity, "init")) == "prepare contract: cannot call 'init' manually"


def test_update(chain):
    identity = deploy(chain, source(CAN_UPDATE))
    chain.compiler.reply = CompileReply(code_key="new", compiled_bytes=50)
    new = source(CAN_UPDATE, AbiMethod("other"), code="class U {}", identity=identity)
    execution = succeed(chain.call("bobby", ID, "updateCode", write_contract(new), "reason"))
    assert execution.receipt.returns == ("[]",)
    assert parse_record(chain.entries[f"c-{identity}"]).code_key == "new"
    assert decode(chain.entries[f"m-system.iost-contract_owner-{identity}"])[0] == "alice"
    grown = encoded_size(identity, "javascript", "1.0.0", new.info.abi, 50)
    shrunk = encoded_size(identity, "javascript", "1.0.0", (CAN_UPDATE,), 20)
    assert execution.receipt.ram_usage == {"bobby": grown - shrunk}
    assert succeed(chain.call("bobby", identity, "other")).receipt.returns == ('["1"]',)


@pytest.mark.parametrize(
    ("methods", "answer", "expected"),
    [
        ((), "true", "update refused"),
        ((CAN_UPDATE,), "false", "update refused"),
        ((CAN_UPDATE,), "1", "update refused"),
        ((CAN_UPDATE,), None, "call can_update: Uncaught exception: no"),
    ],
)
def test_updates_that_are_refused(chain, methods, answer, expected):
    identity = deploy(chain, source(*methods))
    chain.results["can_update"] = answer
    text = write_contract(source(*methods, identity=identity))
    assert error(chain.call("alice", ID, "updateCode", text, "")) == expected


def test_updating_nothing(chain):
    text = write_contract(source(identity="Contractnothing"))
    assert error(chain.call("alice", ID, "updateCode", text, "")) == "contract not exists"


def test_small_methods(chain):
    assert succeed(chain.call("alice", ID, "requireAuth", "alice", "active")).receipt.returns == ("[true]",)
    assert succeed(chain.call("alice", ID, "requireAuth", "bobby", "active")).receipt.returns == ("[false]",)
    receipts = succeed(chain.call("alice", ID, "receipt", "hello")).receipt.receipts
    assert [(line.func_name, line.content) for line in receipts] == [("system.iost/receipt", "hello")]
    assert error(chain.call("alice", ID, "cancelDelaytx", "x")) == "delaytx not exists"
    assert error(chain.call("alice", ID, "initSetCode", "a.iost", "")) == "initSetCode in normal block"


def test_host_settings_change_prices_from_then_on(chain):
    identity = deploy(chain, source(AbiMethod("other")))
    before = float(succeed(chain.call("bobby", identity, "other")).receipt.gas_usage)
    text = json.dumps({"costs": {"JSCost": {"Data": 0, "Net": 0, "CPU": 31000, "DataList": None}}})
    assert error(chain.call("alice", ID, "hostSettings", text)) == "set host settings need admin@system permission"
    assert succeed(chain.call("admin", ID, "hostSettings", text)).receipt.returns == ("null",)
    assert float(succeed(chain.call("bobby", identity, "other")).receipt.gas_usage) == before + 1000
    assert error(chain.call("admin", ID, "hostSettings", "[")).startswith("invalid host settings")


def test_both_forms_say_the_same():
    methods = (AbiMethod("a", ("string", "json"), (AmountLimit("*", "unlimited"),)), AbiMethod("b"))
    contract = source(*methods, identity="Contractx", code="class é {}" * 50)
    assert read_contract(write_contract(contract)) == contract
    assert read_contract(base64.b64encode(encode_contract(contract)).decode()) == contract
    size = encoded_size("Contractx", "javascript", "1.0.0", methods, len(contract.code.encode()))
    assert size == len(encode_contract(contract))
