"""Transactions, blocks, accounts, gas, RAM and built-in contracts."""
