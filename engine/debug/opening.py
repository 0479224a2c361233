"""Opening a debug session: an executed transaction is found, executed again on its state, and recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from engine.chain.executor import Execution
from engine.chain.worker_program import encode_batch
from engine.debug.session import DebugSession, source_path
from engine.errors import InvalidInput
from engine.values import DeployedContract

if TYPE_CHECKING:
    from engine.chain.chain import Chain
    from engine.chain.execution import Executions
    from engine.debug.debugger import Debugger

__all__ = ["open_session"]


def open_session(
    transaction_hash: str,
    chain: Chain,
    executions: Executions,
    debugger: Debugger,
    contracts: Callable[[], tuple[DeployedContract, ...]],
) -> DebugSession:
    """Record an executed transaction again, on the state it ran on; `contracts` tells where sources are.

    Raises:
        InvalidInput: there is no such transaction.
    """
    result = chain.result(transaction_hash)
    if result is None:
        raise InvalidInput(f"there is no transaction {transaction_hash}", advice="Choose one from the list.")
    batch, state = chain.replay(transaction_hash)
    identity = executions.register(state)
    job = encode_batch(msgspec.structs.replace(batch, state=identity))
    try:
        trace, executed, charges = debugger.record(job)
    except BaseException:
        executions.release(identity)
        raise
    if not result.accesses:  # nobody observed when it was executed, or that was in an earlier session
        *_, execution = msgspec.msgpack.decode(executed, type=tuple[Execution, ...])
        result = msgspec.structs.replace(result, accesses=execution.accesses)
    files = {contract.id: contract.file for contract in contracts()}
    return DebugSession(
        debugger,
        result,
        trace,
        job,
        charges,
        path_of=lambda contract, file: source_path(files.get(contract) or contract, file),
        released=lambda: executions.release(identity),
    )
