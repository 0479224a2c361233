"""The composer: transactions with everything that they can have."""
