import msgspec
from hypothesis import given
from hypothesis import strategies as st

from engine.facade import BlockProduced
from engine.values import AccessKind, Layer, StateChange, StateEntry
from ide.panels.state.rows import Fate, FlushedList, VersionList, access_rows
from tests.ide.panels import examples

BLOCK = examples.block_of(examples.transfer()).block


def produced(number: int, changes: dict[str, str | None]) -> BlockProduced:
    block = msgspec.structs.replace(BLOCK, number=number)
    return BlockProduced(block, tuple(StateChange(key, None, value) for key, value in changes.items()))


def test_accesses_keep_their_order_and_know_who_answered():
    rows = access_rows(examples.transfer(), kept=True)
    assert [row.order for row in rows] == list(range(7))
    assert [row.layer for row in rows if not row.is_change] == [Layer.ABSENT, Layer.ROCKSDB, Layer.ABSENT, Layer.LOCAL]
    assert {row.fate for row in rows} == {Fate.HELD}


def test_a_failure_throws_away_exactly_the_writes():
    rows = access_rows(examples.transfer(fails=True), kept=True)
    assert all((row.fate is Fate.THROWN_AWAY) == row.is_change for row in rows)


def test_a_dry_run_throws_its_writes_away_too():
    rows = access_rows(examples.transfer(), kept=False)
    assert all((row.fate is Fate.THROWN_AWAY) == row.is_change for row in rows)


def test_what_the_debugger_has_not_reached_is_ahead():
    rows = access_rows(examples.transfer(fails=True), kept=True, reached=3)
    assert [row.fate for row in rows] == [Fate.HELD] * 3 + [Fate.AHEAD] * 4


CHANGES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["s1@p", "s2@p", None]), min_size=1)


@given(st.lists(CHANGES, max_size=8), st.data())
def test_what_leaves_mvcc_arrives_in_rocksdb_with_its_last_value(blocks, data):
    versions, flushed = VersionList(), FlushedList()
    held: dict[int, dict[str, str | None]] = {}
    disk: dict[str, str | None] = {}
    for number, changes in enumerate(blocks, start=1):
        versions.add_block(produced(number, changes), 1.0)
        held[number] = changes
        if data.draw(st.booleans()):
            flushed.flush(versions.flush(number), 2.0)
            for waiting in sorted(held):
                disk |= held[waiting]
            held.clear()
    assert versions.held == sum(map(len, held.values()))
    assert {row.key: row.new for row in flushed.rows} == disk
    assert len({row.key for row in flushed.rows}) == len(flushed.rows)


def test_dismissing_keeps_what_the_layer_holds():
    versions, flushed = VersionList(), FlushedList()
    versions.add_block(produced(1, {"a": "s1@p"}), 1.0)
    flushed.flush(versions.flush(1), 1.0)
    versions.add_block(produced(2, {"b": None}), 1.0)
    versions.dismiss()
    assert [row.key for row in versions.rows] == ["b"]
    flushed.load([StateEntry("z", "s9@p", Layer.ROCKSDB), StateEntry("a", "old", Layer.ROCKSDB)])
    flushed.dismiss()
    assert [(row.key, row.new, row.has_old) for row in flushed.rows] == [("a", "s1@p", False), ("z", "s9@p", False)]


def test_a_flushed_deletion_disappears_when_dismissed():
    versions, flushed = VersionList(), FlushedList()
    versions.add_block(produced(1, {"a": None}), 1.0)
    flushed.flush(versions.flush(1), 1.0)
    assert [row.kind for row in flushed.rows] == [AccessKind.DELETE]
    flushed.dismiss()
    assert flushed.rows == []
