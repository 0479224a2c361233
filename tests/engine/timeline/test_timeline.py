import pytest

from engine.errors import InvalidInput
from engine.facade import Engine
from engine.timeline.values import StateQuery
from engine.values import StateChange, StateEdit
from tests.engine.timeline.support import call, request


def head(engine):
    return engine.head().result(10).number


def test_a_state_of_the_past_stays_as_it_was(engine, contract):
    timeline = engine.timeline
    key = f"b-{contract}-count"
    before = head(engine)
    first = timeline.value(key).result(10).value
    call(engine, contract, "add", 5)
    assert timeline.value(key).result(10).value == f"s5@{contract}"
    assert timeline.value(key, at=before).result(10).value == first == f"s0@{contract}"
    entries = timeline.entries(at=before, prefix=f"b-{contract}-").result(10)
    assert [(entry.key, entry.value) for entry in entries] == [(key, first)]


def test_two_states_are_compared(engine, contract):
    before = head(engine)
    call(engine, contract, "set", "colours", "red", "1")
    found = engine.timeline.difference(before, None, prefix=f"m-{contract}-").result(10)
    assert found.changes == (
        StateChange(f"m-{contract}-colours", None, "@red"),
        StateChange(f"m-{contract}-colours-red", None, f"s1@{contract}"),
    )
    cut = engine.timeline.difference(before, None, count=1).result(10)
    assert len(cut.changes) == 1
    assert cut.truncated


def test_a_key_tells_who_wrote_it_and_where(engine, contract):
    key = f"b-{contract}-count"
    result = call(engine, contract, "add", 1)
    edited = engine.timeline.edit(StateEdit(contract, "count", None, "7")).result(10)
    history = engine.timeline.history(key).result(10)
    newest, second, *_ = history.writes
    assert newest.author.edit == StateEdit(contract, "count", None, "7")
    assert (newest.block_number, newest.new) == (edited.number, f"s7@{contract}")
    assert second.author.transaction.hash == result.hash
    assert history.writes[-1].author.transaction.request.actions[0].action_name == "setCode"
    site = engine.timeline.write_site(result.hash, key).result(30)
    assert site.location.line == 11
    assert site.location.file.endswith("counter.js")
    assert result.block_number == second.block_number
    with pytest.raises(InvalidInput):
        engine.timeline.write_site(result.hash, "b-other-key").result(30)


def test_the_history_of_genesis(engine):
    (first, *_) = engine.timeline.history("m-auth.iost-auth-alice").result(10).writes[::-1]
    assert first.block_number == 0


def test_checkpoints(engine, contract):
    timeline = engine.timeline
    made = timeline.set_checkpoint("before").result(10)
    assert made.number == head(engine)
    early = timeline.set_checkpoint("early", 0).result(10)
    assert [state.name for state in timeline.checkpoints().result(10)] == ["early", "before"]
    assert early.number == 0
    renamed = timeline.rename_checkpoint("before", "then").result(10)
    assert (renamed.name, renamed.number, renamed.hash) == ("then", made.number, made.hash)
    with pytest.raises(InvalidInput, match="already"):
        timeline.rename_checkpoint("then", "early").result(10)
    with pytest.raises(InvalidInput, match="no checkpoint"):
        timeline.rename_checkpoint("before", "new").result(10)
    timeline.delete_checkpoint("early").result(10)
    timeline.delete_checkpoint("then").result(10)
    assert timeline.checkpoints().result(10) == ()


def test_going_back_keeps_the_branch_and_can_be_undone(engine, contract):
    timeline = engine.timeline
    key = f"b-{contract}-count"
    start = head(engine)
    old = timeline.value(key).result(10).value
    call(engine, contract, "add", 2)
    new = timeline.value(key).result(10).value
    left = engine.head().result(10)
    assert timeline.go_to(start).result(10) == start
    assert timeline.value(key).result(10).value == old
    (branch, *_) = timeline.branches().result(10)
    assert (branch.hash, branch.number, branch.leaves_at) == (left.hash, left.number, start)
    call(engine, contract, "add", 3)
    assert timeline.go_to(branch.hash).result(10) == left.number
    assert timeline.value(key).result(10).value == new
    assert left.hash not in [other.hash for other in timeline.branches().result(10)]
    assert engine.timeline.difference(start, None, prefix=key).result(10).changes == (StateChange(key, old, new),)


def test_what_if_a_call_had_come_first(engine, contract):
    timeline = engine.timeline
    timeline.edit(StateEdit(contract, "count", None, "0")).result(10)
    start = head(engine)
    first = call(engine, contract, "add", 60)
    second = call(engine, contract, "add", 60)
    assert first.succeeded
    assert not second.succeeded
    fields = call(engine, contract, "set", "colours", "blue", "2")
    edited = timeline.edit(StateEdit(contract, "mark", None, "x")).result(10).number
    answer = timeline.what_if(request(contract, "add", 50), start).result(60)
    assert answer.outcome.receipt.returns == ('["50"]',)
    assert (answer.number, answer.until) == (start, edited)
    others = {other.transaction.hash: other.difference for other in answer.others}
    assert others[first.hash].startswith("would fail")
    assert fields.hash not in others
    changes = {change.key: (change.old, change.new) for change in answer.difference.changes}
    assert changes[f"b-{contract}-count"] == (f"s60@{contract}", f"s50@{contract}")
    assert f"b-{contract}-mark" not in changes
    assert timeline.value(f"b-{contract}-count").result(10).value == f"s60@{contract}"
    assert head(engine) == edited

    moved = timeline.what_if(second.request, start, moved=second.hash).result(60)
    assert moved.outcome.succeeded
    assert [other.transaction.hash for other in moved.others][:1] == [first.hash]

    now = timeline.what_if(request(contract, "add", 1), head(engine)).result(60)
    assert now.outcome.receipt.returns == ('["61"]',)
    assert now.replayed == 0
    assert any(change.key == f"b-{contract}-count" for change in now.difference.changes)


def test_nothing_different_changes_nothing(engine, contract):
    """A transaction that is moved to where it was leaves everything as it is."""
    start = head(engine)
    only = call(engine, contract, "set", "colours", "green", "3")
    answer = engine.timeline.what_if(only.request, start, moved=only.hash).result(60)
    assert answer.others == ()
    assert answer.difference.changes == ()


def test_retention_limits_how_far_back_one_can_go(tmp_path):
    engine = Engine.open(tmp_path)
    try:
        for _ in range(6):
            engine.produce().result(10)
        steps = []
        engine.timeline.set_retention(2, lambda done, all_steps: steps.append((done, all_steps))).result(30)
        retention = engine.timeline.retention().result(10)
        assert (retention.blocks, retention.oldest) == (2, 4)
        assert steps[-1][0] == steps[-1][1]
        with pytest.raises(InvalidInput, match="dropped"):
            engine.timeline.entries(at=1).result(10)
    finally:
        engine.close()


def test_an_export_holds_the_chain(engine, tmp_path):
    lines = engine.timeline.export(tmp_path / "chain.jsonl").result(30)
    assert len((tmp_path / "chain.jsonl").read_bytes().splitlines()) == lines


def test_a_read_only_view_follows_and_changes_nothing(tmp_path):
    from engine.errors import StorageError, StorageLocked
    from engine.facade import HeadMoved

    writer = Engine.open(tmp_path)
    try:
        with pytest.raises(StorageLocked):
            Engine.open(tmp_path)
        viewer = Engine.open(tmp_path, read_only=True)
        try:
            assert viewer.is_read_only
            moved = []
            viewer.subscribe(moved.append)
            number = writer.produce().result(10).number
            assert viewer.catch_up().result(10) == number
            assert HeadMoved(number) in moved
            transfer = request("token.iost", "transfer", "iost", "alice", "bobby", "1", "")
            assert viewer.query(transfer).result(10).succeeded
            for refused in (
                viewer.transact(transfer),
                viewer.produce(),
                viewer.checkpoint("x"),
                viewer.timeline.go_to(0),
                viewer.timeline.edit(StateEdit("token.iost", "x", None, "1")),
            ):
                with pytest.raises(StorageError, match="read-only"):
                    refused.result(10)
            with pytest.raises(StorageError, match="read-only"):
                viewer.transact_and_wait(transfer)
            assert writer.transact(transfer).result(10).succeeded
            assert viewer.catch_up().result(10) == number + 1
            query = StateQuery(anywhere=("TBbobby",))
            found = viewer.timeline.search(query).result(10)
            assert any(entry.key == "m-token.iost-TBbobby-iost" for entry in found.entries)
        finally:
            viewer.close()
    finally:
        writer.close()
