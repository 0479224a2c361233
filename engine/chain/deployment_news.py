"""Telling of contracts that were deployed or updated, whoever did it: the window, a contract, a tool from outside."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator

from engine.values import StateChange

_RECORD = "c-"
"""Begins the state keys of contracts' records (`engine.chain.contracts.record_key`, not imported to start quickly)."""
MOST_KEPT = 1000


class DeploymentNews:
    """Tells each version of a contract once, by its id; used by the chain's thread."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._told: dict[str, str] = {}
        self._held: list[tuple[str, str]] | None = None

    def block_changed(self, changes: Iterable[StateChange]) -> None:
        """Look for contracts among what a block has changed."""
        for change in changes:
            if change.key.startswith(f"{_RECORD}Contract") and change.new is not None:
                self.found(change.key, change.new)

    def found(self, key: str, record: str) -> None:
        """Tell of the contract whose record stands under a state key, unless that is known."""
        if self._told.get(key) == record:
            return
        if self._held is not None:
            self._held.append((key, record))
            return
        if len(self._told) >= MOST_KEPT:
            self._told.clear()
        self._told[key] = record
        self._tell(key.removeprefix(_RECORD))

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold back what is found until the end: a contract is to be named before it is told of."""
        self._held = []
        try:
            yield
        finally:
            found, self._held = self._held, None
            for key, record in found:
                self.found(key, record)
