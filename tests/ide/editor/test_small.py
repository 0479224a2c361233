"""Indentation, symbols and replacement texts."""

import re

import pytest

from ide.editor.indentation import detect_indent
from ide.editor.replacement import expand
from ide.editor.symbols import symbols_of


@pytest.mark.parametrize(
    ("text", "indent"),
    [
        ("", "  "),
        ("a {\n    b\n        c\n", "    "),
        ("/**\n * x\n * y\n */\na {\n    b {\n        c\n", "    "),
        ("a {\n  b {\n    c\n  }\n}\n", "  "),
        ("a {\n\tb\n\t\tc\n", "\t"),
    ],
)
def test_detect_indent(text, indent):
    assert detect_indent(text) == indent


def test_symbols():
    text = "class A {\n  init() {\n    if (x) {\n    }\n  }\n  async b(c, d) {}\n}\n"
    text += "function f(a) {}\nconst g = (x) => x;\n"
    found = [(s.name, s.kind, s.line) for s in symbols_of(text)]
    assert found == [
        ("A", "class", 1),
        ("init", "method", 2),
        ("b", "method", 6),
        ("f", "function", 8),
        ("g", "function", 9),
    ]


@pytest.mark.parametrize(
    ("replacement", "result"),
    [("$2-$1", "b-a"), ("$&!", "ab!"), ("$$1", "$1"), ("$9", "$9"), (r"\n", "\n"), (r"\q", r"\q"), (r"\\n", r"\n")],
)
def test_expand(replacement, result):
    assert expand(replacement, re.match("(a)(b)", "ab")) == result
