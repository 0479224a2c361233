"""Base transactions that do what the one before did, without executing them again.

From block to block base.iost counts the block and has the same contribution issued to the same producer. Executing is
deterministic: as long as everything that a base transaction read is unchanged, except the four entries that it counts
in itself, the next one comes to the same with those four a step further. Anything else is executed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.chain.block_duties import BASE, counted, is_ordinary
from engine.chain.executor import Execution, Mode
from engine.chain.stored import decode, encode
from engine.values import TransactionReceipt, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.chain.worker_program import Batch
    from engine.state.interface import StateReader

NUMBER, COUNTS = f"b-{BASE}-execBlockNumber", f"b-{BASE}-witness_produced"
SUPPLY, MOST_SUPPLY = "m-token.iost-TIcontribute-supply", "m-token.iost-TIcontribute-totalSupply"
BALANCE, FROZEN, TOKEN = "m-token.iost-TB", "m-token.iost-TF", "-contribute"


class _Known(Value, frozen=True):
    """What a base transaction did: `texts` are those it read under `keys` and will have to read again.

    It issued `amount`; there may be `most_supply`.
    """

    data: str
    witness: str
    keys: tuple[str, ...]
    texts: tuple[str | None, ...]
    amount: int
    most_supply: int
    execution: Execution


class Routine:
    """Remembers the newest base transaction; used by one thread at a time."""

    def __init__(self) -> None:
        self._known: _Known | None = None

    def again(self, batch: Batch, state: StateReader) -> Execution | None:
        """Return what the only transaction of `batch` comes to, None if it has to be executed."""
        known = self._known
        if known is None or not _is_base(batch) or not is_ordinary(state, batch.block()):
            return None
        (queued,) = batch.transactions
        if (_witness_part(queued.transaction.actions[0].data), batch.witness) != (known.data, known.witness):
            return None
        if any(found[0] != text for found, text in zip(state.read_many(known.keys), known.texts, strict=True)):
            return None
        writes: dict[str, str | None] = {}
        for key in known.execution.write_set:
            stored = state.read(key)[0]
            text = None if stored is None else _next(key, stored, batch, known.amount)
            if text is None:
                return None
            writes[key] = text
        if _integer(writes[SUPPLY]) > known.most_supply:
            return None
        return _repeated(known.execution, queued.hash, batch.time, writes)

    def learn(self, batch: Batch, state: StateReader, executions: Sequence[Execution]) -> None:
        """Remember what a batch came to that was executed on `state`, if it is an ordinary base transaction."""
        if not _is_base(batch) or not is_ordinary(state, batch.block()) or executions[0].failure is not None:
            return
        (execution,) = executions
        texts = {key: state.read(key)[0] for key in execution.reads}
        writes = execution.write_set
        supply = texts.get(SUPPLY)
        if texts.get(MOST_SUPPLY) is None or supply is None or SUPPLY not in writes:
            return
        amount = _integer(writes[SUPPLY]) - _integer(supply)
        before = {key: texts.pop(key, None) for key in writes}
        if any(text is None or _next(key, text, batch, amount) != writes[key] for key, text in before.items()):
            return
        if any(text is not None for key, text in texts.items() if key.startswith(FROZEN)):
            return  # when it becomes available depends on the time
        (queued,) = batch.transactions
        data = _witness_part(queued.transaction.actions[0].data)
        most = _integer(texts[MOST_SUPPLY])
        self._known = _Known(data, batch.witness, tuple(texts), tuple(texts.values()), amount, most, execution)


def _is_base(batch: Batch) -> bool:
    if batch.observe or len(batch.transactions) != 1:
        return False
    queued = batch.transactions[0]
    actions = queued.transaction.actions
    return queued.mode is Mode.SYSTEM and len(actions) == 1 and (actions[0].contract, actions[0].action_name) == _CALL


_CALL = (BASE, "exec")


def _witness_part(data: str) -> str:
    """Return the arguments up to the parent's gas, of which nothing depends."""
    return data.partition(",")[0]


def _next(key: str, stored: str, batch: Batch, amount: int) -> str | None:
    """Return the text of a counting entry after the base transaction, None if it is no such entry."""
    is_amount = key == SUPPLY or (key.startswith(BALANCE) and key.endswith(TOKEN))
    if not is_amount and key not in (NUMBER, COUNTS):
        return None
    value, payer = decode(stored)
    if is_amount:
        return encode(value + amount, payer) if type(value) is int else None
    if key == COUNTS:
        return encode(counted(str(value), batch.witness), payer)
    return encode(str(batch.number), payer) if value != str(batch.number) else None


def _integer(stored: str | None) -> int:
    value = decode(stored)[0] if stored else 0
    return value if isinstance(value, int) else 0


def _repeated(execution: Execution, tx_hash: str, time: int, writes: dict[str, str | None]) -> Execution:
    """Return an execution as it is in another block."""
    receipt = execution.receipt
    return Execution(
        receipt=TransactionReceipt(tx_hash, receipt.status, returns=receipt.returns, receipts=receipt.receipts),
        events=tuple(msgspec.structs.replace(event, time=time) for event in execution.events),
        reads=execution.reads,
        write_set=writes,
    )
