"""A recorded execution: one row a step, in flat columns, and the arithmetic of moving through it.

Depth counts function frames over all contracts of the transaction, 1 for the entry method. A step stands
*before* its statement. Positions run from 0 to `len(trace) - 1`; the last one is where the run ended or failed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.values import CompiledContract, StepSite, VariableScope

__all__ = ["SiteKey", "Trace", "TraceBuilder", "TraceSite"]

SiteKey = tuple[str, int]

MOST_VARIABLES = 100
"""Names shown at a step: the top level of a large program has thousands."""


@dataclass(frozen=True, slots=True)
class TraceSite:
    """A statement of a contract: the contract's id, the file's name, the compiler's step site and all its scopes."""

    contract: str
    code_key: str
    file: str
    site: StepSite
    scopes: Sequence[VariableScope] = ()

    def variables(self) -> tuple[str, ...]:
        """Return the names that a debugger shows here, innermost first, each once; at most `MOST_VARIABLES`."""
        names: dict[str, None] = {}
        number = self.site.scope
        while number >= 0 and len(names) < MOST_VARIABLES:
            scope = self.scopes[number]
            names.update(dict.fromkeys(scope.names))
            number = scope.parent
        return tuple(names)[:MOST_VARIABLES]


class Trace:
    """Columns of a finished recording; `sites[site_of[i]]` tells where step i stands."""

    def __init__(
        self,
        sites: Sequence[TraceSite],
        site_of: array[int],
        depth_of: array[int],
        gas_of: array[float],
        accesses_of: array[int],
        operations_of: array[int] | None = None,
        *,
        truncated: bool = False,
    ) -> None:
        self.sites = tuple(sites)
        self.site_of, self.depth_of, self.gas_of, self.accesses_of = site_of, depth_of, gas_of, accesses_of
        self.operations_of = operations_of if operations_of is not None else array("i", bytes(4 * len(site_of)))
        self.truncated = truncated

    def __len__(self) -> int:
        return len(self.site_of)

    def site(self, position: int) -> TraceSite:
        """Return where `position` stands."""
        return self.sites[self.site_of[position]]

    def into(self, position: int) -> int:
        """Return the next step, wherever it is."""
        return min(position + 1, len(self) - 1)

    def over(self, position: int) -> int:
        """Return the next step that is not deeper than this one."""
        return self._forward_shallower(position, self.depth_of[position])

    def out(self, position: int) -> int:
        """Return the first step after the current function has returned."""
        return self._forward_shallower(position, self.depth_of[position] - 1)

    def back_into(self, position: int) -> int:
        """Return the previous step, wherever it is."""
        return max(position - 1, 0)

    def back_over(self, position: int) -> int:
        """Return the previous step that is not deeper than this one."""
        return self._backward_shallower(position, self.depth_of[position])

    def back_out(self, position: int) -> int:
        """Return the caller's step that entered the current function."""
        return self._backward_shallower(position, self.depth_of[position] - 1)

    def forward_to(self, position: int, stops: Iterable[SiteKey]) -> int:
        """Return the next position on one of `stops`, (file, line) pairs, or the last step.

        Statements that share a line count as one stop: moving on from a stop leaves its line first.
        """
        wanted = self._sites_on(stops)
        if wanted:
            for index in range(position + 1, len(self)):
                if self.site_of[index] in wanted and self._starts_line(index):
                    return index
        return len(self) - 1

    def back_to(self, position: int, stops: Iterable[SiteKey]) -> int:
        """Return the previous position on one of `stops`, or the first step."""
        wanted = self._sites_on(stops)
        if wanted:
            for index in range(position - 1, -1, -1):
                if self.site_of[index] in wanted and self._starts_line(index):
                    return index
        return 0

    def stack(self, position: int) -> tuple[int, ...]:
        """Return the positions of the frames that are active at `position`, innermost first."""
        frames = [position]
        depth = self.depth_of[position]
        index = position
        while depth > 1:
            caller = self._backward_shallower(index, depth - 1)
            if self.depth_of[caller] >= depth:
                break
            frames.append(caller)
            depth, index = self.depth_of[caller], caller
        return tuple(frames)

    def _starts_line(self, position: int) -> bool:
        """Whether the step before `position` stood on another line or in another function."""
        return position == 0 or self._line_group(position) != self._line_group(position - 1)

    def _line_group(self, position: int) -> tuple[int, str, int]:
        place = self.site(position)
        return self.depth_of[position], place.file, place.site.line

    def _forward_shallower(self, position: int, depth: int) -> int:
        for index in range(position + 1, len(self)):
            if self.depth_of[index] <= depth:
                return index
        return len(self) - 1

    def _backward_shallower(self, position: int, depth: int) -> int:
        for index in range(position - 1, -1, -1):
            if self.depth_of[index] <= depth:
                return index
        return 0

    def _sites_on(self, stops: Iterable[SiteKey]) -> frozenset[int]:
        wanted = set(stops)
        return frozenset(i for i, place in enumerate(self.sites) if (place.file, place.site.line) in wanted)


class TraceBuilder:
    """Collects a recording as the sandbox hands it over, a chunk of columns at a time."""

    def __init__(self) -> None:
        self._sites: list[TraceSite] = []
        self._bases: dict[tuple[str, str], int] = {}
        self._accesses_after = array("i", [0])
        self._site_of, self._depth_of = array("i"), array("i")
        self._gas_of, self._operations_of = array("d"), array("i")

    def __len__(self) -> int:
        return len(self._site_of)

    def enter_contract(self, contract: str, code: CompiledContract) -> int:
        """Return the number that, added to a step id of this contract, gives its row in `Trace.sites`."""
        base = self._bases.get((contract, code.key))
        if base is None:
            base = self._bases[contract, code.key] = len(self._sites)
            files = code.files if len(code.files) > 1 else ("",)  # one file: the contract's own, whatever its name
            for site in code.steps:
                file = files[site.file] if site.file < len(files) else contract
                self._sites.append(TraceSite(contract, code.key, file, site, code.scopes))
        return base

    def operation(self, accesses: int) -> None:
        """Note that one more host operation was answered, and how many accesses had been made by then."""
        self._accesses_after.append(accesses)

    def columns(self, sites: bytes, depths: bytes, operations: bytes, gas: bytes) -> None:
        """Append a chunk: native 32-bit integers, 64-bit floats for gas; `operations` counts answered operations.

        Raises:
            ValueError: the columns have different lengths or name an unknown site.
        """
        if not len(sites) == len(depths) == len(operations) == len(gas) // 2 or len(sites) % 4:
            raise ValueError("the columns of a trace chunk differ in length")
        chunk = array("i")
        chunk.frombytes(sites)
        if chunk and not 0 <= min(chunk) <= max(chunk) < len(self._sites):
            raise ValueError("a trace chunk names an unknown step")
        self._site_of.extend(chunk)
        self._depth_of.frombytes(depths)
        self._operations_of.frombytes(operations)
        self._gas_of.frombytes(gas)

    def build(self, *, truncated: bool = False) -> Trace:
        """Return the finished trace."""
        last = len(self._accesses_after) - 1
        after = self._accesses_after
        accesses_of = array("i", (after[n if n < last else last] for n in self._operations_of))
        return Trace(
            self._sites,
            self._site_of,
            self._depth_of,
            self._gas_of,
            accesses_of,
            self._operations_of,
            truncated=truncated,
        )
