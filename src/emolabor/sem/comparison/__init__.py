"""Several fits."""
