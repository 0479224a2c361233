"""Blobs by content address: compiled contracts and whatever else can be made again but is slow to make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.state.columns import ColumnName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.state.store import Store


class BlobStore:
    """The `snapshots` column family. Any thread may use it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._column = store.columns[ColumnName.SNAPSHOTS]

    def get(self, address: str) -> bytes | None:
        """Return the blob at `address`, None if there is none."""
        return self._column.get(address.encode())

    def put(self, address: str, blob: bytes) -> None:
        """Store a blob."""
        batch = self._store.batch()
        batch.put(ColumnName.SNAPSHOTS, address.encode(), blob)
        self._store.write(batch, relaxed=True)

    def delete(self, address: str) -> None:
        """Remove a blob that may be missing."""
        batch = self._store.batch()
        batch.delete(ColumnName.SNAPSHOTS, address.encode())
        self._store.write(batch, relaxed=True)

    def sizes(self, prefix: str = "") -> Iterator[tuple[str, int]]:
        """Yield addresses that start with `prefix`, in order, with their sizes in bytes."""
        for address, blob in self._column.scan(prefix.encode()):
            yield address.decode(), len(blob)
