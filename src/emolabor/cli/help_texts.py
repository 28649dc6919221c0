"""What the help texts of all commands share."""

import click

from emolabor.common.languages import VARIABLE


def examples(*lines):
    """Write examples for the end of a help text, line by line as they are."""
    return "\b\n" + "\n".join(["Examples:", *(f"  {line}" for line in lines)])


def language_option(what, languages="zh|en"):
    """Give a command the option `--language`, without which the one default language is taken."""
    told = f"Language of {what}; by default that of {VARIABLE} or of the system."
    return click.option("--language", metavar=languages, default=None, help=told)
