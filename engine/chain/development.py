"""Accounts of the development chain. Their keys are public knowledge: never use them on a real network."""

from __future__ import annotations

from engine.chain.keys import KeyPair
from engine.values import Value

ADMIN_SECRET = "2yquS3ySrGWPEKywCPzX4RTJugqRh7kJSo5aehsLYPEWkUxBWA39oMrZ7ZxuM4fgyXYs2cPwh5n8aNNpH5x2VyK1"
PRODUCER_SECRET = "1rANSfcRzr4HkhbUFZ7L1Zp69JZZHiDDq5v7dNSbbEqeU4jxy3fszV4HGiaLQEyqVpS1dKT9g7zCVRxBVzuiUzB"
"""Keys that the reference publishes for local networks (spec/transactions.md §3)."""

ADMIN, FOUNDATION, PRODUCER, DEAD = "admin", "foundation", "producer000", "deadaddr"
PEOPLE = ("alice", "bobby", "carol", "david", "ellen", "frank", "grace", "henry", "irene", "julia")
"""The ten funded accounts people work with (names have at least five characters)."""


class DevelopmentAccount(Value, frozen=True):
    """An account whose key the engine knows, so that it can sign for it."""

    name: str
    key: KeyPair


def derived_key(name: str) -> KeyPair:
    """Return the fixed, insecure key of a development account."""
    return KeyPair.from_phrase(f"strata insecure development key of {name}")


def development_accounts() -> dict[str, DevelopmentAccount]:
    """Return every development account by name, administrator and producer included."""
    admin, producer = KeyPair.from_secret_text(ADMIN_SECRET), KeyPair.from_secret_text(PRODUCER_SECRET)
    keys = {name: derived_key(name) for name in PEOPLE} | {ADMIN: admin, FOUNDATION: admin, PRODUCER: producer}
    return {name: DevelopmentAccount(name, key) for name, key in keys.items()}
