"""The storage inspector: contract, key, field."""
