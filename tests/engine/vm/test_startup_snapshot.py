"""Startup snapshots and fresh isolates: every conformance vector gives what a hot, plain isolate gives."""

from __future__ import annotations

import json
import sys

import pytest

from engine.chain.bare import DEFAULT_GAS_LIMIT, BareCall, BareContract, initial_state, run
from engine.compiler.compiler import Compiler
from engine.errors import CompileError
from engine.values import Profile
from engine.vm import startup_snapshot
from engine.vm.interface import Run
from engine.vm.sandbox import Sandbox, SandboxLimits
from engine.vm.toolchain_process import ToolchainProcess
from tests.engine.conformance.test_vectors import VECTORS, context, interface, load

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="startup snapshots are for Linux")
LIMITS = SandboxLimits(time_limit=30.0)


class Bench:
    """A compiler and the sandboxes to compare."""

    def __init__(self, image):
        self.toolchain = ToolchainProcess()
        self.compiler = Compiler(self.toolchain)
        self.codes = {}
        load_code = self.codes.__getitem__
        self.plain = Sandbox(load_code, limits=LIMITS)
        self.imaged = Sandbox(
            load_code, limits=LIMITS, image=lambda profile: image if profile is Profile.IOST else None
        )

    def compile(self, source):
        contract = self.compiler.compile(source)
        self.codes[contract.key] = contract
        return contract.key

    def fresh(self, factory):
        """Run in isolates of their own, which boot from the image."""

        def task():
            return (yield Run(factory, fresh=True))

        return self.imaged.run(task())

    def close(self):
        self.plain.close()
        self.imaged.close()
        self.toolchain.close()


@pytest.fixture(scope="module")
def image():
    return startup_snapshot.build_image()


@pytest.fixture(scope="module")
def bench(image):
    bench = Bench(image)
    yield bench
    bench.close()


def outcomes(execute, vector, contract, others):
    """What all calls of a vector come to."""
    state = initial_state(vector["storage"])
    seen = []
    for call in vector["calls"]:
        bare = BareCall(
            contract=contract,
            method=call["api"],
            arguments=json.dumps(call["args"]),
            state=state,
            others=others,
            context=context(vector),
            gas_limit=vector.get("gas_limit", DEFAULT_GAS_LIMIT),
        )
        outcome = run(execute, bare)
        state = outcome.state
        seen.append(outcome)
    return seen


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_every_vector_is_the_same_from_an_image_and_in_fresh_isolates(bench, path):
    vector = load(path)
    try:
        contract = BareContract(vector["name"], bench.compile(vector["source"]), abi=interface(vector["abi"]))
    except CompileError:
        return
    others = tuple(
        BareContract(other["name"], bench.compile(other["source"]), abi=interface(other["abi"]))
        for other in vector.get("contracts") or ()
    )
    plain = outcomes(bench.plain.execute, vector, contract, others)
    assert outcomes(bench.imaged.execute, vector, contract, others) == plain
    assert outcomes(bench.fresh, vector, contract, others) == plain


def test_the_self_check_accepts_our_image_and_refuses_another(image):
    startup_snapshot.check_image(image)
    with pytest.raises(startup_snapshot.CheckFailed):
        startup_snapshot.check_image(image, script=startup_snapshot.runtime_script(Profile.MODERN))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    tmp_path.chmod(0o700)
    monkeypatch.setattr(startup_snapshot, "_folder", lambda: tmp_path)
    return tmp_path


def test_an_image_is_stored_verified_and_used(folder):
    assert "it has not been built yet" in startup_snapshot.status().reason
    startup_snapshot.build_and_store()
    assert startup_snapshot.status() == startup_snapshot.SnapshotStatus(True, "on")
    (stored,) = folder.iterdir()
    content = bytearray(stored.read_bytes())
    content[len(content) // 2] ^= 1
    stored.write_bytes(content)
    assert startup_snapshot.load() is None
    assert "damaged" in startup_snapshot.status().reason


def test_a_distrusted_image_is_not_used(folder):
    startup_snapshot.build_and_store()
    startup_snapshot.distrust("workers died")
    assert startup_snapshot.load() is None
    assert startup_snapshot.status() == startup_snapshot.SnapshotStatus(False, "workers died")


def test_building_is_awaited_and_can_be_repeated(folder, monkeypatch):
    def build_here():
        if not any(folder.iterdir()):
            startup_snapshot.build_and_store()

    monkeypatch.setattr(startup_snapshot, "start_building", build_here)
    assert startup_snapshot.build() == startup_snapshot.SnapshotStatus(True, "on")
    startup_snapshot.distrust("workers died")
    assert startup_snapshot.build() == startup_snapshot.SnapshotStatus(False, "workers died")
    assert startup_snapshot.build(anew=True) == startup_snapshot.SnapshotStatus(True, "on")
