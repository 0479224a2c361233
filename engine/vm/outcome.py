"""Turns what JavaScript reports at the end of a frame into a `ScriptOutcome`, and a host's answer into a reply."""

from __future__ import annotations

from engine.vm.bridge import Reply, ReplyKind, Request
from engine.vm.interface import HostReply, ScriptFrame, ScriptOutcome

__all__ = ["MAX_RESULT_BYTES", "outcome_of", "reply_to", "well_formed"]

MAX_RESULT_BYTES = 65536
"""spec/gas.md §8.4."""


def outcome_of(frame: ScriptFrame, request: Request, first_line_offset: int) -> ScriptOutcome:
    """Read an OUTCOME request: result, error, error class, positions (`script TAB line TAB column` a call)."""
    result, error, error_class, positions = request.texts
    if result is not None:
        text = well_formed(result)
        if len(text.encode()) <= MAX_RESULT_BYTES:
            return ScriptOutcome(gas=request.gas, result=text)
        return ScriptOutcome(gas=request.gas, error="result too long", error_class="ResultTooLong")
    stack = tuple(_positions(frame, positions or "", first_line_offset))
    _, line, column = stack[0] if stack else ("", 0, 0)
    return ScriptOutcome(
        gas=request.gas,
        error=well_formed(error or ""),
        error_class=error_class or "ContractException",
        line=line,
        column=column,
        stack=stack,
    )


def well_formed(text: str) -> str:
    """Return a text with lone surrogates replaced by U+FFFD, as the reference's UTF-8 does."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _positions(frame: ScriptFrame, text: str, first_line_offset: int) -> list[tuple[str, int, int]]:
    found = []
    for entry in text.splitlines():
        script, _, place = entry.partition("\t")
        if script == frame.code_key:
            line, column = (int(number) for number in place.split("\t"))
            found.append((frame.contract, line, column - 1 - (first_line_offset if line == 1 else 0)))
    return found


def reply_to(answer: HostReply) -> Reply:
    """Return the reply that tells JavaScript a host's answer."""
    if answer.error is not None:
        return Reply(ReplyKind.ERROR, (answer.error,), answer.gas)
    if answer.result is None:
        return Reply(ReplyKind.NULL, (), answer.gas)
    if answer.result is True or answer.result is False:
        return Reply(ReplyKind.TRUE if answer.result else ReplyKind.FALSE, (), answer.gas)
    return Reply(ReplyKind.TEXT, (answer.result,), answer.gas)
