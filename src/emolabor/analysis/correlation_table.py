"""What remains of a study when only its correlation table is left: the model of the scale scores."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError, refuse, refuse_because
from emolabor.common.files import refuse_endless
from emolabor.evidence.tables import check_correlations, read_numbers
from emolabor.measurement import reliability
from emolabor.responses import score
from emolabor.theory.models import structural_model

FIRST = "variable"
_OPTIONAL = ("mean", "sd", "alpha")
SCORE = "_score"


@dataclass(frozen=True)
class CorrelationTable:
    """Correlations of scale scores.

    Attributes
    ----------
    cor : DataFrame of shape (p, p)
        Correlations, named by the constructs.
    sd, alpha : Series of length p
        Standard deviations and reliabilities, missing where they are not known.
    n : int
        Number of respondents; of pairs with different numbers the smallest.
    """

    cor: pd.DataFrame
    sd: pd.Series
    alpha: pd.Series
    n: int

    @property
    def covariance(self):
        """Covariances of the scores, named ``<construct>_score``; where no deviation is known it counts as one."""
        names = [f"{name}{SCORE}" for name in self.cor]
        sd = self.sd.fillna(1.0).to_numpy()
        return pd.DataFrame(self.cor.to_numpy() * np.outer(sd, sd), index=names, columns=names)


def is_correlation_table(path):
    """Tell whether a file is a correlation table: a CSV whose first heading is ``variable``.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    bool
    """
    if Path(path).suffix.lower() != ".csv" or not Path(path).is_file():
        return False
    refuse_endless(path)
    with open(path, "rb") as file:
        return file.readline().removeprefix(b"\xef\xbb\xbf").split(b",")[0].strip() == FIRST.encode()


def read_correlation_table(path):
    r"""Read a correlation table.

    Parameters
    ----------
    path : str or Path
        CSV in UTF-8: a column ``variable``, a column ``n`` (respondents), any of ``mean``, ``sd``, ``alpha``, then a
        column for each variable, in the order of the rows. Variables are named by the constructs' keys.

    Returns
    -------
    CorrelationTable

    Raises
    ------
    EmolaborError
        No such table: file, line, what was found and what is allowed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> text = "variable,n,sd,exhaustion,belonging\nexhaustion,212,0.9,1,-0.41\nbelonging,212,0.8,-0.41,1\n"
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "table.csv"
    ...     written = path.write_text(text)
    ...     table = read_correlation_table(path)
    >>> table.n, table.covariance.loc["exhaustion_score", "belonging_score"].round(4)
    (212, np.float64(-0.2952))
    """
    try:
        text = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", skipinitialspace=True)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise EmolaborError(f"{path}: cannot be read as a CSV table in UTF-8: {error}") from None
    given = [name for name in ("n", *_OPTIONAL) if name in text]
    if list(text.columns[:1]) != [FIRST] or "n" not in given or not len(text):
        refuse(f"{path}, line 1", ", ".join(text.columns[:6]), f"{FIRST}, n, then the rest")
    names = text[FIRST].tolist()
    if [name for name in text.columns if name not in (FIRST, *given)] != names or len(set(names)) < len(names):
        refuse(
            f"{path}, line 1",
            "other columns than rows",
            f"{FIRST}, n, any of {', '.join(_OPTIONAL)}, then the variables, each once, in the order of the rows",
        )
    numbers = read_numbers(text.set_index(FIRST), path)
    check_correlations(numbers[names], path)
    for column, low, high in (("n", 2, 1e9), ("sd", 1e-9, 1e9), ("alpha", 1e-9, 1)):
        _check_range(numbers, column, low, high, path)
    if numbers["n"].isna().any() or (numbers["n"] % 1).any():
        allowed = "a whole number in every row, the number of respondents"
        refuse_because(path, "column n does not say how many answered", allowed)
    blank = pd.Series(np.nan, index=numbers.index)
    known = {name: numbers.get(name, blank) for name in ("sd", "alpha")}
    return CorrelationTable(numbers[names], **known, n=int(numbers["n"].min()))


def _check_range(numbers, column, low, high, path):
    """Refuse the first value of a column that is out of range; a column need not be there."""
    for line, value in enumerate(numbers.get(column, ()), start=2):
        if not np.isnan(value) and not low <= value <= high:
            allowed = f"above 0, at most {high}" if high == 1 else f"at least {low}" if column == "n" else "above 0"
            refuse_because(f"{path}, line {line}", f"{column}: found {value:g}", f"a number {allowed}")


def correlation_table(staff):
    """Make the correlation table of a study's scale scores, as a paper would print it.

    Parameters
    ----------
    staff : Staff
        Answers; respondents with a missing score are left out.

    Returns
    -------
    CorrelationTable
    """
    scores = score(staff).dropna()
    alpha = reliability(staff.data, staff.instrument)["alpha"]
    return CorrelationTable(scores.corr(), scores.std(), alpha, len(scores))


def score_model(table, claims, groups):
    """Write the model of scale scores that the claims imply, freed of measurement error where a reliability is known.

    Each construct has its score as only indicator, whose error variance is fixed at (1 - reliability) times the score's
    variance (Hayduk 1987, *Structural equation modeling with LISREL*, ch. 4); without a reliability at 0, so that the
    score stands for the construct. Reliabilities count as known, so intervals are somewhat too narrow.

    Parameters
    ----------
    table : CorrelationTable
        The scores.
    claims : iterable of Claim
        What is claimed of the table's constructs, see `theory.measured_claims`.
    groups : dict of str to tuple of str
        The constructs by group.

    Returns
    -------
    str
        Model text for ``sem(text, sample_cov=table.covariance, n_obs=table.n)``.
    """
    structure = structural_model(claims, groups=groups)
    # The likelihood's variances have N, a printed one has N - 1.
    error = (1 - table.alpha.fillna(1.0)) * table.sd.fillna(1.0) ** 2 * (table.n - 1) / table.n
    named = {name for claim in claims for path in claim.paths for name in path.constructs}
    used = [name for name in table.cor if name in named]
    lines = [f"{name} =~ 1*{name}{SCORE}\n{name}{SCORE} ~~ {error[name]:.12g}*{name}{SCORE}" for name in used]
    return "\n".join([*lines, structure])
