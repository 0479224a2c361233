"""Time and search: any block's state, what changed between two, who wrote a key, what would have come otherwise."""
