"""JavaScript, one line at a time: Pygments' lexer with a state that can be kept at the end of a line.

Pygments matches a block comment as one piece and has no state for being inside one, so that state is
kept here, around its stack (spec/platform.md).
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from pygments.lexer import ExtendedRegexLexer, LexerContext
from pygments.lexers.javascript import JavascriptLexer
from pygments.token import Comment, Error, Keyword, Literal, Name, Number, Operator, String, _TokenType

from ide.editor.columns import utf16_length

_MAXIMUM_DEPTH = 200  # nested template literals; beyond, colours may be wrong, memory stays bounded


class SyntaxKind(IntEnum):
    """What a piece of a line is, as far as its colour goes."""

    PLAIN = 0
    KEYWORD = 1
    STRING = 2
    NUMBER = 3
    COMMENT = 4
    FUNCTION = 5
    TYPE = 6
    CONSTANT = 7
    OPERATOR = 8
    REGEX = 9
    ERROR = 10


class Span(NamedTuple):
    """A coloured piece of a line; start and length in UTF-16 units."""

    start: int
    length: int
    kind: SyntaxKind


class _LineLexer(ExtendedRegexLexer, JavascriptLexer):  # type: ignore[misc]
    """Pygments' JavaScript, started with and leaving a stack."""


class _LineState(NamedTuple):
    stack: tuple[str, ...]
    in_comment: bool


_KINDS: tuple[tuple[_TokenType, SyntaxKind], ...] = (
    (Comment, SyntaxKind.COMMENT),
    (String.Regex, SyntaxKind.REGEX),
    (String, SyntaxKind.STRING),
    (Number, SyntaxKind.NUMBER),
    (Keyword.Constant, SyntaxKind.CONSTANT),
    (Keyword, SyntaxKind.KEYWORD),
    (Operator.Word, SyntaxKind.KEYWORD),
    (Operator, SyntaxKind.OPERATOR),
    (Name.Function, SyntaxKind.FUNCTION),
    (Name.Builtin, SyntaxKind.TYPE),
    (Name.Class, SyntaxKind.TYPE),
    (Name.Exception, SyntaxKind.TYPE),
    (Name.Constant, SyntaxKind.CONSTANT),
    (Error, SyntaxKind.ERROR),
    (Literal, SyntaxKind.STRING),
)


@lru_cache(maxsize=256)
def _kind_of(token: _TokenType) -> SyntaxKind:
    return next((kind for ancestor, kind in _KINDS if token in ancestor), SyntaxKind.PLAIN)


class JavaScriptLineLexer:
    """Lexes lines; a state is a small number, `START` at the top of a file, equal for equal situations."""

    START = 0

    def __init__(self) -> None:
        self._lexer = _LineLexer()
        self._states = [_LineState(("root",), in_comment=False)]
        self._numbers = {self._states[0]: self.START}

    def lex(self, line: str, state: int) -> tuple[list[Span], int]:
        """Return the coloured pieces of `line` (no line break in it) begun in `state`, and the state after it."""
        stack, in_comment = self._states[state]
        spans: list[Span] = []
        begin = 0
        if in_comment:
            end = line.find("*/")
            if end < 0:
                return ([Span(0, utf16_length(line), SyntaxKind.COMMENT)] if line else []), state
            begin = end + 2
            spans.append(Span(0, begin, SyntaxKind.COMMENT))
        code = line[begin:]
        pieces, stack, in_comment = self._lex_code(code, stack)
        if len(stack) > _MAXIMUM_DEPTH:
            stack = ("root",)
        spans.extend(Span(begin + start, length, kind) for start, length, kind in pieces)
        if not line.isascii() and utf16_length(line) != len(line):
            spans = [
                Span(utf16_length(line[:start]), utf16_length(line[start : start + length]), kind)
                for start, length, kind in spans
            ]
        return spans, self._number(_LineState(stack, in_comment))

    def _lex_code(self, code: str, stack: tuple[str, ...]) -> tuple[list[Span], tuple[str, ...], bool]:
        comment = code.rfind("/*")
        if comment >= 0 and "*/" not in code[comment + 2 :]:
            # Closed by hand, the comment becomes one token that reaches past the end of the line.
            spans, end_stack, reach, kind = self._run(code + "\n*/", stack, len(code))
            if kind is SyntaxKind.COMMENT and reach > len(code) + 1:
                return spans, end_stack, True
        spans, end_stack, _reach, _kind = self._run(code + "\n", stack, len(code))
        return spans, end_stack, False

    def _run(
        self, text: str, stack: tuple[str, ...], length: int
    ) -> tuple[list[Span], tuple[str, ...], int, SyntaxKind]:
        """Lex `text` and return spans within `length`, the stack, and end and kind of the last token begun there."""
        context = LexerContext(text, 0, list(stack), len(text))
        spans: list[Span] = []
        reach, last_kind = 0, SyntaxKind.PLAIN
        for start, token, value in self._lexer.get_tokens_unprocessed(context=context):
            if start >= length or not value:
                continue
            kind = _kind_of(token)
            reach, last_kind = start + len(value), kind
            if kind is SyntaxKind.PLAIN:
                if token not in Name:
                    continue
                if value[0].isupper():
                    kind = SyntaxKind.TYPE
                elif text[reach : reach + 2].lstrip(" ").startswith("("):
                    kind = SyntaxKind.FUNCTION
                else:
                    continue
            size = min(reach, length) - start
            if spans and spans[-1].kind is kind and spans[-1].start + spans[-1].length == start:
                spans[-1] = Span(spans[-1].start, spans[-1].length + size, kind)
            else:
                spans.append(Span(start, size, kind))
        return spans, tuple(context.stack), reach, last_kind

    def _number(self, state: _LineState) -> int:
        number = self._numbers.get(state)
        if number is None:
            number = self._numbers[state] = len(self._states)
            self._states.append(state)
        return number
