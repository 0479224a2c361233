"""The store: who may open it, what it says when it cannot, its format, batches and scans."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InternalError, InvalidInput, StorageDamaged, StorageError, StorageLocked
from engine.state import encoding
from engine.state.blobs import BlobStore
from engine.state.columns import WRITE_BUFFER_BYTES, ColumnName
from engine.state.failures import storage_error
from engine.state.format import FORMAT, check_format
from engine.state.stack import StateStack
from engine.state.store import Durability, Store
from engine.state.verify import verify, verify_store
from tests.engine.state.workload import contents, listed, produce

HOLD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from engine.state.store import Store
with Store.open(Path(sys.argv[1])) as store:
    print("open", flush=True)
    sys.stdin.readline()
"""


def put(store, column, key, value):
    batch = store.batch()
    batch.put(column, key, value)
    store.write(batch)


# --- who may open it -----------------------------------------------------------------------------


def test_second_instance_in_this_process_is_refused(store):
    with pytest.raises(StorageLocked) as refusal:
        Store.open(store.directory)
    assert str(store.directory) in str(refusal.value)
    assert "read-only" in refusal.value.advice


def test_instance_in_another_process_is_refused_until_it_ends(tmp_path, request):
    directory = tmp_path / "chain"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(directory), str(request.config.rootpath)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(StorageLocked):
            Store.open(directory)
        holder.communicate(b"\n")
    Store.open(directory).close()


def test_close_releases_the_folder_and_later_use_is_our_fault(tmp_path):
    store = Store.open(tmp_path / "chain")
    store.close()
    store.close()
    with pytest.raises(InternalError):
        store.columns[ColumnName.STATE].get(b"b-X-k")
    Store.open(tmp_path / "chain").close()


def test_secondary_view_follows_a_live_writer_and_cannot_write(stack, tmp_path):
    produce(stack, 3, flush_every=2)
    with Store.open_secondary(stack.store.directory, tmp_path / "scratch") as store:
        view = StateStack(store)
        assert contents(view) == contents(stack)
        produce(stack, 4, flush_every=3)
        assert view.head.number == 2
        view.refresh()
        assert contents(view) == contents(stack)
        with pytest.raises(StorageError, match="read-only"):
            view.set_checkpoint("no")


def test_secondary_view_of_nothing_is_refused(tmp_path):
    with pytest.raises(StorageError):
        Store.open_secondary(tmp_path, tmp_path / "scratch")


# --- folders that do not work --------------------------------------------------------------------


def test_a_file_in_place_of_the_folder(tmp_path):
    (tmp_path / "chain").write_text("not a folder")
    with pytest.raises(StorageError) as refusal:
        Store.open(tmp_path / "chain")
    assert refusal.value.advice


READ_ONLY = """
import os, pickle, sys  # rocksdict imports pickle late, where nobody may read the library
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from engine.errors import StorageError
from engine.state.store import Store
if os.getuid() == 0:
    os.setuid(65534)
try:
    Store.open(Path(sys.argv[1]))
except StorageError as error:
    print(type(error).__name__, error.what)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_read_only_folder_says_so(tmp_path, request):
    directory = tmp_path / "chain"
    Store.open(directory).close()
    temporary = Path(tempfile.gettempdir())
    for parent in (directory, *(parent for parent in directory.parents if temporary in parent.parents)):
        parent.chmod(parent.stat().st_mode | 0o055)
    directory.chmod(0o555)
    try:
        arguments = [sys.executable, "-c", READ_ONLY, str(directory), str(request.config.rootpath)]
        output = subprocess.run(arguments, capture_output=True, check=False).stdout
    finally:
        directory.chmod(0o755)
    assert output == b"StorageError the folder cannot be written to\n"


FULL = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from engine.errors import StorageError
from engine.state.stack import StateStack
from engine.state.store import Store
from tests.engine.state.workload import listed, produce
directory = Path(sys.argv[1])
stack = StateStack(Store.open(directory))
produce(stack, 5, flush_every=2)
limit = max(path.stat().st_size for path in directory.glob("*.log")) + 30_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
try:
    produce(stack, 1000, flush_every=7)
except StorageError as error:
    head = stack.head.number
    open_block = stack.open_transactions
    assert len(listed(stack.reader())) > head
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(error.what, head, len(open_block) <= 1, sep="|")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a file size limit")
def test_full_disk_stops_cleanly_and_loses_nothing(tmp_path, request):
    directory = tmp_path / "chain"
    arguments = [sys.executable, "-c", FULL, str(directory), str(request.config.rootpath)]
    done = subprocess.run(arguments, capture_output=True, check=False, text=True)
    what, head, whole = done.stdout.strip().split("|")
    assert what.startswith("the disk is full")
    assert whole == "True"
    with Store.open(directory) as store:
        assert StateStack(store).head.number >= int(head)
    assert verify(directory).problems == ()


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("IO error: No space left on device: While appending to file: /d/000004.log", StorageError, "disk is full"),
        ("IO error: While open a file for appending: /d/LOCK: Permission denied", StorageError, "cannot be written"),
        ("IO error: While lock file: /d/LOCK: Resource temporarily unavailable", StorageLocked, "another instance"),
        ("Corruption: block checksum mismatch in /d/000009.sst offset 1", StorageDamaged, "damaged"),
        ("IO error: Input/output error", StorageError, "Input/output error"),
    ],
)
def test_every_failure_says_what_and_what_to_do(tmp_path, text, kind, words):
    error = storage_error(RuntimeError(text), tmp_path)
    assert type(error) is kind
    assert words in str(error)
    assert error.advice
    if kind is StorageDamaged:
        assert error.where == str(tmp_path / "000009.sst")


def test_a_failing_write_leaves_the_stack_as_it_was(stack, monkeypatch):
    produce(stack, 4)
    stack.commit("t", {"b-X-new": "s1@alice"})
    before = listed(stack.reader())

    def fail(*_, **__):
        raise StorageError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(stack.store, "write", fail)
        for operation in (lambda: stack.close_block(4, "next"), stack.flush):
            with pytest.raises(StorageError):
                operation()
            assert listed(stack.reader()) == before
            assert (stack.head.number, stack.flushed, stack.open_transactions) == (3, None, ("t",))
    stack.close_block(4, "next")
    stack.flush()
    with monkeypatch.context() as patch:
        patch.setattr(stack.store, "write", fail)
        with pytest.raises(StorageError):
            stack.move_head(1)
        assert listed(stack.reader()) == before
        assert stack.head.number == stack.flushed.number == 4
    assert listed(stack.checkout(4)) == before
    assert verify_store(stack.store).sound


# --- format --------------------------------------------------------------------------------------


def test_database_from_the_future_is_refused(tmp_path):
    with Store.open(tmp_path) as store:
        put(store, ColumnName.META, b"format", b"%d" % (FORMAT + 1))
    with pytest.raises(StorageError, match="newer Strata") as refusal:
        Store.open(tmp_path)
    assert "Update" in refusal.value.advice
    assert not isinstance(refusal.value, StorageDamaged)


def test_migrations_run_one_by_one_and_once(store):
    ran = []

    def step(number):
        def migrate(_, batch):
            ran.append(number)
            batch.put(ColumnName.META, b"setting/seen", b"%d" % number)

        return migrate

    migrations = {FORMAT: step(FORMAT), FORMAT + 1: step(FORMAT + 1)}
    for _ in range(2):
        check_format(store, current=FORMAT + 2, migrations=migrations)
    assert ran == [FORMAT, FORMAT + 1]
    assert StateStack(store).ledger.setting("seen") == b"%d" % (FORMAT + 1)


def test_database_that_lost_its_format_number_is_damaged(tmp_path):
    with Store.open(tmp_path) as store:
        put(store, ColumnName.STATE, b"b-X-k", b"s1@alice")
        batch = store.batch()
        batch.delete(ColumnName.META, b"format")
        store.write(batch)
    with pytest.raises(StorageDamaged, match="format number is missing"):
        Store.open(tmp_path)


# --- batches, scans, encodings -------------------------------------------------------------------

KEYS = st.text(st.sampled_from("a\x00\x01🦊"), max_size=3)  # few letters: keys that begin alike are what can go wrong
RAW = st.binary(max_size=4)


def test_scan_is_ordered_and_bounded_by_prefix(store):
    rows = {bytes([a, b]): bytes([b]) for a in (0, 1, 0xFE, 0xFF) for b in (0, 7, 0xFF)}
    batch = store.batch()
    for key, value in rows.items():
        batch.put(ColumnName.STATE, key, value)
    store.write(batch)
    column = store.columns[ColumnName.STATE]
    for prefix in (b"", b"\x00", b"\xfe", b"\xff", b"\xff\xff", b"\x05"):
        for start in (b"", b"\x00\x07", b"\xff", b"\xff\xff\x00"):
            expected = sorted(row for row in rows.items() if row[0].startswith(prefix) and row[0] >= start)
            assert list(column.scan(prefix, start)) == expected
    assert column.last_key() == b"\xff\xff"
    assert store.columns[ColumnName.HISTORY].last_key() is None


@given(st.lists(st.tuples(KEYS, st.integers(0, 2**64 - 1))))
def test_history_keys_sort_by_key_then_number(pairs):
    encoded = {encoding.history_key(key.encode(), number): (key, number) for key, number in pairs}
    assert [encoded[raw] for raw in sorted(encoded)] == sorted(set(pairs))
    for raw, (key, number) in encoded.items():
        assert encoding.split_history_key(raw) == (key.encode(), number)
        assert raw.startswith(encoding.history_prefix(key.encode()))
        assert raw.startswith(encoding.escape(key[:2].encode()))


@given(st.lists(KEYS, unique=True))
def test_no_history_prefix_covers_another_key(keys):
    for one in keys:
        for other in keys:
            covered = encoding.history_key(other.encode(), 5).startswith(encoding.history_prefix(one.encode()))
            assert covered == (one == other)


@given(st.binary(max_size=3), st.binary(max_size=3))
def test_prefix_end_bounds_exactly_what_starts_with_it(prefix, key):
    end = encoding.prefix_end(prefix)
    assert key.startswith(prefix) == (key >= prefix and (end is None or key < end))


@given(st.none() | st.text(st.characters(codec="utf-8")))
def test_optional_text_round_trip(text):
    assert encoding.decode_optional(encoding.encode_optional(text)) == text


@pytest.mark.parametrize("writes", [{"b-X-\ud800": "s1@a"}, {"b-X-k": "s\udfff@a"}])
def test_half_surrogates_are_refused_before_anything_is_kept(stack, writes):
    with pytest.raises(InvalidInput, match="surrogate"):
        stack.commit("t", {"b-X-fine": "s1@a", **writes})
    assert (stack.open_transactions, listed(stack.reader())) == ((), {})


def test_what_is_not_in_files_yet_has_a_bound_over_all_columns(store):
    for number in range(2 * WRITE_BUFFER_BYTES // 2**20):
        batch = store.batch()
        for column in (ColumnName.BLOCKS, ColumnName.TRANSACTIONS, ColumnName.CHANGES, ColumnName.STATE):
            batch.put(column, encoding.encode_number(number), bytes(2**18))
        store.write(batch)
    assert 0 < store.buffered_bytes() < 1.5 * WRITE_BUFFER_BYTES


def test_blobs(store):
    blobs = BlobStore(store)
    blobs.put("code/b", b"")
    blobs.put("code/a", b"\x00\x01")
    blobs.put("map/a", b"x")
    blobs.delete("map/a")
    blobs.delete("never there")
    assert (blobs.get("code/a"), blobs.get("map/a")) == (b"\x00\x01", None)
    assert list(blobs.sizes("code/")) == [("code/a", 2), ("code/b", 0)]


def test_synced_database_holds_the_same(tmp_path):
    with Store.open(tmp_path, durability=Durability.POWER) as store:
        produce(StateStack(store), 6, flush_every=3)
        expected = contents(StateStack(store))
    with Store.open(tmp_path) as store:
        assert contents(StateStack(store)) == expected


def test_copy_is_a_database_of_its_own(stack, tmp_path):
    produce(stack, 5, flush_every=2)
    expected = contents(stack)
    stack.store.copy_to(tmp_path / "copy")
    produce(stack, 2)
    with Store.open(tmp_path / "copy") as store:
        assert contents(StateStack(store)) == expected
