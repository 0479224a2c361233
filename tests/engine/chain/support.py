"""Running transactions without workers: a state in a dict, scripts answered by a function."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache

from engine.chain.compile_request import CompileReply, CompileRequest
from engine.chain.context import BlockContext
from engine.chain.development import development_accounts
from engine.chain.executor import Execution, Mode, TransactionRun
from engine.chain.genesis import GENESIS_TIME, development_step, native_step
from engine.chain.natives.registry import BuiltInContracts
from engine.chain.transaction import Transaction
from engine.interface import Genesis
from engine.values import Action, AmountLimit, Layer, Status
from engine.vm.interface import ScriptFrame, ScriptOutcome

TIME = 1600000000000000000


class DictReader:
    def __init__(self, entries: dict[str, str]):
        self.entries = entries

    def read(self, key):
        text = self.entries.get(key)
        return text, Layer.ABSENT if text is None else Layer.ROCKSDB

    def read_many(self, keys):
        return [self.read(key) for key in keys]


class FixedCompiler:
    """Answers every compile request with the same reply."""

    def __init__(self, reply: CompileReply):
        self.reply = reply
        self.requests: list[CompileRequest] = []

    def compile(self, request):
        self.requests.append(request)
        return self.reply


ScriptRunner = Callable[[ScriptFrame, object], ScriptOutcome]


def refuse_scripts(frame, host):
    raise AssertionError(f"unexpected script {frame.contract}/{frame.method}")


def drive(run: TransactionRun, scripts: ScriptRunner = refuse_scripts) -> Execution:
    program, host = run()
    frame = None
    try:
        frame = next(program)
        while True:
            frame = program.send(scripts(frame, host))
    except StopIteration as stop:
        return stop.value


class SmallChain:
    """Executes transactions one after another on a dict."""

    def __init__(self, entries: Mapping[str, str] = {}, *, compiler=None, time: int = TIME):
        self.entries = dict(entries)
        self.compiler = compiler or FixedCompiler(CompileReply())
        self.natives = BuiltInContracts(self.compiler)
        self.accounts = development_accounts()
        self.time = time
        self.number = 1
        self.scripts: ScriptRunner = refuse_scripts

    def execute(self, transaction: Transaction, *, mode: Mode = Mode.NORMAL, number: int | None = None) -> Execution:
        block = BlockContext(self.number if number is None else number, "parent", "witness", self.time)
        full = transaction.full_bytes()
        run = TransactionRun(
            transaction,
            block,
            hash_text=transaction.hash_text(),
            size=len(full),
            reader=DictReader(self.entries),
            natives=self.natives,
            locate=lambda sites: (),
            mode=mode,
            observe=True,
        )
        execution = drive(run, self.scripts)
        for key, text in execution.write_set.items():
            if text is None:
                self.entries.pop(key, None)
            else:
                self.entries[key] = text
        self.number += 1
        return execution

    def transaction(self, publisher: str, *actions: tuple[str, str, list], gas_limit: int = 1_000_000, **fields):
        signers = fields.pop("signers", ())
        transaction = Transaction(
            time=self.time,
            expiration=self.time + 90 * 10**9,
            gas_ratio=100,
            gas_limit=gas_limit * 100,
            chain_id=fields.pop("chain_id", 1024),
            actions=tuple(
                Action(contract, method, json.dumps(arguments, separators=(",", ":"), ensure_ascii=False))
                for contract, method, arguments in actions
            ),
            signers=signers,
            amount_limit=fields.pop("amount_limit", (AmountLimit("*", "unlimited"),)),
            publisher=publisher,
        )
        assert not fields
        keys = [self.accounts[signer.partition("@")[0]].key for signer in signers]
        return transaction.signed([self.accounts[publisher].key], keys)

    def call(self, publisher: str, contract: str, method: str, *arguments, **options) -> Execution:
        return self.execute(self.transaction(publisher, (contract, method, list(arguments)), **options))


@cache
def genesis_entries():
    """The state after the native genesis with the development accounts."""
    chain = SmallChain()
    step = native_step()
    for serial in (0, 1):
        chain.entries |= step.before
        execution = chain.execute(step.transaction(GENESIS_TIME, serial=serial), mode=Mode.SYSTEM, number=0)
        assert execution.failure is None, execution.receipt.message
        chain.entries |= step.after
        step = development_step(Genesis(), GENESIS_TIME, chain.entries["m-auth.iost-auth"])
    return chain.entries


def genesis_chain():
    """A chain after the native genesis with the development accounts."""
    return SmallChain(genesis_entries())


def succeed(execution: Execution) -> Execution:
    """Return the execution, which must be a success."""
    assert execution.receipt.status is Status.SUCCESS, execution.receipt.message
    return execution


def error(execution: Execution) -> str:
    """Return the text of a failure, which must have left nothing behind but its gas."""
    assert execution.receipt.status is Status.RUNTIME_ERROR
    assert execution.receipt.receipts == execution.receipt.returns == ()
    assert execution.receipt.ram_usage == {}
    assert all(key.startswith(("b-gas.iost-", "b-ram.iost-UR")) for key in execution.write_set)
    return execution.failure.text
