"""What contracts can know about the block and the transaction they run in (spec/gas.md §7.3)."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from engine.chain.go_json import go_json
from engine.values import Action, AmountLimit, Value


class BlockContext(Value, frozen=True):
    """The block a transaction runs in; `time` in nanoseconds. What is unknown is None and reads `null`."""

    number: int | None = None
    parent_hash: str | None = None
    witness: str | None = None
    time: int | None = None

    @lru_cache(maxsize=64)  # noqa: B019  a few small values
    def json(self) -> str:
        """Return the text behind `block` and of `blockchain.blockInfo()`."""
        return (
            f'{{"number":{go_json(self.number)},"parent_hash":{go_json(self.parent_hash)},'
            f'"time":{go_json(self.time)},"witness":{go_json(self.witness)}}}'
        )


class TransactionContext(Value, frozen=True):
    """A transaction as contracts see it.

    `gas_ratio` is the ratio × 100, times are nanoseconds, `auth_list` maps base58 public keys to 1
    (signer) or 2 (publisher), `signers` are the `account@permission` entries that were verified.
    `publisher@active` is granted without being listed.
    """

    publisher: str | None
    block: BlockContext = BlockContext()
    hash: str | None = None
    time: int | None = None
    expiration: int | None = None
    gas_ratio: int = 100
    auth_list: dict[str, int] | None = msgspec.field(default_factory=dict)
    signers: frozenset[str] = frozenset()
    actions: tuple[Action, ...] | None = ()
    amount_limit: tuple[AmountLimit, ...] | None = ()

    def json(self, gas_limit: int) -> str:
        """Return the text behind `tx` and of `blockchain.txInfo()`; `gas_limit` is the action's budget."""
        amounts = self.amount_limit and [_amount(limit) for limit in self.amount_limit]
        return (
            f'{{"actions":{_actions_json(self.actions)},"amount_limit":{go_json(amounts)},'
            f'"auth_list":{go_json(self.auth_list)},'
            f'"expiration":{go_json(self.expiration)},"gas_limit":{gas_limit},"gas_ratio":{self.gas_ratio},'
            f'"hash":{go_json(self.hash)},"publisher":{go_json(self.publisher)},"time":{go_json(self.time)}}}'
        )

    def grants(self, account: str, permission: str) -> bool:
        """Return whether `account@permission` signed: a verified signer, or the publisher's `active`."""
        if permission == "active" and account == self.publisher:
            return True
        return f"{account}@{permission}" in self.signers


def is_contract_id(name: str) -> bool:
    """Return whether `name` names a contract rather than an account (spec/natives.md §11)."""
    return name.startswith("Contract") or "." in name


@lru_cache(maxsize=64)  # the same call is often made again
def _actions_json(actions: tuple[Action, ...] | None) -> str:
    return go_json(actions and [_action(action) for action in actions])


def _action(action: Action) -> dict[str, str]:
    return {"contract": action.contract, "actionName": action.action_name, "data": action.data}


def _amount(limit: AmountLimit) -> dict[str, str]:
    return {"token": limit.token, "val": limit.val}
