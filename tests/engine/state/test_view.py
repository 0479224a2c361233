"""Views over more keys than one batch, and with blocks flushed while a listing is under way."""

from __future__ import annotations

import pytest

from engine.errors import InvalidInput
from engine.state.records import StoredTransaction
from engine.state.retention import PruneReport, apply_retention, prune, set_retention
from engine.values import Layer, StateEntry
from tests.engine.state.workload import listed

COUNT = 1300  # more than two batches of a search


@pytest.fixture
def wide(stack):
    stack.commit("flushed", {f"b-X-{index:05}": f"s{index}@alice" for index in range(COUNT)})
    stack.close_block(0, "0")
    stack.flush()
    over = {f"b-X-{index:05}": None if index % 2 else f"snew{index}@bobby" for index in range(5, COUNT, 100)}
    stack.commit("unflushed", {**over, "a": "sfirst@x", "b-X-00511x": "sbetween@x", "z": "slast@x"})
    return stack


def expectation(stack):
    texts = {f"b-X-{index:05}": (f"s{index}@alice", Layer.ROCKSDB) for index in range(COUNT)}
    for entry in stack.layer_entries(Layer.MVCC):
        texts[entry.key] = (entry.value, Layer.MVCC)
    return [StateEntry(key, text, layer) for key, (text, layer) in sorted(texts.items()) if text is not None]


@pytest.mark.parametrize("contains", ["", "new", "1@", "00511", "alice", "first", "last", "@bobby", "absent", "\x00"])
@pytest.mark.parametrize(("count", "examine"), [(10_000, 10_000), (7, 100), (1, 512), (10_000, 1), (300, 513)])
def test_search_in_slices_finds_what_a_full_look_finds(wide, contains, count, examine):
    found, after = [], ""
    while True:
        page = wide.reader().search(contains=contains, after=after, count=count, examine=examine)
        assert len(page.entries) <= count
        found += page.entries
        if page.resume is None:
            break
        assert page.resume > after
        after = page.resume
    assert found == [entry for entry in expectation(wide) if contains in entry.key or contains in entry.value]


def test_search_never_matches_across_two_rows(stack):
    stack.commit("t", {"b-X-a": "s1@end", "b-X-b": "s2@end"})
    stack.close_block(0, "0")
    stack.flush()
    assert stack.entries(contains="endb-X") == ()
    assert stack.entries(contains="b-X-as1") == ()


def test_nothing_asked_is_nothing_found(wide):
    page = wide.reader().search(count=0, examine=10, after="b")
    assert (page.entries, page.resume) == ((), "b")


def test_only_layers_with_content_can_be_listed(wide):
    for layer in (Layer.LOCAL, Layer.ABSENT):
        with pytest.raises(InvalidInput):
            wide.layer_entries(layer)


def test_a_listing_under_way_does_not_see_a_flush(wide):
    view, expected = wide.reader(), {entry.key: entry.value for entry in expectation(wide)}
    first = view.search(count=600, examine=600)
    wide.close_block(1, "1")
    wide.flush()
    wide.commit("later", {f"b-X-{index:05}": None for index in range(600, 900)})
    wide.close_block(2, "2")
    wide.flush()
    rest = view.search(after=first.resume, count=10_000, examine=10_000)
    assert {entry.key: entry.value for entry in (*first.entries, *rest.entries)} == expected
    assert listed(wide.checkout(1)) == expected


def test_a_view_of_a_height_that_was_undone_says_so(stack):
    for number in range(6):
        stack.commit(f"t{number}", {"b-X-k": f"i{number}@alice"})
        stack.close_block(number, str(number))
    stack.flush()
    views = {number: stack.checkout(number) for number in range(5)}
    stack.move_head(2)
    assert [views[number].read("b-X-k")[0] for number in (0, 1, 2)] == ["i0@alice", "i1@alice", "i2@alice"]
    for number in (3, 4):
        with pytest.raises(InvalidInput, match="Check it out again"):
            views[number].read("b-X-k")
        with pytest.raises(InvalidInput, match="Check it out again"):
            views[number].entries()
        assert stack.checkout(str(number)).read("b-X-k")[0] == f"i{number}@alice"


@pytest.mark.parametrize("point", [7, -1, "nothing", "", "\x00"])
def test_unknown_points_are_refused(wide, point):
    with pytest.raises(InvalidInput):
        wide.checkout(point)


def test_refusals_of_the_stack(stack):
    with pytest.raises(InvalidInput, match="no block yet"):
        stack.set_checkpoint("early")
    stack.close_block(0, "0")
    with pytest.raises(InvalidInput, match="cannot follow"):
        stack.close_block(2, "2")
    stack.commit("t", {"b-X-k": "s1@alice"})
    with pytest.raises(InvalidInput, match="another block has the hash"):
        stack.close_block(1, "0")
    with pytest.raises(InvalidInput, match="open block"):
        stack.move_head(0)
    stack.close_block(1, "1")
    for name in ("", "line\nbreak"):
        with pytest.raises(InvalidInput, match="cannot name"):
            stack.set_checkpoint(name)
    with pytest.raises(InvalidInput, match="no checkpoint"):
        stack.delete_checkpoint("nothing")
    stack.set_checkpoint("here")
    stack.delete_checkpoint("here")
    assert stack.ledger.checkpoints() == ()


def test_the_same_block_after_going_back_is_the_same_block(stack):
    def second():
        stack.commit("t", {"b-X-k": "s1@alice"})
        stack.close_block(1, "one")

    stack.close_block(0, "zero")
    second()
    stack.commit("u", {"b-X-k": None})
    stack.close_block(2, "two")
    stack.move_head(0)
    second()
    assert [block.hash for block in stack.ledger.all_blocks()] == ["zero", "one", "two"]
    stack.move_head("two")
    assert listed(stack.reader()) == {}
    stack.close_block(3, "three")
    assert stack.head.id == 3


def test_history_of_an_undone_branch_is_gone(stack):
    for number in range(4):
        stack.commit(f"t{number}", {"b-X-k": f"i{number}@alice"})
        stack.close_block(number, str(number))
    stack.flush()
    stack.move_head(1)
    for number in (2, 3, 4):
        stack.commit(f"other{number}", {"b-X-else": f"i{number}@alice"})
        stack.close_block(number, f"other{number}")
    stack.flush()
    assert [stack.checkout(number).read("b-X-k")[0] for number in range(5)] == ["i0@alice"] + ["i1@alice"] * 4
    assert [version.block_number for version in stack.key_history("b-X-k")] == [1, 0]


@pytest.mark.parametrize(("keep_from", "kept"), [(2, True), (3, False)])
def test_pruning_drops_the_branches_that_leave_the_chain_below(stack, keep_from, kept):
    for number in range(6):
        stack.commit(f"t{number}", {"b-X-k": f"i{number}@alice"})
        stack.close_block(number, str(number))
    stack.move_head(2)
    stack.close_block(3, "branch", transactions=[StoredTransaction("lost", b"body")])
    stack.move_head("5")
    stack.flush()
    report = prune(stack, keep_from)
    assert report == PruneReport(keep_from, keep_from + 1, 0 if kept else 1)
    assert (stack.ledger.id_of("branch") is not None) == kept
    assert (stack.transaction("lost") is not None) == kept


def test_checkpoints_hold_history_and_the_report_names_them(stack):
    for number in range(6):
        stack.close_block(number, str(number))
    stack.flush()
    stack.set_checkpoint("keep me", point=2)
    set_retention(stack, 1)
    assert apply_retention(stack) == PruneReport(2, 3, 0, "keep me")
    stack.delete_checkpoint("keep me")
    assert apply_retention(stack) == PruneReport(4, 2, 0)
    assert apply_retention(stack) == PruneReport(4, 0, 0)
    set_retention(stack, None)
    assert apply_retention(stack) == PruneReport(4, 0, 0)
    with pytest.raises(InvalidInput):
        set_retention(stack, -1)
