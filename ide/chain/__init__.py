"""The private chain in the window: blocks, the transaction composer, accounts, production, clock, node, checkpoints."""
