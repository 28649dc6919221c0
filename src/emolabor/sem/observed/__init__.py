"""Data to sample statistics."""
