"""Two-level models: their fit, and the way to it."""
