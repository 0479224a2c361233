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


class UnwrittenBlobs(BlobStore):
    """The blobs of a read-only view: what is put stays in memory, over those in the database."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._kept: dict[str, bytes | None] = {}

    def get(self, address: str) -> bytes | None:
        """Return the blob at `address`, None if there is none."""
        return self._kept[address] if address in self._kept else super().get(address)

    def put(self, address: str, blob: bytes) -> None:
        """Keep a blob as long as the view is open."""
        self._kept[address] = blob

    def delete(self, address: str) -> None:
        """Hide a blob that may be missing."""
        self._kept[address] = None

    def sizes(self, prefix: str = "") -> Iterator[tuple[str, int]]:
        """Yield addresses that start with `prefix`, in order, with their sizes in bytes."""
        sizes = dict(super().sizes(prefix))
        for address, blob in list(self._kept.items()):
            sizes.pop(address, None)
            if blob is not None and address.startswith(prefix):
                sizes[address] = len(blob)
        yield from sorted(sizes.items())
