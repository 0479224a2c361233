"""Deployed contracts, deploying, and the form that calls a method."""
