"""Strata's engine: an IOST-like virtual machine and private chain, without Qt.

`Engine` is the facade (`engine.facade`); `engine.interface` and `engine.values` hold the types that cross it,
`engine.errors` what is raised. Importing this package loads nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.facade import Engine

__all__ = ["Engine"]


def __getattr__(name: str) -> object:
    """Import the facade when it is first asked for."""
    if name == "Engine":
        from engine.facade import Engine

        return Engine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
