"""Reading bodies and path parameters (spec/rpc.md §1, §3.1)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.chain.keys import Signature
from engine.entrance.http.failure import FailureCode, RequestFailure
from engine.entrance.http.requests import (
    StorageListRequest,
    StorageRequest,
    SubscribeRequest,
    TransactionMessageRequest,
    read_body,
    read_boolean,
    read_integer,
    storage_type,
)

NAMES = st.sampled_from(["time", "gas_limit", "actions", "signatures", "topics", "limit", "storageType", "delay"])


def refusal(body, kind=TransactionMessageRequest):
    with pytest.raises(RequestFailure) as caught:
        read_body(body, kind)
    assert caught.value.code is FailureCode.BAD_ARGUMENT
    return caught.value.what


def test_both_spellings_of_names_and_null():
    body = b'{"gasRatio":1.5,"gas_limit":"2000000","publisherSigs":null,"amount_limit":[{"token":"iost"}]}'
    transaction = read_body(body, TransactionMessageRequest).transaction()
    assert (transaction.gas_ratio, transaction.gas_limit) == (150, 200000000)
    assert transaction.amount_limit[0].token == "iost"


@given(st.integers(-(2**63), 2**63 - 1), st.booleans())
def test_integers_keep_every_digit(number, as_text):
    body = json.dumps({"time": str(number) if as_text else number}).encode()
    assert read_body(body, TransactionMessageRequest).time == number


@pytest.mark.parametrize(
    ("limit", "hundredths"),
    [("1e300", -(2**63)), ("-1e300", -(2**63)), ("6000.019", 600001), ("1.1", 110), ("-5", -500), ('"NaN"', -(2**63))],
)
def test_doubles_are_truncated_to_hundredths(limit, hundredths):
    body = f'{{"gas_limit":{limit}}}'.encode()
    assert read_body(body, TransactionMessageRequest).transaction().gas_limit == hundredths


def test_signatures_in_either_base64_and_by_name_or_number():
    body = b"""{"signatures":[{"algorithm":"SECP256K1","signature":"_-8=","public_key":"/+8"},{"algorithm":7}]}"""
    assert read_body(body, TransactionMessageRequest).transaction().signatures == (
        Signature(1, b"\xff\xef", b"\xff\xef"),
        Signature(7, b"", b""),
    )


@pytest.mark.parametrize(
    "signature", ['{"signature":"!"}', '{"signature":"a"}', '{"algorithm":"RSA"}', '{"algorithm":256}']
)
def test_signatures_that_cannot_be_read(signature):
    request = read_body(f'{{"signatures":[{signature}]}}'.encode(), TransactionMessageRequest)
    with pytest.raises(RequestFailure):
        request.transaction()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{", "unexpected EOF"),
        (b'{"a', "unexpected EOF"),
        (b"x", "invalid character 'x' looking for beginning of value"),
        (b"{}x", "invalid character 'x' after top-level value"),
        (b"NaN", "invalid character 'N' looking for beginning of value"),
        (b"[]", "json: Expected `object`, got `array`"),
        (b'{"time":1.5}', "json: Expected `int`, got `float` - at `$.time`"),
        (b'{"time":9223372036854775808}', "json: Expected `int` <= 9223372036854775807 - at `$.time`"),
        (b'{"publisher":5}', "json: Expected `str`, got `int` - at `$.publisher`"),
    ],
)
def test_bodies_that_cannot_be_read(body, text):
    assert refusal(body) == text


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_any_body_is_read_or_refused(body):
    for kind in (TransactionMessageRequest, StorageListRequest, SubscribeRequest):
        try:
            read_body(body, kind)
        except RequestFailure as failure:
            assert failure.code is FailureCode.BAD_ARGUMENT


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"actions":' * 50_000, b'{"time":' + b"9" * 5000 + b"}"])
def test_absurd_bodies(body):
    assert refusal(body)


@pytest.mark.parametrize("text", [b"\xff", b"\\ud800", b"\xed\xa0\x80"])
def test_text_that_is_no_unicode(text):
    assert refusal(b'{"id":"' + text + b'"}', StorageRequest) == "invalid UTF-8"
    assert read_body('{"id":"\\ud83d\\ude00😀"}'.encode(), StorageRequest).id == "😀😀"


def test_an_empty_body_is_an_empty_message():
    assert read_body(b"", StorageRequest) == read_body(b" \n", StorageRequest) == StorageRequest()


def test_topics():
    body = b'{"topics":["CONTRACT_EVENT",0],"filter":{"contractId":"c"}}'
    request = read_body(body, SubscribeRequest)
    assert request.topic_names() == {"CONTRACT_EVENT", "CONTRACT_RECEIPT"}
    assert request.filter.contract_id == "c"
    with pytest.raises(RequestFailure, match="unknown value"):
        read_body(b'{"topics":["OTHER"]}', SubscribeRequest).topic_names()


def test_storage_type():
    assert [storage_type(value) for value in ("KV", "MAP", 0, 1)] == ["KV", "MAP", "KV", "MAP"]
    with pytest.raises(RequestFailure):
        storage_type("LIST")


def test_path_booleans_and_integers():
    assert [read_boolean(text, "x") for text in ("true", "1", "t", "T", "false", "0", "f", "F")] == [True] * 4 + [
        False
    ] * 4
    assert read_integer("-12", "x") == -12
    for text in ("yes", "", "TRUe"):
        with pytest.raises(RequestFailure, match=r"type mismatch, parameter: complete, error: strconv\.ParseBool"):
            read_boolean(text, "complete")
    for text in ("", "1.0", "٣", "9" * 200, str(2**63)):
        with pytest.raises(RequestFailure, match=r"parameter: number, error: strconv\.ParseInt"):
            read_integer(text, "number")
