"""Units and hashes of spec/transactions.md §3.2 with the real compiler and sandbox."""

from __future__ import annotations

import json

from engine.chain.chain import ChainOptions
from engine.chain.clock import Clock
from engine.values import Action, TransactionRequest
from tests.engine.chain.local_worker import LocalChain
from tests.engine.chain.test_transaction import VECTOR_2


def test_deploy_and_calls(tmp_path, compiler):
    """242357, 33450 and 33819 units; 561 and 111 bytes of RAM."""
    clock = Clock(1600000000000000000 - 1)
    local = LocalChain(tmp_path, compiler, options=ChainOptions(chain_id=1020), clock=clock)
    usage = []
    for index, (contract, method, arguments, _, hash_text) in enumerate(VECTOR_2):
        time = 1600000000000000000 + index * 10**9
        local.chain.advance(time + 1 - clock.now())
        action = Action(contract, method, json.dumps(arguments, separators=(",", ":")))
        request = TransactionRequest("admin", (action,), time=time, expiration=time + 90 * 10**9)
        result = local.chain.transact(request)
        assert result.succeeded, result.receipt.message
        assert result.hash == hash_text
        usage.append((result.receipt.gas_usage, result.receipt.ram_usage, result.receipt.returns))
    identity = VECTOR_2[1][0]
    assert usage == [
        ("242357", {"admin": 421 + 140}, (f'["{identity}"]',)),
        ("33450", {}, ('["3"]',)),
        ("33819", {identity: 111}, ('[""]',)),
    ]
    local.close()
