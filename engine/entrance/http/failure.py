"""How a request fails: HTTP 400 with a code and a message (spec/rpc.md §1)."""

from __future__ import annotations

from enum import IntEnum

from engine.errors import UserError


class FailureCode(IntEnum):
    """Codes of the reference (gRPC's numbers)."""

    HANDLER = 2
    BAD_ARGUMENT = 3
    TOO_SLOW = 4
    TOO_LARGE = 8
    UNKNOWN_PATH = 12
    INTERNAL = 13


class RequestFailure(UserError):
    """A request that is answered with an error; `what` is the message in the reference's words."""

    def __init__(self, message: str, code: FailureCode = FailureCode.HANDLER) -> None:
        super().__init__(message)
        self.code = code


def bad_argument(message: str) -> RequestFailure:
    """Return the failure of an argument or body that cannot be read."""
    return RequestFailure(message, FailureCode.BAD_ARGUMENT)
