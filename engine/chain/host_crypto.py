"""The hash and signature functions of `IOSTCrypto`, with their prices (spec/gas.md §7.2)."""

from __future__ import annotations

import hashlib
import re

from Crypto.Hash import RIPEMD160

from engine.chain.encoding import base58_bytes, base58_text, sha3
from engine.chain.keys import verify_ed25519, verify_secp256k1

BASE_PRICE = 100

_HEX_PREFIX = re.compile(r"(?:[0-9a-fA-F]{2})*")
_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]*")


def sha3_text(message: str) -> tuple[str, int]:
    """Return base58 of the SHA3-256 of a text's UTF-8 bytes, and its price."""
    raw = message.encode()
    return base58_text(sha3(raw)), BASE_PRICE + len(raw)


def sha3_hex(message: str) -> tuple[str, int]:
    """Return the SHA3-256 of hex digits as hex (empty if they are not clean), and its price."""
    raw, clean = _hex(message)
    return hashlib.sha3_256(raw).hexdigest() if clean else "", BASE_PRICE + len(raw)


def ripemd160_hex(message: str) -> tuple[str, int]:
    """Return the RIPEMD-160 of hex digits as hex (empty if they are not clean), and its price."""
    raw, clean = _hex(message)
    return RIPEMD160.new(raw).hexdigest() if clean else "", BASE_PRICE + len(raw)


def verify(algorithm: str, message: str, signature: str, public_key: str) -> tuple[bool, int]:
    """Return whether a signature holds, and its price; all but `algorithm` are base58 texts."""
    raw = _base58(message)
    price = BASE_PRICE + len(raw)
    match algorithm:
        case "ed25519":
            return verify_ed25519(raw, _base58(signature), _base58(public_key)), price
        case "secp256k1":
            return verify_secp256k1(raw, _base58(signature), _base58(public_key)), price
    return False, price


def _hex(text: str) -> tuple[bytes, bool]:
    digits = _HEX_PREFIX.match(text)
    decoded = digits.group() if digits else ""
    return bytes.fromhex(decoded), len(decoded) == len(text)


def _base58(text: str) -> bytes:
    return base58_bytes(text) if _BASE58.fullmatch(text) else b""
