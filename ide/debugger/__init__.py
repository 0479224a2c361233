"""Stepping through a recorded execution, forwards and backwards."""
