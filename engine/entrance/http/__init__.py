"""The local node: IOST's HTTP API (spec/rpc.md) over an open engine."""
