"""What the help texts of all commands share."""


def examples(*lines):
    """Write examples for the end of a help text, line by line as they are."""
    return "\b\n" + "\n".join(["Examples:", *(f"  {line}" for line in lines)])
