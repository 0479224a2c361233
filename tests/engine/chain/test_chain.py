from __future__ import annotations

import json

import msgspec
import pytest

from engine.chain.executor import Execution
from engine.chain.inspection import Inspection
from engine.chain.keys import KeyPair
from engine.chain.open_block import OpenBlock
from engine.chain.stored import size_of
from engine.chain.transaction import Transaction
from engine.chain.worker_program import QueuedTransaction
from engine.errors import InvalidInput, RejectedTransaction
from engine.interface import Genesis, GenesisAccount, GenesisContract, HeadMoved
from engine.values import Abi, AbiMethod, Action, Status, TransactionReceipt, TransactionRequest
from tests.engine.chain.local_worker import LocalChain

SOURCE = """class T {
  init() { storage.put('owner', blockchain.publisher()); }
  add(a, b) { return a + b; }
  put(k, v) { storage.put(k, v); return storage.get(k); }
  fail(k) {
    storage.put(k, 'x');
    throw new Error('no');
  }
}
module.exports = T;
"""
TIME = 1600000000000000000
METHODS = [("add", ["number", "number"]), ("put", ["string", "string"]), ("fail", ["string"])]


def request(publisher, contract, method, *arguments, **fields):
    return TransactionRequest(publisher, (Action(contract, method, json.dumps(arguments)),), **fields)


@pytest.fixture
def local(tmp_path):
    local = LocalChain(tmp_path)
    yield local
    local.close()


def deploy(chain):
    abi = [{"name": name, "args": args} for name, args in METHODS]
    contract = {"info": {"lang": "javascript", "version": "1.0.0", "abi": abi}, "code": SOURCE}
    result = chain.transact(request("alice", "system.iost", "setCode", json.dumps(contract)))
    assert result.succeeded, result.receipt.message
    return json.loads(result.receipt.returns[0])[0]


def test_transfer_makes_a_block(local):
    result = local.chain.transact(request("alice", "token.iost", "transfer", "iost", "alice", "bobby", "1.5", "hi"))
    assert result.receipt.status is Status.SUCCESS
    assert local.stack.reader().read("m-token.iost-TBbobby-iost")[0] == "i1000000150000000@token.iost"
    assert [type(event).__name__ for event in local.events[-3:]] == [
        "TransactionExecuted",
        "BlockProduced",
        "BlockFlushed",
    ]


def test_deploy_call_and_failure(local):
    contract = deploy(local.chain)
    assert local.chain.transact(request("bobby", contract, "add", 1, 2)).receipt.returns == ('["3"]',)
    assert local.chain.transact(request("alice", contract, "put", "k", "v")).receipt.returns == ('["v"]',)
    failed = local.chain.transact(request("alice", contract, "fail", "z"))
    assert failed.receipt.status is Status.RUNTIME_ERROR
    assert "Uncaught exception: Error: no" in failed.failure.text
    assert failed.failure.location.line == 7
    assert local.stack.reader().read(f"b-{contract}-z")[0] is None
    assert local.stack.reader().read(f"b-{contract}-k")[0] == f"sv@{contract}"


def transfer(publisher, to, amount, **fields):
    return request(publisher, "token.iost", "transfer", "iost", publisher, to, amount, "", **fields)


def test_transactions_wait_in_the_open_block(local):
    chain = local.chain
    first = chain.transact(transfer("alice", "bobby", "1"), close=False)
    second = chain.transact(transfer("bobby", "alice", "1"), close=False)
    assert (first.block_number, first.index, second.index) == (1, 1, 2)
    assert chain.head_summary().number == 0
    assert chain.produce().transactions[1:] == (first.hash, second.hash)
    assert [result.hash for result in chain.results(0, 10)] == [second.hash, first.hash]
    assert chain.result(first.hash).accesses
    assert chain.produce().transactions[1:] == ()


def test_a_full_block_is_closed(local):
    for _ in range(11):
        local.chain.transact(transfer("alice", "bobby", "1", gas_limit="10000"), close=False)
    assert local.chain.head_summary().number == 1
    assert len(local.chain.head_summary().transactions) == 11


def test_gas_that_was_used_bounds_a_block():
    transaction = Transaction(1, 2, 100, 4_000_000_00, (), "alice")
    block = OpenBlock(number=1, time=1, parent_hash=b"", witness=KeyPair.from_phrase("w"))
    used = TransactionReceipt("h", Status.SUCCESS, gas_usage="4000000")
    assert block.has_room(transaction)
    block.add(QueuedTransaction(transaction, "h", 1), Execution(used))
    assert block.has_room(transaction)
    block.add(QueuedTransaction(transaction, "i", 1), Execution(msgspec.structs.replace(used, gas_usage="0.01")))
    assert not block.has_room(transaction)


def test_duplicates_are_refused(local):
    chain = local.chain
    transaction = chain.wallet.sign(transfer("alice", "bobby", "1"), time=chain.clock.now(), serial=0)
    chain.submit(transaction, close=False)
    with pytest.raises(RejectedTransaction, match="tx exists in pending"):
        chain.submit(transaction)
    chain.produce()
    with pytest.raises(RejectedTransaction, match="tx exists in chain"):
        chain.submit(transaction)


def test_a_refused_transaction_leaves_nothing(local):
    before = local.chain.head_summary()
    with pytest.raises(RejectedTransaction, match="unauthorized signer: nobody@active"):
        local.chain.submit(with_signers(local.chain, "nobody@active"))
    assert local.chain.head_summary() == before
    assert local.stack.open_transactions == ()


def test_signers_without_a_known_key_are_for_the_chain_to_judge(local):
    with pytest.raises(RejectedTransaction, match="unauthorized signer: nobody@active"):
        local.chain.transact(msgspec.structs.replace(transfer("alice", "bobby", "1"), signers=("nobody@active",)))
    with pytest.raises(RejectedTransaction, match="illegal signer: nobody"):
        local.chain.transact(msgspec.structs.replace(transfer("alice", "bobby", "1"), signers=("nobody",)))


def with_signers(chain, *signers):
    unsigned = chain.wallet.sign(transfer("alice", "bobby", "1"), time=chain.clock.now(), serial=0)
    return msgspec.structs.replace(unsigned, signers=signers).signed([chain.wallet.key("alice")])


def test_unknown_publishers_have_no_key(local):
    with pytest.raises(RejectedTransaction, match="Strata has no key of nobody"):
        local.chain.transact(transfer("nobody", "bobby", "1"))


def test_queries_keep_nothing(local):
    before = {entry.key: entry.value for entry in local.stack.entries(count=10000)}
    result = local.chain.query(transfer("alice", "bobby", "1"))
    assert result.succeeded
    assert result.receipt.receipts
    assert {entry.key: entry.value for entry in local.stack.entries(count=10000)} == before
    assert local.chain.head_summary().number == 0


def test_checkpoints(local):
    chain = local.chain
    chain.transact(transfer("alice", "bobby", "1"))
    chain.checkpoint("here")
    gone = chain.transact(transfer("alice", "bobby", "1"))
    chain.transact(transfer("alice", "bobby", "1"), close=False)
    assert chain.restore("here") == 1
    assert isinstance(local.events[-1], HeadMoved)
    assert balance(local, "bobby") == "10000001"
    assert chain.result(gone.hash) is None
    assert chain.transact(transfer("alice", "bobby", "5")).block_number == 2
    assert balance(local, "bobby") == "10000006"
    assert chain.validate(2) is None
    with pytest.raises(InvalidInput):
        chain.restore("nowhere")


def balance(local, name):
    return Inspection(local.stack.reader(), local.chain.clock.now()).balance(name, "iost")


def test_a_chain_goes_on_after_a_restart(tmp_path):
    local = LocalChain(tmp_path, genesis=Genesis(builtin="none", time=TIME))
    contract = deploy(local.chain)
    first = local.chain.transact(request("alice", contract, "put", "k", "v"))
    local.chain.advance(5 * 10**9)
    codes = local.worker.compiler.codes
    local.close()
    local = LocalChain(tmp_path)
    assert local.chain.clock.now() == TIME + 5 * 10**9
    assert local.chain.result(first.hash).receipt == first.receipt
    assert local.chain.results(0, 1)[0].hash == first.hash
    local.worker.compiler.codes.update(codes)
    second = local.chain.transact(request("alice", contract, "put", "k", "w"))
    assert (second.succeeded, second.block_number, second.time) == (True, 3, TIME + 5 * 10**9)
    assert all(local.chain.validate(number) is None for number in (1, 2, 3))
    local.close()


def test_equal_requests_give_equal_chains(tmp_path):
    """With a standing clock a chain is a function of its requests."""
    hashes = []
    for name in ("one", "two"):
        local = LocalChain(tmp_path / name, genesis=Genesis(builtin="none", time=TIME))
        for step in range(3):
            local.chain.transact(transfer("alice", "bobby", str(step)))
            local.chain.advance(10**9)
        hashes.append([local.chain.summary(number).hash for number in range(4)])
        local.close()
    assert hashes[0] == hashes[1]


def test_genesis_accounts_and_contracts(tmp_path):
    abi = Abi(abi=tuple(AbiMethod(name, tuple(args)) for name, args in METHODS))
    genesis = Genesis(
        accounts={
            "alice": GenesisAccount(balances={"iost": "5", "gold": "7.5"}, ram=1000, pledge="0", gas="123456.78"),
            "newcomer": GenesisAccount(balances={"iost": "1"}),
        },
        builtin="none",
        contracts=(GenesisContract("fixed.iost", SOURCE, owner="bobby", abi=abi),),
        time=TIME,
    )
    local = LocalChain(tmp_path, genesis=genesis)
    look = Inspection(local.stack.reader(), TIME)
    alice = look.account("alice")
    assert (alice.balances, alice.gas, alice.ram_available) == ({"gold": "7.5", "iost": "5"}, "123456.78", 1000)
    newcomer = look.account("newcomer")
    assert (newcomer.balances, newcomer.gas, newcomer.ram_available) == ({"iost": "1"}, "1000000", 0)
    assert look.account("bobby").balances == {"iost": "10000000"}
    assert look.owner("fixed.iost") == "bobby"
    assert look.storage("fixed.iost", "owner") == "deadaddr"
    result = local.chain.transact(request("newcomer", "fixed.iost", "add", 1, 2, gas_limit="100000"))
    assert result.receipt.returns == ('["3"]',)
    local.close()


def test_ram_accounting_equals_what_is_stored(local):
    """After any calls, RAM used is the bytes of what accounts and their contracts have stored."""
    contract = deploy(local.chain)
    for key, value in (("a", "1"), ("b", "22" * 20), ("a", "333"), ("c", "")):
        local.chain.transact(request("bobby", contract, "put", key, value))
    local.chain.transact(request("bobby", contract, "fail", "z"))
    entries = {entry.key: entry.value for entry in local.stack.entries(prefix=f"b-{contract}-", count=100)}
    stored = sum(len(key) - len("b-") + size_of(text) for key, text in entries.items())
    record = Inspection(local.stack.reader(), 0).contract(contract)
    code = record.encoded_size + len(AbiInit)
    owner = 26 + 2 * len(contract) + 2 + 2 * len("alice")
    look = Inspection(local.stack.reader(), local.chain.clock.now()).account("alice")
    assert look.ram_used == stored + code + owner
    assert look.ram_available == 1_000_000 - look.ram_used


AbiInit = b"\x1a\x06\x0a\x04init"
"""What the extra `init` entry takes in the encoding that is paid for (spec/contract-api.md §15)."""


@pytest.mark.parametrize(
    "fields",
    [{"gas_limit": "1e40"}, {"gas_limit": "NaN"}, {"gas_ratio": "x"}, {"time": 2**70}, {"expiration": -(2**70)}],
)
def test_numbers_that_cannot_be_meant(local, fields):
    with pytest.raises((InvalidInput, RejectedTransaction)):
        local.chain.transact(transfer("alice", "bobby", "1", **fields))
    assert local.chain.transact(transfer("alice", "bobby", "1")).succeeded


def test_texts_that_cannot_be_encoded_are_replaced_or_refused(local):
    lone = "\ud800"
    result = local.chain.transact(request("alice", "system.iost", "receipt", lone))
    assert result.receipt.receipts[0].content == "\ufffd"
    outside = Transaction(local.chain.clock.now(), 2**62, 100, 10**8, (Action(lone, "m", "[]"),), "alice")
    with pytest.raises(RejectedTransaction, match="cannot be encoded"):
        local.chain.submit(outside)


def test_a_clock_slightly_ahead_is_accepted(local):
    now = local.chain.clock.now()
    ahead = local.chain.wallet.sign(transfer("alice", "bobby", "1", time=now + 10 * 10**9), time=now, serial=1)
    result = local.chain.submit(ahead)
    assert result.time == now + 10 * 10**9
    assert local.chain.validate(1) is None
    assert local.chain.transact(transfer("alice", "bobby", "1")).time == result.time + 1


def test_imported_keys_last(tmp_path):
    local = LocalChain(tmp_path)
    key = KeyPair.from_phrase("mine")
    local.chain.import_key("someone", key)
    local.close()
    local = LocalChain(tmp_path)
    assert local.chain.wallet.key("someone") == key
    local.close()
