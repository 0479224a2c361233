"""Built-in contracts that the reference implements natively, in Python (spec/natives.md)."""
