"""Every vector measured on the reference implementation, to the unit of gas (spec/gas.md)."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from engine.chain.bare import DEFAULT_GAS_LIMIT, BareCall, BareContext, BareContract, initial_state, run
from engine.errors import CompileError
from engine.values import Abi, AbiMethod

FOLDER = Path(__file__).parent
VECTORS = sorted((*FOLDER.glob("vectors/*.json"), *FOLDER.glob("measured/*.json")))


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def interface(entries):
    return Abi(abi=tuple(msgspec.convert(entry, AbiMethod) for entry in entries))


def context(vector):
    given = vector.get("context") or {}
    block, transaction = given.get("block") or {}, given.get("tx") or {}
    return BareContext(
        publisher=given.get("publisher"),
        block_number=block.get("number"),
        parent_hash=block.get("parent_hash"),
        witness=block.get("witness"),
        block_time=block.get("time"),
        time=transaction.get("time"),
        hash=transaction.get("hash"),
        expiration=transaction.get("expiration"),
        gas_ratio=transaction.get("gas_ratio", 100),
        auth_list=transaction.get("auth_list"),
        signers=tuple(given.get("signers") or ()),
    )


def error_as_expected(outcome, expected):
    """The error text, reduced to its class where the wording is the engine's."""
    if outcome.error is None or expected.get("error_kind") != "engine":
        return outcome.error
    _, expected_class, _ = expected["error"].split(": ", 2)
    _, got_class, _ = outcome.error.split(": ", 2)
    return expected["error"] if got_class == expected_class else outcome.error


def observed(outcome, expected):
    """What the vector tells about a call, in its own form."""
    seen = {
        "return": outcome.result,
        "error": error_as_expected(outcome, expected),
        "gas": outcome.gas,
        "console": [[line.level, line.text] for line in outcome.console],
        "storage": outcome.state,
        "ram": [list(charge) for charge in outcome.ram],
        "receipts": [[receipt.func_name, receipt.content] for receipt in outcome.receipts],
        "events": [[event.contract, event.data] for event in outcome.events],
    }
    if expected.get("error_kind") == "out_of_gas":
        del seen["gas"]  # where exactly the reference stops is not reproducible
    return {key: value for key, value in seen.items() if key in expected}


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_interface_validation(workbench, path):
    vector = load(path)
    error = workbench.compiler.validate(vector["source"], interface(vector["abi"]))
    assert error == vector["expect_validate"]


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_calls(workbench, path):
    vector = load(path)
    if vector["expect_compile_error"] is not None:
        with pytest.raises(CompileError) as caught:
            workbench.compile(vector["source"])
        assert caught.value.what == vector["expect_compile_error"]
        return
    name = vector["name"]
    contract = BareContract(name, workbench.compile(vector["source"]).key, abi=interface(vector["abi"]))
    others = tuple(
        BareContract(other["name"], workbench.compile(other["source"]).key, abi=interface(other["abi"]))
        for other in vector.get("contracts") or ()
    )
    state = initial_state(vector["storage"])
    for call in vector["calls"]:
        bare = BareCall(
            contract=contract,
            method=call["api"],
            arguments=json.dumps(call["args"]),
            state=state,
            others=others,
            context=context(vector),
            gas_limit=vector.get("gas_limit", DEFAULT_GAS_LIMIT),
        )
        outcome = run(workbench.sandbox.execute, bare)
        state = outcome.state
        expected = call["expect"]
        seen = observed(outcome, expected)
        assert seen == {key: expected[key] for key in seen}, f"{call['api']}({call['args']})"
