"""Transactions that are refused before they are executed (spec/transactions.md §2, stages A and C)."""

from __future__ import annotations

import msgspec
import pytest

from engine.chain.admission import check_action, check_actions, verify
from engine.chain.keys import KeyPair, Signature
from engine.chain.transaction import LIFETIME, Transaction
from engine.errors import RejectedTransaction
from engine.values import Action, AmountLimit
from tests.engine.chain.support import genesis_chain

NOW = 1600000000000000000
KEY = KeyPair.from_phrase("somebody")


def transaction(**changes):
    fields = {
        "time": NOW,
        "expiration": NOW + LIFETIME,
        "gas_ratio": 100,
        "gas_limit": 1_000_000_00,
        "actions": (Action("c", "m", "[]"),),
        "publisher": "alice",
    }
    return Transaction(**(fields | changes)).signed([KEY])


def admit(candidate, size):
    check_actions(candidate)
    verify(candidate, size=size, now=NOW, chain_id=1024)


def refusal(candidate, size=100):
    with pytest.raises(RejectedTransaction) as caught:
        admit(candidate, size)
    return caught.value.what


def test_a_good_one_is_admitted():
    admit(transaction(), size=65536)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"time": NOW + 30 * 10**9 + 1, "expiration": NOW + 10**12}, "TimeError: tx.time is too large"),
        ({"time": NOW - LIFETIME - 1, "expiration": NOW + 1}, "TimeError: tx.time is expired"),
        ({"time": NOW - 10, "expiration": NOW}, "TimeError: tx.time is expired"),
        ({"chain_id": 1}, "VerifyError invalid chain_id, should be 1024, yours:1"),
        ({"time": NOW + 10, "expiration": NOW + 10}, "VerifyError invalid time and expiration"),
        ({"delay": 1}, "VerifyError invalid delay time"),
        ({"gas_ratio": 99}, "VerifyError gas ratio illegal, should in [1, 100]"),
        ({"gas_ratio": 10001}, "VerifyError gas ratio illegal, should in [1, 100]"),
        ({"gas_limit": 5999_99}, "VerifyError gas limit illegal, should in [6000, 4000000]"),
        ({"gas_limit": 4000000_01}, "VerifyError gas limit illegal, should in [6000, 4000000]"),
    ],
)
def test_fields(changes, text):
    assert refusal(transaction(**changes)).startswith(text)


def test_size():
    assert refusal(transaction(), size=65537) == "VerifyError tx size illegal, should <= 65536, got 65537"


def test_signatures():
    good = transaction()
    assert refusal(msgspec.structs.replace(good, publisher_signatures=())) == "VerifyError publisher empty error"
    wrong = Signature(2, bytes(64), KEY.public_key)
    assert refusal(msgspec.structs.replace(good, publisher_signatures=(wrong,))) == "VerifyError publisher error"
    assert refusal(msgspec.structs.replace(good, signatures=(wrong,))) == "VerifyError signer error"
    assert refusal(msgspec.structs.replace(good, publisher="bobby", delay=0, time=NOW - 1)) == (
        "VerifyError publisher error"
    )


@pytest.mark.parametrize(
    ("contract", "method", "data", "text"),
    [
        ("c", "m", "{}", "invalid json array"),
        ("c", "m", "[", "invalid json array"),
        ("c", "m", "[" * 100000, "invalid json array"),
        ("c", "m", "[NaN]", "invalid json array"),
        ("token.iost", "transfer", "[]", "wrong args num: []"),
        ("token.iost", "transfer", '[1,"a","b","1",""]', "invalid token: type assertion to string failed, [1"),
        ("token.iost", "transfer", '["iost","a","b",1,""]', "invalid amount: type assertion to string failed, "),
        ("token.iost", "transfer", '["iost","a","b",".1",""]', "invalid amount: .1"),
        ("token.iost", "transfer", '["iost","a","b","0.123456789",""]', "invalid decimal: 0.123456789"),
        ("c", "m", "null", "invalid json array: type assertion to []interface{} failed, null"),
        ("c", "m", '["a",]', "invalid json array: invalid character ']' looking for beginning of value"),
        ("c", "m", "", "invalid json array: EOF, "),
        ("token.iost", "transfer", '["iost","a","b","9223372036854775808",""]', "invalid amount: overflow error, 922"),
        (
            "token.iost",
            "transfer",
            '["x","a","b","90071992547409.93",""]',
            "invalid amount: <nil>, 90071992547409.93",
        ),
        ("gas.iost", "pledge", '["a","b","x"]', 'invalid amount: invalid amount: x, ["a","b","x"]'),
        ("gas.iost", "pledge", '["a","b","0.000000001"]', "invalid amount: invalid decimal: 0.000000001, ["),
        ("gas.iost", "pledge", '["a","b"]', 'wrong args num: ["a","b"]'),
        ("gas.iost", "unpledge", '["a","b","1.234"]', 'decimal should not exceed 2: ["a","b","1.234"]'),
    ],
)
def test_actions_that_cannot_be_meant(contract, method, data, text):
    with pytest.raises(RejectedTransaction) as caught:
        check_action(Action(contract, method, data))
    assert caught.value.what.startswith(text)


def test_actions_that_can():
    check_action(Action("token.iost", "transfer", '["gold","a","b","0.123456789",""]'))
    check_action(Action("gas.iost", "pledge", '["a","b","1.2300"]'))
    check_action(Action("c", "m", ' ["first value"] and more'))


# --- with the state ----------------------------------------------------------------------------------


@pytest.fixture
def chain():
    return genesis_chain()


RECEIPT = ("system.iost", "receipt", ["x"])


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"signers": ("bobby@active",)}, None),
        ({"amount_limit": (AmountLimit("none", "1"),)}, 'token not exists in amountLimit, token:"none"  val:"1"'),
        ({"amount_limit": (AmountLimit("iost", "1"),) * 2}, "duplicated token in amountLimit: iost"),
        ({"amount_limit": (AmountLimit("iost", "1x"),)}, "abnormal char in amount"),
    ],
)
def test_checks_against_the_state(chain, options, text):
    execution = chain.execute(chain.transaction("alice", RECEIPT, **options))
    assert execution.rejection == text
    assert bool(execution.write_set) is (text is None)


def test_signers_must_have_signed(chain):
    signed = chain.transaction("alice", RECEIPT, signers=("bobby@active",))
    for signers, text in (
        (("bobby@owner", "carol@active"), "unauthorized signer: carol@active"),
        (("bobby",), "illegal signer: bobby"),
        (("bobby@a@b",), "illegal signer: bobby@a@b"),
    ):
        execution = chain.execute(msgspec.structs.replace(signed, signers=signers))
        assert execution.rejection == text


def test_the_publisher_must_have_signed(chain):
    signed = chain.transaction("alice", RECEIPT)
    assert (
        chain.execute(msgspec.structs.replace(signed, publisher="bobby")).rejection == "unauthorized publisher: bobby"
    )


def test_gas_must_cover_the_limit(chain):
    chain.entries["m-auth.iost-auth-stranger"] = chain.entries["m-auth.iost-auth-alice"]
    chain.accounts["stranger"] = chain.accounts["alice"]
    execution = chain.execute(chain.transaction("stranger", RECEIPT))
    assert execution.rejection == "gas not enough: user stranger has 0 < 1000000"


def test_gas_limit_must_exceed_what_the_checks_cost(chain):
    execution = chain.execute(chain.transaction("alice", ("system.iost", "receipt", ["x" * 1000]), gas_limit=6000))
    assert execution.rejection.startswith("gas limit should be larger, paid: 12")


@pytest.mark.parametrize(
    ("arguments", "gas_limit", "text"),
    [
        (["stranger", "stranger", "11"], 1_000_000, None),
        (
            ["stranger", "stranger", "9"],
            1_000_000,
            "gas not enough even if considering the new gas pledgement 0 + 900000 < ",
        ),
        (["stranger", "stranger", "1000"], 1_000_000, "iost token amount not enough for pledgement 500 < 1000"),
        (["stranger", "stranger", "0.5"], 1_000_000, "invalid gas pledge amount <nil> 0.5"),
        (["stranger", "alice", "11"], 1_000_000, "gas not enough: user stranger has 0 < 1000000"),
    ],
)
def test_pledging_without_gas(chain, arguments, gas_limit, text):
    chain.entries["m-auth.iost-auth-stranger"] = chain.entries["m-auth.iost-auth-alice"]
    chain.accounts["stranger"] = chain.accounts["alice"]
    chain.call("alice", "token.iost", "transfer", "iost", "alice", "stranger", "500", "")
    execution = chain.execute(chain.transaction("stranger", ("gas.iost", "pledge", arguments), gas_limit=gas_limit))
    assert (execution.rejection or "").startswith(text or "")
    assert (execution.rejection is None) is (text is None)
    if text is None:
        assert execution.failure is None, execution.receipt.message
