"""Compiled snapshots: made once, checked when read, thrown away when old or many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.compiler.compiler import Compiler
from engine.compiler.snapshots import FORMAT, MemoryBlobs, Snapshots
from engine.values import Abi, AbiMethod, Profile

SOURCE = "class A { init() {} f(a) { return a; } }\nmodule.exports = A;\n"


class CountingToolchain:
    """Counts what the real toolchain is asked."""

    def __init__(self, toolchain):
        self.toolchain, self.asked = toolchain, []

    def call(self, function, payload, *, timeout=30.0):
        self.asked.append(function)
        return self.toolchain.call(function, payload, timeout=timeout)


@pytest.fixture
def counting(toolchain):
    return CountingToolchain(toolchain)


def test_a_source_is_compiled_once(counting):
    store = MemoryBlobs()
    first = Compiler(counting, store).compile(SOURCE)
    again = Compiler(counting, store).compile(SOURCE)
    assert counting.asked == ["compile"]
    assert again == first


def test_name_and_interface_are_the_callers(counting):
    compiler = Compiler(counting, MemoryBlobs())
    abi = Abi(abi=(AbiMethod("f", ("number",)),))
    compiler.compile(SOURCE + "let unused = 1;", file="one.js")
    contract = compiler.compile(SOURCE + "let unused = 1;", file="two.js", abi=abi)
    assert counting.asked == ["compile"]
    assert (contract.file, contract.files, contract.abi) == ("two.js", ("two.js",), abi)
    assert {found.file for found in contract.diagnostics} == {"two.js"}


def test_profile_and_source_make_the_address(compiler):
    keys = {compiler.key(source, profile) for source in ("a;", "b;") for profile in Profile}
    assert len(keys) == 4
    assert compiler.compile("a;").key == compiler.key("a;", Profile.IOST)


@given(position=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_any_flipped_bit_is_noticed(position, bit, compiler_for_properties):
    store = MemoryBlobs()
    contract = compiler_for_properties.compile(SOURCE)
    Snapshots(store).put(contract)
    ((address, _),) = store.sizes()
    damaged = bytearray(store.get(address))
    damaged[position % len(damaged)] ^= 1 << bit
    store.put(address, bytes(damaged))
    # The moment of last use is not protected: a flip there leaves the contract intact.
    assert Snapshots(store).get(contract.key) in (None, contract)


def test_a_damaged_snapshot_is_made_again(counting):
    store = MemoryBlobs()
    compiler = Compiler(counting, store)
    contract = compiler.compile(SOURCE)
    ((address, _),) = store.sizes()
    store.put(address, store.get(address)[:-1])
    assert compiler.compile(SOURCE) == contract
    assert counting.asked == ["compile", "compile"]
    assert compiler.snapshots.statistics.damaged == 1
    assert compiler.compile(SOURCE) == contract
    assert counting.asked == ["compile", "compile"]


def test_a_snapshot_under_a_wrong_address_is_not_trusted(compiler):
    store = MemoryBlobs()
    snapshots = Snapshots(store)
    snapshots.put(compiler.compile(SOURCE))
    ((address, _),) = store.sizes()
    store.put(address[:-1] + "x", store.get(address))
    assert snapshots.get(address.removeprefix(f"compiled-{FORMAT}-")[:-1] + "x") is None


def test_old_and_surplus_snapshots_are_collected(compiler):
    store = MemoryBlobs()
    snapshots = Snapshots(store)
    contracts = [compiler.compile(f"x = {number};") for number in range(4)]
    for contract in contracts:
        snapshots.put(contract)
    store.put("compiled-0-from-an-older-program", b"x")
    store.put("something else", b"x")
    size = max(size for _, size in store.sizes(f"compiled-{FORMAT}-"))
    keep = frozenset({contracts[0].key})
    assert snapshots.collect(max_bytes=10**9, max_age_seconds=3600, keep=keep) == 1
    assert snapshots.collect(max_bytes=2 * size, max_age_seconds=3600, keep=keep) == 1
    assert snapshots.get(contracts[0].key) == contracts[0]
    assert snapshots.collect(max_bytes=10**9, max_age_seconds=60, keep=keep, now=10**10) == 2
    assert [address for address, _ in store.sizes()] == [f"compiled-{FORMAT}-{contracts[0].key}", "something else"]
