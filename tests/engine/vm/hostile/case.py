"""What a hostile contract is, and the ways in which one may end.

`ends` is a result (`=text`) or an error class; several are allowed where the profiles differ or it depends on the
engine's timing. `refused` means that it does not compile. Bodies are members of a class; whole sources start with a
line break.
"""

from __future__ import annotations

from typing import NamedTuple

IOST, MODERN, BOTH = ("iost",), ("modern",), ("iost", "modern")
FOREVER = 10**15
"""A gas limit that is never reached."""


class Case(NamedTuple):
    """One hostile contract."""

    name: str
    profiles: tuple[str, ...]
    code: str
    ends: tuple[str, ...]
    gas: int = 5_000_000


GAS, THROWS, STACK = "OutOfGas", "ContractException", "StackExceeded"
MEMORY, TIME, CRASH = "MemoryExceeded", "DeadlineExceeded", "WorkerCrashed"
LONG, ABNORMAL, REFUSED = "ResultTooLong", "AbnormalResult", "refused"
RUNAWAY = (MEMORY, TIME, CRASH, THROWS, GAS)
"""Ends of what eats memory without a gas limit: whichever guard is reached first."""


def both(name, code, *ends, gas=5_000_000):
    return Case(name, BOTH, code, ends, gas)


def modern(name, code, *ends, gas=5_000_000):
    return Case(name, MODERN, code, ends, gas)
