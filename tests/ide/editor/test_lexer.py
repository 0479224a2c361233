"""The line lexer: what Pygments says about a line, with a state that carries over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ide.editor.lexer import JavaScriptLineLexer, SyntaxKind


def lex(*lines):
    """Return for each line the coloured texts with their kinds."""
    lexer, state, result = JavaScriptLineLexer(), JavaScriptLineLexer.START, []
    for line in lines:
        spans, state = lexer.lex(line, state)
        encoded = line.encode("utf-16-le")
        result.append(
            [(encoded[2 * s.start : 2 * (s.start + s.length)].decode("utf-16-le"), s.kind.name) for s in spans]
        )
    return result


def test_plain_line():
    assert lex("const x = foo(1, 'a'); // end") == [
        [
            ("const", "KEYWORD"),
            ("=", "OPERATOR"),
            ("foo", "FUNCTION"),
            ("1", "NUMBER"),
            ("'a'", "STRING"),
            ("// end", "COMMENT"),
        ]
    ]


def test_block_comment_over_lines():
    first, second, third = lex("a(); /* one", "two ` ' ${", "three */ b()")
    assert first[-1] == ("/* one", "COMMENT")
    assert second == [("two ` ' ${", "COMMENT")]
    assert third == [("three */", "COMMENT"), ("b", "FUNCTION")]


def test_comment_signs_inside_strings_and_expressions_do_not_open_a_comment():
    assert lex("x = '/*';", "foo()")[1] == [("foo", "FUNCTION")]
    assert lex("x = /[/*]/;", "foo()")[1] == [("foo", "FUNCTION")]
    assert lex("// /*", "foo()")[1] == [("foo", "FUNCTION")]


def test_template_literal_over_lines_with_code_inside():
    first, second, third = lex("x = `a ${b +", "call(1)} text", "end` + 'c'")
    assert first[-2][1] == "STRING"
    assert ("call", "FUNCTION") in second and ("1", "NUMBER") in second
    assert third[0] == ("end`", "STRING") and third[-1] == ("'c'", "STRING")


def test_columns_are_utf16():
    (line,) = lex("const 한 = '😀' + 7;")
    assert ("'😀'", "STRING") in line and ("7", "NUMBER") in line


def test_unterminated_string_ends_with_its_line():
    assert lex("x = 'abc", "foo()")[1] == [("foo", "FUNCTION")]


@given(st.lists(st.text(st.sampled_from("ab`${}/*'\"\\ \n1+().;😀"), max_size=20), max_size=12))
def test_any_text_gives_ordered_spans_within_the_line(lines):
    lexer, state = JavaScriptLineLexer(), JavaScriptLineLexer.START
    for line in (line.replace("\n", "") for line in lines):
        spans, state = lexer.lex(line, state)
        end = 0
        for span in spans:
            assert span.start >= end and span.length > 0
            end = span.start + span.length
        assert end <= len(line.encode("utf-16-le")) // 2


@pytest.mark.parametrize("text", ["`${" * 1000, "/*" * 1000, "(" * 5000])
def test_deep_nesting_keeps_the_number_of_states_bounded(text):
    lexer, state = JavaScriptLineLexer(), JavaScriptLineLexer.START
    for _ in range(5):
        _, state = lexer.lex(text, state)
    assert state < 20


def test_every_kind_has_a_colour():
    from ide.theme import theme

    for kind in SyntaxKind:
        assert kind is SyntaxKind.PLAIN or getattr(theme(), f"syntax_{kind.name.lower()}").isValid()
