"""The command line: one room on top of the house."""

from emolabor.cli.program import cli, main

__all__ = ["cli", "main"]
