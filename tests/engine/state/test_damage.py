"""Damaged databases: detected, named, repaired as far as possible."""

from __future__ import annotations

import subprocess
import sys

import pytest

from engine.errors import StorageDamaged
from engine.state.columns import ColumnName
from engine.state.encoding import encode_number, history_key
from engine.state.ledger import Ledger
from engine.state.repair import repair
from engine.state.stack import StateStack
from engine.state.store import Store
from engine.state.verify import verify
from tests.engine.state.workload import contents, produce

BLOCKS = 30


@pytest.fixture
def folder(tmp_path):
    directory = tmp_path / "chain"
    with Store.open(directory) as store:
        stack = StateStack(store)
        produce(stack, BLOCKS, flush_every=10)
        stack.set_checkpoint("mark", point=5)
    return directory


def flip(path):
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 20] ^= 0xFF  # the rows come first in a table; further back is the filter, which is not needed
    path.write_bytes(raw)


def cut(path):
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])


def content_of(directory):
    with Store.open(directory) as store:
        return contents(StateStack(store))


def table_files(directory):
    return sorted(directory.glob("*.sst"))


def test_sound_database_verifies(folder):
    steps = []
    report = verify(folder, lambda done, total: steps.append((done, total)))
    assert report.sound
    assert (report.blocks, report.files) == (BLOCKS, len(table_files(folder)))
    assert steps[-1][0] == steps[-1][1] == len(steps)


@pytest.mark.parametrize("harm", [flip, cut, lambda path: path.unlink()], ids=["flip", "cut", "remove"])
@pytest.mark.parametrize("position", range(7))
def test_every_damaged_table_is_named_and_repaired(folder, harm, position):
    before = content_of(folder)
    victim = table_files(folder)[position]
    harm(victim)
    report = verify(folder)
    assert victim.name in report.problems[0].where
    repaired = repair(folder)
    assert verify(folder).problems == ()
    kept = folder.with_name(f"{folder.name}.damaged-1")
    assert repaired.damaged == str(kept)
    assert kept.exists()
    after = content_of(folder)
    head = -1 if repaired.head is None else repaired.head
    assert after["heights"] == {number: state for number, state in before["heights"].items() if number <= head}
    assert after["blocks"] == before["blocks"][: head + 1]


@pytest.mark.parametrize("name", ["CURRENT", "MANIFEST-*"])
def test_damaged_directory_files_are_named_and_repaired_without_loss(folder, name):
    before = content_of(folder)
    victim = next(folder.glob(name))
    if name == "CURRENT":
        victim.unlink()
    else:
        flip(victim)
    assert name.rstrip("*") in verify(folder).problems[0].where
    assert repair(folder).head == BLOCKS - 1
    assert content_of(folder) == before


CRASH = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from engine.state.stack import StateStack
from engine.state.store import Store
from tests.engine.state.workload import produce
stack = StateStack(Store.open(Path(sys.argv[1])))
produce(stack, 20, flush_every=5)
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def crashed(tmp_path, request):
    directory = tmp_path / "chain"
    arguments = [sys.executable, "-c", CRASH, str(directory), str(request.config.rootpath)]
    assert subprocess.run(arguments, check=False).returncode == -9
    return directory


def test_damaged_write_ahead_log_is_named_and_repaired_up_to_there(crashed):
    (log,) = (path for path in crashed.glob("*.log") if path.stat().st_size)
    flip(log)
    with pytest.raises(StorageDamaged) as damage:
        Store.open(crashed)
    assert log.name in damage.value.where
    repaired = repair(crashed)
    assert repaired.head is not None
    assert verify(crashed).problems == ()
    assert content_of(crashed)["state"]["b-X-shared"] == f"i{repaired.head}@h"


def test_torn_last_record_is_no_damage(crashed):
    (log,) = (path for path in crashed.glob("*.log") if path.stat().st_size)
    log.write_bytes(log.read_bytes()[:-3])
    assert verify(crashed).sound
    assert content_of(crashed)["head"].number >= 18


@pytest.mark.parametrize(
    ("column", "key", "value", "word"),
    [
        (ColumnName.STATE, b"b-X-shared", b"i999@mallory", "state"),
        (ColumnName.STATE, b"b-X-intruder", b"s1@mallory", "state"),
        (ColumnName.HISTORY, history_key(b"b-X-shared", 3), b"\x01i999@mallory", "history"),
        (ColumnName.HISTORY, history_key(b"b-X-intruder", 3), b"\x00", "history"),
        (ColumnName.INDEX, b"n" + encode_number(4), encode_number(5), "block 4"),
        (ColumnName.CHANGES, encode_number(4), b"nonsense", "chain"),
        (ColumnName.BLOCKS, encode_number(4), b"nonsense", "chain"),
    ],
)
def test_disagreements_between_columns_are_found_and_repaired(folder, column, key, value, word):
    before = content_of(folder)
    with Store.open(folder) as store:
        batch = store.batch()
        batch.put(column, key, value)
        store.write(batch)
    report = verify(folder)
    assert any(word in problem.where for problem in report.problems)
    repaired = repair(folder)
    assert verify(folder).sound
    if column in (ColumnName.CHANGES, ColumnName.BLOCKS):
        assert repaired.head == 3
        assert content_of(folder)["state"] == before["heights"][3]
        assert any("mark" in line for line in repaired.lost)
    else:
        assert content_of(folder) == before


def test_missing_block_record_is_damage_not_a_crash(folder):
    with Store.open(folder) as store:
        batch = store.batch()
        batch.delete(ColumnName.BLOCKS, encode_number(Ledger(store).head()))
        store.write(batch)
        with pytest.raises(StorageDamaged):
            StateStack(store)
