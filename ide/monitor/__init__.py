"""The VM monitor: worker processes, how busy they are, and the bounds of a transaction."""
