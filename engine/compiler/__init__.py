"""From source text to a content-addressed compiled contract."""
