"""Pieces of HTML for notebooks: escaped, without addresses, the same at every run."""

from html import escape


def paragraph(text):
    """Return a text as an HTML paragraph."""
    return f"<p>{escape(text)}</p>"


def table(frame):
    """Return a data frame as an HTML table: numbers with three decimals, missing ones blank, no row names."""
    return frame.to_html(index=False, border=0, float_format="{:.3f}".format, na_rep="")
