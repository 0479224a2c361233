"""Files come back byte for byte, and what cannot be written leaves the old content."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import InvalidInput, StorageError
from ide.editor.text_file import read_text_file, write_text_file
from ide.files import write_atomically


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(blacklist_characters="\r\0", blacklist_categories=["Cs"])), st.sampled_from(["\n", "\r\n"])
)
def test_text_comes_back_as_it_was(tmp_path, text, newline):
    path = tmp_path / "a.js"
    content = text.replace("\n", newline).encode()
    path.write_bytes(content)
    file = read_text_file(path)
    assert not file.damaged
    write_text_file(file)
    assert path.read_bytes() == content


def test_byte_order_mark_is_kept(tmp_path):
    path = tmp_path / "a.js"
    path.write_bytes(b"\xef\xbb\xbflet a;\r\n")
    file = read_text_file(path)
    assert file.text == "let a;\n"
    write_text_file(file.with_text("let b;\n"))
    assert path.read_bytes() == b"\xef\xbb\xbflet b;\r\n"


def test_bytes_that_are_not_utf8_are_noticed(tmp_path):
    path = tmp_path / "a.js"
    path.write_bytes(b"// caf\xe9\n")
    assert read_text_file(path).damaged
    latin = read_text_file(path, "latin-1")
    assert latin.text == "// café\n" and not latin.damaged
    write_text_file(latin)
    assert path.read_bytes() == b"// caf\xe9\n"


def test_a_character_the_encoding_does_not_have(tmp_path):
    path = tmp_path / "a.js"
    path.write_bytes(b"x\n")
    with pytest.raises(InvalidInput, match="latin-1"):
        write_text_file(read_text_file(path, "latin-1").with_text("한"))
    assert path.read_bytes() == b"x\n"


@pytest.mark.parametrize("content", [b"\0\1\2binary"])
def test_binary_files_are_refused(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(InvalidInput, match="not a text file"):
        read_text_file(tmp_path / "a")


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(InvalidInput, match="No such file"):
        read_text_file(tmp_path / "missing")
    with pytest.raises(InvalidInput, match="folder"):
        read_text_file(tmp_path)


def test_a_folder_that_cannot_be_written():
    # Nobody, not even root, can make a file there.
    with pytest.raises(StorageError, match="permissions"):
        write_atomically(Path("/proc/self/strata.js"), b"x")


def test_nothing_is_left_beside_the_file(tmp_path):
    write_atomically(tmp_path / "new" / "a.js", b"1")
    write_atomically(tmp_path / "new" / "a.js", b"2")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.js"]


def test_permissions_and_links_are_kept(tmp_path):
    real = tmp_path / "real.js"
    real.write_text("1")
    real.chmod(0o640)
    link = tmp_path / "link.js"
    link.symlink_to(real)
    write_atomically(link, b"2")
    assert link.is_symlink() and real.read_text() == "2" and real.stat().st_mode & 0o777 == 0o640


def test_a_write_protected_file_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "a.js"
    path.write_text("1")
    monkeypatch.setattr("ide.files.os.access", lambda *_: False)
    with pytest.raises(StorageError, match="write-protected"):
        write_atomically(path, b"2")
    assert path.read_text() == "1"
