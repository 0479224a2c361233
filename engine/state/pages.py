"""Pages of RocksDB's state, kept in memory as the bytes that a search looks through.

A page holds the rows of a range of keys, joined: `key FE text FF` each (neither byte occurs in UTF-8). Looking for a
text in a page is one search in its bytes; looking at the rows one by one takes twenty times as long, and
holds up the window as long. Pages are made by the first search that comes there. A key that changes later is noted
in its page and read anew by every search, until so many have changed that the page is made again.

One thread writes, through `replaced`; any thread reads.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import chain, islice, repeat
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.state.store import Column

__all__ = ["Page", "Pages"]

ROWS = 4096
MOST_BYTES = 256 * 1024 * 1024
"""Pages beyond this are made for one look and forgotten."""
MOST_STALE = ROWS // 8

_MIDDLE, _END = b"\xfe", b"\xff"


class Page:
    """The rows from key `start` to before key `end` (None: to the last one); those of `stale` may be outdated."""

    __slots__ = ("body", "count", "end", "last", "stale", "start")

    def __init__(self, start: bytes, end: bytes | None, keys: list[bytes], texts: list[bytes]) -> None:
        self.start, self.end = start, end
        self.count = len(keys)
        self.last = keys[-1]
        self.body = b"".join(chain.from_iterable(zip(keys, repeat(_MIDDLE), texts, repeat(_END))))
        self.stale: set[bytes] = set()

    def reaches(self, position: bytes) -> bool:
        """Return whether a key at or after `start` lies in the page."""
        return self.end is None or position < self.end

    def hits(self, needle: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield the rows that hold `needle` in their key or their text, in order."""
        body = self.body
        place = body.find(needle)
        while place >= 0:
            end = body.index(_END, place)
            key, _, text = body[body.rfind(_END, 0, place) + 1 : end].partition(_MIDDLE)
            yield key, text
            place = body.find(needle, end)


class Pages:
    """The pages of the state column that were looked at."""

    def __init__(self, state: Column) -> None:
        self._state = state
        self._lock = Lock()
        self._starts: list[bytes] = []
        self._pages: list[Page] = []
        self._bytes = 0
        self._changes = 0

    def covering(self, position: bytes) -> Page | None:
        """Return the page that the first key at or after `position` lies in, None if there is no such key.

        Raises:
            StorageDamaged: as `Column.scan`.
        """
        start = position
        with self._lock:
            place = bisect_right(self._starts, position) - 1
            page = self._pages[place] if place >= 0 else None
            if page is not None and page.reaches(position):
                if len(page.stale) <= MOST_STALE:
                    return page
                start = page.start
                self._forget(place)
            following = bisect_right(self._starts, position)
            bound = self._starts[following] if following < len(self._starts) else None
            changes = self._changes
        page = self._made(start, bound)
        if page is None:
            return None if bound is None else self.covering(bound)
        with self._lock:
            if changes == self._changes and self._bytes + len(page.body) <= MOST_BYTES:
                self._keep(page)
        return page if page.reaches(position) else self.covering(position)

    def replaced(self, keys: Iterable[str]) -> None:
        """Note that the texts of `keys` have just been written to the column, before a view shows them."""
        with self._lock:
            self._changes += 1
            if not self._pages:
                return
            for key in keys:
                raw = key.encode()
                place = bisect_right(self._starts, raw) - 1
                if place >= 0:
                    page = self._pages[place]
                    if page.reaches(raw):
                        page.stale.add(raw)

    def _made(self, start: bytes, bound: bytes | None) -> Page | None:
        # Without a list of rows: thousands of tuples would have the garbage collector run, and the window wait.
        parts = list(chain.from_iterable(islice(self._state.scan(start=start), ROWS)))
        keys, texts = parts[::2], parts[1::2]
        end = None if len(keys) < ROWS else keys[-1] + b"\x00"
        if bound is not None and (end is None or end > bound):
            end = bound
            kept = bisect_left(keys, bound)
            del keys[kept:], texts[kept:]
        return Page(start, end, keys, texts) if keys else None

    def _keep(self, page: Page) -> None:
        place = bisect_right(self._starts, page.start)
        before = self._pages[place - 1] if place else None
        after = self._starts[place] if place < len(self._starts) else None
        if before is not None and before.reaches(page.start):
            return  # another search has made it meanwhile
        if after is not None and (page.end is None or page.end > after):
            return
        self._starts.insert(place, page.start)
        self._pages.insert(place, page)
        self._bytes += len(page.body)

    def _forget(self, place: int) -> None:
        self._bytes -= len(self._pages[place].body)
        del self._starts[place], self._pages[place]
