"""How built-in contracts describe their methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.chain.accounts import account_exists
from engine.chain.host import Host
from engine.chain.host_interface import Invocation, Returns
from engine.errors import ContractException
from engine.values import Abi, AbiMethod, AmountLimit, Value

UNLIMITED = (AmountLimit(token="*", val="unlimited"),)
ADMIN = "admin"


class NativeMethod(Value, frozen=True):
    """A method: `run` gets the host and the checked arguments, and returns its result list or an `Invocation`."""

    args: tuple[str, ...]
    run: Callable[..., Any]
    public: bool = True


class NativeContract(Value, frozen=True):
    """One version of a built-in contract."""

    id: str
    version: str
    methods: dict[str, NativeMethod]

    def abi(self) -> Abi:
        """Return the interface: public methods sorted by name, each without an amount limit."""
        entries = sorted((name, method.args) for name, method in self.methods.items() if method.public)
        return Abi(
            lang="native",
            version=self.version,
            abi=tuple(AbiMethod(name, args, UNLIMITED) for name, args in entries),
        )

    def invoke(self, host: Host, method: str, arguments: list[object]) -> Invocation:
        """Run a method."""
        running: Invocation | Returns = self.methods[method].run(host, *arguments)
        if running is None or isinstance(running, list):
            return running
        return (yield from running)


def can_update(host: Host, _data: str) -> Returns:
    """Return whether the administrator agrees to an update."""
    return ["true" if host.require_auth(ADMIN, "system") else "false"]


def initialise(host: Host) -> Returns:
    """Do nothing, for the price of a refusal."""
    host.charge(host.prices.refusal)
    return []


COMMON = {"init": NativeMethod((), initialise, public=False), "can_update": NativeMethod(("string",), can_update)}


def require_valid_account(host: Host, account: str, error: str) -> None:
    """Raise `ContractException` unless `account` can hold tokens (spec/natives.md §11)."""
    if not is_valid_account(host, account):
        raise ContractException(error)


def is_valid_account(host: Host, account: str) -> bool:
    """Return whether `account` is a contract or has a record; in block 0 everything is."""
    if host.transaction.block.number == 0 or account.startswith("Contract") or account.endswith(".iost"):
        return True
    return account_exists(host.cache, account)


def publisher(host: Host) -> str:
    """Return the account that publishes the transaction."""
    return host.transaction.publisher or ""
