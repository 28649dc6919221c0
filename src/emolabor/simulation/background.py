"""Background columns of simulated respondents, of any instrument."""

import re

import numpy as np

from emolabor.common.errors import refuse

LONGEST_CODE = 12


def codes_of(variable, count):
    """List codes that a background column may hold.

    Parameters
    ----------
    variable : Variable
        A choice, a code or a number.
    count : int
        How many are wanted.

    Returns
    -------
    list
        As many, or fewer where the column does not offer so many: the first values of a choice, the first whole numbers
        of a number; of a code its beginning and a running number, as far as its pattern matches.

    Examples
    --------
    >>> import emolabor as el
    >>> columns = {variable.key: variable for variable in el.load_instrument("window_staff").background}
    >>> codes_of(columns["centre"], 3), codes_of(columns["sex"], 3)
    (['C01', 'C02', 'C03'], ['female', 'male'])
    """
    if variable.kind == "choice":
        return list(variable.values)[:count]
    if variable.kind == "number":
        first, last = _ends(variable)
        return list(range(first, min(last, first + count - 1) + 1))
    start, best = re.match(r"\w*", variable.pattern)[0], []
    for letters in ("", "A", "AA", "AAA", "a", "aa", "aaa"):
        for width in range(1, LONGEST_CODE + 1):
            written = (f"{start}{letters}{number:0{width}d}" for number in range(1, count + 1))
            found = [code for code in written if re.fullmatch(variable.pattern, code)]
            best = max(best, found, key=len)
            if len(best) == count:
                return best
    return best


def draw_background(instrument, n, in_clusters, seconds, rng):
    """Draw the background of respondents.

    Parameters
    ----------
    instrument : Instrument
    n : int
    in_clusters : dict of str to list
        What is known already: column to a code each respondent.
    seconds : ndarray, shape (n,)
        How long each took, for a number ``seconds``.
    rng : numpy.random.Generator

    Returns
    -------
    dict
        Column to values, in the order of the instrument. Choices are equally frequent, and so are up to 20 codes of a
        column of codes; a column whose codes cannot be guessed from its pattern is empty. A number ``respondent`` runs
        from 1; other numbers are whole ones between the ends, 100 of them where there is no upper one.
    """
    columns = {}
    for variable in instrument.background:
        if variable.key in in_clusters:
            values = in_clusters[variable.key]
        elif variable.key == "respondent" and variable.kind == "number":
            values = np.arange(1, n + 1)
        elif variable.key == "seconds" and variable.kind == "number":
            values = np.clip(seconds.round(), variable.minimum, variable.maximum).astype(int)
        elif variable.kind == "number":
            first, last = _ends(variable)
            values = rng.integers(first, last + 1, size=n)
        else:
            codes = codes_of(variable, 20 if variable.kind == "code" else len(variable.values))
            values = [codes[place] for place in rng.integers(len(codes), size=n)] if codes else [None] * n
        columns[variable.key] = values
    return columns


def cluster_codes(instrument, column, count):
    """Return codes for the groups of a classification; a column that cannot name them is refused."""
    known = {variable.key: variable for variable in instrument.background}
    if column not in known:
        refuse(
            "clusters", repr(column), f"columns of the background: {', '.join(known) or 'none, it asks for nothing'}"
        )
    codes = codes_of(known[column], count)
    if len(codes) < count:
        what = known[column].pattern or "its values"
        refuse(
            "clusters", f"{count} groups for {column}", f"at most {len(codes)}, as {what} allow no more that we know"
        )
    return codes


def _ends(variable):
    first = int(np.ceil(variable.minimum))
    return first, first + 99 if variable.maximum is None else max(first, int(variable.maximum))
