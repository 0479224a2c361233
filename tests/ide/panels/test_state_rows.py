import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.facade import BlockProduced
from engine.values import AccessKind, Layer, StateChange, StateEntry, StorageAccess
from ide.panels.state.rows import Fate, FlushedList, VersionList, access_rows, is_book_key, written_keys
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


def test_fees_stay_paid_when_the_actions_are_rolled_back():
    fee = StorageAccess(AccessKind.WRITE, "b-gas.iost-alicegs", Layer.ROCKSDB, "f9/0@p", "f8/0@p", "", -1)
    failed = examples.transfer(fails=True)
    rows = access_rows(msgspec.structs.replace(failed, accesses=(*failed.accesses, fee)), kept=True)
    assert [row.fate for row in rows if row.is_change] == [Fate.THROWN_AWAY] * 3 + [Fate.HELD]
    assert [row.is_book for row in rows] == [False] * 7 + [True]


@pytest.mark.parametrize(
    ("key", "is_book"),
    [
        ("b-gas.iost-alicegs", True),
        ("m-auth.iost-auth-alice", True),
        ("m-token.iost-TBalice-ram", True),
        ("m-token.iost-TBalice-iost", False),
        ("c-token.iost", True),
        (f"m-{examples.TOKEN}-balances", True),
        (examples.balance_key("alice"), False),
    ],
)
def test_the_chains_own_books_are_told_from_what_contracts_keep(key, is_book):
    assert is_book_key(key) == is_book


def test_what_no_transaction_wrote_is_the_chains_own():
    versions = VersionList()
    written = written_keys(examples.transfer()) | {"a"}
    assert written == {"a", examples.balance_key("alice"), examples.balance_key("dave"), f"b-{examples.TOKEN}-pending"}
    assert versions.add_block(produced(1, {"a": "s1@p", "reward": "s2@p"}), written, 1.0) == 1
    assert [row.is_book for row in versions.rows] == [False, True]


def test_a_failed_transaction_wrote_nothing():
    assert written_keys(examples.transfer(fails=True)) == set()


def test_the_books_of_a_called_built_in_contract_are_what_one_wants_to_see():
    assert not is_book_key("b-gas.iost-alicegs", {"gas.iost"})


CHANGES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["s1@p", "s2@p", None]), min_size=1)


@given(st.lists(CHANGES, max_size=8), st.data())
def test_what_leaves_mvcc_arrives_in_rocksdb_with_its_last_value(blocks, data):
    versions, flushed = VersionList(), FlushedList()
    held: dict[int, dict[str, str | None]] = {}
    disk: dict[str, str | None] = {}
    for number, changes in enumerate(blocks, start=1):
        versions.add_block(produced(number, changes), changes, 1.0)
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
    versions.add_block(produced(1, {"a": "s1@p"}), {"a"}, 1.0)
    flushed.flush(versions.flush(1), 1.0)
    versions.add_block(produced(2, {"b": None}), {"b"}, 1.0)
    versions.dismiss()
    assert [row.key for row in versions.rows] == ["b"]
    assert [(row.key, row.new, row.has_old) for row in flushed.rows] == [("a", "s1@p", True)]
    flushed.load([StateEntry("z", "s9@p", Layer.ROCKSDB)])
    flushed.dismiss()
    assert [(row.key, row.new, row.has_old) for row in flushed.rows] == [("a", "s1@p", False), ("z", "s9@p", False)]


def test_a_flushed_deletion_disappears_when_dismissed():
    versions, flushed = VersionList(), FlushedList()
    versions.add_block(produced(1, {"a": None}), {"a"}, 1.0)
    flushed.flush(versions.flush(1), 1.0)
    assert [row.kind for row in flushed.rows] == [AccessKind.DELETE]
    flushed.dismiss()
    assert flushed.rows == []


def test_what_the_chain_began_with_is_its_own():
    versions = VersionList()
    versions.load(
        [StateEntry("b-bonus.iost-adminID", "sadmin@p", Layer.MVCC), StateEntry("b-Contract1-n", "s1@p", Layer.MVCC)]
    )
    assert [row.is_book for row in versions.rows] == [True, False]
