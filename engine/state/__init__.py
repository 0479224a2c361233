"""Local cache, MVCC and RocksDB: the state stack."""
