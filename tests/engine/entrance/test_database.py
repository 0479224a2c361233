import pytest

from engine.entrance.database import chain_folder, database
from engine.errors import InvalidInput, StorageError, StorageLocked
from engine.state.columns import ColumnName
from engine.state.stack import StateStack
from engine.state.store import Store
from tests.engine.state.workload import contents, produce


@pytest.fixture
def folder(tmp_path):
    """The chain of a project, flushed half."""
    directory = tmp_path / "project" / ".strata" / "chain"
    with Store.open(directory) as store:
        stack = StateStack(store)
        produce(stack, 12, flush_every=5)
        stack.set_checkpoint("mark", point=3)
    return directory


def content_of(directory):
    with Store.open(directory) as store:
        return contents(StateStack(store))


def damage(folder):
    """Flip a byte of the newest table, the one that holds the state after a compaction."""
    table = max(folder.glob("*.sst"))
    raw = bytearray(table.read_bytes())
    raw[len(raw) // 20] ^= 0xFF
    table.write_bytes(raw)


def compacted(folder):
    with Store.open(folder) as store:
        store.columns[ColumnName.STATE].compact()


def test_a_sound_database(folder, capsys):
    assert database(["verify", str(folder)]) == 0
    assert "sound" in capsys.readouterr().out


def test_a_project_stands_for_its_chain(folder, capsys):
    assert chain_folder(folder.parent.parent) == folder
    assert database(["verify", str(folder.parent.parent)]) == 0


def test_damage_is_named_and_repaired(folder, capsys):
    compacted(folder)
    before = content_of(folder)
    damage(folder)
    assert database(["verify", str(folder)]) == 1
    said = capsys.readouterr().out
    assert ".sst" in said
    assert f"database repair {folder}" in said
    database(["repair", str(folder)])
    said = capsys.readouterr().out
    assert "repaired" in said
    assert "damaged-1" in said
    assert database(["verify", str(folder)]) == 0
    assert content_of(folder)["state"] == before["state"]


def test_export_and_import_make_the_same(folder, tmp_path, capsys):
    before = content_of(folder)
    file = tmp_path / "chain.jsonl"
    assert database(["export", str(folder), str(file)]) == 0
    assert str(file) in capsys.readouterr().out
    copy = tmp_path / "deep" / "copy"
    assert database(["import", str(copy), str(file)]) == 0
    assert "head is block 11" in capsys.readouterr().out
    assert content_of(copy) == before


def test_what_cannot_be_used_is_said_in_words(folder, tmp_path):
    with pytest.raises(InvalidInput, match="no database"):
        database(["verify", str(tmp_path)])
    with pytest.raises(InvalidInput, match="no such file"):
        database(["import", str(tmp_path / "new"), str(tmp_path / "absent")])
    altered = tmp_path / "altered.jsonl"
    database(["export", str(folder), str(altered)])
    altered.write_bytes(altered.read_bytes().replace(b"alice", b"bobby", 1))
    with pytest.raises(InvalidInput):
        database(["import", str(tmp_path / "new"), str(altered)])
    assert not (tmp_path / "new").exists()
    with pytest.raises(InvalidInput, match="not empty"):
        database(["import", str(folder), str(altered)])
    with pytest.raises(StorageError):
        database(["export", str(folder), str(tmp_path / "no" / "such" / "place")])
    with Store.open(folder), pytest.raises(StorageLocked):
        database(["verify", str(folder)])


@pytest.mark.parametrize("arguments", [[], ["check", "x"], ["export", "x"], ["verify"]])
def test_wrong_arguments_end_with_the_usage(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        database(arguments)
    assert ended.value.code == 2
    assert "usage: main.py database" in capsys.readouterr().err
