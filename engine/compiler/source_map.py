"""Source maps: from places in a packed script back to the files it was made of.

Lines count from 1 and columns from 0 in UTF-16 units on both sides, as everywhere in Strata.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import NamedTuple

import msgspec

from engine.values import CompiledContract, Diagnostic, StepSite

__all__ = ["Origin", "SourceMap", "map_finding", "map_to_sources"]


class Origin(NamedTuple):
    """Where a place in a script came from: index of the file, line, column."""

    file: int
    line: int
    column: int


class SourceMap:
    """A source map as a table; `files` are the paths as the map names them, `sources` their texts.

    Line i (from 0) of the script has the places from `starts[i]` to `starts[i + 1]`: each has its column, and the file
    (-1 for what the packer added), line (from 0) and column that it came from.
    """

    def __init__(self, files: tuple[str, ...], sources: tuple[str, ...], lines: int, table: array[int]) -> None:
        """Take a `table` of `lines + 1` starts followed by the columns, files, lines and columns of all places."""
        self.files = files
        self.sources = sources
        self._lines = lines
        self._table = table
        count = (len(table) - lines - 1) // 4
        self._columns, self._files, self._origin_lines, self._origin_columns = (
            lines + 1 + part * count for part in range(4)
        )

    def origin(self, line: int, column: int) -> Origin | None:
        """Return where a place came from, None for what the packer added."""
        if not 1 <= line <= self._lines:
            return None
        start, end = self._table[line - 1], self._table[line]
        index = bisect_right(self._table, column, self._columns + start, self._columns + end) - 1 - self._columns
        return self._place(index) if index >= start else None

    def line_origin(self, line: int) -> Origin | None:
        """Return where the first mapped place of a line came from."""
        if not 1 <= line <= self._lines:
            return None
        places = (self._place(index) for index in range(self._table[line - 1], self._table[line]))
        return next((origin for origin in places if origin is not None), None)

    def _place(self, index: int) -> Origin | None:
        table = self._table
        file = table[self._files + index]
        if file < 0:
            return None
        return Origin(file, table[self._origin_lines + index] + 1, table[self._origin_columns + index])


def map_to_sources(compiled: CompiledContract, source_map: SourceMap) -> CompiledContract:
    """Return a compiled script with lines, steps and diagnostics pointing into the files it was packed from."""
    return msgspec.structs.replace(
        compiled,
        files=source_map.files,
        sources=source_map.sources,
        line_map=tuple(_line(source_map, line) for _, line in compiled.line_map),
        steps=tuple(_step(source_map, site) for site in compiled.steps),
        diagnostics=tuple(map_finding(source_map, finding) for finding in compiled.diagnostics),
    )


def _line(source_map: SourceMap, line: int) -> tuple[int, int]:
    origin = source_map.line_origin(line)
    return (origin.file, origin.line) if origin else (len(source_map.files), line)


def _step(source_map: SourceMap, site: StepSite) -> StepSite:
    start = source_map.origin(site.line, site.column)
    if start is None:
        return StepSite(
            len(source_map.files), site.line, site.column, site.end_line, site.end_column, site.function, site.scope
        )
    end = source_map.origin(site.end_line, max(0, site.end_column - 1))
    if end is None or end.file != start.file or (end.line, end.column) < (start.line, start.column):
        end = start
    return StepSite(start.file, start.line, start.column, end.line, end.column + 1, site.function, site.scope)


def map_finding(source_map: SourceMap, finding: Diagnostic) -> Diagnostic:
    """Return a finding about a script as one about the file it came from; what the packer added stays where it is."""
    start = source_map.origin(finding.line, finding.column)
    if start is None:
        return finding
    end = source_map.origin(finding.end_line, max(0, finding.end_column - 1))
    if end is None or end.file != start.file or (end.line, end.column) < (start.line, start.column):
        end = start
    return msgspec.structs.replace(
        finding,
        file=source_map.files[start.file],
        line=start.line,
        column=start.column,
        end_line=end.line,
        end_column=end.column + 1,
        fix=None,
    )
