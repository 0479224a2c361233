"""Worker processes, sandboxes and the host bridge."""
