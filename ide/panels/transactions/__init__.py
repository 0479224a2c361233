"""The list of transactions and their details."""
