"""Search in files: a plain function for a worker thread, results in batches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from engine.errors import InvalidInput, UserError
from ide.editor.columns import to_utf16, utf16_length
from ide.editor.text_file import read_text_file
from ide.project.files import project_files
from ide.tasks import Progress

MOST_HITS = 5000
LARGEST_FILE = 2 * 1024 * 1024
LONGEST_LINE = 300
"""Longer lines are shown around the hit, in characters."""


class Query(NamedTuple):
    """What is looked for."""

    text: str
    match_case: bool = False
    whole_word: bool = False
    regex: bool = False

    def pattern(self) -> re.Pattern[str]:
        """Return the expression; `InvalidInput` if it is not one."""
        expression = self.text if self.regex else re.escape(self.text)
        if self.whole_word:
            expression = rf"\b(?:{expression})\b"
        try:
            return re.compile(expression, re.NOFLAG if self.match_case else re.IGNORECASE)
        except re.error as error:
            raise InvalidInput(
                f"not a regular expression: {error}", advice="Correct it, or search for text."
            ) from error


class Hit(NamedTuple):
    """One hit: `line` from 1, `column` and `length` in UTF-16 units; `text` with the hit at `start` to `end`."""

    line: int
    column: int
    length: int
    text: str
    start: int
    end: int


def search_text(pattern: re.Pattern[str], text: str) -> Iterator[Hit]:
    """Yield the hits in a text, line by line."""
    for number, line in enumerate(text.split("\n"), 1):
        for match in pattern.finditer(line):
            start, end = match.span()
            if start == end:
                continue
            begin = max(start - LONGEST_LINE // 3, 0) if len(line) > LONGEST_LINE else len(line) - len(line.lstrip())
            begin = min(begin, start)
            yield Hit(
                number,
                to_utf16(line, start),
                utf16_length(match.group()),
                line[begin : begin + LONGEST_LINE],
                start - begin,
                end - begin,
            )


def search_files(
    query: Query,
    folder: Path,
    open_texts: Mapping[Path, str],
    found: Callable[[Path, list[Hit]], None],
    progress: Progress,
    wanted: Callable[[Path], bool] = lambda _path: True,
) -> tuple[int, bool]:
    """Search the `wanted` files below a folder, open ones as they are in the editor.

    Calls `found` for each file with hits, on this thread. Returns the number of hits and whether it
    stopped at `MOST_HITS`. Files that are not text or too large are skipped.
    """
    pattern = query.pattern()
    total = 0
    for path in project_files(folder, lambda: progress.cancelled):
        progress.check()
        if not wanted(path):
            continue
        text = open_texts.get(path)
        if text is None:
            try:
                if path.stat().st_size > LARGEST_FILE:
                    continue
                text = read_text_file(path).text
            except (OSError, UserError):
                continue
        hits = []
        for hit in search_text(pattern, text):
            hits.append(hit)
            if total + len(hits) >= MOST_HITS:
                break
        if hits:
            total += len(hits)
            found(path, hits)
            progress.report(-1.0, f"{total} hits")
        if total >= MOST_HITS:
            return total, True
    return total, False
