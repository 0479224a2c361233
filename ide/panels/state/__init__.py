"""The state stack: local cache, MVCC and RocksDB side by side."""
