"""Contract records in the state: what is deployed under an id (`c-ID`), and finding it.

A record does not hold the compiled text: `code_key` addresses the compiled snapshot, and the source stands
under `s-ID`, so that a lost snapshot can be made again. Sizes in bytes are those of the reference's encoding.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from engine.chain.host_interface import DeployedCode, StateCache
from engine.chain.stored import JsonText, decode, encode
from engine.values import Abi, AbiMethod, Profile, Value

NATIVE_LANGUAGE = "native"
SCRIPT_LANGUAGE = "javascript"


class ContractRecord(Value, frozen=True, omit_defaults=True):
    """A deployed contract. `encoded_size` is what its code takes of RAM (with compiled code, without `init`)."""

    id: str
    language: str
    version: str
    abi: tuple[AbiMethod, ...]
    code_key: str = ""
    profile: Profile = Profile.IOST
    encoded_size: int = 0
    block_number: int = 0

    def text(self) -> str:
        """Return the stored text."""
        return encode(JsonText(msgspec.json.encode(self).decode()), "")

    def deployed(self) -> DeployedCode:
        """Return what a host needs to run it."""
        return DeployedCode(
            id=self.id,
            abi=Abi(lang=self.language, version=self.version, abi=self.abi),
            code_key=self.code_key,
            profile=self.profile,
            native=self.language == NATIVE_LANGUAGE,
        )


def record_key(contract: str) -> str:
    """Return the state key of a contract's record."""
    return f"c-{contract}"


def source_key(contract: str) -> str:
    """Return the state key of a contract's source text."""
    return f"s-{contract}"


def owner_key(contract: str) -> str:
    """Return the state key of who owns a contract."""
    return f"m-system.iost-contract_owner-{contract}"


def domain_key(name: str) -> str:
    """Return the state key of the contract a domain name is linked to."""
    return f"m-domain.iost-dns_table-{name}"


def source_of(text: str) -> str:
    """Return the source in a stored text under `source_key`."""
    return str(decode(text)[0])


@lru_cache(maxsize=1024)
def parse_record(text: str) -> ContractRecord:
    """Return the record in a stored text."""
    return msgspec.json.decode(str(decode(text)[0]), type=ContractRecord)


@lru_cache(maxsize=1024)
def _deployed(text: str) -> DeployedCode:
    return parse_record(text).deployed()


class StateContracts:
    """Implements `ContractLookup` on a transaction's cache; looking up costs nothing."""

    def __init__(self, cache: StateCache) -> None:
        self._cache = cache

    def find(self, name: str) -> DeployedCode | None:
        """Return the contract of an id, or of a domain name that is linked to one."""
        stored = self._cache.get(record_key(self.resolve(name)))
        return None if stored is None else _deployed(stored)

    def record(self, contract: str) -> ContractRecord | None:
        """Return the record of an id."""
        stored = self._cache.get(record_key(contract))
        return None if stored is None else parse_record(stored)

    def resolve(self, name: str) -> str:
        """Return the contract id that `name` stands for: every name but `Contract…` may be a linked domain."""
        if name.startswith("Contract"):
            return name
        linked = self._cache.get(domain_key(name))
        return str(decode(linked)[0]) if linked else name


def encoded_size(contract: str, language: str, version: str, abi: Sequence[AbiMethod], code_bytes: int) -> int:
    """Return the length of the reference's encoding (protocol buffers) of a contract."""
    methods = 0
    for method in abi:
        limits = sum(_field(_text_field(limit.token) + _text_field(limit.val)) for limit in method.amount_limit)
        arguments = sum(_field(len(argument.encode())) for argument in method.args)
        methods += _field(_text_field(method.name) + arguments + limits)
    info = _text_field(language) + _text_field(version) + methods
    return _text_field(contract) + _field(info) + (_field(code_bytes) if code_bytes else 0)


def _text_field(text: str) -> int:
    return _field(len(text.encode())) if text else 0


def _field(length: int) -> int:
    return 1 + max(1, (length.bit_length() + 6) // 7) + length
