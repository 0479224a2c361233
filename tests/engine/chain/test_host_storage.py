"""Stored texts, keys, maps, payers and prices of contract storage (spec/gas.md §7.1)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.chain.stored import FixedPoint, JsonText, decode, encode, size_of
from tests.engine.chain.host_support import drive, make_host, operate, script

PAYERS = st.text(alphabet="abcdefgh_0123456789", max_size=8)
TEXTS = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=40)
VALUES = st.one_of(
    TEXTS,
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
    TEXTS.map(JsonText),
    st.builds(FixedPoint, st.integers(-(2**63), 2**63 - 1), st.integers(0, 18)),
)


@given(VALUES, PAYERS)
def test_stored_texts_keep_value_type_and_payer(value, payer):
    decoded, found = decode(encode(value, payer))
    assert (decoded, type(decoded), found) == (value, type(value), payer)


@pytest.mark.parametrize(
    ("value", "size"),
    [("v", 3 + 3), (12345678901, 1 + 8 + 1 + 3), (True, 2 + 1 + 3), (FixedPoint(5, 2), 1 + 12 + 1 + 3)],
)
def test_sizes_are_the_references(value, size):
    assert size_of(encode(value, "abc")) == size


def in_script(test, **options):
    """Run `test(host)` as the body of a script and return what it returns."""
    seen = []

    def run(host, frame):
        seen.append(test(host))
        return 0, ""
        yield

    host = make_host(script("c", ("run",)), **options)
    outcome = drive(host.run_action("c", "run", "[]", 10**9), host, {("c", "run"): run})
    assert outcome.succeeded, outcome.failure
    return seen[0], host


KEYS = st.text(alphabet="ab-@ \t\x7fé", max_size=4)


@given(KEYS)
def test_writes_refuse_bad_keys_for_ten(key):
    good = 1 <= len(key.encode()) <= 64 and all(" " <= c <= "~" and c not in "-@" for c in key)

    def test(host):
        return [
            operate(host, "STORAGE_PUT", key, "v", None),
            operate(host, "STORAGE_DEL", key),
            operate(host, "MAP_PUT", key, "f", "v", None),
            operate(host, "MAP_DEL", "k", key),
            operate(host, "STORAGE_GET", key),
        ]

    replies, _ = in_script(test)
    assert [reply.error is None for reply in replies] == [good, good, good, good, True]
    assert {reply.gas for reply in replies[:4]} == {300 if good else 10}


@pytest.mark.parametrize(("length", "gas"), [(1, 300), (2990, 300), (3000, 300), (3010, 301), (65536, 6554)])
def test_long_values_cost_a_tenth_of_their_bytes(length, gas):
    reply, _ = in_script(lambda host: operate(host, "STORAGE_PUT", "k", "v" * length, "ab"), signers=("ab@active",))
    assert reply.gas == max(300, (length + 4) // 10) == gas


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("fgh"), TEXTS, st.sampled_from(["", "alice", "bob"])),
        st.tuples(st.just("del"), st.sampled_from("fgh")),
    ),
    max_size=25,
)


@given(STEPS)
def test_a_map_is_a_dictionary_with_payers(steps):
    """The twin: an ordered dictionary of value and payer; the RAM that moved adds up to what is stored."""
    twin = {}

    def test(host):
        for step in steps:
            if step[0] == "put":
                _, field, value, payer = step
                operate(host, "MAP_PUT", "m", field, value, payer)
                twin[field] = (value, payer or twin.get(field, ("", "c"))[1])
            else:
                operate(host, "MAP_DEL", "m", step[1])
                twin.pop(step[1], None)
        listed = json.loads(operate(host, "MAP_KEYS", "m").result)
        return listed, {field: operate(host, "MAP_GET", "m", field).result for field in "fgh"}

    (listed, values), host = in_script(test, signers=("bob@active",))
    assert listed == list(twin)
    assert values == {field: twin[field][0] if field in twin else None for field in "fgh"}
    owed = dict.fromkeys(["c", "alice", "bob"], 0)
    for charge in host.ram:
        owed[charge.payer] += charge.bytes
    expected = dict.fromkeys(owed, 0)
    for field, (value, payer) in twin.items():
        expected[payer] += len("c-m") + 2 * len(field) + 2 + len(value.encode()) + len(payer)
    assert owed == expected


def test_a_field_list_has_at_most_257_entries():
    def test(host):
        for i in range(300):
            operate(host, "MAP_PUT", "m", f"f{i}", "v", None)
        before = operate(host, "MAP_LEN", "m").result
        operate(host, "MAP_DEL", "m", "f0")
        operate(host, "MAP_PUT", "m", "f299", "w", None)
        operate(host, "MAP_PUT", "m", "new", "w", None)
        keys = json.loads(operate(host, "MAP_KEYS", "m").result)
        return before, keys[-1], len(keys), operate(host, "MAP_GET", "m", "f299").result

    seen, _ = in_script(test)
    assert seen == ("257", "new", 257, "w")


def test_the_first_deletion_drops_names_without_a_value():
    state = {"m-c-m": "@a@gone@b", "m-c-m-a": "s1@c", "m-c-m-b": "s2@c"}

    def test(host):
        operate(host, "MAP_DEL", "m", "a")
        return operate(host, "MAP_KEYS", "m").result

    keys, host = in_script(test, state=state)
    assert keys == '["b"]'
    assert host.cache.get("m-c-m@") == "1"


@pytest.mark.parametrize(
    ("stored", "plain", "of_map"),
    [("i-7@", "-7", "-7"), ("bt@", "true", "true"), ("j[1]@x", "[1]", "[1]"), ("f5/2@", None, "")],
)
def test_values_of_built_in_contracts_read_as_text(stored, plain, of_map):
    def test(host):
        return operate(host, "STORAGE_GET", "k"), operate(host, "GLOBAL_MAP_GET", "d", "m", "f").result

    (own, global_value), _ = in_script(test, state={"b-c-k": stored, "m-d-m-f": stored})
    assert global_value == of_map
    assert own.result == plain
    assert own.error == (None if plain else "invalid db value type")


def test_chain_info_of_the_base_contract_is_hidden():
    state = {"b-base.iost-chain_info_x": "s1@", "b-base.iost-other": "s2@"}

    def test(host):
        return [operate(host, "GLOBAL_GET", "base.iost", key).result for key in ("chain_info_x", "other")]

    assert in_script(test, state=state)[0] == [None, "2"]


def test_hashes_and_their_prices():
    def test(host):
        return [
            operate(host, "SHA3_HEX", "68656c6c6f20776f726c64"),
            operate(host, "SHA3_HEX", "6"),
            operate(host, "RIPEMD160_HEX", "823b54d3aabaf8e3122800ca5238afb2ccef071ce83b8d5654a597a5dd06347e"),
            operate(host, "RIPEMD160_HEX", "00zz"),
            operate(host, "SHA3", "é"),
            operate(host, "VERIFY", "ed25519", "0OIl", "1", "1"),
        ]

    replies, _ = in_script(test)
    assert [reply.gas for reply in replies] == [111, 100, 132, 101, 102, 100]
    assert replies[0].result == "644bcc7e564373040999aac89e7622f3ca71fba1d972fd94a31c3bfbf24e3938"
    assert [reply.result for reply in replies[1:4]] == ["", "3dbb2167cbfc2186343356125fff4163e6ebcce7", ""]
    assert replies[5].result == "0"
