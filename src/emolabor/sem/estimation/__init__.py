"""The minimum."""
