"""Pieces of what notebooks show: escaped, without addresses, numbers with three decimals, the same at every run."""

from html import escape

import numpy as np


def decimals(value):
    """A number with three decimals; nothing where it is missing, and no sign before zero."""
    if np.isnan(value):
        return ""
    text = f"{value:.3f}"
    return "0.000" if text == "-0.000" else text


def paragraph(text):
    """Return a text as an HTML paragraph."""
    return f"<p>{escape(text)}</p>"


def table(frame):
    """Return a data frame as an HTML table; missing values are blank, row names are left out."""
    return frame.to_html(index=False, border=0, float_format=decimals, na_rep="")
