from __future__ import annotations

from engine.errors import CompileError, UserError
from engine.values import Diagnostic, Severity


def test_people_read_what_happened_where_and_what_to_do() -> None:
    assert str(UserError("it is locked", where="chain", advice="Close it.")) == "chain: it is locked\nClose it."
    assert str(UserError("it is locked")) == "it is locked"


def test_an_error_whose_chain_text_is_empty_still_says_something() -> None:
    found = Diagnostic(severity=Severity.ERROR, code="empty", message="there is no statement")
    assert str(CompileError("", (found,), where="a.js:1")) == "a.js:1: there is no statement"
    assert str(CompileError("Line 2: no", (found,), where="a.js:2")) == "a.js:2: Line 2: no"
