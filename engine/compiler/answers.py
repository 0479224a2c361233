"""What the toolchain's functions answer, as values (`resources/toolchain/index.js` writes the JSON)."""

from __future__ import annotations

import re

from engine.values import AbiMethod, Diagnostic, Occurrences, Severity, StepSite, TextEdit, Value, VariableScope

__all__ = ["CheckAnswer", "CompileAnswer", "Compiled", "Finding", "OccurrencesAnswer", "Problem", "ValidateAnswer"]


_LINE = re.compile(r"\ALine \d+: ")


class Finding(Value, frozen=True, rename="camel"):
    """A lint finding without its file."""

    severity: Severity
    code: str
    message: str
    line: int
    column: int
    end_line: int
    end_column: int
    fix: TextEdit | None = None
    fix_title: str = ""

    def diagnostic(self, file: str) -> Diagnostic:
        """Return the finding as a diagnostic of `file`."""
        return Diagnostic(
            severity=self.severity,
            code=self.code,
            message=self.message,
            file=file,
            line=self.line,
            column=self.column,
            end_line=self.end_line,
            end_column=self.end_column,
            fix=self.fix,
            fix_title=self.fix_title,
        )


class Problem(Value, frozen=True, rename="camel"):
    """Why a source does not compile: the chain's error (class and text) and the place in the source."""

    error_class: str
    text: str
    code: str
    explanation: str
    line: int
    column: int
    end_line: int
    end_column: int

    def diagnostic(self, file: str) -> Diagnostic:
        """Return the problem as an error for people."""
        # The place is said by the diagnostic itself, and a syntax tree is no reading matter.
        text = _LINE.sub("", self.text).partition(".{")[0]
        message = ". ".join(part.rstrip(".") for part in (text, self.explanation) if part)
        return Diagnostic(
            severity=Severity.ERROR,
            code=self.code,
            message=message,
            file=file,
            line=self.line,
            column=self.column,
            end_line=self.end_line,
            end_column=self.end_column,
        )


class Compiled(Value, frozen=True, rename="camel"):
    """The texts of a compiled contract and where they come from.

    A site is line, column, end line, end column, function, index of its scope; `lines[i]` is the source line of
    line i + 1 of `metered`.
    """

    metered: str
    running: str
    stepping: str
    sites: tuple[tuple[int, int, int, int, str, int], ...]
    scopes: tuple[VariableScope, ...]
    lines: tuple[int, ...]
    open_intrinsics: bool

    def steps(self) -> tuple[StepSite, ...]:
        """Return the step table."""
        return tuple(
            StepSite(
                file=0,
                line=line,
                column=column,
                end_line=end_line,
                end_column=end_column,
                function=function,
                scope=scope,
            )
            for line, column, end_line, end_column, function, scope in self.sites
        )


class CompileAnswer(Value, frozen=True):
    """Either `compiled` or `problem`, and what lint found in any case. `abi` is None without an exported class."""

    findings: tuple[Finding, ...]
    abi: tuple[AbiMethod, ...] | None = None
    compiled: Compiled | None = None
    problem: Problem | None = None


class CheckAnswer(Value, frozen=True):
    """What is known about source text without compiling it."""

    findings: tuple[Finding, ...]
    abi: tuple[AbiMethod, ...] | None = None
    problem: Problem | None = None


class OccurrencesAnswer(Value, frozen=True):
    """`found` is None where no name of the file's own stands, or with a `problem`."""

    found: Occurrences | None = None
    problem: Problem | None = None


class ValidateAnswer(Value, frozen=True):
    """The chain's error text of interface validation, None if the interface is accepted."""

    error: str | None
