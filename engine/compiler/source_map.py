"""Source maps (ECMA-426): from places in a packed script back to the files it was made of.

Lines count from 1 and columns from 0 in UTF-16 units on both sides, as everywhere in Strata.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

import msgspec

from engine.errors import InternalError
from engine.values import CompiledContract, Diagnostic, StepSite

__all__ = ["Origin", "SourceMap", "map_finding", "map_to_sources"]

_DIGITS = {
    character: value
    for value, character in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}
_CONTINUES, _VALUE_BITS = 32, 5
_FIELDS_WITH_SOURCE = 4


class Origin(NamedTuple):
    """Where a place in a script came from: index of the file, line, column."""

    file: int
    line: int
    column: int


class _Document(msgspec.Struct):
    version: int
    sources: list[str]
    mappings: str
    sources_content: list[str | None] = msgspec.field(default_factory=list, name="sourcesContent")


class SourceMap:
    """A decoded source map; `files` are the paths as the map names them, `sources` their texts."""

    def __init__(self, text: str) -> None:
        """Decode a map of version 3.

        Raises:
            InternalError: it is not one; only our own tools make maps.
        """
        try:
            document = msgspec.json.decode(text, type=_Document)
        except msgspec.MsgspecError as error:
            raise InternalError(f"the packer's source map is damaged: {error}") from error
        self.files = tuple(document.sources)
        contents = [*document.sources_content, *[None] * len(document.sources)]
        self.sources = tuple(contents[index] or "" for index in range(len(document.sources)))
        self._columns: list[list[int]] = []
        self._origins: list[list[Origin | None]] = []
        self._decode(document.mappings)

    def origin(self, line: int, column: int) -> Origin | None:
        """Return where a place came from, None for what the packer added."""
        if not 1 <= line <= len(self._columns):
            return None
        index = bisect_right(self._columns[line - 1], column) - 1
        return self._origins[line - 1][index] if index >= 0 else None

    def line_origin(self, line: int) -> Origin | None:
        """Return where the first mapped place of a line came from."""
        if not 1 <= line <= len(self._origins):
            return None
        return next((origin for origin in self._origins[line - 1] if origin is not None), None)

    def _decode(self, mappings: str) -> None:
        file = line = column = 0
        for group in mappings.split(";"):
            generated = 0
            columns: list[int] = []
            origins: list[Origin | None] = []
            for segment in group.split(",") if group else ():
                fields = _numbers(segment)
                generated += fields[0]
                columns.append(generated)
                if len(fields) >= _FIELDS_WITH_SOURCE:
                    file, line, column = file + fields[1], line + fields[2], column + fields[3]
                    origins.append(Origin(file, line + 1, column))
                else:
                    origins.append(None)
            self._columns.append(columns)
            self._origins.append(origins)


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
            len(source_map.files), site.line, site.column, site.end_line, site.end_column, site.function, site.variables
        )
    end = source_map.origin(site.end_line, max(0, site.end_column - 1))
    if end is None or end.file != start.file or (end.line, end.column) < (start.line, start.column):
        end = start
    return StepSite(start.file, start.line, start.column, end.line, end.column + 1, site.function, site.variables)


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


def _numbers(segment: str) -> list[int]:
    """Decode the base 64 VLQ numbers of one segment."""
    numbers: list[int] = []
    value = shift = 0
    for character in segment:
        digit = _DIGITS[character]
        value |= (digit & (_CONTINUES - 1)) << shift
        if digit & _CONTINUES:
            shift += _VALUE_BITS
        else:
            numbers.append(-(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    return numbers
