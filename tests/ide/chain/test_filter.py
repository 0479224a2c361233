import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.values import (
    Action,
    ConsoleLine,
    ContractEvent,
    Status,
    TransactionReceipt,
    TransactionRequest,
    TransactionResult,
)
from ide.chain.blocks.filter import FIELDS, parse_filter

NAMES = {"ContractA": "token"}
RESULT = TransactionResult(
    hash="HashOne",
    request=TransactionRequest("alice", (Action("ContractA", "transfer", '["bob",5]'),), signers=("carol@active",)),
    receipt=TransactionReceipt("HashOne", Status.RUNTIME_ERROR, "out of gas", "50000.5", {"alice": 64}),
    block_number=12,
    index=1,
    time=0,
    console=(ConsoleLine("log", "hello"),),
    events=(ContractEvent("CONTRACT_EVENT", "ContractA", "paid"),),
    duration_us=2500,
)


def accepts(text):
    found = parse_filter(text)
    assert not found.problem
    return found.accepts(RESULT, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "transfer",
        "TRANSFER token",
        "publisher:alice from:ali",
        "signer:carol",
        "contract:token",
        "contract:contracta",
        "method:transfer args:bob",
        "status:failed status:runtime_error",
        "event:paid console:hello",
        'message:"out of gas"',
        '"out of gas"',
        "hash:hashone",
        "gas>50000 gas<=50000.5 gas>=50_000",
        "ram>=64 ram=64 block:12 block<13 ms>2 actions:1",
        "-status:ok -publisher:bob -gas>60000",
    ],
)
def test_accepted(text):
    assert accepts(text)


@pytest.mark.parametrize(
    "text",
    [
        "nothing",
        "publisher:bob",
        "status:ok",
        "gas>50001",
        "ram<64",
        "block:13",
        "-transfer",
        "-status:failed",
        'message:"gas out"',
        "transfer publisher:bob",
    ],
)
def test_left_out(text):
    assert not accepts(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [("gas>many", "needs a number"), ("colour:red", "There is no field"), ("publisher>alice", "can be compared")],
)
def test_nonsense_is_told_and_left_out(text, words):
    found = parse_filter(f"{text} transfer")
    assert words in found.problem
    assert len(found.terms) == 1
    assert found.accepts(RESULT, NAMES)


@given(st.text())
def test_any_text_is_a_filter(text):
    assert isinstance(parse_filter(text).accepts(RESULT, NAMES), bool)


@given(st.sampled_from(FIELDS), st.sampled_from([":", ">", "<", ">=", "<=", "="]), st.integers(0, 100_000))
def test_a_term_and_its_opposite_never_agree(field, sign, number):
    term = f"{field}{sign}{number}"
    found = parse_filter(term)
    if not found.problem:
        assert found.accepts(RESULT, NAMES) is not parse_filter(f"-{term}").accepts(RESULT, NAMES)
