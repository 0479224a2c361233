"""Compiled snapshots in a chain's folder, through the engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.compiler import compiler as compiler_module
from engine.compiler.snapshots import SnapshotLimits
from engine.facade import DeployRequest, Engine
from engine.state.blobs import BlobStore
from engine.state.store import Store
from engine.values import Action, Profile, TransactionRequest

SOURCE = "class A { init() {} f() { return 'on the chain'; } }\nmodule.exports = A;\n"
OTHER = "class B { init() {} }\nmodule.exports = B;\n"
NOTHING = SnapshotLimits(megabytes=0, days=0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "chain"


@pytest.fixture
def engine(folder: Path) -> Iterator[Engine]:
    engine = Engine.open(folder)
    yield engine
    engine.close()


def deploy(engine: Engine) -> tuple[str, str]:
    contract = engine.deploy(DeployRequest("a", SOURCE, "alice", "a.js")).result(30).contract
    assert contract is not None
    return contract.id, contract.code_key


def call(engine: Engine, contract: str) -> str:
    request = TransactionRequest(publisher="alice", actions=(Action(contract, "f", "[]"),))
    return engine.transact(request).result(30).receipt.returns[0]


def test_what_the_chain_needs_is_never_collected(engine: Engine) -> None:
    contract, _ = deploy(engine)
    engine.compile(OTHER, file="b.js", profile=Profile.IOST).result(30)
    assert engine.tidy_snapshots(NOTHING).result(30) == 1
    assert engine.tidy_snapshots(NOTHING).result(30) == 0
    assert call(engine, contract) == '["on the chain"]'


def test_what_was_used_lately_stays(engine: Engine) -> None:
    engine.compile(OTHER, file="b.js", profile=Profile.IOST).result(30)
    assert engine.tidy_snapshots(SnapshotLimits()).result(30) == 0


@pytest.mark.parametrize("damage", ["cut off", "gone"])
def test_a_damaged_snapshot_is_made_again_after_a_restart(folder: Path, damage: str) -> None:
    engine = Engine.open(folder)
    contract, key = deploy(engine)
    engine.close()
    store = Store.open(folder)
    blobs = BlobStore(store)
    (address,) = [address for address, _ in blobs.sizes("compiled-") if address.endswith(key)]
    whole = blobs.get(address)
    assert whole is not None
    if damage == "gone":
        blobs.delete(address)
    else:
        blobs.put(address, whole[: len(whole) // 2])
    store.close()
    engine = Engine.open(folder)
    try:
        assert call(engine, contract) == '["on the chain"]'
        assert engine.code(contract).result(30).original == SOURCE
    finally:
        engine.close()


def test_other_tools_make_other_snapshots(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an older program compiled is not taken for what this one would; a contract on the chain keeps its code."""
    contract, key = deploy(engine)
    before = engine.compile(SOURCE, file="a.js", profile=Profile.IOST).result(30)
    assert before.key == key
    monkeypatch.setattr(compiler_module, "toolchain_version", lambda: "another version")
    after = engine.compile(SOURCE, file="a.js", profile=Profile.IOST).result(30)
    assert after.key != key
    assert after.metered == before.metered
    assert call(engine, contract) == '["on the chain"]'
