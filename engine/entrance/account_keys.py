"""The keys of a private chain's accounts as programs outside want them: what an SDK signs with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.errors import InvalidInput
from engine.values import Value

if TYPE_CHECKING:
    from engine.chain.keys import KeyPair
    from engine.facade import Engine


class AccountKey(Value, frozen=True):
    """A development account's key in the SDK's form: base58 texts. It is public knowledge and protects nothing."""

    name: str
    algorithm: str
    public_key: str
    secret_key: str


def account_keys(engine: Engine) -> tuple[AccountKey, ...]:
    """Return the keys of all accounts that an engine can sign for, `admin` first."""
    keys = engine.keys()
    names = sorted(keys, key=lambda name: (name != "admin", list(keys).index(name)))
    return tuple(_account_key(name, keys[name]) for name in names)


def write_accounts(file: Path, keys: tuple[AccountKey, ...]) -> None:
    """Write accounts as a JSON list.

    Raises:
        InvalidInput: the file cannot be written.
    """
    try:
        file.write_bytes(msgspec.json.format(msgspec.json.encode(keys)) + b"\n")
    except OSError as error:
        raise InvalidInput(
            f"the accounts cannot be written: {error.strerror}", where=str(file), advice="Choose another file."
        ) from error


def _account_key(name: str, key: KeyPair) -> AccountKey:
    return AccountKey(name, key.algorithm.name, key.id, key.secret_text)
