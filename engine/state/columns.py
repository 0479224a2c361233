"""Column families of the database and how RocksDB is tuned for them."""

from __future__ import annotations

from enum import StrEnum

from rocksdict import BlockBasedOptions, Cache, DBRecoveryMode, Options

BLOCK_CACHE_BYTES = 256 * 1024 * 1024
WRITE_BUFFER_BYTES = 64 * 1024 * 1024
"""What all column families together hold in memory before it goes to table files; each by itself may hold as much."""
_MOST_OPEN_FILES = 400
"""Half of what a process may usually open."""
_BLOOM_BITS = 10
_MEMTABLE_BLOOM_SHARE = 0.05
_KEPT_LOG_FILES = 4
_LOG_FILE_BYTES = 4 * 1024 * 1024


class ColumnName(StrEnum):
    """A column family and what stands in it (encodings: `engine.state.encoding`, `engine.state.records`)."""

    STATE = "state"  # state key → stored text, after the newest flushed block
    HISTORY = "history"  # state key and block number → text before that block, flushed blocks of the chain
    CHANGES = "changes"  # block id → BlockChanges
    BLOCKS = "blocks"  # block id → BlockRecord
    INDEX = "index"  # n + block number → block id on the chain; h + block hash → block id
    TRANSACTIONS = "transactions"  # transaction hash, 00, block id → the chain's encoding
    META = "meta"  # format number, head, flushed block, checkpoints, settings
    SNAPSHOTS = "snapshots"  # content address → blob


def database_options(cache: Cache, *, salvaging: bool = False) -> Options:
    """Return the options of the database as a whole.

    `salvaging` opens one with a damaged write-ahead log, as it was before the first damaged record.
    """
    options = column_options(cache)
    options.create_if_missing(True)
    options.create_missing_column_families(True)
    # A torn last record is what a power cut leaves and was never acknowledged; any other damage is an error.
    options.set_wal_recovery_mode(
        DBRecoveryMode.point_in_time() if salvaging else DBRecoveryMode.tolerate_corrupted_tail_records()
    )
    options.set_paranoid_checks(not salvaging)
    options.set_max_open_files(_MOST_OPEN_FILES)
    options.set_db_write_buffer_size(WRITE_BUFFER_BYTES)
    options.set_keep_log_file_num(_KEPT_LOG_FILES)
    options.set_max_log_file_size(_LOG_FILE_BYTES)
    return options


def column_options(cache: Cache, column: ColumnName | None = None) -> Options:
    """Return the options of a column family: bloom filter, shared block cache (spec/platform.md)."""
    table = BlockBasedOptions()
    table.set_bloom_filter(_BLOOM_BITS, False)
    table.set_block_cache(cache)
    options = Options(raw_mode=True)
    options.set_block_based_table_factory(table)
    if column is not ColumnName.HISTORY:  # which is written with every key and read by ranges
        options.set_memtable_prefix_bloom_ratio(_MEMTABLE_BLOOM_SHARE)
    options.set_memtable_whole_key_filtering(True)  # +15 % reads of keys that recent blocks did not touch
    return options
