from __future__ import annotations

from array import array
from pathlib import Path

from engine.compiler.pack import Packer
from engine.compiler.source_map import SourceMap


def test_places_of_a_packed_script_lead_back_to_its_files(tmp_path: Path) -> None:
    (tmp_path / "lib.js").write_text("// a comment\nexports.twice = function (n) {\n    return 2 * n;\n};\n")
    (tmp_path / "main.js").write_text(
        "const { twice } = require('./lib');\nclass C { init() { twice(21); } }\nmodule.exports = C;\n"
    )
    packer = Packer()
    try:
        pack = packer.pack(tmp_path, "main.js")
        source_map = pack.origin().source_map
    finally:
        packer.close()
    lines = pack.code.split("\n")
    for text, file, line in (("return 2 * n", "lib.js", 3), ("twice(21)", "main.js", 2)):
        (row,) = [number for number, content in enumerate(lines, 1) if text in content]
        origin = source_map.origin(row, lines[row - 1].index(text))
        assert origin is not None
        assert source_map.files[origin.file].endswith(file)
        assert origin.line == line
        assert source_map.sources[origin.file].split("\n")[origin.line - 1][origin.column :].startswith(text[:4])


def test_what_the_packer_added_has_no_origin() -> None:
    starts, columns, files, lines, origin_columns = [0, 0, 2], [0, 1], [0, -1], [0, 0], [0, 0]
    table = array("i", [*starts, *columns, *files, *lines, *origin_columns])
    source_map = SourceMap(("a.js",), ("x",), 2, table)
    assert source_map.origin(1, 0) is None
    assert source_map.origin(2, 0) == (0, 1, 0)
    assert source_map.origin(2, 5) is None
    assert source_map.origin(9, 0) is None
    assert source_map.line_origin(1) is None
    assert source_map.line_origin(2) == (0, 1, 0)
