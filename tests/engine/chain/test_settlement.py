"""Gas and RAM at the end of a transaction, and what failing leaves behind (spec/transactions.md §4, §6, vm.md §8)."""

from __future__ import annotations

import pytest

from engine.chain.compile_request import CompileReply
from engine.chain.context import BlockContext
from engine.chain.contract_source import ContractInfo, ContractSource, write_contract
from engine.chain.executor import TransactionRun
from engine.chain.stored import decode
from engine.errors import DeadlineExceeded, WorkerCrashed
from engine.values import AbiMethod, AmountLimit, Status
from engine.vm.interface import ScriptOutcome
from tests.engine.chain.support import DictReader, genesis_chain, succeed

METHODS = ("work", "write", "spend", "give")


@pytest.fixture
def chain():
    chain = genesis_chain()
    chain.compiler.reply = CompileReply(code_key="key", compiled_bytes=20)
    chain.script = lambda host: None
    chain.gas = 100

    def scripts(frame, host):
        error = chain.script(host) if frame.method != "init" else None
        if error:
            return ScriptOutcome(gas=chain.gas, error=error, error_class="ContractException")
        return ScriptOutcome(gas=chain.gas, result="")

    chain.scripts = scripts
    methods = tuple(AbiMethod(name, (), (AmountLimit("iost", "10"),)) for name in METHODS)
    text = write_contract(ContractSource(info=ContractInfo("javascript", "1", methods), code="x"))
    execution = succeed(chain.call("alice", "system.iost", "setCode", text))
    chain.contract = f"Contract{execution.receipt.tx_hash}"
    return chain


def ram(chain, account):
    return decode(chain.entries[f"m-token.iost-TB{account}-ram"])[0], int(
        decode(chain.entries[f"b-ram.iost-UR{account}"])[0]
    )


def test_a_contracts_ram_is_paid_by_its_owner(chain):
    available, used = ram(chain, "alice")
    chain.script = lambda host: host.put("k", "v")
    execution = succeed(chain.call("bobby", chain.contract, "write"))
    size = len(chain.contract) + 2 + len(chain.entries[f"b-{chain.contract}-k"])
    assert execution.receipt.ram_usage == {chain.contract: size}
    assert ram(chain, "alice") == (available - size, used + size)
    chain.script = lambda host: host.delete("k")
    assert succeed(chain.call("bobby", chain.contract, "write")).receipt.ram_usage == {chain.contract: -size}
    assert ram(chain, "alice") == (available, used)


def test_ram_of_others_needs_their_consent(chain):
    chain.script = lambda host: host.put("k", "v", "carol")
    execution = chain.call("bobby", chain.contract, "write")
    assert execution.failure.text == "pay ram failed. no permission. need carol@active"
    assert succeed(
        chain.call("bobby", chain.contract, "write", signers=("carol@active",))
    ).receipt.ram_usage.keys() == {"carol"}


def test_without_ram_everything_but_gas_is_undone(chain):
    chain.entries["m-token.iost-TBalice-ram"] = "i10@"
    chain.script = lambda host: host.put("k", "v")
    execution = chain.call("bobby", chain.contract, "write")
    assert execution.receipt.status is Status.BALANCE_NOT_ENOUGH
    need = len(chain.contract) + 2 + len(f"sv@{chain.contract}")
    assert execution.receipt.message == (
        f"balance not enough after executing actions: pay ram failed. id: alice need {need}, actual 10"
    )
    assert execution.failure.error == "InsufficientAssets"
    assert set(execution.write_set) == {"b-gas.iost-bobbygs", "b-gas.iost-bobbygu"}
    assert float(execution.receipt.gas_usage) > 30000
    assert [access.key for access in execution.accesses if access.action == 0 and access.kind == "write"] == [
        f"b-{chain.contract}-k"
    ]


def test_a_later_action_undoes_the_earlier_ones(chain):
    results = iter([None, "Uncaught exception: no"])

    def script(host):
        host.put("k", "v")
        host.receipt("r")
        host.event("e")
        return next(results)

    chain.script = script
    action = (chain.contract, "work", [])
    execution = chain.execute(chain.transaction("bobby", action, action, action))
    assert execution.receipt.status is Status.RUNTIME_ERROR
    assert execution.receipt.message == (
        f"running action Action{{Contract: {chain.contract}, ActionName: work, Data: []}}\n error: "
        "Uncaught exception: no"
    )
    assert (execution.receipt.returns, execution.receipt.receipts, execution.events) == ((), (), ())
    assert f"b-{chain.contract}-k" not in chain.entries


def test_long_descriptions_are_cut(chain):
    chain.script = lambda host: "no"
    execution = chain.execute(chain.transaction("bobby", (chain.contract, "work", ["x" * 200])))
    description = execution.receipt.message.removeprefix("running action ").partition("... error: ")[0]
    assert len(description) == 100


def test_a_call_over_budget_takes_the_whole_limit(chain):
    chain.gas = 100_000
    execution = chain.call("bobby", chain.contract, "work", gas_limit=50_000)
    assert (execution.receipt.message, execution.receipt.gas_usage) == ("out of gas", "50000")
    assert execution.failure.error == "OutOfGas"


def test_abi_limits_bound_what_a_call_moves(chain):
    def spend(amount):
        def script(host):
            call = host.call_contract("token.iost", "transfer", f'["iost","bobby","carol","{amount}",""]')
            with pytest.raises(StopIteration):
                next(call)

        return script

    chain.script = spend("10")
    succeed(chain.call("bobby", chain.contract, "spend"))
    chain.script = spend("10.5")
    execution = chain.call("bobby", chain.contract, "spend")
    assert execution.failure.text == "token iost exceed amountLimit in abi. need 10.5"


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (DeadlineExceeded("execution killed"), Status.TIMEOUT, "error: execution killed"),
        (WorkerCrashed("the sandbox process died"), Status.RUNTIME_ERROR, "error: the sandbox process died"),
    ],
)
def test_runs_destroyed_from_outside_pay_everything(chain, error, status, message):
    transaction = chain.transaction("bobby", (chain.contract, "work", []), gas_limit=123456)
    run = TransactionRun(
        transaction,
        BlockContext(5, "p", "w", chain.time),
        hash_text=transaction.hash_text(),
        size=len(transaction.full_bytes()),
        reader=DictReader(chain.entries),
        natives=chain.natives,
        locate=lambda sites: (),
    )
    program, _ = run()
    next(program)
    program.close()
    execution = run.interrupted(error)
    assert execution.receipt.status is status
    assert execution.receipt.message.endswith(message)
    assert execution.receipt.gas_usage == "123456"
    assert execution.failure.error == type(error).__name__
