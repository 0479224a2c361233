"""Reading bodies and path parameters (spec/rpc.md §1, §3.1)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.chain.keys import Signature
from engine.entrance.http.failure import FailureCode, RequestFailure
from engine.entrance.http.message_reader import read_message
from engine.entrance.http.requests import (
    StorageListRequest,
    StorageRequest,
    SubscribeRequest,
    TransactionMessageRequest,
    read_boolean,
    read_integer,
    storage_type,
)

NAMES = st.sampled_from(["time", "gas_limit", "actions", "signatures", "topics", "limit", "storageType", "delay"])


def refusal(body, kind=TransactionMessageRequest):
    with pytest.raises(RequestFailure) as caught:
        read_message(body, kind)
    assert caught.value.code is FailureCode.BAD_ARGUMENT
    return caught.value.what


def test_both_spellings_of_names_and_null():
    body = b'{"gasRatio":1.5,"gas_limit":"2000000","publisherSigs":null,"amount_limit":[{"token":"iost"}]}'
    transaction = read_message(body, TransactionMessageRequest).transaction()
    assert (transaction.gas_ratio, transaction.gas_limit) == (150, 200000000)
    assert transaction.amount_limit[0].token == "iost"


@given(st.integers(-(2**63), 2**63 - 1), st.booleans())
def test_integers_keep_every_digit(number, as_text):
    body = json.dumps({"time": str(number) if as_text else number}).encode()
    assert read_message(body, TransactionMessageRequest).time == number


@pytest.mark.parametrize(
    ("limit", "hundredths"),
    [("1e300", -(2**63)), ("-1e300", -(2**63)), ("6000.019", 600001), ("1.1", 110), ("-5", -500), ('"NaN"', -(2**63))],
)
def test_doubles_are_truncated_to_hundredths(limit, hundredths):
    body = f'{{"gas_limit":{limit}}}'.encode()
    assert read_message(body, TransactionMessageRequest).transaction().gas_limit == hundredths


def test_signatures_in_either_base64_and_by_name_or_number():
    body = b"""{"signatures":[{"algorithm":"SECP256K1","signature":"_-8=","public_key":"/+8"},{"algorithm":7}]}"""
    assert read_message(body, TransactionMessageRequest).transaction().signatures == (
        Signature(1, b"\xff\xef", b"\xff\xef"),
        Signature(7, b"", b""),
    )


@pytest.mark.parametrize(
    ("signature", "text"),
    [
        ('{"signature":"!"}', "illegal base64 data at input byte 0"),
        ('{"signature":"AAAAA"}', "illegal base64 data at input byte 4"),
        ('{"signature":"AAA=A"}', "illegal base64 data at input byte 3"),
        ('{"public_key":5}', "json: cannot unmarshal number into Go value of type []uint8"),
        ('{"algorithm":"RSA"}', 'unknown value "RSA" for enum rpcpb.Signature_Algorithm'),
        ('{"algorithm":1.5}', "json: cannot unmarshal number 1.5 into Go value of type rpcpb.Signature_Algorithm"),
        ('{"algorithm":true}', "json: cannot unmarshal bool into Go value of type rpcpb.Signature_Algorithm"),
        ("null", "proto: repeated field has nil element"),
    ],
)
def test_signatures_that_cannot_be_read(signature, text):
    assert refusal(f'{{"signatures":[{signature}]}}'.encode()) == text


def test_an_algorithm_that_no_signature_can_name():
    with pytest.raises(RequestFailure, match="unknown value 256"):
        read_message(b'{"signatures":[{"algorithm":256}]}', TransactionMessageRequest).transaction()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{", "unexpected EOF"),
        (b'{"a', "unexpected EOF"),
        (b'{"a"', "unexpected EOF"),
        (b'{"a":', "unexpected EOF"),
        (b'{"a":tr', "unexpected EOF"),
        (b'{"a":"\\u00', "unexpected EOF"),
        (b'{"a":-', "unexpected EOF"),
        (b"x", "invalid character 'x' looking for beginning of value"),
        (b"\xef\xbb\xbf{}", "invalid character 'ï' looking for beginning of value"),
        (b"\xff", "invalid character 'ÿ' looking for beginning of value"),
        ("ü".encode(), "invalid character 'Ã' looking for beginning of value"),
        (b"'", r"invalid character '\'' looking for beginning of value"),
        (b"\x00", r"invalid character '\x00' looking for beginning of value"),
        (b"NaN", "invalid character 'N' looking for beginning of value"),
        (b'{"NaN":[Infinity]}', "invalid character 'I' looking for beginning of value"),
        (b'{"a":-Infinity}', "invalid character 'I' in numeric literal"),
        (b'{"a":1.x}', "invalid character 'x' after decimal point in numeric literal"),
        (b'{"a":1e+}', "invalid character '}' in exponent of numeric literal"),
        (b'{"a":01}', "invalid character '1' after object key:value pair"),
        (b'{"a":[1 2]}', "invalid character '2' after array element"),
        (b'{"a":[{"b":1}2]}', "invalid character '2' after array element"),
        (b'{"a":1 "b"}', "invalid character '\"' after object key:value pair"),
        (b'{"a" 1}', "invalid character '1' after object key"),
        (b"{a}", "invalid character 'a' looking for beginning of object key string"),
        (b'{"a":1,}', "invalid character '}' looking for beginning of object key string"),
        (b'{"a":[1,]}', "invalid character ']' looking for beginning of value"),
        (b'{"a":nul1}', "invalid character '1' in literal null (expecting 'l')"),
        (b'{"a":"\n"}', r"invalid character '\n' in string literal"),
        (b'{"a":"\\x"}', "invalid character 'x' in string escape code"),
        (b'{"a":"\\u12g4"}', r"invalid character 'g' in \u hexadecimal character escape"),
        (b"[]", "json: cannot unmarshal array into Go value of type map[string]json.RawMessage"),
        (b"5", "json: cannot unmarshal number into Go value of type map[string]json.RawMessage"),
        (b'{"time":1.5}', "json: cannot unmarshal number 1.5 into Go value of type int64"),
        (b'{"time":5.0}', "json: cannot unmarshal number 5.0 into Go value of type int64"),
        (
            b'{"time":9223372036854775808}',
            "json: cannot unmarshal number 9223372036854775808 into Go value of type int64",
        ),
        (b'{"time":""}', "unexpected end of JSON input"),
        (b'{"time":"x"}', "invalid character 'x' looking for beginning of value"),
        (b'{"time":"5x"}', "invalid character 'x' after top-level value"),
        (b'{"time":true}', "json: cannot unmarshal bool into Go value of type int64"),
        (b'{"chain_id":-1}', "json: cannot unmarshal number -1 into Go value of type uint32"),
        (b'{"gas_ratio":1e999}', "json: cannot unmarshal number 1e999 into Go value of type float64"),
        (b'{"gas_ratio":[]}', "json: cannot unmarshal array into Go value of type float64"),
        (b'{"publisher":5}', "json: cannot unmarshal number into Go value of type string"),
        (b'{"actions":{}}', "json: cannot unmarshal object into Go value of type []json.RawMessage"),
        (b'{"actions":["x"]}', "json: cannot unmarshal string into Go value of type map[string]json.RawMessage"),
    ],
)
def test_bodies_that_cannot_be_read(body, text):
    assert refusal(body) == text


def test_only_the_first_value_counts():
    assert read_message(b' {"time":1}x', TransactionMessageRequest).time == 1


def test_null_is_absent_and_camel_case_comes_first():
    body = b'{"time":null,"gasLimit":"7","gas_limit":5,"signers":[null],"actions":null,"expiration":"null"}'
    request = read_message(body, TransactionMessageRequest)
    assert request == TransactionMessageRequest(gas_limit=7.0, signers=("",))
    assert read_message(b"null", TransactionMessageRequest) == TransactionMessageRequest()


@given(st.text(st.sampled_from('{}[]",:\\/ue0+-.1 tnx\n\x00é'), max_size=25))
def test_every_malformed_text_has_a_reason(text):
    """Where Python's decoder gives up, Go's words name what stands there, or that nothing does."""
    try:
        read_message(text.encode(), TransactionMessageRequest)
    except RequestFailure as failure:
        assert failure.what.startswith(
            ("invalid character '", "unexpected EOF", "unexpected end of", "json: cannot unmarshal ", "proto: ")
        )


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_any_body_is_read_or_refused(body):
    for kind in (TransactionMessageRequest, StorageListRequest, SubscribeRequest):
        try:
            read_message(body, kind)
        except RequestFailure as failure:
            assert failure.code is FailureCode.BAD_ARGUMENT


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"actions":' * 50_000, b'{"time":' + b"9" * 5000 + b"}"])
def test_absurd_bodies(body):
    assert refusal(body)


@pytest.mark.parametrize(
    ("text", "read"),
    [(b"\xff", "\ufffd"), (b"\\ud800", "\ufffd"), (b"\xed\xa0\x80", "\ufffd" * 3), (b"\xe2\x82x", "\ufffd\ufffdx")],
)
def test_what_is_no_unicode_is_replaced(text, read):
    assert read_message(b'{"id":"' + text + b'"}', StorageRequest).id == read
    assert read_message('{"id":"\\ud83d\\ude00😀"}'.encode(), StorageRequest).id == "😀😀"


def test_an_empty_body_is_an_empty_message():
    assert read_message(b"", StorageRequest) == read_message(b" \n", StorageRequest) == StorageRequest()


def test_topics():
    body = b'{"topics":["CONTRACT_EVENT",0],"filter":{"contractId":"c"}}'
    request = read_message(body, SubscribeRequest)
    assert request.topic_names() == {"CONTRACT_EVENT", "CONTRACT_RECEIPT"}
    assert request.filter.contract_id == "c"
    assert read_message(b'{"topics":[7,1]}', SubscribeRequest).topic_names() == {"CONTRACT_EVENT"}
    assert refusal(b'{"topics":["OTHER"]}', SubscribeRequest) == 'unknown value "OTHER" for enum rpcpb.Event_Topic'


def test_storage_type():
    bodies = [b'"KV"', b'"MAP"', b"0", b"1"]
    read = [read_message(b'{"storageType":%b}' % body, StorageListRequest).storage_type for body in bodies]
    assert [storage_type(value) for value in read] == ["KV", "MAP", "KV", "MAP"]
    for value in (2, -1):
        with pytest.raises(RequestFailure):
            storage_type(value)


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
