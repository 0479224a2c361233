"""Signed transactions: canonical bytes, hashes, signatures (spec/transactions.md §1, §3)."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import msgspec

from engine.chain.encoding import base58_text, int32, listing, sha3, text
from engine.chain.keys import KeyPair, Signature, key_id
from engine.chain.once import once
from engine.values import Action, AmountLimit, Value

DEFAULT_CHAIN_ID = 1024
MINIMUM_GAS_LIMIT, MAXIMUM_GAS_LIMIT = 6000 * 100, 4_000_000 * 100
MINIMUM_GAS_RATIO, MAXIMUM_GAS_RATIO = 100, 10_000
MAXIMUM_SIZE = 65_536
LIFETIME = 90_000_000_000
MAXIMUM_CLOCK_LEAD = 30_000_000_000
_NUMBERS = struct.Struct(">5qIi")
"""Time, expiration, gas ratio, gas limit, delay, chain id, and the length of what is reserved."""


class Transaction(Value, frozen=True, dict=True):
    """A transaction as it stands in a block.

    `gas_limit` and `gas_ratio` are hundredths; times are nanoseconds since the epoch.
    """

    time: int
    expiration: int
    gas_ratio: int
    gas_limit: int
    actions: tuple[Action, ...]
    publisher: str
    delay: int = 0
    chain_id: int = DEFAULT_CHAIN_ID
    signers: tuple[str, ...] = ()
    amount_limit: tuple[AmountLimit, ...] = ()
    signatures: tuple[Signature, ...] = ()
    publisher_signatures: tuple[Signature, ...] = ()

    def base_bytes(self) -> bytes:
        """Return what each signer signs the hash of."""
        return self._base

    @once
    def _base(self) -> bytes:
        numbers = (self.time, self.expiration, self.gas_ratio, self.gas_limit, self.delay, self.chain_id, 0)
        try:
            parts = [_NUMBERS.pack(*numbers)]
        except struct.error as error:
            raise OverflowError(str(error)) from None
        parts += (
            listing([signer.encode() for signer in self.signers]),
            listing([text(action.contract) + text(action.action_name) + text(action.data) for action in self.actions]),
            listing([text(limit.token) + text(limit.val) for limit in self.amount_limit]),
        )
        return b"".join(parts)

    def publish_bytes(self) -> bytes:
        """Return what the publisher signs the hash of: the base with the signers' signatures."""
        return self._publish

    @once
    def _publish(self) -> bytes:
        return self._base + listing([signature.encoded() for signature in self.signatures])

    def full_bytes(self) -> bytes:
        """Return the whole encoding; its length is paid for and its hash names the transaction."""
        return self._full

    @once
    def _full(self) -> bytes:
        return b"".join(
            (
                self._publish,
                int32(0),
                text(self.publisher),
                listing([signature.encoded() for signature in self.publisher_signatures]),
            )
        )

    def hash(self) -> bytes:
        """Return the transaction's hash (32 bytes)."""
        return self._digest

    @once
    def _digest(self) -> bytes:
        return sha3(self._full)

    def hash_text(self) -> str:
        """Return the hash in base58, as people see it."""
        return self._hash_text

    @once
    def _hash_text(self) -> str:
        return base58_text(self._digest)

    def signed(self, publisher_keys: Iterable[KeyPair], signer_keys: Iterable[KeyPair] = ()) -> Transaction:
        """Return this transaction with the signatures of these keys, replacing those it has."""
        base_hash = sha3(self._base)
        signatures = tuple(key.sign(base_hash) for key in signer_keys)
        publish = self._base + listing([signature.encoded() for signature in signatures])
        publish_hash = sha3(publish)
        signed = msgspec.structs.replace(
            self,
            signatures=signatures,
            publisher_signatures=tuple(key.sign(publish_hash) for key in publisher_keys),
        )
        signed.__dict__.update(_base=self._base, _publish=publish)  # as the cached properties would find them
        return signed

    def key_levels(self) -> dict[str, int]:
        """Return the signing keys by readable id: 1 signed as a signer, 2 as publisher (2 wins)."""
        levels = {key_id(signature.public_key): 1 for signature in self.signatures}
        for signature in self.publisher_signatures:
            levels[key_id(signature.public_key)] = 2
        return levels
