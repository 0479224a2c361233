"""Looking at a chain closely: blocks with what ran in them, accounts with everything they have, checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

from engine.details import AccountDetails, BlockDetails, BlockPage, CheckpointDetails
from engine.values import Abi, DeployedContract, Profile, TransactionResult

if TYPE_CHECKING:
    from engine.chain.chain import Chain
    from engine.chain.inspection import Inspection

MOST_LOOKED_AT = 1000
"""So many blocks are looked at for one page of a search."""

_SYSTEM = "system.iost"

Answer = TypeVar("Answer")


class Reader(Protocol):
    """Runs work on a reading thread."""

    def __call__(self, work: Callable[[], Answer], /) -> Future[Answer]:
        """Return a future of what `work` returns."""
        ...


class Explorer:
    """Answers about an open chain; made by `Engine.explorer`. Nothing here changes anything."""

    def __init__(self, chain: Chain, read: Reader, inspect: Callable[[], Inspection]) -> None:
        self._chain = chain
        self._read = read
        self._inspect = inspect

    def block(self, number: int) -> Future[BlockDetails]:
        """Return a closed block and how it was executed; raises `InvalidInput` if there is none."""

        def look() -> BlockDetails:
            return msgspec.structs.replace(self._block(number), execution=self._chain.block_execution(number))

        return self._read(look)

    def blocks(
        self, select: Callable[[BlockDetails], BlockDetails | None], *, before: int | None = None, count: int = 100
    ) -> Future[BlockPage]:
        """Return up to `count` blocks newest first, from the head or `before` a number, as far as `select` takes them.

        `select` runs on an engine thread; it returns what to show of a block. A page may be empty although more
        blocks are to come, so that no page takes long.
        """
        return self._read(lambda: self._blocks(select, before, count))

    def transaction(self, transaction_hash: str) -> Future[TransactionResult | None]:
        """Return an executed transaction, None if there is none."""
        return self._read(lambda: self._chain.result(transaction_hash))

    def account(self, name: str) -> Future[AccountDetails]:
        """Return an account or contract id with everything it has; raises `InvalidInput` if there is none."""
        return self._read(lambda: self._account(name))

    def checkpoints(self) -> Future[tuple[CheckpointDetails, ...]]:
        """Return the named states, newest first."""
        return self._read(self._checkpoints)

    def built_in_contracts(self) -> Future[tuple[DeployedContract, ...]]:
        """Return the chain's own contracts with their interfaces, by id."""
        return self._read(self._built_in_contracts)

    def _block(self, number: int) -> BlockDetails:
        chain = self._chain
        summary = chain.summary(number)
        found = map(chain.result, summary.transactions)
        size = sum(len(transaction.full_bytes()) for transaction in chain.block(number).transactions)
        return BlockDetails(summary, tuple(result for result in found if result is not None), size)

    def _blocks(
        self, select: Callable[[BlockDetails], BlockDetails | None], before: int | None, count: int
    ) -> BlockPage:
        number = (self._chain.head_number if before is None else before - 1) + 1
        last = max(0, number - MOST_LOOKED_AT)
        taken: list[BlockDetails] = []
        while number > last and len(taken) < count:
            number -= 1
            selected = select(self._block(number))
            if selected is not None:
                taken.append(selected)
        return BlockPage(tuple(taken), number if number > 0 else None)

    def _account(self, name: str) -> AccountDetails:
        inspection = self._inspect()
        summary = inspection.account(name)
        key = self._chain.wallet.keys().get(name)
        return AccountDetails(
            name=name,
            tokens=tuple(inspection.holding(name, token) for token in sorted(summary.balances, key=_token_order)),
            gas=inspection.gas(name),
            ram_available=summary.ram_available,
            ram_used=summary.ram_used,
            permissions=inspection.permissions(name),
            groups=inspection.groups(name),
            key="" if key is None else key.id,
        )

    def _checkpoints(self) -> tuple[CheckpointDetails, ...]:
        ledger = self._chain.stack.ledger
        return tuple(
            CheckpointDetails(
                point.name, point.number, point.hash, point.created, ledger.id_at(point.number) == point.block
            )
            for point in sorted(ledger.checkpoints(), key=lambda point: point.created, reverse=True)
        )

    def _built_in_contracts(self) -> tuple[DeployedContract, ...]:
        from engine.chain.natives.system import interface

        inspection = self._inspect()
        found = [
            DeployedContract(
                id=record.id,
                name=record.id,
                owner=inspection.owner(record.id),
                abi=Abi(lang=record.language, version=record.version, abi=record.abi),
                profile=record.profile,
                code_key=record.code_key,
                file="",
                block_number=record.block_number,
            )
            for record in inspection.contracts("")
            if record.id.endswith(".iost")
        ]
        # It exists without having been deployed.
        found.append(DeployedContract(_SYSTEM, _SYSTEM, "", interface(), Profile.IOST, "", "", 0))
        return tuple(sorted(found, key=lambda contract: contract.id))


def _token_order(token: str) -> tuple[bool, str]:
    return token != "iost", token
