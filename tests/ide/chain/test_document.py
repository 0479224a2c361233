import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.values import Action, AmountLimit, TransactionRequest
from ide.chain.composer.document import DocumentProblem, compact, from_text, readable_data, to_entry, to_text

texts = st.text(max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
actions = st.builds(
    Action, texts, texts, st.lists(values, max_size=4).map(lambda list_: compact(json.dumps(list_, ensure_ascii=False)))
)
requests = st.builds(
    TransactionRequest,
    publisher=texts,
    actions=st.lists(actions, max_size=3).map(tuple),
    signers=st.lists(texts, max_size=2).map(tuple),
    gas_limit=st.integers(0, 4_000_000).map(str),
    gas_ratio=st.sampled_from(["1", "1.5", "100"]),
    amount_limit=st.lists(st.builds(AmountLimit, texts, texts), max_size=2).map(tuple),
    time=st.none() | st.integers(0, 2**62),
    expiration=st.none() | st.integers(0, 2**62),
    delay=st.integers(0, 10**18),
)


@given(requests)
def test_every_transaction_comes_back_from_its_text(request):
    assert from_text(to_text(request)) == request


@pytest.mark.parametrize("data", ['["1.50",1.50]', "[1e400]", "no json", '{"a":1}', "[9007199254740993]"])
def test_arguments_are_never_changed(data):
    request = TransactionRequest("alice", (Action("c", "m", data),))
    assert from_text(to_text(request)).actions[0].data == data


def test_usual_settings_are_left_out_of_an_entry():
    request = TransactionRequest("alice", (Action("c", "m", '["x"]'),))
    assert to_entry(request) == {"publisher": "alice", "actions": [["c", "m", ["x"]]]}


def test_blanks_do_not_count():
    assert readable_data('[ "a" , {"b": 1} ]') == ["a", {"b": 1}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "Line 1"),
        ("[]", "object"),
        ("{}", "publisher"),
        ('{"publisher":"alice","actions":[],"colour":1}', "colour"),
        ('{"publisher":"alice","actions":[["c","m"]]}', "actions[0]"),
        ("[" * 100_000, "deeply"),
    ],
)
def test_a_text_that_is_no_transaction_says_where(text, words):
    with pytest.raises(DocumentProblem, match=r".") as caught:
        from_text(text)
    assert words in str(caught.value)
