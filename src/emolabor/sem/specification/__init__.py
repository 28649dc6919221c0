"""Model text to parameter table."""
