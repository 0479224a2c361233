from pathlib import Path

import pytest

from engine.compiler.pack import Minify, Pack, PackOrigin
from engine.entrance.contract_file import prepare_file
from engine.errors import InvalidInput
from engine.values import Profile


def no_pack(folder: Path, entry: str, minify: Minify) -> Pack:
    raise AssertionError(f"{entry} of {folder} is not to be packed")


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def test_a_file_without_a_project_is_a_contract_named_after_it(tmp_path):
    write(tmp_path, game__js="module.exports = class {};")
    request = prepare_file(tmp_path / "game.js", no_pack).request
    assert (request.name, request.profile, request.abi) == ("game", Profile.IOST, None)
    assert request.source == "module.exports = class {};"
    assert request.file == str(tmp_path / "game.js")


def test_the_project_names_contract_profile_and_interface(tmp_path):
    write(
        tmp_path,
        strata__json='{"format":1,"profile":"modern","contracts":[{"name":"shop","file":"s.js","abi":"s.abi"}]}',
        s__js="//",
        s__abi='{"lang":"javascript","version":"1.0.0","abi":[{"name":"buy","args":["string"],"amountLimit":[]}]}',
    )
    request = prepare_file(tmp_path / "s.js", no_pack).request
    assert (request.name, request.profile) == ("shop", Profile.MODERN)
    assert [method.name for method in request.abi.abi] == ["buy"]


def test_a_file_that_the_project_does_not_name_has_the_projects_profile(tmp_path):
    write(tmp_path, strata__json='{"format":1,"profile":"modern"}')
    (tmp_path / "lib").mkdir()
    write(tmp_path / "lib", other__js="//")
    assert prepare_file(tmp_path / "lib" / "other.js", no_pack).request.profile is Profile.MODERN


def test_a_packed_contract_is_what_the_packer_makes_of_it(tmp_path):
    write(
        tmp_path,
        strata__json='{"format":1,"contracts":[{"name":"a","file":"a.js","pack":true,"minify":"always"}]}',
        a__js="//",
    )
    asked = []

    def unasked() -> PackOrigin:
        raise AssertionError("nothing is compiled here")

    def pack(folder: Path, entry: str, minify: Minify) -> Pack:
        asked.append((folder, entry, minify))
        return Pack(entry=entry, code="packed", modules=(), origin=unasked)

    prepared = prepare_file(tmp_path / "a.js", pack)
    assert prepared.request.source == "packed"
    assert prepared.pack is not None
    assert asked == [(tmp_path, "a.js", Minify.ALWAYS)]


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    file = tmp_path / "bad.js"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"bad\.js"):
        prepare_file(file, no_pack)


def test_an_interface_that_is_none_is_named(tmp_path):
    write(
        tmp_path,
        strata__json='{"format":1,"contracts":[{"name":"a","file":"a.js","abi":"a.abi"}]}',
        a__js="//",
        a__abi='{"abi": 1}',
    )
    with pytest.raises(InvalidInput, match=r"a\.abi"):
        prepare_file(tmp_path / "a.js", no_pack)


def test_the_interface_beside_a_file_without_a_project_is_taken(tmp_path):
    write(tmp_path, g__js="//")
    (tmp_path / "g.js.abi").write_text(
        '{"lang":"javascript","version":"1.0.0","abi":[{"name":"buy","args":["number"]}]}'
    )
    request = prepare_file(tmp_path / "g.js", no_pack).request
    assert [method.args for method in request.abi.abi] == [("number",)]
