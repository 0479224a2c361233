"""Recorded traces, time travel, profiles and coverage."""
