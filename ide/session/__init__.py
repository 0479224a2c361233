"""The session: what is brought back at the next start, and unsaved text that is never lost."""
