"""The accounts dock: what accounts have, and small forms to change it."""
