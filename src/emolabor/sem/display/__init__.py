"""For eyes."""
