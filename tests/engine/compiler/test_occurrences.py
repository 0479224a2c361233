"""Where else a name stands: bindings by scope, members by class."""

import pytest

from engine.errors import CompileError

SOURCE = """const LIMIT = 3;
class Token {
  init() {
    this._check(LIMIT);
  }
  _check(value) {
    const { amount, rest = value } = storage;
    for (let value = 0; value < LIMIT; value += 1) blockchain.event({ amount });
    return this._check(rest);
  }
}
class Other {
  _check() {}
}
module.exports = Token;
"""


def places(compiler, line, column, source=SOURCE):
    found = compiler.occurrences(source, file="token.js", line=line, column=column)
    return None if found is None else (found.name, found.kind, [(one.line, one.column) for one in found.places])


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        (1, 6, ("LIMIT", "const", [(1, 6), (4, 16), (8, 32)])),
        (8, 37, ("LIMIT", "const", [(1, 6), (4, 16), (8, 32)])),
        (6, 10, ("value", "parameter", [(6, 9), (7, 27)])),
        (8, 25, ("value", "let", [(8, 13), (8, 24), (8, 39)])),
        (4, 12, ("_check", "member", [(4, 9), (6, 2), (9, 16)])),
        (13, 3, ("_check", "member", [(13, 2)])),
        (2, 6, ("Token", "class", [(2, 6), (15, 17)])),
        (7, 42, None),
        (5, 0, None),
    ],
)
def test_all_places_of_one_meaning(compiler, line, column, expected):
    assert places(compiler, line, column) == expected


def test_shorthand_properties_are_told(compiler):
    found = compiler.occurrences(SOURCE, file="token.js", line=7, column=13)
    assert [(one.line, one.shorthand, one.declares) for one in found.places] == [(7, True, True), (8, True, False)]
    assert {"value", "storage", "LIMIT", "Other"} <= set(found.taken)
    rest = compiler.occurrences(SOURCE, file="token.js", line=9, column=24)
    assert [(one.line, one.shorthand) for one in rest.places] == [(7, True), (9, False)]


def test_modules_and_scripts(compiler):
    module = "import a from 'b';\nexport const c = a;\n"
    assert places(compiler, 2, 13, module) == ("c", "const", [(2, 13)])
    script = "with (a) { let b; b; }\n"
    assert places(compiler, 1, 15, script) == ("b", "let", [(1, 15), (1, 18)])


def test_columns_are_utf16_units(compiler):
    assert places(compiler, 1, 14, "var s = '😀'; var t; t\n") is None
    assert places(compiler, 1, 18, "var s = '😀'; var t; t\n") == ("t", "var", [(1, 18), (1, 21)])


def test_text_that_does_not_parse_says_where(compiler):
    with pytest.raises(CompileError) as caught:
        compiler.occurrences("let a = ;\n", file="token.js", line=1, column=4)
    assert caught.value.where == "token.js:1"
