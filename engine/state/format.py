"""The database's format number: who may open what, and how older databases are brought forward.

The number is apart from Strata's version. It stands in the `meta` column under `format`, as decimal digits. A
change of any encoding raises `FORMAT` and adds the step from the number before to `MIGRATIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from engine.errors import StorageError
from engine.state.columns import ColumnName
from engine.state.failures import damaged

if TYPE_CHECKING:
    from engine.state.store import Batch, Store

FORMAT = 1

Migration = Callable[["Store", "Batch"], None]
"""Puts into the batch what turns a database of one number into the next; written in one piece with the number."""

MIGRATIONS: Mapping[int, Migration] = {}
"""Steps by the number they start from."""

_KEY = b"format"


def check_format(store: Store, *, current: int = FORMAT, migrations: Mapping[int, Migration] = MIGRATIONS) -> None:
    """Stamp a new database, migrate an old one, refuse one from the future.

    Raises:
        StorageError: a newer Strata made it, or it is old and this view cannot write.
        StorageDamaged: there is no number, or not a number.
    """
    raw = store.columns[ColumnName.META].get(_KEY)
    if raw is None and all(column.first_from(b"", b"") is None for column in store.columns.values()):
        batch = store.batch()
        batch.put(ColumnName.META, _KEY, b"%d" % current)
        store.write(batch)
        return
    if raw is None or not raw.isdigit():
        raise damaged(store.directory, "", f"its format number is {'missing' if raw is None else repr(raw)}")
    number = int(raw)
    if number > current:
        raise StorageError(
            f"a newer Strata made this database (format {number}, this one knows {current})",
            where=str(store.directory),
            advice="Update Strata, or choose another data folder.",
        )
    while number < current:
        batch = store.batch()
        migrations[number](store, batch)
        number += 1
        batch.put(ColumnName.META, _KEY, b"%d" % number)
        store.write(batch)
