"""Docks that show the engine: contracts, transactions, the state stack, storage, accounts, console, workers."""
