"""Time travel in the window: the moment one looks at, the chain's timeline, comparing, what-if."""
