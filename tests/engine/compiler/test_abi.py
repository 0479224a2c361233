"""Interfaces: derived as the reference's tool does it, read and written in its format."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.compiler.abi import read_abi, write_abi
from engine.errors import InvalidInput
from engine.values import Abi, AbiMethod, AmountLimit, Profile

SOURCE = """
class A {
  init() {}
  /** @param {number} hidden */
  _private(hidden) {}
  none(a, b) {}
  /**
   * Adds.
   * @param {string} x the x
   * @param {number} y
   * @param {bool} z
   * @param {json} w
   */
  documented(x, y, z, w) {}
  // @param {number} x
  line(x) {}
  /** @param x {number} */
  swapped(x) {}
  /** @param {number} x */
  /** other */
  lastComment(x) {}
  tail(x) {} /** @param {number} x */
  next(x) {}
  /** @param {boolean} a @param {Object} b @param {Foo} c */
  spelling(a, b, c) {}
  static fixed(a) {}
  *many(a) {}
  'quoted'(a) {}
  /** @amountLimit iost 100.5 @amountLimit * unlimited */
  limited() {}
  twice(a) {}
  twice(a, b) {}
}
module.exports = A;
"""

EXPECTED = {
    "none": ("string", "string"),
    "documented": ("string", "number", "bool", "json"),
    "line": ("number",),
    "swapped": ("number",),
    "lastComment": ("string",),
    "tail": ("string",),
    "next": ("number",),
    "spelling": ("bool", "json", "string"),
    "fixed": ("string",),
    "many": ("string",),
    "limited": (),
    "twice": ("string", "string"),
}


@pytest.mark.parametrize("profile", list(Profile))
def test_derived(compiler, profile):
    abi = compiler.derive_abi(SOURCE, profile=profile)
    assert {method.name: method.args for method in abi.abi} == EXPECTED
    limits = {method.name: method.amount_limit for method in abi.abi if method.amount_limit}
    assert limits == {"limited": (AmountLimit("iost", "100.5"), AmountLimit("*", "unlimited"))}


def test_a_derived_interface_passes_validation(compiler):
    assert compiler.validate(SOURCE, compiler.derive_abi(SOURCE)) is None


@pytest.mark.parametrize("source", ["class A {", "let a = 1;", "module.exports = 5;", ""])
def test_nothing_to_derive(compiler, source):
    assert compiler.derive_abi(source) is None


def test_modern_parameters(compiler):
    source = "class A { init() {} f({a}, [b], c = 1, ...d) { return [a, b, c, d]; } }\nmodule.exports = A;"
    (method,) = compiler.derive_abi(source, profile=Profile.MODERN).abi
    assert method.args == ("json", "json", "string", "string")


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
methods = st.builds(
    AbiMethod,
    name=names,
    args=st.lists(st.sampled_from(["string", "number", "bool", "json"]), max_size=3).map(tuple),
    amount_limit=st.lists(st.builds(AmountLimit, token=names, val=names), max_size=2).map(tuple),
)


@given(st.builds(Abi, abi=st.lists(methods, max_size=3).map(tuple)))
def test_written_and_read_again(abi):
    assert read_abi(write_abi(abi)) == abi


def test_written_as_the_tool_does_it():
    assert write_abi(Abi(abi=(AbiMethod("f", ("string",)),))) == (
        '{\n    "lang": "javascript",\n    "version": "1.0.0",\n    "abi": [\n        {\n            "name": "f",\n'
        '            "args": [\n                "string"\n            ],\n            "amountLimit": []\n        }\n'
        "    ]\n}"
    )


@pytest.mark.parametrize(
    "text", ["", "[]", '{"abi": 5}', '{"abi": [{"args": []}]}', '{"abi": [{"name": 1}]}', "\ud800"]
)
def test_other_texts_are_refused_with_their_file(text):
    with pytest.raises(InvalidInput) as raised:
        read_abi(text, file="token.abi")
    assert str(raised.value).startswith("token.abi: ")
