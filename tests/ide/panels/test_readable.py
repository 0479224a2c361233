import pytest
from hypothesis import given
from hypothesis import strategies as st

from ide.panels.readable import (
    KeyKind,
    ValueKind,
    byte_size,
    call_text,
    clock_time,
    group_digits,
    read_key,
    read_value,
    shorten,
)

KEY_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="-@"), min_size=1, max_size=64)
CONTRACT = st.sampled_from(["token.iost", "ContractEg5zFjJrSPdgCR5mYXQLfHXbJ9LNs9BxD8JXDTTXFTUN"])


@given(CONTRACT, KEY_TEXT)
def test_a_value_key_is_taken_apart(contract, key):
    readable = read_key(f"b-{contract}-{key}")
    assert (readable.kind, readable.contract, readable.key) == (KeyKind.VALUE, contract, key)


@given(CONTRACT, KEY_TEXT, KEY_TEXT)
def test_a_map_field_key_is_taken_apart(contract, key, field):
    readable = read_key(f"m-{contract}-{key}-{field}")
    assert (readable.kind, readable.contract, readable.key, readable.field) == (KeyKind.MAP_FIELD, contract, key, field)


@given(st.text())
def test_any_text_can_be_read_as_a_key(text):
    assert read_key(text).label is not None


def test_bookkeeping_keys_are_told_from_a_contracts_own():
    assert read_key("m-token.iost-balances").kind is KeyKind.MAP_KEYS
    assert read_key("m-token.iost-balances@").kind is KeyKind.MAP_FLAG
    assert read_key("c-token.iost").kind is KeyKind.CODE
    assert read_key("s-token.iost").kind is KeyKind.CODE
    assert read_key("m-token.iost-balances").is_bookkeeping
    assert not read_key("m-token.iost-balances-alice").is_bookkeeping


@given(st.text(st.characters(exclude_categories=["Cs"])), st.from_regex(r"[a-z_]{3,11}", fullmatch=True))
def test_the_payer_is_what_follows_the_last_at_sign(text, payer):
    value = read_value(read_key("b-c-k"), f"s{text}@{payer}")
    assert (value.kind, value.text, value.payer) == (ValueKind.TEXT, text, payer)


@pytest.mark.parametrize(
    ("stored", "kind", "text"),
    [
        ("i42@alice", ValueKind.NUMBER, "42"),
        ("bt@alice", ValueKind.BOOLEAN, "true"),
        ("bf@", ValueKind.BOOLEAN, "false"),
        ('j{"a":1}@alice', ValueKind.JSON, '{"a":1}'),
        ("n@alice", ValueKind.NOTHING, "null"),
        ("no separator", ValueKind.RAW, "no separator"),
        ("?x@y", ValueKind.RAW, "?x@y"),
    ],
)
def test_stored_texts_are_told_by_their_letter(stored, kind, text):
    value = read_value(read_key("b-c-k"), stored)
    assert (value.kind, value.text) == (kind, text)


def test_an_absent_value_is_not_an_empty_one():
    key = read_key("b-c-k")
    assert read_value(key, None).kind is ValueKind.ABSENT
    assert read_value(key, "s@alice").kind is ValueKind.TEXT


def test_a_maps_key_list_is_shown_as_its_fields():
    assert read_value(read_key("m-c-balances"), "@alice@bob").text == "alice, bob"


def test_json_in_a_text_is_indented_and_other_text_is_left_alone():
    key = read_key("b-c-k")
    assert read_value(key, 's{"a":[1]}@p').pretty == '{\n  "a": [\n    1\n  ]\n}'
    assert read_value(key, "s{not json@p").pretty == "{not json"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1234567.5", "1 234 567.5"),
        (2**63, "9 223 372 036 854 775 808"),
        ("-1000", "-1 000"),
        ("unlimited", "unlimited"),
    ],
)
def test_digits_are_grouped_exactly(number, text):
    assert group_digits(number).replace("\N{NARROW NO-BREAK SPACE}", " ") == text


def test_sizes_have_units():
    assert [byte_size(size) for size in (0, 1023, 1536, 3 * 1024**2, 5 * 1024**4)] == [
        "0 B",
        "1023 B",
        "1.5 KiB",
        "3.0 MiB",
        "5,120.0 GiB",
    ]


def test_chain_time_is_utc_with_milliseconds():
    assert clock_time(1_700_000_000_123_456_789) == "22:13:20.123"


def test_a_call_reads_like_a_program():
    assert call_text("token", "transfer", '["alice", 5]') == 'token.transfer("alice", 5)'
    assert call_text("token", "m", f'["{"x" * 500}"]').endswith("…)")


def test_shortening_makes_one_line():
    assert shorten("a\n  b\tc") == "a b c"
    assert len(shorten("x" * 500, 10)) == 10
