"""Key pairs and signatures: ed25519 and secp256k1, in the forms that IOST's SDK uses (spec/transactions.md §3).

A readable key id is the base58 text of the raw public key, without prefix or checksum.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed,
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nacl.bindings import crypto_sign, crypto_sign_open
from nacl.exceptions import BadSignatureError

from engine.chain.encoding import base58_bytes, base58_text, sha3
from engine.errors import InvalidInput
from engine.values import Value

_SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_PREHASHED = ec.ECDSA(Prehashed(hashes.SHA256()))
_PREHASHED_DETERMINISTIC = ec.ECDSA(Prehashed(hashes.SHA256()), deterministic_signing=True)


class Algorithm(IntEnum):
    """Signature algorithms by their number in the encoding."""

    SECP256K1 = 1
    ED25519 = 2


@lru_cache(maxsize=4096)
def key_id(public_key: bytes) -> str:
    """Return the readable id of a public key: its base58 text."""
    return base58_text(public_key)


class Signature(Value, frozen=True):
    """A signature with the public key that verifies it; `algorithm` as in `Algorithm`, unknown ones allowed."""

    algorithm: int
    signature: bytes
    public_key: bytes

    def encoded(self) -> bytes:
        """Return the canonical bytes."""
        return (
            self.algorithm.to_bytes(1, "big")
            + len(self.signature).to_bytes(4, "big")
            + self.signature
            + len(self.public_key).to_bytes(4, "big")
            + self.public_key
        )

    def verifies(self, digest: bytes) -> bool:
        """Whether this is a valid signature of the 32-byte `digest`; a number other than 2 means secp256k1."""
        if self.algorithm == Algorithm.ED25519:
            return verify_ed25519(digest, self.signature, self.public_key)
        return verify_secp256k1(digest, self.signature, self.public_key)


class KeyPair(Value, frozen=True):
    """A secret key with its public key: 64 + 32 bytes for ed25519, 32 + 33 for secp256k1."""

    algorithm: Algorithm
    secret_key: bytes
    public_key: bytes

    @classmethod
    def from_seed(cls, seed: bytes) -> KeyPair:
        """Return the ed25519 pair of a 32-byte seed."""
        public_key = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        return cls(Algorithm.ED25519, seed + public_key, public_key)

    @classmethod
    def from_phrase(cls, phrase: str) -> KeyPair:
        """Return the ed25519 pair whose seed is the SHA-256 of a phrase. Insecure: for development accounts only."""
        return cls.from_seed(hashlib.sha256(phrase.encode()).digest())

    @classmethod
    def from_secret_text(cls, secret: str, algorithm: Algorithm = Algorithm.ED25519) -> KeyPair:
        """Return the pair of a base58 secret key as the SDK prints it.

        Raises:
            InvalidInput: the text is not base58, has a wrong length, or an inconsistent public half.
        """
        try:
            raw = base58_bytes(secret)
        except ValueError as error:
            raise InvalidInput(
                "The secret key is not base58 text.", advice="Paste the key as it was exported."
            ) from error
        if algorithm is Algorithm.ED25519:
            if len(raw) not in {32, 64}:
                raise InvalidInput(f"An ed25519 secret key has 64 bytes, this one has {len(raw)}.")
            pair = cls.from_seed(raw[:32])
            if len(raw) == 64 and pair.secret_key != raw:
                raise InvalidInput("The two halves of the ed25519 secret key do not belong together.")
            return pair
        if len(raw) != 32 or not 0 < int.from_bytes(raw, "big") < _SECP256K1_ORDER:
            raise InvalidInput("A secp256k1 secret key has 32 bytes and lies below the order of the curve.")
        private = ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256K1())
        public_key = private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return cls(algorithm, raw, public_key)

    @property
    def id(self) -> str:
        """The readable key id: base58 of the public key."""
        return key_id(self.public_key)

    @property
    def secret_text(self) -> str:
        """The secret key as base58, in the SDK's form."""
        return base58_text(self.secret_key)

    def sign(self, digest: bytes) -> Signature:
        """Sign a 32-byte hash; deterministic, low-s for secp256k1."""
        if self.algorithm is Algorithm.ED25519:
            return Signature(self.algorithm, crypto_sign(digest, self.secret_key)[:64], self.public_key)
        private = ec.derive_private_key(int.from_bytes(self.secret_key, "big"), ec.SECP256K1())
        r, s = decode_dss_signature(private.sign(digest, _PREHASHED_DETERMINISTIC))
        s = min(s, _SECP256K1_ORDER - s)
        return Signature(self.algorithm, r.to_bytes(32, "big") + s.to_bytes(32, "big"), self.public_key)


def verify_ed25519(message: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether `signature` is public_key's ed25519 signature of `message`; malformed input is simply not valid.

    libsodium is twice as fast, and what it accepts is valid. But it refuses keys and signatures of small order, which
    the reference accepts as OpenSSL does: what is refused is checked once more.
    """
    if len(public_key) != 32 or len(signature) != 64:
        return False
    try:
        crypto_sign_open(signature + message, public_key)
    except BadSignatureError:
        return _verify_small_order(message, signature, public_key)
    return True


def _verify_small_order(message: bytes, signature: bytes, public_key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def verify_secp256k1(digest: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether r‖s is a low-s ECDSA signature of the 32-byte `digest`; malformed input is simply not valid."""
    if len(digest) != 32 or len(signature) != 64 or len(public_key) not in {33, 65}:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if s > _SECP256K1_ORDER // 2:
        return False
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), public_key)
        key.verify(encode_dss_signature(r, s), digest, _PREHASHED)
    except (InvalidSignature, ValueError):
        return False
    return True


def ethereum_address(public_key: bytes) -> str | None:
    """Return the lower-case `0x` address of a secp256k1 key (last 20 bytes of SHA3-256), None if it is no such key."""
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), public_key)
    except ValueError:
        return None
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return "0x" + sha3(point[1:])[-20:].hex()
