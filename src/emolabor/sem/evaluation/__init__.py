"""How good, and where it fails."""
