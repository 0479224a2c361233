"""The chain dock: blocks with their transactions."""
