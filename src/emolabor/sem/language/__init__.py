"""The model text, read word by word."""
