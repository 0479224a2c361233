"""The official SDK against the local node, and its encodings against ours (spec/sdk.md)."""

from __future__ import annotations

import json

import pytest

from engine.chain.encoding import sha3
from engine.chain.keys import Signature
from engine.entrance.account_keys import account_keys, write_accounts
from engine.entrance.http.message_reader import read_message
from engine.entrance.http.requests import TransactionMessageRequest
from engine.facade import Engine, Production, ProductionMode, TransactionExecuted

VECTORS = 100


@pytest.fixture
def engine(tmp_path):
    engine = Engine.open(tmp_path / "chain")
    yield engine
    engine.close()


@pytest.mark.parametrize(
    "production", [Production(), Production(ProductionMode.INTERVAL, 0.1)], ids=["instant", "interval"]
)
def test_a_program_with_the_sdk(engine, run_script, tmp_path, production):
    engine.set_production(production).result(30)
    executed = []
    engine.subscribe(lambda event: executed.append(event.result) if isinstance(event, TransactionExecuted) else None)
    accounts = tmp_path / "accounts.json"
    write_accounts(accounts, account_keys(engine))
    url = engine.start_node(port=0).result(30)
    printed = run_script("scenario.mjs", url, str(accounts))
    assert printed.splitlines()[-1] == "ok errors"
    engine.set_production(Production(ProductionMode.MANUAL)).result(30)
    publishers = [result.request.publisher for result in executed]
    assert {"admin", "sdkuser01", "sdkuser02"} == set(publishers)
    assert [result.receipt.status for result in executed].count("RUNTIME_ERROR") == 2
    assert all(engine.validate_block(number).result(30) is None for number in range(1, engine.head().result(5).number))


def test_authority_with_the_sdk(engine, run_script, tmp_path):
    accounts = tmp_path / "accounts.json"
    write_accounts(accounts, account_keys(engine))
    printed = run_script("authority.mjs", engine.start_node(port=0).result(30), str(accounts))
    assert printed.splitlines()[-1] == "ok a name for a contract"
    head = engine.head().result(5).number
    assert all(engine.validate_block(number).result(30) is None for number in range(1, head + 1))


def test_tokens_resources_events_and_refusals_with_the_sdk(engine, run_script, tmp_path):
    accounts = tmp_path / "accounts.json"
    write_accounts(accounts, account_keys(engine))
    printed = run_script("economy.mjs", engine.start_node(port=0).result(30), str(accounts))
    assert printed.splitlines()[-1] == "ok blocks tell what happened"
    head = engine.head().result(5).number
    assert all(engine.validate_block(number).result(30) is None for number in range(1, head + 1))


def test_encodings_and_signatures(run_script):
    """Bytes, and so hashes, are the SDK's; its signatures verify unless it left out their zeros; ours are the same."""
    vectors = json.loads(run_script("vectors.mjs", str(VECTORS)))
    assert len(vectors) == VECTORS
    short = 0
    for vector in vectors:
        transaction = read_message(vector["body"].encode(), TransactionMessageRequest).transaction()
        assert transaction.base_bytes().hex() == vector["base"]
        assert transaction.publish_bytes().hex() == vector["publish"]
        (signature,) = transaction.publisher_signatures
        assert (signature.public_key.hex(), signature.signature.hex()) == (vector["key"], vector["signature"])
        digest = sha3(transaction.publish_bytes())
        is_whole = len(signature.signature) == 64
        assert signature.verifies(digest) is is_whole
        assert not Signature(signature.algorithm, signature.signature, signature.public_key).verifies(sha3(digest))
        short += not is_whole
    assert short < VECTORS // 20
