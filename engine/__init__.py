"""Strata's engine: an IOST-like virtual machine and private chain, without Qt.

`Engine` is the facade; `engine.values` and `engine.errors` are the types that cross it.
"""
