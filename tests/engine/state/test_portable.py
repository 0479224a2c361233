"""Export, import: nothing is lost, nothing altered is accepted."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from engine.errors import InvalidInput
from engine.state.blobs import BlobStore
from engine.state.portable import export_chain, import_chain
from engine.state.retention import prune, set_retention
from engine.state.stack import StateStack
from engine.state.store import Store
from engine.state.verify import verify
from tests.engine.state.workload import contents, produce


@pytest.fixture
def filled(stack):
    produce(stack, 12, flush_every=4)
    stack.set_checkpoint("before", note="a note", point=7)
    stack.move_head(8)
    produce(stack, 3, branch="other")
    stack.put_setting("clock", b"\x00\xff")
    BlobStore(stack.store).put("code/abc", b"\x01\x02")
    set_retention(stack, 1000)
    return stack


@pytest.mark.parametrize("pruned", [False, True])
def test_import_restores_everything(filled, tmp_path, pruned):
    if pruned:
        prune(filled, 6)
    expected = contents(filled)
    lines = export_chain(filled, tmp_path / "chain.jsonl")
    assert lines == len((tmp_path / "chain.jsonl").read_bytes().splitlines())
    import_chain(tmp_path / "chain.jsonl", tmp_path / "imported")
    with Store.open(tmp_path / "imported") as store:
        assert contents(StateStack(store)) == expected
        assert BlobStore(store).get("code/abc") == b"\x01\x02"
    assert verify(tmp_path / "imported").problems == ()


def test_empty_chain_travels_too(stack, tmp_path):
    export_chain(stack, tmp_path / "chain.jsonl")
    import_chain(tmp_path / "chain.jsonl", tmp_path / "imported")
    with Store.open(tmp_path / "imported") as store:
        assert StateStack(store).head is None


@pytest.mark.parametrize(
    "alter",
    [
        lambda raw: raw[:-1].rsplit(b"\n", 1)[0] + b"\n",
        lambda raw: raw.replace(b"i11@h", b"i12@h", 1),
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw.replace(b'"version":1', b'"version":99', 1),
        lambda raw: raw.split(b"\n", 1)[1],
        lambda raw: raw + raw.split(b"\n", 2)[1] + b"\n",
        lambda raw: b"",
        lambda raw: b"\xff\xfe not an export",
    ],
    ids=["no end", "changed text", "cut", "future", "no header", "longer", "empty", "other file"],
)
def test_altered_export_is_refused_and_leaves_nothing(filled, tmp_path, alter):
    file = tmp_path / "chain.jsonl"
    export_chain(filled, file)
    file.write_bytes(alter(file.read_bytes()))
    with pytest.raises(InvalidInput) as refusal:
        import_chain(file, tmp_path / "imported")
    assert str(file) in str(refusal.value)
    assert {path.name for path in tmp_path.iterdir()} == {"chain", "chain.jsonl"}


def test_import_never_overwrites(filled, tmp_path):
    export_chain(filled, tmp_path / "chain.jsonl")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(InvalidInput):
        import_chain(tmp_path / "chain.jsonl", tmp_path / "full")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a named pipe")
def test_export_does_not_replace_what_is_no_file(filled, tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe"):
        with pytest.raises(InvalidInput, match="not an ordinary file"):
            export_chain(filled, tmp_path / name)
    assert (tmp_path / "pipe").is_fifo()
    assert {path.name for path in tmp_path.iterdir()} >= {"folder", "pipe"}
    assert not list(tmp_path.glob("*.partial"))


FULL = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from engine.errors import StorageError
from engine.state.portable import import_chain
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
try:
    import_chain(Path(sys.argv[1]), Path(sys.argv[2]))
except StorageError as error:
    print(error.what, error.where, sep="|")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a file size limit")
def test_import_onto_a_full_disk_names_the_folder_asked_for_and_leaves_nothing(filled, tmp_path, request):
    export_chain(filled, tmp_path / "chain.jsonl")
    target = tmp_path / "imported"
    arguments = [sys.executable, "-c", FULL, str(tmp_path / "chain.jsonl"), str(target), str(request.config.rootpath)]
    done = subprocess.run(arguments, capture_output=True, check=False, text=True)
    what, where = done.stdout.strip().split("|")
    assert what.startswith("the disk is full")
    assert where == str(target)
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith("imported")]


def test_open_block_is_not_exported_by_accident(stack, tmp_path):
    stack.commit("t", {"b-X-k": "s1@alice"})
    with pytest.raises(InvalidInput):
        export_chain(stack, tmp_path / "chain.jsonl")
    assert not (tmp_path / "chain.jsonl").exists()
