"""Action data to arguments (spec/contract-api.md §10.1) and texts in the node's JSON form."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.chain.arguments import MAXIMUM_DEPTH, argument_literals, parse_arguments
from engine.chain.go_json import go_json, well_formed
from engine.errors import ContractException
from engine.values import AbiMethod


def parse(data, *kinds):
    return parse_arguments(AbiMethod("f", kinds), data)


@pytest.mark.parametrize(
    ("data", "kinds", "expected"),
    [
        ("[]", (), []),
        (' ["a"] trailing', ("string",), ["a"]),
        ('["a",]', ("string",), ["a"]),
        ("[true,-5]", ("bool", "number"), [True, -5]),
        ("[9223372036854775807]", ("number",), [2**63 - 1]),
        ('[{"b":1.50,"a":[null,"<"]}]', ("json",), ['{"a":[null,"\\u003c"],"b":1.50}']),
        ("[1e3]", ("json",), ["1e3"]),
        ('["\\ud800"]', ("string",), ["\ufffd"]),
    ],
)
def test_accepted(data, kinds, expected):
    assert parse(data, *kinds) == expected


@pytest.mark.parametrize(
    ("data", "kinds", "error"),
    [
        ("", (), "error in data: EOF, "),
        ("[1", (), "error in data: unexpected EOF, [1"),
        ("x", (), "error in data: invalid character 'x' looking for beginning of value, x"),
        ('{"b":1,"a":2}', (), 'error args should be array, type assertion to []interface{} failed, &{"a":2,"b":1}'),
        ("5", (), "error args should be array, type assertion to []interface{} failed, &{5}"),
        ("[1]", (), "args length unmatched to abi f. need 0, got 1"),
        ("[10]", ("string",), "error parse string arg &{10}, type assertion to string failed"),
        ("[null]", ("string",), "error parse string arg &{<nil>}, type assertion to string failed"),
        ('["abc"]', ("bool",), "error parse bool arg &{abc}, type assertion to bool failed"),
        ("[[1, 2]]", ("bool",), "error parse bool arg &[1,2], type assertion to bool failed"),
        ("[1.0]", ("number",), 'error parse number arg &{1.0}, strconv.ParseInt: parsing "1.0": invalid syntax'),
        (
            "[9223372036854775808]",
            ("number",),
            'error parse number arg &{9223372036854775808}, strconv.ParseInt: parsing "9223372036854775808": '
            "value out of range",
        ),
        ("[true]", ("number",), "error parse number arg &{true}, invalid value type"),
    ],
)
def test_refused(data, kinds, error):
    with pytest.raises(ContractException) as caught:
        parse(data, *kinds)
    assert caught.value.text == error


def test_deep_nesting_is_refused():
    data = "[" * 100_000 + "]" * 100_000
    with pytest.raises(ContractException, match="exceeded max depth"):
        parse(data, "json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet=st.characters(exclude_categories=("Cs",))),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(JSON.filter(lambda value: "\ud800" not in json.dumps(value)))
def test_go_json_is_json_with_sorted_keys(value):
    text = go_json(value)
    assert json.loads(text) == value
    assert not set("<>&\u2028\u2029") & set(text)


@given(JSON)
def test_literals_keep_the_values(value):
    data = json.dumps([value])
    assert json.loads(argument_literals(parse(data, "json"))) == [value]


@given(st.text())
def test_well_formed_text_can_leave_the_engine(text):
    assert well_formed(text).encode() is not None


@pytest.mark.parametrize(("opened", "closed", "depth"), [("[", "]", 1), ('{"a":', "}", 1), ('[{"[[":', "}]", 2)])
def test_nesting_ends_at_a_fixed_depth(opened, closed, depth):
    levels = (MAXIMUM_DEPTH - 1) // depth
    deepest = opened * levels + "1" + closed * levels
    assert parse(f"[{deepest}]", "json") == [deepest]
    with pytest.raises(ContractException, match="error in data: exceeded max depth, "):
        parse(f"[{opened}{deepest}{closed}]", "json")


@given(
    st.recursive(
        st.text('[]{}"\\\\a'), lambda inner: st.lists(inner) | st.dictionaries(st.text('[{"', max_size=3), inner)
    )
)
def test_brackets_in_texts_do_not_count(value):
    data = json.dumps([value] * (MAXIMUM_DEPTH + 1))
    assert json.loads(parse(f"[{data}]", "json")[0]) == [value] * (MAXIMUM_DEPTH + 1)
