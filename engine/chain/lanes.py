"""Who runs what: transactions that will probably meet go to one lane, in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.chain.anticipation import Foreseen

Touched = tuple[Iterable[str], Iterable[str]]
"""Keys that a transaction reads, and those that it writes."""


def shared_out(touched: Sequence[Touched], load: list[float]) -> list[list[int]]:
    """Distribute transactions, by position, over as many lanes as `load` has entries: the work that each has already.

    Those of which one writes what another reads or writes stay together.
    """
    shares: list[list[int]] = [[] for _ in load]
    for group in sorted(_groups(touched), key=len, reverse=True):
        lane = min(range(len(load)), key=load.__getitem__)
        shares[lane] += group
        load[lane] += len(group)
    return [sorted(share) for share in shares]


def guess(foreseen: Foreseen | None, publisher: str) -> Touched:
    """Return what a transaction will probably touch; of one that was never seen only whose it is."""
    return foreseen if foreseen is not None else ((), (publisher,))


def _groups(touched: Sequence[Touched]) -> list[list[int]]:
    written = {key for _, writes in touched for key in writes}
    leader: dict[str, int] = {}
    parent = list(range(len(touched)))

    def root(position: int) -> int:
        while parent[position] != position:
            parent[position] = position = parent[parent[position]]
        return position

    for position, (reads, writes) in enumerate(touched):
        for key in written.intersection((*reads, *writes)):
            other = leader.setdefault(key, position)
            if other != position:
                parent[root(position)] = root(other)
    groups: dict[int, list[int]] = {}
    for position in range(len(touched)):
        groups.setdefault(root(position), []).append(position)
    return list(groups.values())
