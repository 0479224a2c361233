"""domain.iost: names that stand for contracts; version 0.0.0 has no public methods (spec/natives.md §8)."""

from __future__ import annotations

from engine.chain.host import Host
from engine.chain.host_interface import Returns
from engine.chain.natives.method import ADMIN, COMMON, NativeContract, NativeMethod, publisher
from engine.errors import ContractException

ID = "domain.iost"
LINKS, REVERSE_LINKS, OWNERS = "dns_table", "dns_revert_table", "dns_owner_table"


def _check_name(name: str) -> None:
    if not 5 <= len(name.encode()) <= 16:
        raise ContractException(f"url invalid. url length should be between 5,16 got {name}")
    if "." not in name:
        raise ContractException("url invalid. url must contain '.'")
    for character in name:
        if not ("a" <= character <= "z" or "0" <= character <= "9" or character in "_."):
            raise ContractException(f"url invalid. url contains invalid character {ord(character)}")


def _owner(host: Host, name: str) -> str:
    stored = host.cache.get(f"m-{ID}-{OWNERS}-{name}")
    return stored[1:].rpartition("@")[0] if stored else ""


def link(host: Host, name: str, contract: str) -> Returns:
    """Let `name` stand for `contract`; whether that exists is not checked."""
    host.charge_steps()
    _check_name(name)
    if name.endswith(".iost") and not host.require_auth(ADMIN, "domain"):
        raise ContractException("only admin has permission to claim url .iost")
    host.charge(host.prices.context)
    applicant = publisher(host)
    owner = _owner(host, name)
    if owner not in {"", applicant}:
        host.charge(host.prices.refusal)
        raise ContractException("no privilege of claimed url")
    if not host.require_auth(applicant, "domain"):
        raise ContractException("no permission of claimed url")
    for table, key, value in ((LINKS, name, contract), (REVERSE_LINKS, contract, name), (OWNERS, name, applicant)):
        _put_unpriced(host, table, key, value)
    host.charge(3 * host.prices.put)
    return None


def transfer(host: Host, name: str, new_owner: str) -> Returns:
    """Give a name to another account."""
    host.charge(host.prices.context)
    applicant = publisher(host)
    owner = _owner(host, name)
    if not owner:
        host.charge(host.prices.refusal)
        raise ContractException("url doesn't have owner. Link directly")
    if owner != applicant:
        host.charge(host.prices.refusal)
        raise ContractException("no privilege of claimed url")
    if not host.require_auth(applicant, "domain"):
        raise ContractException("no permission of claimed url")
    _put_unpriced(host, OWNERS, name, new_owner)
    host.charge(host.prices.put)
    return None


def _put_unpriced(host: Host, table: str, field: str, value: str) -> None:
    """Write a field whose price is charged flat; a field that cannot be written is left out, as in the reference."""
    before = host.frame.cost
    try:
        host.map_put(table, field, value)
    except ContractException:
        return
    finally:
        host.frame.cpu, host.frame.net = before.cpu, before.net


CONTRACT_WITHOUT_METHODS = NativeContract(id=ID, version="0.0.0", methods=COMMON)
CONTRACT = NativeContract(
    id=ID,
    version="1.0.0",
    methods=COMMON | {"link": NativeMethod(("string",) * 2, link), "transfer": NativeMethod(("string",) * 2, transfer)},
)
