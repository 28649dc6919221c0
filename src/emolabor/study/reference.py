"""Comparison of a run with the reference: every value of every notebook."""

import json
import math
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from emolabor.common.errors import EmolaborError
from emolabor.study.display import rounded

RTOL = 1e-6
ATOL = 1e-8
SHOWN = (2, 3)  # decimals: the paper's text shows two, or whole per cents, notebooks and tables show three
# Estimates of two machines differ by less than this (measured with OPENBLAS_CORETYPE: at most 2.6e-8 for a sloppy
# optimiser, below 1e-9 for a converged one), so a number further from a rounding edge is written alike on both.
EDGE = Decimal("1e-8")


@dataclass(frozen=True)
class Difference:
    """One value that is not as in the reference."""

    notebook: str
    key: str
    reference: object
    found: object

    def __str__(self):
        return f"{self.notebook}: {self.key}: reference {self.reference!r}, found {self.found!r}"


@dataclass(frozen=True)
class Comparison:
    """What comparing one notebook gave: how many values, and which differ."""

    notebook: str
    compared: int
    differences: tuple
    reason: str = ""

    @property
    def equal(self):
        """Number of values that are equal."""
        return self.compared - len(self.differences)


def flatten(values, prefix=""):
    """Turn nested values into one level: the keys joined by " > "; a blank, such as above a diagonal, is no value.

    Examples
    --------
    >>> flatten({"fit": {"cfi": 0.9, "df": 3, "pvalue": None}})
    {'fit > cfi': 0.9, 'fit > df': 3}
    """
    flat = {}
    for key, value in values.items():
        if isinstance(value, dict):
            flat |= flatten(value, f"{prefix}{key} > ")
        elif value is not None:
            flat[f"{prefix}{key}"] = value
    return flat


def is_equal(reference, found):
    """Tell whether two stored values are equal.

    Numbers are equal when they agree within rtol = 1e-6 or atol = 1e-8 *and* are written alike with two and with
    three decimals. The first part alone would pass a chi-square of 5123.401 against 5123.405; the second alone would
    pass 0.00012 against 0.00049. A number that sits on a rounding edge, such as 0.61249999 against 0.61250001,
    is a difference although it is close: the page would change, and the page is what readers compare. It does
    not happen by chance of a machine: pages are rounded from the 10 stored digits, so an exact half always falls
    the same way, and `rounding_edges` names numbers too near an edge before they become a reference. Anything
    that is not a number must be the same, and the same type: true is not 1.

    Parameters
    ----------
    reference, found : int, float, str or bool
        Two stored values.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_equal(0.5, 0.5 + 1e-9), is_equal(0.61249999, 0.61250001), is_equal(True, 1)
    (True, False, False)
    """
    if type(reference) in (int, float) and type(found) in (int, float):
        close = math.isclose(reference, found, rel_tol=RTOL, abs_tol=ATOL)
        return close and all(rounded(reference, decimals) == rounded(found, decimals) for decimals in SHOWN)
    return type(reference) is type(found) and reference == found


def rounding_edges(values):
    """List the numbers so near a rounding edge that another machine may write another second or third decimal.

    Exact halves in the 10 stored digits are not among them: they are rounded the same way everywhere.

    Parameters
    ----------
    values : dict
        Nested stored values.

    Returns
    -------
    list of str
        Their keys.

    Examples
    --------
    >>> rounding_edges({"mean": 3.4125, "near": 0.0124999999, "far": 0.0124, "near_with_two": 0.0149999999})
    ['near', 'near_with_two']
    """
    return [key for key, value in flatten(values).items() if type(value) is float and _is_near_edge(value)]


def _is_near_edge(value):
    """Tell whether a number stands near a half, but not on it, with two or with three decimals."""
    scaled = [abs(Decimal(repr(value))).scaleb(decimals) for decimals in SHOWN]
    return any(
        0 < abs(number % 1 - Decimal("0.5")) <= EDGE.scaleb(decimals)
        for number, decimals in zip(scaled, SHOWN, strict=True)
    )


def read_results(path):
    """Read one results file.

    Raises
    ------
    EmolaborError
        When the file is no results file.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        return content["parameters"], content["values"]
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError):
        raise EmolaborError(f"{Path(path).name}: not a results file of emolabor; run the notebook again") from None


def compare_notebook(notebook, run_folder, reference_folder):
    """Compare one notebook's values with the reference.

    Parameters
    ----------
    notebook : str
        Name without ending; both folders hold `<notebook>.json`.
    run_folder, reference_folder : str or Path
        Folders of results.

    Returns
    -------
    Comparison
        Missing and extra keys count as compared and as different. With other parameters than the reference's
        (the language aside, which changes no value), nothing is compared and `reason` says why.
    """
    found_path, reference_path = (Path(folder) / f"{notebook}.json" for folder in (run_folder, reference_folder))
    if not reference_path.is_file():
        return Comparison(notebook, 0, (), "no reference")
    found_parameters, found = read_results(found_path)
    reference_parameters, reference = read_results(reference_path)
    other = [
        f"{name} = {found_parameters.get(name)!r}, reference {reference_parameters.get(name)!r}"
        for name in sorted((found_parameters.keys() | reference_parameters.keys()) - {"language"})
        if found_parameters.get(name) != reference_parameters.get(name)
    ]
    if other:
        return Comparison(notebook, 0, (), f"other parameters: {'; '.join(other)}")
    found, reference = flatten(found), flatten(reference)
    absent = "(absent)"
    keys = sorted(found.keys() | reference.keys())
    differences = tuple(
        Difference(notebook, key, reference.get(key, absent), found.get(key, absent))
        for key in keys
        if key not in found or key not in reference or not is_equal(reference[key], found[key])
    )
    return Comparison(notebook, len(keys), differences)
