from __future__ import annotations

import pytest

from engine.chain.compile_request import CompileReply
from engine.values import Status
from engine.vm.interface import ScriptOutcome
from tests.engine.chain.support import genesis_chain
from tests.engine.chain.test_transaction import VECTOR_2


@pytest.fixture
def chain():
    return genesis_chain()


def test_vector_deploy_and_calls(chain):
    """spec/transactions.md §3.2: 242357, 33450 and 33819 units."""
    gas = {"init": 166, "f": 175}
    returned = {"init": "", "f": "3", "p": ""}

    def scripts(frame, host):
        if frame.method == "p":
            host.put("k", "hello")
        return ScriptOutcome(gas=gas.get(frame.method, 474), result=returned[frame.method])

    chain.scripts = scripts
    compiled = (
        "_IOSTInstruction_counter.incr(159);class T {\n    init() {\n    }\n    f(a, b) {\n        "
        "_IOSTInstruction_counter.incr(6.1);return _IOSTBinaryOp(a, b, '+');\n    }\n    p(k, v) {\n        "
        "_IOSTInstruction_counter.incr(8);storage.put(k, v);\n    }\n}\n_IOSTInstruction_counter.incr(7);"
        "module.exports = T;"
    )
    chain.compiler.reply = CompileReply(code_key="key", compiled_bytes=len(compiled))
    for index, (contract, method, arguments, _, hash_text) in enumerate(VECTOR_2):
        chain.time = 1600000000000000000 + index * 10**9
        execution = chain.call("admin", contract, method, *arguments, chain_id=1020)
        assert execution.receipt.status is Status.SUCCESS, execution.receipt.message
        assert execution.receipt.tx_hash == hash_text
        assert execution.receipt.gas_usage == ("242357", "33450", "33819")[index]
        if index == 0:
            assert execution.receipt.ram_usage == {"admin": 421 + 140}
            assert execution.receipt.returns == (f'["Contract{hash_text}"]',)


def test_transfer(chain):
    execution = chain.call("alice", "token.iost", "transfer", "iost", "alice", "bobby", "1.5", "hi")
    assert execution.receipt.status is Status.SUCCESS, execution.receipt.message
