"""The launcher: makes the environment, checks the desktop, hands over to a command. Standard library only."""
