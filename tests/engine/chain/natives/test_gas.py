"""gas.iost: pledging, growth, payment (spec/natives.md §5)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.chain import gas_ledger
from engine.chain.amounts import decimal_text
from engine.chain.stored import FixedPoint, decode
from engine.values import AmountLimit
from tests.engine.chain.support import error, genesis_chain, succeed

GAS = "gas.iost"
METHODS = st.sampled_from(["pledge", "unpledge"])
SECOND = 10**9


@pytest.fixture
def chain():
    return genesis_chain()


def entry(chain, key):
    text = chain.entries.get(f"b-gas.iost-{key}")
    return None if text is None else decode(text)[0]


def balance(chain, account):
    return decode(chain.entries[f"m-token.iost-TB{account}-iost"])[0]


class Cache:
    def __init__(self, entries):
        self.entries = entries

    def get(self, key):
        return self.entries.get(key)


def gas_of(chain, account):
    return decimal_text(gas_ledger.gas_at(Cache(chain.entries), account, chain.time))


def test_first_pledge_for_somebody(chain):
    chain.entries["m-auth.iost-auth-stranger"] = chain.entries["m-auth.iost-auth-bobby"]
    execution = succeed(chain.call("alice", GAS, "pledge", "alice", "stranger", "20.50"))
    assert [line.func_name for line in execution.receipt.receipts] == ["token.iost/transfer", "gas.iost/pledge"]
    assert execution.receipt.receipts[1].content == '["alice","stranger","20.50"]'
    assert entry(chain, "strangergt") == FixedPoint(2050000000, 8)
    assert decimal_text(entry(chain, "strangergl")) == "6150000"
    assert decimal_text(entry(chain, "strangergs")) == "2050000"
    assert entry(chain, "strangergu") == chain.time
    assert decode(chain.entries["m-gas.iost-alicegp-stranger"]) == (FixedPoint(2050000000, 8), GAS)
    assert gas_of(chain, "stranger") == "2050000"
    chain.time += 10 * SECOND
    assert gas_of(chain, "stranger") == "2050235.75"  # 1.15 · 20.5 a second
    chain.time += 3 * 24 * 3600 * SECOND
    assert gas_of(chain, "stranger") == "6150000"


def test_pledge_needs_the_amount_limit(chain):
    limits = (AmountLimit("iost", "4"),)
    execution = chain.call("alice", GAS, "pledge", "alice", "alice", "5", amount_limit=limits)
    assert error(execution) == "token iost exceed amountLimit in tx. need 5"


def test_unpledge_freezes_for_three_days(chain):
    before = balance(chain, "alice")
    succeed(chain.call("alice", GAS, "pledge", "alice", "bobby", "30"))
    execution = succeed(chain.call("alice", GAS, "unpledge", "alice", "bobby", "20"))
    due = chain.time + 3 * 24 * 3600 * SECOND
    assert execution.receipt.receipts[0].content == f'["iost","gas.iost","alice","20",{due},""]'
    assert execution.receipt.receipts[1].func_name == "gas.iost/unpledge"
    assert balance(chain, "alice") == before - 30 * 10**8
    assert decode(chain.entries["m-gas.iost-alicegp-bobby"])[0] == FixedPoint(10 * 10**8, 8)
    succeed(chain.call("alice", GAS, "unpledge", "alice", "bobby", "10"))
    assert "m-gas.iost-alicegp-bobby" not in chain.entries


@pytest.mark.parametrize(
    ("publisher", "method", "arguments", "expected"),
    [
        ("alice", "pledge", ("nobody", "alice", "1"), "invalid user name nobody"),
        ("alice", "pledge", ("alice", "nobody", "1"), "invalid user name nobody"),
        ("alice", "pledge", ("bobby", "alice", "1"), "transaction has no permission"),
        ("alice", "pledge", ("alice", "alice", "0"), "invalid amount 0"),
        ("alice", "pledge", ("alice", "alice", "-5"), "invalid amount -5"),
        ("alice", "pledge", ("alice", "alice", "abc"), "invalid amount abc"),
        ("alice", "pledge", ("alice", "alice", "0.99"), "min pledge num is &{100000000 8 <nil>}"),
        ("alice", "pledge", ("alice", "alice", "20000000"), "balance not enough 9999000 < 20000000"),
        ("alice", "unpledge", ("alice", "alice", "0.5"), "min unpledge num is &{100000000 8 <nil>}"),
        ("alice", "unpledge", ("alice", "bobby", "1"), "alice did not pledge for bobby"),
        ("alice", "unpledge", ("alice", "alice", "991"), "unpledge too much (1000 - 991) less than 10"),
        ("alice", "unpledge", ("alice", "carol", "6"), "you cannot unpledge more than your pledge 6 > 5"),
        ("alice", "unpledge", ("nobody", "carol", "6"), "invalid user name carol"),
        ("alice", "unpledge", ("alice", "nobody", "6"), "invalid user name alice"),
        ("alice", "unpledge", ("bobby", "bobby", "6"), "transaction has no permission"),
    ],
)
def test_refusals(chain, publisher, method, arguments, expected):
    succeed(chain.call("alice", GAS, "pledge", "alice", "carol", "5"))
    chain.entries["m-token.iost-TBalice-iost"] = "i999900000000000@token.iost"
    assert error(chain.call(publisher, GAS, method, *arguments)) == expected


def test_constructor_does_nothing(chain):
    assert succeed(chain.call("alice", GAS, "constructor")).receipt.returns == ("[]",)


def test_pledge_gas_of_a_first_pledge(chain):
    """The recipe of spec/transactions.md §4.1: G + 5P inside, and a transfer below."""
    chain.entries["m-auth.iost-auth-stranger"] = chain.entries["m-auth.iost-auth-bobby"]
    arguments = ["alice", "stranger", "1"]
    size = len(chain.transaction("alice", (GAS, "pledge", arguments)).full_bytes())
    record = len(chain.entries["m-auth.iost-auth-alice"].encode())
    transfer_receipt, pledge_receipt = '["iost","alice","gas.iost","1",""]', '["alice","stranger","1"]'
    transfer = 10 + 4 * 300 + 10 + 300 + 30 + 2 * (900 + 600) + 10 + 10 * len(transfer_receipt)
    inner = 300 + 5 * 300
    own = 10 + 10 + 10 + 10 + inner + 10 + (10 + transfer) + 10 + 10 * len(pledge_receipt)
    execution = succeed(chain.call("alice", GAS, "pledge", *arguments))
    # transfer permission: the record is read for a custom permission that is missing, then `active` is granted
    assert int(execution.receipt.gas_usage) == 10 * size + record + 10 + 2 * 10 + own + 10 * len("[]")


def test_paying_takes_growth_into_account(chain):
    chain.time += 1000 * SECOND
    before = gas_ledger.gas_at(Cache(chain.entries), "alice", chain.time)
    execution = succeed(chain.call("alice", "token.iost", "transfer", "iost", "alice", "bobby", "1", ""))
    after = gas_ledger.gas_at(Cache(chain.entries), "alice", chain.time)
    assert before.value - after.value == int(execution.receipt.gas_usage) * 100
    assert entry(chain, "alicegu") == chain.time


@settings(deadline=None)
@given(
    st.integers(0, 10**15), st.integers(0, 10**8), st.integers(0, 10**8), st.integers(0, 10**18), st.integers(0, 10**16)
)
def test_growth_stays_between_stock_and_limit(pledge, stock, extra, updated, elapsed):
    limit = FixedPoint(stock + extra, 2)
    gas = gas_ledger.grown_gas(
        stock=FixedPoint(stock, 2),
        limit=limit,
        total_pledge=FixedPoint(pledge, 8),
        updated=updated,
        time=updated + elapsed,
    )
    assert gas.scale == 2
    assert stock <= gas.value <= limit.value


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["pledge", "unpledge"]), st.integers(0, 2000), st.integers(0, 10**6)), max_size=8
    )
)
def test_gas_is_never_negative_and_limits_follow_pledges(calls):
    chain = genesis_chain()
    for method, amount, seconds in calls:
        chain.time += seconds * SECOND
        chain.call("alice", GAS, method, "alice", "bobby", str(amount))
        for account in ("alice", "bobby"):
            total, limit = entry(chain, f"{account}gt"), entry(chain, f"{account}gl")
            assert decimal_text(limit) == decimal_text(FixedPoint(total.value * 300_000, total.scale))
            assert gas_ledger.gas_at(Cache(chain.entries), account, chain.time).value >= 0
            assert not gas_ledger.amounts.less(limit, entry(chain, f"{account}gs"))
