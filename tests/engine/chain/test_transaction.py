"""Canonical encoding against bytes of the official SDK (spec/transactions.md §3.1, §3.2)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.chain.encoding import base58_text, sha3
from engine.chain.keys import Algorithm, KeyPair, Signature
from engine.chain.transaction import Transaction
from engine.errors import InvalidInput
from engine.values import Action, AmountLimit

PRODUCER = "1rANSfcRzr4HkhbUFZ7L1Zp69JZZHiDDq5v7dNSbbEqeU4jxy3fszV4HGiaLQEyqVpS1dKT9g7zCVRxBVzuiUzB"
ADMIN = "2yquS3ySrGWPEKywCPzX4RTJugqRh7kJSo5aehsLYPEWkUxBWA39oMrZ7ZxuM4fgyXYs2cPwh5n8aNNpH5x2VyK1"
SECRET_SECP256K1 = base58_text(bytes(range(1, 33)))


def test_published_keys():
    assert KeyPair.from_secret_text(PRODUCER).id == "6sNQa7PV2SFzqCBtQUcQYJGGoU7XaB6R4xuCQVXNZe6b"
    assert KeyPair.from_secret_text(ADMIN).id == "Gcv8c2tH8qZrUYnKdEEdTtASsxivic2834MQW6mgxqto"


def test_vector_1():
    key = KeyPair.from_secret_text(PRODUCER)
    transaction = Transaction(
        time=1544013436179000000,
        expiration=1544013526179000000,
        gas_ratio=100,
        gas_limit=123400,
        chain_id=1020,
        signers=("abc",),
        actions=(Action("cont", "abi", "[]"),),
        amount_limit=(AmountLimit("iost", "123"),),
        publisher="def",
    ).signed([key], [key])
    assert transaction.base_bytes().hex() == (
        "156d700a27e12ac0156d701f1c4c2ec00000000000000064000000000001e2080000000000000000000003fc0000000000000001"
        "00000003616263000000010000001500000004636f6e7400000003616269000000025b5d000000010000000f00000004696f7374"
        "00000003313233"
    )
    assert sha3(transaction.base_bytes()).hex() == "8a8ade6e81478f2f160fc988045917009e5cb22834fccc78a847721b2efcb328"
    assert transaction.signatures[0].signature.hex() == (
        "a821882d3061aa6e95aac1a59b88e850748e0b9a8f6078bbcfcd49dccaa9fe338a90eab0933b93f978304b90e7ea62b13776e60b"
        "3a3cc45f57b629689bb6a007"
    )
    assert len(transaction.signatures[0].encoded()) == 105
    assert sha3(transaction.publish_bytes()).hex() == "7b8943b97f16c596f864198f7c398975b3b627f3e9e7862dd768cd01a84655d5"
    assert transaction.publisher_signatures[0].signature.hex() == (
        "1cbb8a010bc74150b1309b344cff7bbd4cabff03547568c2c05de8dff36e530d163b35d11e94c44b4c5e47da9d83d49a6a803bc2"
        "5c9761f5160eb33e4b3c2707"
    )
    assert len(transaction.full_bytes()) == 348
    assert transaction.hash().hex() == "1cd0d2f222dde6a71e31f922a337175a61fb38e11ae582c752fdc647c4300d1e"
    assert transaction.hash_text() == "2wV6qF6rg1KFEMJ9H9yiPq2rFQsTDt4MPfC8hFudre9s"


DEPLOYED = {
    "info": {
        "lang": "javascript",
        "version": "1.0.0",
        "abi": [{"name": "f", "args": ["number", "number"]}, {"name": "p", "args": ["string", "string"]}],
    },
    "code": "class T{init(){}f(a,b){return a+b;}p(k,v){storage.put(k,v);}}\nmodule.exports=T;",
}
VECTOR_2 = [
    (
        "system.iost",
        "setCode",
        [json.dumps(DEPLOYED, separators=(",", ":"))],
        513,
        "zm7fwAD1CRK3njn1ywQwQjeJJXQZRcLdMjDeLiFEZoQ",
    ),
    (
        "Contractzm7fwAD1CRK3njn1ywQwQjeJJXQZRcLdMjDeLiFEZoQ",
        "f",
        [1, 2],
        285,
        "ACrLLNsoGvvyfzYQUiugiYBbTAJwTjC3AaZ87ivEEZF4",
    ),
    (
        "Contractzm7fwAD1CRK3njn1ywQwQjeJJXQZRcLdMjDeLiFEZoQ",
        "p",
        ["k", "hello"],
        293,
        "A8GNSgLVCyA8oNEyH1JibqwRzLLzqWdodd6Bkk2xR3N",
    ),
]


@pytest.mark.parametrize("index", range(3))
def test_vector_2(index):
    contract, action, arguments, size, expected = VECTOR_2[index]
    time = 1600000000000000000 + index * 10**9
    transaction = Transaction(
        time=time,
        expiration=time + 90 * 10**9,
        gas_ratio=100,
        gas_limit=100000000,
        chain_id=1020,
        actions=(Action(contract, action, json.dumps(arguments, separators=(",", ":"))),),
        amount_limit=(AmountLimit("*", "unlimited"),),
        publisher="admin",
    ).signed([KeyPair.from_secret_text(ADMIN)])
    assert len(transaction.full_bytes()) == size
    assert transaction.hash_text() == expected


@given(st.binary(min_size=32, max_size=32), st.sampled_from(Algorithm))
def test_signatures_verify_and_cover_every_bit(seed, algorithm):
    if algorithm is Algorithm.ED25519:
        key = KeyPair.from_seed(seed)
    else:
        key = KeyPair.from_secret_text(base58_text(b"\x01" + seed[1:]), algorithm)
    digest = sha3(b"message")
    signature = key.sign(digest)
    assert key.sign(digest) == signature
    assert signature.verifies(digest)
    assert not signature.verifies(sha3(b"another"))
    broken = bytes([signature.signature[0] ^ 1]) + signature.signature[1:]
    assert not Signature(signature.algorithm, broken, signature.public_key).verifies(digest)
    assert not Signature(3 - signature.algorithm, signature.signature, signature.public_key).verifies(digest)


def test_high_s_is_refused():
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    signature = KeyPair.from_secret_text(SECRET_SECP256K1, Algorithm.SECP256K1).sign(sha3(b"x"))
    flipped = order - int.from_bytes(signature.signature[32:], "big")
    mirrored = Signature(1, signature.signature[:32] + flipped.to_bytes(32, "big"), signature.public_key)
    assert not mirrored.verifies(sha3(b"x"))


def test_keys_of_small_order_are_valid_as_on_the_reference():
    """The neutral element signs everything with s = 0: libsodium refuses that, OpenSSL and Go's library do not."""
    neutral = b"\x01" + bytes(31)
    assert Signature(2, neutral + bytes(32), neutral).verifies(sha3(b"anything"))
    assert not Signature(2, neutral + b"\x01" + bytes(31), neutral).verifies(sha3(b"anything"))


@given(st.binary(min_size=64, max_size=64), st.binary(min_size=32, max_size=32))
def test_what_is_no_signature(signature, key):
    assert not Signature(2, signature, key).verifies(sha3(b"x"))


@pytest.mark.parametrize("secret", ["0OIl", base58_text(bytes(31)), base58_text(bytes(64))])
def test_bad_secret_keys(secret):
    with pytest.raises(InvalidInput):
        KeyPair.from_secret_text(secret)
