from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.chain.anticipation import Anticipation
from engine.chain.transaction import Transaction
from engine.values import Action


def transaction(publisher, *arguments, method="m"):
    data = "[" + ",".join(f'"{argument}"' for argument in arguments) + "]"
    return Transaction(1, 2, 100, 1, (Action("C", method, data),), publisher)


def test_keys_are_foreseen_also_for_other_names():
    anticipation = Anticipation()
    anticipation.learn(transaction("alice", "bobby"), ["c-C", "b-C-alice", "b-C-bobby"], ["b-C-alicegs"])
    foreseen = anticipation.foresee(transaction("carol", "david"))
    assert sorted(foreseen.reads) == ["b-C-carol", "b-C-david", "c-C"]
    assert foreseen.writes == ["b-C-carolgs"]


def test_other_calls_are_not_foreseen():
    anticipation = Anticipation()
    anticipation.learn(transaction("alice"), ["b-C-x"], [])
    assert anticipation.foresee(transaction("alice", method="other")) is None


def test_the_newest_keys_count():
    anticipation = Anticipation()
    anticipation.learn(transaction("alice"), ["b-C-x"], [])
    anticipation.learn(transaction("alice"), ["b-C-y"], [])
    assert anticipation.foresee(transaction("alice")).reads == ["b-C-y"]


NAMES = st.sampled_from(["alice", "bobby", "carol", "no json", "C1"])
KEYS = st.lists(st.sampled_from(["b-C-alice", "m-C-bobby-carol", "c-C", "alicealice", "0", "b-C-C1"]), unique=True)


@given(NAMES, st.lists(NAMES), KEYS)
def test_an_equal_transaction_is_foreseen_exactly(publisher, arguments, keys):
    anticipation = Anticipation()
    anticipation.learn(transaction(publisher, *arguments), keys, keys)
    assert sorted(anticipation.foresee(transaction(publisher, *arguments)).reads) == sorted(keys)
