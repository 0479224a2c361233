import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ide.panels.arguments import (
    INT64_MAX,
    INT64_MIN,
    Argument,
    ArgumentProblem,
    check_amount,
    check_gas_limit,
    to_json,
    to_json_array,
)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_string_arrives_as_it_was_typed(text):
    assert json.loads(to_json(Argument("string", text))) == text


@given(st.integers(INT64_MIN, INT64_MAX))
def test_every_int64_keeps_all_its_digits(number):
    assert to_json(Argument("number", f" {number} ")) == str(number)


@given(st.integers(min_value=INT64_MAX + 1) | st.integers(max_value=INT64_MIN - 1))
def test_a_number_beyond_int64_is_refused(number):
    with pytest.raises(ArgumentProblem, match="64 bits"):
        to_json(Argument("number", str(number)))


@pytest.mark.parametrize("text", ["", "1.5", "1e3", "0x10", "ten", "--1", "NaN", "١٢a"])
def test_what_is_not_a_whole_number_is_refused(text):
    with pytest.raises(ArgumentProblem):
        to_json(Argument("number", text))


@pytest.mark.parametrize("text", ["", "{", "{'a': 1}", "[1,]", "NaN", "Infinity", "[" * 100_000])
def test_what_is_not_json_is_refused(text):
    with pytest.raises(ArgumentProblem):
        to_json(Argument("json", text))


def test_json_keeps_number_literals():
    assert to_json(Argument("json", '{"rate": 9007199254740993}')) == '{"rate": 9007199254740993}'


def test_an_array_holds_the_arguments_in_order():
    arguments = [
        Argument("string", "alice"),
        Argument("number", "58"),
        Argument("bool", "true"),
        Argument("json", "[]"),
    ]
    assert json.loads(to_json_array(arguments)) == ["alice", 58, True, []]


def test_an_unknown_type_is_refused():
    with pytest.raises(ArgumentProblem, match="float"):
        to_json(Argument("float", "1"))


@pytest.mark.parametrize("text", ["0", "-1", "", "many", "1,000"])
def test_a_gas_limit_must_be_a_positive_number(text):
    with pytest.raises(ArgumentProblem):
        check_gas_limit(text)


def test_a_gas_limit_may_have_separators_and_decimals():
    assert check_gas_limit(" 1_000_000.5 ") == "1000000.5"


def test_amounts_are_decimals_or_unlimited():
    assert (check_amount(" 100.5 "), check_amount("unlimited")) == ("100.5", "unlimited")
    with pytest.raises(ArgumentProblem):
        check_amount("-3")
