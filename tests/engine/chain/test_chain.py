from __future__ import annotations

import json

import pytest

from engine.values import Action, Status, TransactionRequest
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
