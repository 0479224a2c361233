"""What base.iost does in every block, without JavaScript.

Every block begins with `base.iost/exec`, which has bonus.iost reward the parent's producer. Where both are the
contracts that Strata ships and nothing rare is due (votes, new iost, a new reward), the same is done here, by the same
host operations in the same order, so that a block of built-in calls needs no sandbox. Base transactions are not
metered; metered calls of these contracts always run their JavaScript.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from engine.chain.builtin_contracts import built_in_sources
from engine.chain.contracts import parse_record, record_key, source_key, source_of
from engine.chain.host_interface import NO_SUBSTITUTES, Substitutes
from engine.chain.stored import decode
from engine.errors import ContractException

if TYPE_CHECKING:
    from collections.abc import Generator

    from engine.chain.context import BlockContext
    from engine.chain.host import Host
    from engine.state.interface import StateReader
    from engine.vm.interface import ScriptFrame, ScriptOutcome

BASE, BONUS = "base.iost", "bonus.iost"
VOTE_INTERVAL = 1200
"""Blocks between counts of votes; new iost is issued at a multiple of it."""
WEEK = 604_800_000_000_000.0
_COUNTS = "witness_produced"


class BlockDuties:
    """Knows which base transactions can do without JavaScript; one a process, used by one thread."""

    def __init__(self) -> None:
        self._ours: dict[tuple[str, str], bool] = {}

    def substitutes(self, reader: StateReader, block: BlockContext) -> Substitutes:
        """Return what stands in for scripts in the base transaction of `block`; nothing where they have to run."""
        if self._is_ours(reader, BASE) and self._is_ours(reader, BONUS) and is_ordinary(reader, block):
            return _SUBSTITUTES
        return NO_SUBSTITUTES

    def _is_ours(self, reader: StateReader, contract: str) -> bool:
        stored = reader.read(record_key(contract))[0]
        if stored is None:
            return False
        code = (contract, parse_record(stored).code_key)
        known = self._ours.get(code)
        if known is None:
            source = reader.read(source_key(contract))[0]
            known = self._ours[code] = source is not None and source_of(source) == _shipped(contract)
        return known


def is_ordinary(reader: StateReader, block: BlockContext) -> bool:
    """Return whether nothing rare is due in `block`."""
    if not block.number or block.number % VOTE_INTERVAL == 0 or (block.witness or "").isdigit():
        return False
    return not _is_reward_due(reader, block)


def counted(counts: str, witness: str) -> str:
    """Return the JSON text of how many blocks each producer has made, with one more of `witness`."""
    numbers: dict[str, int] = json.loads(counts)
    numbers[witness] = numbers.get(witness, 0) + 1
    return _text(numbers)


@cache
def _shipped(contract: str) -> str:
    return built_in_sources()[contract].code


def _is_reward_due(reader: StateReader, block: BlockContext) -> bool:
    stored = reader.read(f"b-{BONUS}-lastTime")[0]
    # Compared as JavaScript does, in doubles.
    return stored is None or float(block.time or 0) >= float(str(decode(stored)[0])) + WEEK


def _execute(host: Host, arguments: str) -> Generator[ScriptFrame, ScriptOutcome, str]:
    number = str(host.transaction.block.number)
    if host.get("execBlockNumber") == number:
        return "true"
    host.put("execBlockNumber", number)
    host.put(_COUNTS, counted(str(host.get(_COUNTS) or "{}"), host.transaction.block.witness or ""))
    yield from host.call_contract(BONUS, "issueContribute", arguments, lend_authority=True)
    return ""


def _issue_contribute(host: Host, arguments: str) -> Generator[ScriptFrame, ScriptOutcome, str]:
    if not host.require_auth(BASE, "active"):
        raise ContractException("Uncaught exception: Error: require auth failed. ret = false")
    host.get("lastTime")
    witness = json.loads(arguments)[0]["parent"][0]
    known = host.map_get("producerKeyToId", witness, contract="vote_producer.iost")
    receiver = json.loads(str(known)) if known else witness
    reward = json.loads(str(host.get("blockContrib")))
    yield from host.call_contract("token.iost", "issue", _text(["contribute", receiver, reward]), lend_authority=True)
    return ""


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


_SUBSTITUTES: Substitutes = {(BASE, "exec"): _execute, (BONUS, "issueContribute"): _issue_contribute}
