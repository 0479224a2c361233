"""token.iost: methods with errors, receipts, storage and gas (spec/natives.md §3, spec/transactions.md §4.1)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.chain.stored import decode
from engine.values import AmountLimit
from tests.engine.chain import support
from tests.engine.chain.support import error, genesis_chain

TOKEN = "token.iost"


@pytest.fixture
def chain():
    return genesis_chain()


def call(chain, publisher, method, *arguments, **options):
    return chain.call(publisher, TOKEN, method, *arguments, **options)


def succeed(chain, publisher, method, *arguments, **options):
    return support.succeed(call(chain, publisher, method, *arguments, **options))


def stored(chain, key):
    text = chain.entries.get(key)
    return None if text is None else decode(text)


def test_create_stores_settings_that_the_publisher_pays(chain):
    config = {"fullName": "Gold & Co", "decimal": 2, "canTransfer": True, "unknown": 1}
    execution = succeed(chain, "alice", "create", "gold", "alice", 1000, config)
    assert execution.receipt.returns == ("[]",)
    assert [stored(chain, f"m-token.iost-TIgold-{field}") for field in ("totalSupply", "supply", "decimal")] == [
        (100000, "alice"),
        (0, "alice"),
        (2, "alice"),
    ]
    assert stored(chain, "m-token.iost-TIgold-fullName") == ("Gold & Co", "alice")
    assert stored(chain, "m-token.iost-TIgold-onlyIssuerCanTransfer") == (False, "alice")
    (receipt,) = execution.receipt.receipts
    assert receipt.func_name == "token.iost/create"
    assert json.loads(receipt.content)[:3] == ["gold", "alice", 1000]
    # go encodes the raw JSON argument as base64; its keys are sorted
    assert json.loads(receipt.content)[3].startswith("eyJjYW5UcmFuc2ZlciI6dHJ1ZSwiZGVjaW1hbCI6Mi")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("g", "alice", 1, {}), "token symbol invalid. token symbol length should be between 2,16 got g"),
        (("Gold", "alice", 1, {}), "token symbol invalid. token symbol contains invalid character 71"),
        (("iost", "alice", 1, {}), "token exists"),
        (("gold", "bobby", 1, {}), "transaction has no permission"),
        (("gold", "alice", 1, {"decimal": 19}), "invalid decimal"),
        (("gold", "alice", 1, {"decimal": 10**30}), "invalid decimal"),
        (
            ("gold", "alice", 1, {"decimal": 10**400}),
            f"json: cannot unmarshal number {10**400} into Go value of type float64",
        ),
        (
            ("gold", "alice", 1, {"x": [10**400]}),
            f"json: cannot unmarshal number {10**400} into Go value of type float64",
        ),
        (("gold", "alice", 1, {"decimal": "2"}), "decimal in config should be number"),
        (("gold", "alice", 1, {"canTransfer": 1}), "canTransfer in config should be bool"),
        (("gold", "alice", 1, {"onlyIssuerCanTransfer": ""}), "onlyIssuerCanTransfer in config should be bool"),
        (("gold", "alice", 1, {"defaultRate": 1}), "defaultRate in config should be string"),
        (("gold", "alice", 1, {"fullName": 1}), "fullName in config should be string"),
        (("gold", "alice", 1, {"fullName": "x" * 51}), "fullName is too long"),
        (("gold", "alice", 10**11, {}), "invalid totalSupply"),
        (("gold", "alice", 1, []), "json: cannot unmarshal array into Go value of type map[string]interface {}"),
    ],
)
def test_create_refuses(chain, arguments, expected):
    assert error(call(chain, "alice", "create", *arguments)) == expected


def test_issue_and_supply(chain):
    succeed(chain, "alice", "create", "gold", "alice", 10, {"decimal": 1})
    execution = succeed(chain, "alice", "issue", "gold", "bobby", "2.59")
    assert execution.receipt.receipts[0].content == '["gold","bobby","2.5"]'
    assert stored(chain, "m-token.iost-TBbobby-gold") == (25, "alice")
    assert succeed(chain, "carol", "supply", "gold").receipt.returns == ('["2.5"]',)
    assert succeed(chain, "carol", "totalSupply", "gold").receipt.returns == ('["10"]',)
    assert succeed(chain, "carol", "balanceOf", "gold", "bobby").receipt.returns == ('["2.5"]',)
    assert succeed(chain, "carol", "balanceOf", "gold", "nobody").receipt.returns == ('["0"]',)


@pytest.mark.parametrize(
    ("publisher", "method", "arguments", "expected"),
    [
        ("alice", "issue", ("silver", "bobby", "1"), "token not exists"),
        ("bobby", "issue", ("gold", "bobby", "1"), "transaction has no permission"),
        ("alice", "issue", ("gold", "bobby", "10.1"), "supply too much"),
        ("alice", "issue", ("gold", "bobby", "0"), "invalid amount"),
        ("alice", "issue", ("gold", "bobby", "0.01"), "invalid amount"),
        ("alice", "issue", ("gold", "bobby", "-1"), "invalid amount -1 <nil>"),
        ("alice", "issue", ("gold", "bobby", "1e3"), "invalid amount 1e3 <nil>"),
        (
            "alice",
            "issue",
            ("gold", "bobby", "9223372036854775807"),
            "invalid amount 9223372036854775807 overflow error",
        ),
        ("alice", "supply", ("silver",), "token not exists"),
        ("alice", "totalSupply", ("silver",), "token not exists"),
        ("alice", "balanceOf", ("silver", "alice"), "token not exists"),
        ("alice", "recycle", ("gold",), "permission denied"),
        ("alice", "destroy", ("silver", "alice", "1"), "token not exists"),
        ("alice", "destroy", ("gold", "bobby", "1"), "transaction has no permission"),
        ("alice", "destroy", ("gold", "alice", "1"), "balance not enough 0 < 1"),
    ],
)
def test_supply_methods_refuse(chain, publisher, method, arguments, expected):
    succeed(chain, "alice", "create", "gold", "alice", 10, {"decimal": 1})
    assert error(call(chain, publisher, method, *arguments)) == expected


def test_destroy_reduces_the_supply(chain):
    succeed(chain, "alice", "create", "gold", "alice", 10, {})
    succeed(chain, "alice", "issue", "gold", "alice", "5")
    execution = succeed(chain, "alice", "destroy", "gold", "alice", "1.50")
    assert execution.receipt.receipts[0].content == '["gold","alice","1.5"]'
    assert succeed(chain, "alice", "supply", "gold").receipt.returns == ('["3.5"]',)


def test_transfer_gas(chain):
    """The recipe of §4.1: a new entry of the receiver saves one read."""
    size = len(chain.transaction("alice", (TOKEN, "transfer", ["iost", "alice", "bobby", "1", ""])).full_bytes())
    record = len(chain.entries["m-auth.iost-auth-alice"].encode())
    receipt = '["iost","alice","bobby","1",""]'
    entry_and_auth = 10 * size + record + 10 + 10
    body = 10 + 4 * 300 + 10 + 300 + 30 + 2 * 900 + 2 * 600 + 10 + 10 * len(receipt)
    execution = succeed(chain, "alice", "transfer", "iost", "alice", "bobby", "1", "")
    assert int(execution.receipt.gas_usage) == entry_and_auth + body + 10 * len("[]")
    chain.entries["m-auth.iost-auth-stranger"] = chain.entries["m-auth.iost-auth-bobby"]
    receipt = '["iost","alice","stranger","1",""]'
    size = len(chain.transaction("alice", (TOKEN, "transfer", ["iost", "alice", "stranger", "1", ""])).full_bytes())
    body = 10 + 4 * 300 + 10 + 300 + 30 + 900 + 600 + 2 * 600 + 10 + 10 * len(receipt)
    execution = succeed(chain, "alice", "transfer", "iost", "alice", "stranger", "1", "")
    assert int(execution.receipt.gas_usage) == 10 * size + record + 20 + body + 20


def test_transfer_receipt_and_events(chain):
    execution = succeed(chain, "alice", "transfer", "iost", "alice", "bobby", "001.500", "<a&b>")
    assert execution.receipt.receipts[0].content == '["iost","alice","bobby","1.5","\\u003ca\\u0026b\\u003e"]'
    assert [(event.topic, event.contract) for event in execution.events] == [("CONTRACT_RECEIPT", TOKEN)]


def test_transfer_to_oneself_changes_nothing_but_leaves_a_receipt(chain):
    before = chain.entries["m-token.iost-TBalice-iost"]
    execution = succeed(chain, "alice", "transfer", "iost", "alice", "alice", "5", "")
    assert chain.entries["m-token.iost-TBalice-iost"] == before
    assert len(execution.receipt.receipts) == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("iost", "alice", "bobby", "1", "m" * 513), "memo too large"),
        (("iost", "nobody", "bobby", "1", ""), "invalid account nobody"),
        (("iost", "alice", "nobody", "1", ""), "invalid account nobody"),
        (("silver", "alice", "bobby", "1", ""), "token not exists"),
        (("iost", "alice", "bobby", ".5", ""), "invalid amount .5 <nil>"),
        (("iost", "bobby", "alice", "1", ""), "transaction has no permission"),
        (("iost", "alice", "bobby", "0.000000001", ""), "invalid amount"),
        (("iost", "alice", "bobby", "20000000", ""), "balance not enough 10000000 < 20000000"),
        (("rigid", "alice", "bobby", "1", ""), "token can't transfer"),
        (("owned", "carol", "bobby", "1", ""), "transfer need issuer permission"),
    ],
)
def test_transfer_refuses(chain, arguments, expected):
    succeed(chain, "alice", "create", "rigid", "alice", 10, {"canTransfer": False})
    succeed(chain, "alice", "create", "owned", "alice", 10, {"onlyIssuerCanTransfer": True})
    publisher = "carol" if arguments[0] == "owned" else "alice"
    assert error(call(chain, publisher, "transfer", *arguments)) == expected


def test_issuer_can_move_a_token_that_only_issuers_move(chain):
    succeed(chain, "alice", "create", "owned", "alice", 10, {"onlyIssuerCanTransfer": True})
    succeed(chain, "alice", "issue", "owned", "carol", "3")
    succeed(chain, "carol", "transfer", "owned", "carol", "bobby", "1", "", signers=("alice@active",))
    assert stored(chain, "m-token.iost-TBbobby-owned") == (100000000, "carol")


def test_frozen_tokens_mature_when_the_balance_is_read(chain):
    now = chain.time
    succeed(chain, "alice", "transferFreeze", "iost", "alice", "bobby", "2", now + 10, "")
    execution = succeed(chain, "alice", "transferFreeze", "iost", "alice", "bobby", "1", now + 5, "later")
    assert execution.receipt.receipts[0].content == f'["iost","alice","bobby","1",{now + 5},"later"]'
    frozen, payer = stored(chain, "m-token.iost-TFbobby-iost")
    assert json.loads(frozen) == [
        {"Amount": 100000000, "Ftime": now + 5},
        {"Amount": 200000000, "Ftime": now + 10},
    ]
    assert payer == "alice"
    chain.time = now + 5
    assert succeed(chain, "carol", "balanceOf", "iost", "bobby").receipt.returns == ('["10000001"]',)
    assert json.loads(stored(chain, "m-token.iost-TFbobby-iost")[0]) == [{"Amount": 200000000, "Ftime": now + 10}]
    chain.time = now + 10
    assert succeed(chain, "carol", "balanceOf", "iost", "bobby").receipt.returns == ('["10000003"]',)
    assert stored(chain, "m-token.iost-TFbobby-iost")[0] == "[]"


def test_freezing_more_than_there_is(chain):
    text = error(call(chain, "alice", "transferFreeze", "iost", "alice", "bobby", "10000001", 1, ""))
    assert text == "balance not enough 10000000 < 10000001"


def test_holding_another_token_costs_the_sender_ram(chain):
    succeed(chain, "alice", "create", "gold", "alice", 10, {})
    succeed(chain, "alice", "issue", "gold", "alice", "10")
    execution = succeed(chain, "alice", "transfer", "gold", "alice", "bobby", "1", "")
    stored_bytes = 1 + 8 + 1 + len("alice")
    assert execution.receipt.ram_usage == {"alice": len("token.iost-TBbobby") + 2 * len("gold") + stored_bytes}


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((), "token iost exceed amountLimit in tx. need 5"),
        ((AmountLimit("iost", "4.9"),), "token iost exceed amountLimit in tx. need 5"),
        ((AmountLimit("*", "4"),), "token iost exceed amountLimit in tx. need 5"),
        ((AmountLimit("*", "5"),), None),
        ((AmountLimit("*", "1"), AmountLimit("iost", "unlimited")), None),
        ((AmountLimit("ram", "unlimited"),), "token iost exceed amountLimit in tx. need 5"),
    ],
)
def test_transaction_limits(chain, limits, expected):
    execution = call(chain, "alice", "transfer", "iost", "alice", "bobby", "5", "", amount_limit=limits)
    assert (execution.failure and execution.failure.text) == expected


def test_limits_add_up_over_actions(chain):
    transfer = (TOKEN, "transfer", ["iost", "alice", "bobby", "5", ""])
    limit = (AmountLimit("iost", "9"),)
    execution = chain.execute(chain.transaction("alice", transfer, transfer, amount_limit=limit))
    assert error(execution) == "token iost exceed amountLimit in tx. need 5"
    assert stored(chain, "m-token.iost-TBbobby-iost")[0] == 10**7 * 10**8


def test_can_update_asks_the_administrator(chain):
    assert succeed(chain, "alice", "can_update", "").receipt.returns == ('["false"]',)
    assert succeed(chain, "admin", "can_update", "").receipt.returns == ('["true"]',)


def balances(chain, symbol):
    held = sum(
        stored(chain, key)[0]
        for key in chain.entries
        if key.startswith("m-token.iost-TB") and key.endswith(f"-{symbol}")
    )
    frozen = sum(
        item["Amount"]
        for key in chain.entries
        if key.startswith("m-token.iost-TF") and key.endswith(f"-{symbol}")
        for item in json.loads(stored(chain, key)[0])
    )
    return held + frozen


AMOUNTS = st.sampled_from(["1", "0.5", "0", "3.123456789", "99999999", "20000000", "x"])
PEOPLE = st.sampled_from(["alice", "bobby", "carol", "gas.iost"])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("transfer"), PEOPLE, PEOPLE, AMOUNTS),
            st.tuples(st.just("transferFreeze"), PEOPLE, PEOPLE, AMOUNTS),
            st.tuples(st.just("destroy"), PEOPLE, PEOPLE, AMOUNTS),
            st.tuples(st.just("balanceOf"), PEOPLE, PEOPLE, AMOUNTS),
        ),
        max_size=12,
    )
)
def test_tokens_are_conserved(calls):
    """What accounts hold, frozen or not, is always the supply; gas is always paid."""
    chain = genesis_chain()
    for method, first, second, amount in calls:
        chain.time += 1000
        arguments = {
            "transfer": ["iost", first, second, amount, ""],
            "transferFreeze": ["iost", first, second, amount, chain.time + 1500, ""],
            "destroy": ["iost", first, amount],
            "balanceOf": ["iost", second],
        }[method]
        publisher = first if first in chain.accounts else "alice"
        gas_before = stored(chain, f"b-gas.iost-{publisher}gs")[0]
        execution = call(chain, publisher, method, *arguments)
        assert balances(chain, "iost") == stored(chain, "m-token.iost-TIiost-supply")[0]
        assert stored(chain, f"b-gas.iost-{publisher}gs")[0] != gas_before
        assert float(execution.receipt.gas_usage) > 0
