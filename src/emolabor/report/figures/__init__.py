"""The figures of the study: one function a figure, each drawn from a stored table."""
