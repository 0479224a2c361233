"""VM Entrance: takes requests, checks and normalises them, hands them to the chain."""
