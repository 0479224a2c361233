"""The border between the compiler and whoever runs it: what goes in, what comes out.

The compiler's work is done by JavaScript (`resources/toolchain`) in a compile sandbox. The sandbox lives
in a process of its own that `engine.vm` provides, so the compiler receives it as a `Toolchain`.
"""

from __future__ import annotations

from typing import Protocol


class Toolchain(Protocol):
    """Runs one function of `resources/toolchain` on untrusted text, in a process of its own."""

    def call(self, function: str, payload: bytes, *, timeout: float = 30.0) -> bytes:
        """Call `function` with a JSON text and return its JSON text.

        Raises:
            InvalidInput: the text made the tools fail (too deep, too large, too slow), with the reason.
            InternalError: the toolchain itself threw.
        """
        ...
